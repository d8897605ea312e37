import { pino } from "pino";
import type { ChatAdapter, ChatHandler, ChatRequest } from "../../src/chat/adapter.ts";
import { encodeButton } from "../../src/chat/card.ts";
import { plainText } from "../../src/chat/rich-text.ts";
import { createChannels } from "../../src/slack/channels.ts";
import { createDelivery } from "../../src/slack/delivery.ts";
import { createWorkspaces } from "../../src/slack/workspaces.ts";
import { ada, createFakeChatAdapter } from "../fakes/fake-chat-adapter.ts";
import { createMemoryMediaStore } from "../fakes/memory-media-store.ts";
import { adapterFor } from "../fixtures/discord-bot.ts";
import { create } from "../fixtures/discord-listener.ts";
import { slackAdapterFor } from "../fixtures/slack-bot.ts";
import { startWebBot } from "../fixtures/web-bot.ts";
import { createDiscordServer } from "../servers/discord/discord-server.ts";
import { buttonsOf, textOf } from "../servers/slack/reading.ts";
import { createSlackServer, type SlackServer } from "../servers/slack/slack-server.ts";
import { chatAdapterSuite } from "./suites/chat-adapter-suite.ts";

/** A bot whose next answer a test gives by hand. */
function createListener() {
  let answer: (request: ChatRequest) => Promise<void> = async () => {};
  const handler: ChatHandler = {
    handle: (request) => answer(request),
    complete: async () => [],
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
  return {
    adapter,
    channel,
    person: ada,
    media: createMemoryMediaStore(),
    needsCard: false,
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
    privates: () => adapter.privates.map(({ notice }) => notice.lines.map(plainText).join("\n")),
    close: () => adapter.stop(),
  };
}

chatAdapterSuite("discord", async () => {
  const server = await createDiscordServer();
  const adapter = adapterFor(server);
  const { handler, answering } = createListener();
  await adapter.start(handler);
  const person = server.person("ada");
  const general = server.channel("general");
  const asked: ReturnType<typeof person.slash>[] = [];
  return {
    adapter,
    channel: { platform: "discord", workspace: server.state.guild.id, channel: general.id },
    person: { id: person.id, name: "ada" },
    media: createMemoryMediaStore(),
    needsCard: true,
    messages: () =>
      server.channel("general").messages.map(({ id, text, buttons, media, notified, mentionsEveryone }) => ({
        id,
        text,
        buttons: buttons.flatMap(({ customId }) => customId ?? []),
        video: media[0]?.attachment?.bytes,
        notified: [...notified, ...(mentionsEveryone ? ["everyone"] : [])],
      })),
    remove(id) {
      const message = server.message(id);
      if (message) server.person("grace").delete(message);
    },
    ask: (answer) => answering(answer, () => asked.push(person.slash(create))),
    privates: () =>
      asked.flatMap(({ interaction }) =>
        interaction.responses.filter(({ visibleTo }) => visibleTo).map(({ text }) => text),
      ),
    async close() {
      await adapter.stop();
      await server.close();
    },
  };
});

/** Slack's delivery, with less patience for a share that does not come. */
function impatientDelivery(slack: SlackServer): ChatAdapter["deliver"] {
  const logger = pino({ level: "silent" });
  const workspaces = createWorkspaces({ botToken: slack.team().botToken, apiUrl: slack.apiUrl, logger });
  const channels = createChannels({ workspaces, now: Date.now, logger });
  const { link } = slackAdapterFor(slack);
  return createDelivery({ workspaces, channels, link, logger, lookAfterMs: [40, 80, 160] });
}

chatAdapterSuite("slack", async () => {
  const slack = await createSlackServer({ rateLimits: "429" });
  const adapter = { ...slackAdapterFor(slack), deliver: impatientDelivery(slack) };
  const { handler, answering } = createListener();
  await adapter.start(handler);
  const bob = slack.person("bob");
  const general = slack.channel("general");
  const command = { channel: "general", command: "/video", text: "a boat" };
  const privates: string[] = [];
  return {
    adapter,
    channel: { platform: "slack", workspace: "T1", channel: general.id },
    person: { id: bob.user.id, name: bob.user.name },
    media: createMemoryMediaStore(),
    needsCard: false,
    messages: () =>
      general.messages.map((message) => ({
        id: message.ts,
        text: textOf(message),
        buttons: buttonsOf(message).flatMap(({ value }) => (value === "" ? [] : [value])),
        video: message.files[0]?.bytes,
        notified: [...message.pinged.users, ...message.pinged.groups, ...message.pinged.broadcasts],
      })),
    remove(ts) {
      general.messages = general.messages.filter((message) => message.ts !== ts);
    },
    ask: (answer) =>
      answering(answer, async () => {
        const { ephemerals } = await bob.slash(command);
        privates.push(...ephemerals.map(textOf));
      }),
    privates: () => privates,
    async close() {
      await adapter.stop();
      await slack.close();
    },
  };
});

chatAdapterSuite("web", async () => {
  const { adapter, url, memory, stop, post } = await startWebBot();
  const { handler, answering } = createListener();
  await adapter.start(handler);
  const privates: string[] = [];
  const plain = (html: string) =>
    html
      .replace(/<[^>]+>/g, " ")
      .replace(/&#?\w+;/g, (entity) => ({ "&lt;": "<", "&gt;": ">" })[entity] ?? " ");
  return {
    adapter,
    channel: { platform: "web", workspace: "local", channel: "playground" },
    person: { id: "you", name: "You" },
    media: memory.media,
    needsCard: false,
    async messages() {
      const html = await (await fetch(url)).text();
      const articles = html.match(/<article class="message" id=[\s\S]*?<\/article>/g) ?? [];
      return Promise.all(
        articles.map(async (article) => {
          const [, id = ""] = /id="job-(\w+)"/.exec(article) ?? [];
          const [, source] = /<video[^>]* src="([^"]+)"/.exec(article) ?? [];
          return {
            id,
            text: plain(article),
            buttons: [...article.matchAll(/value="(v1:[^"]+)"/g)].map(([, value = ""]) => value),
            video:
              source === undefined
                ? undefined
                : Buffer.from(await (await fetch(`${url}${source}`)).arrayBuffer()),
            notified: [],
          };
        }),
      );
    },
    remove: (id) => memory.store.collection({ name: "playground-message", version: 1 }).delete(id),
    ask: (answer) =>
      answering(answer, async () => {
        const said = plain(await (await post("/messages", { text: "a boat" })).text()).trim();
        if (said !== "") privates.push(said);
      }),
    privates: () => privates,
    close: stop,
  };
});
