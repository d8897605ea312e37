import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ChatRequest, Reply } from "../../src/chat/adapter.ts";
import type { Form } from "../../src/chat/form.ts";
import type { Page } from "../../src/chat/page.ts";
import { asRegistered, card, listenOnSlack, slackModes } from "../fixtures/slack-bot.ts";
import { pageOf, pictureOf, videoOf } from "../fixtures/slack-pages.ts";
import type { Person } from "../servers/slack/people.ts";
import { buttonsOf, picturesShown, textOf } from "../servers/slack/reading.ts";
import { createSlackServer, type SlackServer } from "../servers/slack/slack-server.ts";
import type { View } from "../servers/slack/state.ts";

let slack: SlackServer;
let bob: Person;

beforeEach(async () => {
  slack = await createSlackServer({ rateLimits: "429", ...asRegistered });
  bob = slack.person("bob");
});
afterEach(async () => {
  expect(slack.rateLimits.exceeded).toEqual([]);
  expect(slack.warnings).toEqual([]);
  await slack.close();
});

const prompt = { type: "text", description: "What to show", required: true, maxLength: 3_000 } as const;
const remix: Form = {
  command: "remix",
  title: "Remix",
  submitLabel: "Remix",
  intro: [],
  fields: [{ name: "prompt", option: prompt }],
  hidden: { video: "a1" },
};

const ask = (text = "list") => bob.slash({ channel: "general", command: "/video", text });
const pictures = (view: View) => picturesShown(view.blocks);
const uploads = () => slack.requests.filter(({ method }) => method === "upload").length;

/** Answers commands with a page, and buttons as a test says. */
function answering(
  page: Page,
  press: (reply: Reply, request: ChatRequest) => Promise<void> = async () => {},
) {
  return async (request: ChatRequest) => {
    const { invocation, reply } = request;
    if (invocation.kind === "text") return reply.page(page);
    return press(reply, request);
  };
}

/** The page that a command opens, with all its pictures. */
async function openPage(count: number): Promise<View> {
  const view = await (await ask()).openedView();
  await slack.waitFor(() => pictures(view).length === count, { description: "all pictures" });
  return view;
}

describe.each(slackModes)("a page over %s", (mode) => {
  it("opens as a modal, and its pictures follow as PNG files that stand in no channel", async () => {
    slack.sharing.processMs = 300;
    const { adapter } = await listenOnSlack(slack, mode, answering(pageOf(["a1", "b2"])));
    const { ack, openedView } = await ask();
    expect(ack).toMatchObject({ ok: true, payload: undefined });
    const view = await openedView();
    expect(view).toMatchObject({ title: "Videos here", isOpen: true });
    expect(pictures(view)).toEqual([]);
    expect(textOf(view)).toContain("*a1* & <co>");
    await slack.waitFor(() => pictures(view).length === 2);
    expect(textOf(view)).toContain("*\u200b*a1\u200b* &amp; &lt;co&gt;*");
    expect(buttonsOf(view).map(({ value, url }) => value || url)).toEqual([
      "v1:play:a1",
      "https://a.example/1",
      "v1:play:b2",
      "https://a.example/1",
      "v1:list:newer",
      "v1:list:older",
    ]);
    const ids = buttonsOf(view).map(({ actionId }) => actionId);
    expect(new Set(ids).size).toBe(ids.length);
    expect([...slack.files.values()]).toMatchObject([
      { mimetype: "image/png", shares: [], status: "complete" },
      { mimetype: "image/png", shares: [], status: "complete" },
    ]);
    expect(adapter.connected()).toBe(true);
  });

  it("gives its place to the page that a button leads to, in the thread it was asked for in", async () => {
    const { requests, adapter } = await listenOnSlack(
      slack,
      mode,
      answering(pageOf([]), (reply) => reply.page(pageOf(["c3"], { title: "Older ones" }))),
    );
    const thread = slack.person("ada").say("general", "a thread").ts;
    await adapter.postCard({ platform: "slack", workspace: "T1", channel: "C1GENERAL", thread }, card);
    const [, message] = slack.channel("general").messages;
    if (!message) throw new Error("no card");
    const view = await (await bob.press(message, "Remix")).openedView();
    await bob.press(view, "Older");
    await slack.waitFor(() => buttonsOf(view).some(({ label }) => label === "Play c3"));
    expect(view.title).toBe("Older ones");
    expect(slack.views).toHaveLength(1);
    expect(requests[1]).toMatchObject({
      invocation: { kind: "button", action: "list", argument: "older" },
      destination: { platform: "slack", workspace: "T1", channel: "C1GENERAL", thread },
    });
  });

  it("stays under a form that a button opens, and is there again when it is sent", async () => {
    const { requests } = await listenOnSlack(
      slack,
      mode,
      answering(pageOf(["a1"]), async (reply, { invocation }) => {
        if (invocation.kind === "button") await reply.form(remix);
        else await reply.card(card);
      }),
    );
    const page = await openPage(1);
    const form = await (await bob.press(page, "Play a1")).openedView();
    expect(form).toMatchObject({ title: "Remix", previous: page.id });
    const { ack } = await bob.submitView(form, { prompt: "at night" });
    expect(ack).toMatchObject({ ok: true, payload: undefined });
    expect([form.isOpen, page.isOpen]).toEqual([false, true]);
    expect(slack.channel("general").messages).toHaveLength(1);
    expect(requests[2]).toMatchObject({
      destination: { channel: "C1GENERAL" },
      invocation: { kind: "command", name: "remix", values: { prompt: "at night", video: "a1" } },
    });
  });

  it("has what is said after a press on top of it", async () => {
    await listenOnSlack(
      slack,
      mode,
      answering(pageOf([]), async (reply) => {
        await reply.private({ tone: "error", lines: [["That video is gone."]] });
      }),
    );
    const page = await openPage(0);
    const notice = await (await bob.press(page, "Newer")).openedView();
    expect(textOf(notice)).toBe("That video is gone.");
    bob.closeView(notice);
    expect(page.isOpen).toBe(true);
    expect(slack.ephemerals).toEqual([]);
  });

  it("is told of a press on a link, which means nothing", async () => {
    const { requests } = await listenOnSlack(slack, mode, answering(pageOf(["a1"])));
    const page = await openPage(1);
    expect((await bob.press(page, "Go to a1")).ack).toMatchObject({ ok: true, payload: undefined });
    expect(requests).toHaveLength(1);
  });
});

