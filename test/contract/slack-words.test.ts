import { buffer } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { commands } from "../../commands/index.ts";
import { formOf } from "../../src/chat/options.ts";
import { defaultCatalog } from "../../src/videos/catalog.ts";
import { asRegistered, card, listenOnSlack, slackAdapterFor, slackModes } from "../fixtures/slack-bot.ts";
import type { Person } from "../servers/slack/people.ts";
import { textOf } from "../servers/slack/reading.ts";
import { createSlackServer, type SlackServer } from "../servers/slack/slack-server.ts";

let slack: SlackServer;
let bob: Person;

beforeEach(async () => {
  slack = await createSlackServer({ rateLimits: "429", ...asRegistered });
  bob = slack.person("bob");
});
afterEach(async () => {
  expect(slack.warnings).toEqual([]);
  await slack.close();
});

const [create] = commands;
const form = () => formOf(create ?? { name: "", description: "", options: {} }, defaultCatalog);
const signal = () => AbortSignal.timeout(5_000);

describe.each(slackModes)("a mention over %s", (mode) => {
  it("is a line of text, answered in the channel or in the thread it was written in", async () => {
    const { requests } = await listenOnSlack(slack, mode, async ({ reply }) => void (await reply.card(card)));
    const thread = slack.person("ada").say("general", "a thread").ts;
    const { ack } = await bob.mention("general", "cats & dogs <3 --seconds 8");
    expect(ack.ok).toBe(true);
    const cards = () => slack.channel("general").messages.filter(({ bot_id }) => bot_id);
    await slack.waitFor(() => cards().length === 1);
    await bob.mention("general", "a boat", { thread_ts: thread });
    await slack.waitFor(() => cards().length === 2);
    expect(cards().map(({ thread_ts }) => thread_ts)).toEqual([undefined, thread]);
    expect(requests).toMatchObject([
      {
        actor: { id: "U1BOB", name: "bob", manager: false },
        destination: { platform: "slack", workspace: "T1", channel: "C1GENERAL" },
        invocation: { kind: "text", text: "cats & dogs <3 --seconds 8" },
      },
      { destination: { channel: "C1GENERAL", thread }, invocation: { kind: "text", text: "a boat" } },
    ]);
    expect(requests[0]?.destination).not.toHaveProperty("thread");
  });

  it("keeps its id when Slack tells of it again", async () => {
    const { requests } = await listenOnSlack(slack, mode);
    const heard = (count: number) => expect.poll(() => requests.length).toBe(count);
    const mention = await bob.mention("secret", "a boat");
    await heard(1);
    await mention.redeliver();
    await heard(2);
    await bob.mention("secret", "a boat");
    await heard(3);
    const [id, repeated, other] = requests.map((request) => request.id);
    expect(repeated).toBe(id);
    expect(other).not.toBe(id);
  });

  it("opens no form, and says in one sentence where one opens", async () => {
    await listenOnSlack(slack, mode, ({ reply }) => reply.form(form()));
    await bob.mention("general", "");
    const answer = await slack.waitFor(() => slack.ephemerals[0]);
    expect(answer).toMatchObject({ user: "U1BOB", channel: "C1GENERAL" });
    expect(textOf(answer)).toMatch(/type \/video in the channel or press a button/);
    expect(slack.views).toEqual([]);
  });

  it("with a picture leads to the menu of its message instead of leaving the picture out", async () => {
    const { requests } = await listenOnSlack(slack, mode);
    const { file } = bob.uploadFile({ name: "cat.png", bytes: Buffer.from("a cat") });
    await bob.mention("general", "make it dance", { files: [file] });
    const answer = await slack.waitFor(() => slack.ephemerals[0]);
    for (const { shortcut } of commands) {
      if (shortcut?.on === "picture") expect(textOf(answer)).toContain(shortcut.label);
    }
    expect(requests).toEqual([]);
  });

  it("in a direct message needs no name", async () => {
    const { requests } = await listenOnSlack(slack, mode, ({ reply }) =>
      reply.private({ tone: "info", lines: [["hello"]] }),
    );
    const answered = (count: number) => slack.waitFor(() => slack.ephemerals.length === count);
    await bob.write("a boat");
    await answered(1);
    const { message } = await bob.write("a kite");
    await answered(2);
    await bob.write("in a thread", { thread_ts: message.ts });
    await answered(3);
    const destination = { platform: "slack", workspace: "T1", channel: "D1BOB" };
    expect(requests).toMatchObject([
      { destination, invocation: { kind: "text", text: "a boat" } },
      { destination, invocation: { kind: "text", text: "a kite" } },
      { destination: { ...destination, thread: message.ts }, invocation: { text: "in a thread" } },
    ]);
  });
});

