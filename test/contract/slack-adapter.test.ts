import { buffer } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { commands } from "../../commands/index.ts";
import type { ChatRequest, Invocation } from "../../src/chat/adapter.ts";
import { formOf } from "../../src/chat/options.ts";
import { defaultCatalog } from "../../src/videos/catalog.ts";
import { card, listenOnSlack, slackAdapterFor, slackModes } from "../fixtures/slack-bot.ts";
import { textOf } from "../servers/slack/reading.ts";
import { createSlackServer, type SlackServer } from "../servers/slack/slack-server.ts";

let slack: SlackServer;

beforeEach(async () => {
  slack = await createSlackServer({ rateLimits: "429" });
});
afterEach(async () => {
  expect(slack.rateLimits.exceeded).toEqual([]);
  await slack.close();
});

const slash = (text: string, channel = "general") =>
  slack.person("bob").slash({ channel, command: "/video", text });

describe.each(slackModes)("over %s", (mode) => {
  it("makes a request of a command, in the words that were typed", async () => {
    const { requests } = await listenOnSlack(slack, mode);
    const { ack } = await slash("cats & dogs <3 <!channel> “so” —\nnew line 🎬");
    expect(ack).toMatchObject({ ok: true, payload: undefined });
    expect(requests).toMatchObject([
      {
        actor: { id: "U1BOB", name: "bob", moderator: false },
        destination: { platform: "slack", workspace: "T1", channel: "C1GENERAL" },
        invocation: { kind: "text", text: "cats & dogs <3 <!channel> “so” —\nnew line 🎬" },
      },
    ]);
  });

  it("knows the workspace's admins", async () => {
    const { requests } = await listenOnSlack(slack, mode);
    await slack.person("ada").slash({ channel: "general", command: "/video" });
    expect(requests[0]?.actor).toEqual({
      id: "U1ADA",
      name: "ada",
      moderator: true,
      manager: true,
      roles: ["admin", "member"],
    });
  });

  it("gives a repeated command the same id, and another command another", async () => {
    const { requests } = await listenOnSlack(slack, mode);
    const first = await slash("a boat");
    await first.redeliver();
    await slash("a boat");
    const [id, repeated, other] = requests.map((request) => request.id);
    expect(repeated).toBe(id);
    expect(other).not.toBe(id);
  });

  it("answers privately with the acknowledgement", async () => {
    await listenOnSlack(slack, mode, ({ reply }) =>
      reply.private({ tone: "error", lines: [["<!here> is ", { code: "not" }, " a size & shape"]] }),
    );
    const { ephemerals } = await slash("--size huge");
    expect(ephemerals).toMatchObject([
      {
        via: "ack",
        user: "U1BOB",
        text: "&lt;!here&gt; is not a size &amp; shape",
        mentions: { broadcasts: [] },
      },
    ]);
    expect(slack.channel("general").messages).toEqual([]);
  });

  it("acknowledges after two seconds by itself and answers privately later", async () => {
    const go = Promise.withResolvers<void>();
    await listenOnSlack(slack, mode, async ({ reply }) => {
      await go.promise;
      await reply.private({ tone: "info", lines: [["at last"]] });
    });
    const { ack } = await slash("slow");
    expect(ack.ok).toBe(true);
    expect(ack.ms).toBeGreaterThan(1_500);
    expect(ack.ms).toBeLessThan(2_900);
    go.resolve();
    await slack.waitFor(() =>
      slack.ephemerals.find(({ via, text }) => via === "response_url" && text === "at last"),
    );
  });

  it("answers with a card in the channel, shown to everyone, pinging nobody", async () => {
    const { adapter } = await listenOnSlack(slack, mode, async ({ reply }) => void (await reply.card(card)));
    const { ack } = await slash("a boat");
    expect(ack).toMatchObject({ ok: true, payload: undefined });
    const [message] = slack.channel("general").messages;
    expect(message?.pinged).toEqual({ users: [], groups: [], broadcasts: [] });
    expect(textOf(message ?? { blocks: [] })).toContain("a boat");
    expect(
      adapter.link({ platform: "slack", workspace: "T1", channel: "C1GENERAL", message: message?.ts ?? "" }),
    ).toBe(`https://workspace1.slack.com/archives/C1GENERAL/p${message?.ts.replace(".", "")}`);
  });

  it("makes a request of a pressed button and answers it where it was pressed", async () => {
    const { adapter, requests } = await listenOnSlack(slack, mode, async ({ reply }) => {
      await reply.private({ tone: "error", lines: [["not yet"]] });
    });
    const parent = slack.person("ada").say("general", "a thread");
    await adapter.postCard(
      { platform: "slack", workspace: "T1", channel: "C1GENERAL", thread: parent.ts },
      card,
    );
    const [, message] = slack.channel("general").messages;
    if (!message) throw new Error("no card");
    const press = await slack.person("bob").press(message, "Remix");
    expect(press.ack.ok).toBe(true);
    expect(requests).toMatchObject([
      {
        invocation: { kind: "button", action: "remix", argument: "0k3v8zq1xw" },
        destination: { channel: "C1GENERAL", thread: parent.ts },
        actor: { id: "U1BOB" },
      },
    ]);
    await slack.waitFor(() => press.ephemerals.length > 0);
    expect(press.ephemerals).toMatchObject([{ text: "not yet", thread_ts: parent.ts }]);
    expect(slack.channel("general").messages).toHaveLength(2);
  });

  it("opens the form, tells what is wrong in it, and takes it with the picture", async () => {
    const seen: Invocation[] = [];
    const [create] = commands;
    if (!create) throw new Error("no command");
    await listenOnSlack(slack, mode, async ({ invocation, reply }) => {
      seen.push(invocation);
      if (invocation.kind === "text") return reply.form(formOf(create, defaultCatalog));
      if (seen.length === 2)
        return reply.private({ tone: "error", lines: [["sora-2 does not make 1024x1792."]] });
      await reply.card(card);
    });
    const bob = slack.person("bob");
    const view = await (await slash("")).openedView();
    expect(view).toMatchObject({ isOpen: true, title: "/video create" });
    const picture = Buffer.from("not a picture");
    const { file } = bob.uploadFile({ name: "cat.png", bytes: picture });
    const values = { prompt: "a <cat> & a hat", size: "1024x1792", image: [file.id] };
    await bob.submitView(view, values);
    expect(view).toMatchObject({ isOpen: true, errors: { prompt: "sora-2 does not make 1024x1792." } });
    // The same again: what was refused may be asked for anew.
    await bob.submitView(view, values);
    expect(view).toMatchObject({ isOpen: false, errors: {}, trouble: false });
    expect(slack.channel("general").messages).toHaveLength(1);
    const last = seen.at(-1);
    if (last?.kind !== "command") throw new Error("no command arrived");
    expect(last).toMatchObject({
      name: "create",
      values: { prompt: "a <cat> & a hat", model: "sora-2", seconds: "4", size: "1024x1792" },
    });
    const { image } = last.values;
    if (image === undefined || typeof image === "string") throw new Error("no picture arrived");
    expect(image).toMatchObject({ filename: "cat.png", contentType: "image/png", bytes: picture.length });
    expect(await buffer(await image.open(AbortSignal.timeout(5_000)))).toEqual(picture);
  });

  it("gives a submission that is sent again the same id", async () => {
    const [create] = commands;
    const { requests } = await listenOnSlack(slack, mode, async ({ invocation, reply }) => {
      if (invocation.kind === "text" && create) await reply.form(formOf(create, defaultCatalog));
    });
    const view = await (await slash("")).openedView();
    const submission = await slack.person("bob").submitView(view, { prompt: "a boat" });
    await submission.redeliver();
    expect(requests[2]?.id).toBe(requests[1]?.id);
    expect(requests[1]?.destination).toEqual({ platform: "slack", workspace: "T1", channel: "C1GENERAL" });
  });

  it("finishes what it took before it stops, and takes nothing more", async () => {
    const go = Promise.withResolvers<void>();
    const taken = Promise.withResolvers<ChatRequest>();
    const { adapter, requests } = await listenOnSlack(slack, mode, async (request) => {
      taken.resolve(request);
      await go.promise;
      await request.reply.private({ tone: "info", lines: [["done"]] });
    });
    expect(adapter.connected()).toBe(true);
    const asked = slash("a boat");
    await taken.promise;
    const stopped = adapter.stop();
    go.resolve();
    expect((await asked).ephemerals).toMatchObject([{ text: "done", via: "ack" }]);
    await stopped;
    await slack.waitFor(() => slack.sockets.count() === 0);
    expect((await slash("too late")).ack.ok).toBe(false);
    expect(requests).toHaveLength(1);
  });
});

