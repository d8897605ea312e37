import type { ChatAdapter, ChatHandler, ChatRequest } from "../../src/chat/adapter.ts";
import { encodeButton } from "../../src/chat/card.ts";
import { plainText } from "../../src/chat/rich-text.ts";
import { createStore } from "../../src/store/create-store.ts";
import { ada, createFakeChatAdapter } from "../fakes/fake-chat-adapter.ts";
import { thumbnailBytes } from "../fakes/fake-videos-client.ts";
import { createMemoryMediaStore } from "../fakes/memory-media-store.ts";
import { openDiscord } from "../fixtures/discord-harness.ts";
import { attributes, textOf as textIn } from "../fixtures/markup.ts";
import { asRegistered, impatientDelivery, slackAdapterFor } from "../fixtures/slack-bot.ts";
import { servePage } from "../fixtures/web-bot.ts";
import { buttonsOf, picturesShown, textOf } from "../servers/slack/reading.ts";
import { createSlackServer } from "../servers/slack/slack-server.ts";
import { jobId } from "./suites/chat-adapter-harness.ts";
import { chatAdapterSuite } from "./suites/chat-adapter-suite.ts";

/** A bot whose next answer a test gives by hand. */
function createListener() {
  let answer: (request: ChatRequest) => Promise<void> = async () => {};
  const handler: ChatHandler = {
    handle: (request) => answer(request),
    complete: async () => [],
    event: async () => {},
  };
  return {
    handler,
    /** Runs `ask` and resolves when the request that comes of it was answered; rejects as the answer does. */
    async answering(how: (request: ChatRequest) => Promise<void>, ask: () => unknown): Promise<void> {
      const answered = Promise.withResolvers<void>();
      answer = async (request) => {
        const done = how(request);
        done.then(answered.resolve, answered.reject);
        await done.catch(() => undefined);
      };
      await ask();
      await answered.promise;
    },
  };
}

chatAdapterSuite("fake, videos in place", () => openFake("in place"));
chatAdapterSuite("fake, videos apart", () => openFake("apart"));

async function openFake(delivers: "in place" | "apart") {
  const adapter = createFakeChatAdapter({ delivers });
  const { handler, answering } = createListener();
  await adapter.start(handler);
  const channel = { platform: "web", workspace: "w1", channel: "c1" } as const;
  const secret = { ...channel, channel: "secret" };
  adapter.hide(secret, "bob");
  adapter.hide({ ...channel, channel: jobId });
  return {
    adapter,
    channel,
    person: ada,
    media: createMemoryMediaStore(),
    needsCard: false,
    channelName: undefined,
    closed: { personId: "bob", channel: secret },
    messages: () =>
      adapter.messages.map(({ destination, cards, video, notified }) => {
        const card = cards.at(-1);
        const lines = [
          [card?.title ?? "", card?.prompt ?? "", card?.progress?.label ?? ""],
          ...(card?.lines ?? []),
        ];
        return {
          id: destination.message,
          text: [...lines, card?.footnote ?? []].map(plainText).join("\n"),
          buttons: (card?.buttons ?? []).map(encodeButton),
          video,
          notified,
        };
      }),
    remove: (message: string) => adapter.remove({ ...channel, message }),
    ask: (answer: ChatHandler["handle"]) => answering(answer, () => adapter.type("a boat")),
    press: (button: string, answer: ChatHandler["handle"]) =>
      answering(answer, () => {
        const on = adapter.pages.at(-1)?.page;
        const buttons = on ? [...on.rows.flatMap((row) => row.buttons), ...on.buttons] : [];
        const pressed = buttons.findIndex((each) => "action" in each && encodeButton(each) === button);
        const { label = "" } = buttons[pressed] ?? {};
        const nth = buttons.slice(0, pressed).filter((each) => each.label === label).length;
        return adapter.pressPage(label, nth);
      }),
    privates: () => adapter.privates.map(({ notice }) => notice.lines.map(plainText).join("\n")),
    privateFiles: () => adapter.privates.flatMap(({ file }) => file ?? []),
    pages: () =>
      adapter.pages.map(({ page, pictures, video }) => {
        const buttons = [...page.rows.flatMap((row) => row.buttons), ...page.buttons];
        const lines = [[page.title], ...page.lines, ...page.rows.flatMap((row) => row.lines)];
        return {
          text: lines.map(plainText).join("\n"),
          buttons: buttons.flatMap((button) => ("action" in button ? encodeButton(button) : [])),
          links: buttons.flatMap((button) => ("link" in button ? button.link : [])),
          pictures: pictures.length,
          video,
        };
      }),
    close: () => adapter.stop(),
  };
}

chatAdapterSuite("discord", () => openDiscord(createListener()));