it("does not answer chatter in channels that it only hears", async () => {
  const { requests } = await listenOnSlack(slack, "Socket Mode");
  await bob.mention("general", "a boat");
  await expect.poll(() => requests.length).toBe(1);
  expect(slack.deliveries.map(({ payload }) => payload.event)).toMatchObject([
    { type: "message", channel_type: "channel" },
    { type: "app_mention" },
  ]);
  expect(requests).toHaveLength(1);
});

describe.each(slackModes)("an entry of a message's menu over %s", (mode) => {
  it("names the command, the message and its pictures, and can open a form", async () => {
    const { requests, adapter } = await listenOnSlack(slack, mode, ({ reply }) => reply.form(form()));
    const bytes = Buffer.from("a cat");
    const picture = bob.uploadFile({ name: "cat.webp", bytes }).file;
    const text = bob.uploadFile({ name: "notes.txt", bytes: Buffer.from("notes") }).file;
    const thread = bob.say("general", "a thread").ts;
    const message = bob.say("general", "my cat", { thread_ts: thread, files: [text, picture] });
    const shortcut = await slack.person("ada").messageShortcut("create", message);
    expect(shortcut.ack).toMatchObject({ ok: true, payload: undefined });
    expect((await shortcut.openedView()).isOpen).toBe(true);
    const [request] = requests;
    const there = { platform: "slack", workspace: "T1", channel: "C1GENERAL", thread };
    expect(request).toMatchObject({
      actor: { id: "U1ADA", moderator: true },
      destination: there,
      invocation: { kind: "shortcut", name: "create", message: { ...there, message: message.ts } },
    });
    if (request?.invocation.kind !== "shortcut") throw new Error("no shortcut");
    const [image, ...others] = request.invocation.pictures;
    expect(others).toEqual([]);
    expect(image).toMatchObject({ filename: "cat.webp", contentType: "image/webp", bytes: bytes.length });
    const { reference = "" } = image ?? {};
    expect(reference).not.toMatch(/xoxb|files-pri/);
    const again = adapter.reopen?.(reference);
    expect(again).toMatchObject({ filename: "cat.webp", contentType: "image/webp", bytes: bytes.length });
    const stream = await again?.open(signal());
    expect(stream && (await buffer(stream))).toEqual(bytes);
  });

  it("of a message in the channel answers there", async () => {
    const { requests } = await listenOnSlack(slack, mode, ({ reply }) =>
      reply.private({ tone: "error", lines: [["No video there."]] }),
    );
    const message = bob.say("general", "hello");
    await bob.messageShortcut("info", message);
    const answer = await slack.waitFor(() => slack.ephemerals[0]);
    expect(answer).toMatchObject({ text: "No video there.", via: "response_url" });
    expect(requests[0]?.destination).toEqual({ platform: "slack", workspace: "T1", channel: "C1GENERAL" });
    expect(message.text).toBe("hello");
  });
});

describe("a picture that is opened again", () => {
  const reopen = (reference: string) => slackAdapterFor(slack).reopen?.(reference).open(signal());

  it("is gone when its file is", async () => {
    const { requests } = await listenOnSlack(slack, "Socket Mode");
    const { file } = bob.uploadFile({ name: "cat.png", bytes: Buffer.from("a cat") });
    await bob.messageShortcut("create", bob.say("general", "my cat", { files: [file] }));
    const [request] = requests;
    if (request?.invocation.kind !== "shortcut") throw new Error("no shortcut");
    const reference = request.invocation.pictures[0]?.reference ?? "";
    bob.removeFile(file);
    await expect(reopen(reference)).rejects.toMatchObject({ code: "file_gone", retryable: false });
  });

  it("belongs to the workspace it came from", async () => {
    const reference = JSON.stringify({ team: "T9", id: "F00000001", name: "a", mimetype: "b", size: 1 });
    await expect(reopen(reference)).rejects.toMatchObject({ code: "no_access" });
    expect(() => slackAdapterFor(slack).reopen?.("nonsense")).toThrow("no reference");
  });
});