describe("a page", () => {
  it("with a video shows its picture and leads to the channel", async () => {
    const video = {
      file: videoOf("a1"),
      picture: pictureOf("a1"),
      altText: "A boat",
      spoiler: false,
      link: "https://a.example/2",
    };
    await listenOnSlack(slack, "Socket Mode", answering(pageOf([], { video })));
    const view = await openPage(1);
    expect(view.blocks).toContainEqual(expect.objectContaining({ type: "image", alt_text: "A video of a1" }));
    expect(buttonsOf(view)).toContainEqual(
      expect.objectContaining({ label: "Watch in the channel", url: "https://a.example/2" }),
    );
  });

  it("keeps a picture to itself that is hidden until it is wanted", async () => {
    const video = { file: videoOf("a1"), picture: pictureOf("a1"), altText: "A boat", spoiler: true };
    await listenOnSlack(slack, "Socket Mode", answering(pageOf([], { video })));
    await (await ask()).openedView();
    expect(uploads()).toBe(0);
  });

  it("whose title is too long for a modal begins with it", async () => {
    const title = "All the videos of this channel, newest first";
    await listenOnSlack(slack, "Socket Mode", answering(pageOf([], { title })));
    const view = await (await ask()).openedView();
    expect([view.title, view.blocks[0]?.type]).toEqual(["Showreel", "header"]);
    expect(textOf(view)).toContain(title);
  });

  it("that was closed meanwhile is not opened again", async () => {
    const go = Promise.withResolvers<void>();
    const done = Promise.withResolvers<void>();
    await listenOnSlack(
      slack,
      "Socket Mode",
      answering(pageOf([]), async (reply) => {
        await go.promise;
        await reply.page(pageOf([], { title: "Older ones" })).then(done.resolve, done.reject);
      }),
    );
    const view = await openPage(0);
    const pressed = bob.press(view, "Older");
    await slack.waitFor(() => slack.deliveries.length === 2);
    bob.closeView(view);
    go.resolve();
    await done.promise;
    await pressed;
    expect(slack.views).toHaveLength(1);
    expect(slack.ephemerals).toEqual([]);
  });

  it("takes the place of the form it answers, with its pictures", async () => {
    await listenOnSlack(slack, "Socket Mode", ({ invocation, reply }) =>
      invocation.kind === "text" ? reply.form(remix) : reply.page(pageOf(["a1"])),
    );
    const view = await (await ask()).openedView();
    await bob.submitView(view, { prompt: "night" });
    await slack.waitFor(() => pictures(view).length === 1);
    expect(view).toMatchObject({ title: "Videos here", isOpen: true });
    expect(slack.views).toHaveLength(1);
  });

  it("has what a form over it is answered with in the form's place", async () => {
    await listenOnSlack(
      slack,
      "Socket Mode",
      answering(pageOf([]), async (reply, { invocation }) => {
        if (invocation.kind === "button") await reply.form(remix);
        else await reply.private({ tone: "info", lines: [["Saved."]] });
      }),
    );
    const page = await openPage(0);
    const form = await (await bob.press(page, "Older")).openedView();
    await bob.submitView(form, { prompt: "night" });
    expect(textOf(form)).toBe("Saved.");
    bob.closeView(form);
    expect(page.isOpen).toBe(true);
    expect(slack.ephemerals).toEqual([]);
  });
});
