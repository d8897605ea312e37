import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import type { ChatRequest, Reply } from "../../src/chat/adapter.ts";
import type { Page } from "../../src/chat/page.ts";
import { asRegistered, listenOnSlack } from "../fixtures/slack-bot.ts";
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

const ask = (text = "list") => bob.slash({ channel: "general", command: "/video", text });
const pictures = (view: View) => picturesShown(view.blocks);
const uploads = () => slack.requests.filter(({ method }) => method === "upload").length;
const calls = (wanted: string) => slack.requests.filter(({ method }) => method === wanted).length;

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

describe("a page's pictures", () => {
  it("are handed over once, also after a restart, and then come with the page", async () => {
    const first = await listenOnSlack(slack, "Socket Mode", answering(pageOf(["a1", "b2"])));
    await openPage(2);
    await first.adapter.stop();
    await slack.waitFor(() => slack.sockets.count() === 0);
    await listenOnSlack(slack, "Socket Mode", answering(pageOf(["b2", "a1"])));
    const updates = calls("views.update");
    const view = await (await ask()).openedView();
    expect(pictures(view)).toHaveLength(2);
    expect(uploads()).toBe(2);
    expect(calls("views.update")).toBe(updates);
  });

  it("do not come over another page that the person has gone on to", async () => {
    slack.sharing.processMs = 600;
    let pages = 0;
    await listenOnSlack(
      slack,
      "Socket Mode",
      answering(pageOf(["a1"]), async (reply) => {
        pages += 1;
        await reply.page(pageOf([], { title: "Older ones" }));
      }),
    );
    const asked = ask();
    const view = await slack.waitFor(() => slack.views[0]);
    await bob.press(view, "Older");
    await asked;
    await slack.waitFor(() => slack.refused.some(({ error }) => error === "hash_conflict"));
    expect([pages, view.title, pictures(view)]).toEqual([1, "Older ones", []]);
  });

  it("are left out where Slack does not take them, and where there are no bytes", async () => {
    slack.inject({ method: "files.getUploadURLExternal", fault: { status: 500 } });
    const broken = {
      ...pictureOf("b2"),
      file: { ...pictureOf("b2").file, blob: async () => new Blob(["no"]) },
    };
    const page = pageOf(["a1", "b2", "c3"]);
    const rows = page.rows.map((row, at) => (at === 1 ? { ...row, picture: broken } : row));
    const { log } = await listenOnSlack(slack, "Socket Mode", answering({ ...page, rows }));
    const view = await openPage(1);
    expect(buttonsOf(view).map(({ label }) => label)).toContain("Play b2");
    expect(log()).toContain("a page goes without a picture");
  });

  it("are left out where Slack never comes to know them", async () => {
    slack.sharing.processMs = 60_000;
    const answered = Promise.withResolvers<void>();
    await listenOnSlack(slack, "Socket Mode", async ({ reply }) => {
      await reply.page(pageOf(["a1"]));
      answered.resolve();
    });
    const view = await (await ask()).openedView();
    await answered.promise;
    expect([view.isOpen, pictures(view)]).toEqual([true, []]);
    expect(slack.refused).toEqual([]);
  });

  it("are kept for as long as their files are there", async () => {
    await listenOnSlack(slack, "Socket Mode", answering(pageOf(["a1"])));
    await openPage(1);
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 400 * 24 * 60 * 60_000 });
    onTestFinished(() => void vi.useRealTimers());
    await openPage(1);
    expect(uploads()).toBe(1);
  });

  it("stay with Slack where it refuses another one of the page", async () => {
    await listenOnSlack(slack, "Socket Mode", answering(pageOf(["a1", "b2", "c3"])));
    const [, gone] = pictures(await openPage(3));
    const file = slack.files.get(gone ?? "");
    if (!file) throw new Error("There is no picture.");
    slack.person("ada").removeFile(file);
    await openPage(3);
    expect(uploads()).toBe(4);
    const left = [...slack.files.values()].filter(({ status }) => status === "complete");
    expect(left).toHaveLength(3);
  });

  it("are taken from Slack before they are forgotten, where it does not say which it refuses", async () => {
    await listenOnSlack(
      slack,
      "Socket Mode",
      answering(pageOf(["a1"]), (reply) => reply.page(pageOf(["a1", "b2"], { title: "Older ones" }))),
    );
    await bob.mention("general", "list");
    const message = await slack.waitFor(() => slack.ephemerals[0]);
    for (const file of slack.files.values()) slack.person("ada").removeFile(file);
    await bob.press(message, "Older");
    await slack.waitFor(() => textOf(message).includes("Older ones"));
    expect(picturesShown(message.blocks)).toEqual([]);
    const left = () => [...slack.files.values()].filter(({ status }) => status === "complete");
    await slack.waitFor(() => uploads() === 2 && left().length === 0);
  });

  it("are handed over anew when somebody deleted them in Slack", async () => {
    await listenOnSlack(slack, "Socket Mode", answering(pageOf(["a1"])));
    await openPage(1);
    for (const file of slack.files.values()) slack.person("ada").removeFile(file);
    const view = await openPage(1);
    expect(uploads()).toBe(2);
    expect(slack.files.get(pictures(view)[0] ?? "")?.status).toBe("complete");
  });
});

