import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Destination } from "../../src/chat/adapter.ts";
import { type Bot, type BotMemory, createBotMemory } from "../fixtures/bot.ts";
import { card, listenOnSlack, slackAdapterFor, startSlackBot } from "../fixtures/slack-bot.ts";
import { textOf } from "../servers/slack/reading.ts";
import { createSlackServer, type SlackServer } from "../servers/slack/slack-server.ts";

const place: Destination = { platform: "slack", workspace: "T1", channel: "C1GENERAL" };
const limited = { status: 429, headers: { "retry-after": "1" }, body: { ok: false, error: "ratelimited" } };
const limitedQuietly = { status: 200, body: { ok: false, error: "ratelimited" } };

let slack: SlackServer;
beforeEach(async () => {
  slack = await createSlackServer({ rateLimits: "429" });
});
afterEach(() => slack.close());

describe("access", () => {
  it("joins a public channel before anything is paid, once", async () => {
    const lounge = slack.addChannel({ name: "lounge", kind: "public", bot: false });
    const adapter = slackAdapterFor(slack);
    const there = { ...place, channel: lounge.id };
    await adapter.checkAccess(there);
    await adapter.checkAccess(there);
    expect(lounge.members).toContain("U1BOT");
    await adapter.postCard(there, card);
    expect(lounge.messages).toHaveLength(1);
    expect(slack.requests.filter(({ method }) => method === "conversations.info")).toHaveLength(1);
  });

  it("posts a card in a public channel that it has been taken out of since", async () => {
    const adapter = slackAdapterFor(slack);
    await adapter.checkAccess(place);
    slack.channel("general").members.delete("U1BOT");
    await adapter.postCard(place, card);
    expect(slack.channel("general").messages).toHaveLength(1);
  });

  it("asks to be invited to a private channel", async () => {
    const vault = slack.addChannel({ name: "vault", kind: "private", bot: false });
    await expect(slackAdapterFor(slack).checkAccess({ ...place, channel: vault.id })).rejects.toMatchObject({
      name: "UserError",
      message: expect.stringContaining("/invite @showreel"),
    });
  });

  it("cannot be invited to a conversation between two people", async () => {
    await expect(slackAdapterFor(slack).checkAccess({ ...place, channel: "D9OTHER" })).rejects.toMatchObject({
      message: expect.not.stringContaining("/invite"),
    });
  });

  it("says that a channel is archived", async () => {
    slack.channel("general").isArchived = true;
    await expect(slackAdapterFor(slack).checkAccess(place)).rejects.toMatchObject({
      code: "channel_archived",
    });
  });

  it("asks to be invited where it may not join, and names the missing scope in the log", async () => {
    const lounge = slack.addChannel({ name: "lounge", kind: "public", bot: false });
    slack.team().scopes.delete("channels:join");
    const lines: string[] = [];
    const adapter = slackAdapterFor(slack, { lines });
    await expect(adapter.checkAccess({ ...place, channel: lounge.id })).rejects.toThrow("/invite");
    expect(lines.join()).toContain("channels:join");
  });

  it("does not take a Slack that is away for a closed channel", async () => {
    slack.inject({ method: "conversations.info", fault: { status: 503 } });
    await expect(slackAdapterFor(slack).checkAccess(place)).rejects.toMatchObject({
      name: "ServiceError",
      retryable: true,
    });
  });
});

describe("edits", () => {
  it("tell a message that is gone from one that can wait", async () => {
    const adapter = slackAdapterFor(slack);
    const there = await adapter.postCard(place, card);
    const edit = () => adapter.editCard(there, card);
    slack.inject({ method: "chat.update", fault: limited });
    await expect(edit()).rejects.toMatchObject({ code: "ratelimited", retryable: true, retryAfterMs: 1000 });
    slack.inject({ method: "chat.update", fault: limitedQuietly });
    await expect(edit()).rejects.toMatchObject({ code: "ratelimited", retryable: true });
    slack.inject({ method: "chat.update", fault: "malformed" });
    await expect(edit()).rejects.toMatchObject({ code: "unreachable", retryable: true });
    slack.inject({ method: "chat.update", fault: "drop" });
    await expect(edit()).rejects.toMatchObject({ code: "unreachable", retryable: true });
    await edit();
    slack.channel("general").messages = [];
    await expect(edit()).rejects.toMatchObject({ code: "gone", retryable: false });
  });

  it("of jobs of another workspace are refused, not sent with the wrong token", async () => {
    const adapter = slackAdapterFor(slack);
    const elsewhere = { ...place, workspace: "T9", message: "1.0" };
    await expect(adapter.editCard(elsewhere, card)).rejects.toMatchObject({ code: "no_access" });
    expect(adapter.link(elsewhere)).toBeUndefined();
  });

  it("share one budget in a workspace, posts have one in each channel", () => {
    const adapter = slackAdapterFor(slack);
    const other = { ...place, channel: "C2" };
    expect(adapter.draws("edit", place)).toEqual(adapter.draws("edit", other));
    expect(adapter.draws("deliver", place)).toEqual(adapter.draws("edit", place));
    expect(adapter.draws("reply", place)).toEqual(adapter.draws("post", place));
    expect(adapter.draws("post", place)).not.toEqual(adapter.draws("post", other));
  });
});