describe("Socket Mode", () => {
  it("is connected again at once after Slack renews or cuts the connection", async () => {
    const { adapter } = await listenOnSlack(slack, "Socket Mode");
    for (const interrupt of [() => slack.sockets.disconnect("refresh_requested"), slack.sockets.drop]) {
      interrupt();
      await slack.waitFor(() => slack.sockets.count() === 0);
      await slack.waitFor(() => slack.sockets.count() === 1, { timeoutMs: 3_000 });
      await expect.poll(() => adapter.connected()).toBe(true);
      expect((await slash("hello")).ack.ok).toBe(true);
    }
  });

  it("goes on trying where Slack refuses, without ending the process", async () => {
    const { adapter, log } = await listenOnSlack(slack, "Socket Mode");
    const refusal = { status: 200, body: { ok: false, error: "account_inactive" } };
    slack.inject({ method: "apps.connections.open", times: 2, fault: refusal });
    slack.sockets.drop();
    await expect.poll(() => adapter.connected()).toBe(false);
    await expect.poll(() => adapter.connected(), { timeout: 8_000 }).toBe(true);
    expect(log()).toContain("did not open");
  });
});

describe("HTTP", () => {
  it("refuses wrong and old signatures, and what is not signed at all", async () => {
    const { http, requests, adapter } = await listenOnSlack(slack, "HTTP");
    for (const signing of [{ secret: "wrong" }, { ageSeconds: 600 }]) {
      http?.signWith(signing);
      expect((await slash("a boat")).ack).toMatchObject({ ok: false, status: 401 });
    }
    expect(requests).toEqual([]);
    expect(adapter.connected()).toBe(true);
    await adapter.stop();
    expect(adapter.connected()).toBe(false);
  });
});

describe("start", () => {
  it.each([
    ["SLACK_BOT_TOKEN", { botToken: "xoxb-wrong" }],
    ["SLACK_APP_TOKEN", { appToken: "xapp-wrong" }],
  ])("says that %s is wrong when Slack does not take it", async (setting, tokens) => {
    const adapter = slackAdapterFor(slack, tokens);
    await expect(
      adapter.start({ handle: async () => {}, complete: async () => [], event: async () => {} }),
    ).rejects.toMatchObject({
      name: "UserError",
      message: expect.stringContaining(setting),
    });
    expect(adapter.connected()).toBe(false);
  });

  it("logs neither tokens nor prompts nor triggers", async () => {
    const { log } = await listenOnSlack(
      slack,
      "Socket Mode",
      async ({ reply }) => void (await reply.card(card)),
    );
    await slash("a very private prompt");
    expect(log()).toContain("connected to Slack");
    expect(log()).not.toMatch(/xoxb-|xapp-|private prompt|\.abcdef/);
  });
});