describe("a page for somebody who mentioned the bot", () => {
  it("is a message for them alone, and its buttons change that message", async () => {
    const { requests } = await listenOnSlack(
      slack,
      "Socket Mode",
      answering(pageOf(["a1"]), (reply) => reply.page(pageOf(["b2", "c3"], { title: "Older ones" }))),
    );
    await bob.mention("general", "list");
    const message = await slack.waitFor(() => slack.ephemerals[0]);
    expect(message).toMatchObject({ user: "U1BOB", via: "chat.postEphemeral", channel: "C1GENERAL" });
    expect(textOf(message)).toContain("Videos here");
    expect(picturesShown(message.blocks)).toHaveLength(1);
    await bob.press(message, "Older");
    await slack.waitFor(() => textOf(message).includes("Older ones"));
    expect(picturesShown(message.blocks)).toHaveLength(2);
    expect(slack.ephemerals).toEqual([message]);
    expect(requests[1]?.destination).toMatchObject({ channel: "C1GENERAL" });
  });

  it("comes without pictures rather than not at all", async () => {
    await listenOnSlack(slack, "Socket Mode", answering(pageOf(["a1"])));
    const view = await openPage(1);
    bob.closeView(view);
    for (const file of slack.files.values()) slack.person("ada").removeFile(file);
    await bob.mention("general", "list");
    const message = await slack.waitFor(() => slack.ephemerals[0]);
    expect(picturesShown(message.blocks)).toEqual([]);
    expect(buttonsOf(message).map(({ label }) => label)).toContain("Play a1");
  });
});

describe("a page that comes after its trigger has gone", () => {
  it("is a message for the one who asked", async () => {
    await listenOnSlack(slack, "Socket Mode", async ({ reply }) => {
      slack.advance(3_001);
      await reply.page(pageOf(["a1"]));
    });
    await ask();
    const message = await slack.waitFor(() => slack.ephemerals.find(({ via }) => via === "response_url"));
    expect(textOf(message)).toContain("Videos here");
    expect(picturesShown(message.blocks)).toHaveLength(1);
    expect(slack.views).toEqual([]);
  });
});

describe("a file for one person", () => {
  it("comes by direct message, and the answer says so", async () => {
    await listenOnSlack(slack, "Socket Mode", ({ reply }) =>
      reply.private({ tone: "info", lines: [["The thumbnail."]], file: pictureOf("a1").file }),
    );
    const { ephemerals } = await ask("download a1");
    await slack.waitFor(() => ephemerals.length > 0 || slack.ephemerals.length > 0);
    expect(textOf(slack.ephemerals[0] ?? { blocks: [] })).toContain("direct messages with me");
    expect(JSON.stringify(slack.ephemerals[0]?.blocks)).toContain("/archives/D1BOB");
    const direct = await slack.waitFor(() => slack.channel("bob").messages[0]);
    expect(direct.files).toMatchObject([{ name: "a1-thumbnail.png", mimetype: "image/png" }]);
    expect(textOf(direct)).toBe("The thumbnail.");
    expect(slack.channel("general").messages).toEqual([]);
  });

  it("needs no second answer where it was asked for in that direct message", async () => {
    await listenOnSlack(slack, "Socket Mode", ({ reply }) =>
      reply.private({ tone: "info", lines: [["The video."]], file: videoOf("a1") }),
    );
    const { ack } = await bob.slash({ channel: "bob", command: "/video", text: "download a1" });
    expect(ack).toMatchObject({ ok: true, payload: undefined });
    const direct = await slack.waitFor(() => slack.channel("bob").messages[0]);
    expect(direct.files).toMatchObject([{ mimetype: "video/mp4" }]);
    expect(slack.ephemerals).toEqual([]);
  });
});