describe("answers", () => {
  it("still reach somebody whose response address has died, and who is in no channel with the bot", async () => {
    const vault = slack.addChannel({ name: "vault", kind: "private", bot: false });
    slack.inject({ method: "response_url", times: 2, fault: { status: 404 } });
    await listenOnSlack(slack, "Socket Mode", async ({ reply, invocation }) => {
      const { text } = invocation.kind === "text" ? invocation : { text: "" };
      await reply.private({ tone: "info", lines: [["first"]] });
      await reply.private({ tone: "info", lines: [[text]] });
    });
    const bob = slack.person("bob");
    await bob.slash({ channel: "general", command: "/video", text: "in the channel" });
    await slack.waitFor(() => slack.ephemerals.find(({ text }) => text === "in the channel"));
    await bob.slash({ channel: vault.id, command: "/video", text: "in person" });
    await slack.waitFor(() => slack.channel("bob").messages.find(({ text }) => text === "in person"));
  });

  it("tell the requester when the card cannot be posted", async () => {
    const vault = slack.addChannel({ name: "vault", kind: "private", bot: false });
    await listenOnSlack(slack, "Socket Mode", async ({ reply }) => {
      await reply.card(card).catch(() => {});
    });
    const { ephemerals } = await slack
      .person("bob")
      .slash({ channel: vault.id, command: "/video", text: "a boat" });
    expect(ephemerals).toMatchObject([{ via: "ack", text: expect.stringContaining("/invite @showreel") }]);
  });

  it("do not wait for a Slack that does not say who somebody is", async () => {
    slack.inject({ method: "users.info", fault: { delayMs: 2_500 } });
    const { requests } = await listenOnSlack(slack, "Socket Mode", ({ reply }) =>
      reply.private({ tone: "info", lines: [["hello"]] }),
    );
    const { ack } = await slack.person("ada").slash({ channel: "general", command: "/video" });
    expect(ack.ms).toBeLessThan(2_000);
    expect(requests[0]?.actor).toEqual({
      id: "U1ADA",
      name: "ada",
      moderator: false,
      manager: false,
      roles: [],
    });
  });
});

describe("the whole bot", () => {
  let memory: BotMemory;
  let bot: Bot;
  beforeEach(async () => {
    memory = await createBotMemory(Date.now);
    bot = await startSlackBot(slack, { memory });
  });
  afterEach(async () => {
    await bot.stop();
    await memory.store.close();
  });

  it("waits out a pause and shows the end", async () => {
    await slack.person("bob").slash({ channel: "general", command: "/video", text: "a boat" });
    const [message] = slack.channel("general").messages;
    if (!message) throw new Error("no card");
    await expect.poll(async () => (await bot.jobs.active())[0]?.phase).toBe("rendering");
    slack.inject({ method: "chat.update", fault: limited });
    slack.inject({ method: "files.completeUploadExternal", fault: limitedQuietly });
    slack.inject({ method: "chat.update", fault: limitedQuietly });
    const [video] = memory.videos.all();
    memory.videos.move(video?.id ?? "", { status: "in_progress", progress: 50 });
    await bot.poll();
    memory.videos.complete(video?.id ?? "");
    await bot.poll();
    await slack.waitFor(() => textOf(message).includes("See the video"), { timeoutMs: 20_000 });
    expect(slack.channel("general").messages).toHaveLength(2);
    expect(slack.files.size).toBe(1);
  });

  it("asks to be invited before anything is paid", async () => {
    const vault = slack.addChannel({ name: "vault", kind: "private", bot: false });
    const { ephemerals } = await slack
      .person("bob")
      .slash({ channel: vault.id, command: "/video", text: "a boat" });
    expect(ephemerals).toMatchObject([{ via: "ack", text: expect.stringContaining("/invite @showreel") }]);
    expect(memory.videos.calls.create).toBe(0);
  });
});