chatAdapterSuite("slack", async () => {
  const slack = await createSlackServer({ rateLimits: "429", ...asRegistered });
  const adapter = { ...slackAdapterFor(slack), deliver: impatientDelivery(slack) };
  const { handler, answering } = createListener();
  await adapter.start(handler);
  const bob = slack.person("bob");
  const general = slack.channel("general");
  const secret = slack.channel("secret");
  secret.members.delete(bob.user.id);
  const channel = { platform: "slack", workspace: "T1", channel: general.id } as const;
  const command = { channel: "general", command: "/video", text: "a boat" };
  const modals = (kind: string) =>
    slack.views.filter(({ isOpen, callback_id }) => isOpen && callback_id === kind);
  const carried = (shown: Parameters<typeof buttonsOf>[0]) =>
    buttonsOf(shown).flatMap(({ value }) => (value === "" ? [] : [value]));
  return {
    adapter,
    channel,
    person: { id: bob.user.id, name: bob.user.name },
    media: createMemoryMediaStore(),
    needsCard: false,
    channelName: "general",
    closed: { personId: bob.user.id, channel: { ...channel, channel: secret.id } },
    messages: () =>
      general.messages.map((message) => ({
        id: message.ts,
        text: textOf(message),
        buttons: carried(message),
        video: message.files[0]?.bytes,
        notified: [...message.pinged.users, ...message.pinged.groups, ...message.pinged.broadcasts],
      })),
    remove(ts) {
      general.messages = general.messages.filter((message) => message.ts !== ts);
    },
    ask: (answer) => answering(answer, () => bob.slash(command)),
    press: (button, answer) =>
      answering(answer, () => {
        const page = modals("page").at(-1);
        const pressed = page && buttonsOf(page).find(({ value }) => value === button);
        if (!pressed) throw new Error(`There is no page with ${button}.`);
        return bob.press(page, pressed.actionId);
      }),
    privates: () => [...slack.ephemerals, ...modals("notice")].map(textOf),
    async privateFiles() {
      const direct = slack.channel("bob");
      if (slack.ephemerals.length > 0) await slack.waitFor(() => direct.messages.length > 0);
      return direct.messages.flatMap(({ files }) => files.flatMap(({ bytes }) => bytes ?? []));
    },
    pages: () =>
      modals("page").map((view) => ({
        text: [view.title, textOf(view)].join("\n"),
        buttons: carried(view),
        links: buttonsOf(view).flatMap(({ url }) => (url === "" ? [] : [url])),
        pictures: picturesShown(view.blocks).length,
        video: undefined,
      })),
    async close() {
      await adapter.stop();
      await slack.close();
    },
  };
});

chatAdapterSuite("web", async () => {
  const { handler, answering } = createListener();
  const memory = { store: await createStore({ url: "memory:" }), media: createMemoryMediaStore() };
  const begin = (web: ChatAdapter) => web.start(handler);
  const { adapter, url, stop, post } = await servePage({ memory, begin });
  const channel = { platform: "web", workspace: "local", channel: "playground" } as const;
  const fetched = async (path: string) => Buffer.from(await (await fetch(`${url}${path}`)).arrayBuffer());
  /** The private answers that the tab shows, by their place. */
  let answers: string[] = [];
  const shown = (wanted: RegExp) => answers.filter((html) => wanted.test(html));
  const notices = () => shown(/^<article class="message notice"/);

  /** Does with an answer what the page's script does: it goes to the end, or into the place of `replaced`. */
  async function take(response: Response, replaced?: string): Promise<void> {
    const html = await response.text();
    const articles = html.match(/<article[\s\S]*?<\/article>/g) ?? [];
    if (replaced === undefined || response.headers.has("hx-retarget")) answers.push(...articles);
    else answers = answers.flatMap((answer) => (answer === replaced ? articles : answer));
  }

  return {
    adapter,
    channel,
    person: { id: "you", name: "You" },
    media: memory.media,
    needsCard: false,
    channelName: "playground",
    closed: { personId: "you", channel: { ...channel, channel: "elsewhere" } },
    async messages() {
      const html = await (await fetch(url)).text();
      const articles = html.match(/<article class="message" id=[\s\S]*?<\/article>/g) ?? [];
      return Promise.all(
        articles.map(async (article) => {
          const [, id = ""] = /id="job-(\w+)"/.exec(article) ?? [];
          const [video] = attributes(article, "video", "src");
          return {
            id,
            text: textIn(article),
            buttons: attributes(article, "button", "value"),
            video: video === undefined ? undefined : await fetched(video),
            notified: [],
          };
        }),
      );
    },
    remove: (id) => memory.store.collection({ name: "playground-message", version: 2 }).delete(id),
    ask: (answer) => answering(answer, async () => take(await post("/messages", { text: "a boat" }))),
    press: (button, answer) =>
      answering(answer, async () => {
        const on = shown(/class="[^"]* page"/).at(-1) ?? "";
        const [page = ""] = attributes(on, "input", "value");
        await take(await post("/buttons", { button, page }), on);
      }),
    privates: () => notices().map(textIn),
    privateFiles: () =>
      Promise.all(
        notices()
          .flatMap((html) => attributes(html, "video", "src"))
          .map(fetched),
      ),
    pages: () =>
      Promise.all(
        shown(/class="[^"]* page"/).map(async (html) => {
          const [video] = attributes(html, "video", "src");
          const posters = [...attributes(html, "img", "src"), ...attributes(html, "video", "poster")];
          const pictures = await Promise.all(posters.map(fetched));
          return {
            text: textIn(html),
            buttons: attributes(html, "button", "value"),
            links: attributes(html, "a", "href"),
            pictures: pictures.filter((picture) => picture.equals(thumbnailBytes)).length,
            video: video === undefined ? undefined : await fetched(video),
          };
        }),
      ),
    close: stop,
  };
});
