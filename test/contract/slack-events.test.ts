import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import type { Destination } from "../../src/chat/adapter.ts";
import {
  asRegistered,
  card,
  impatientDelivery,
  listenOnSlack,
  slackAdapterFor,
  slackModes,
} from "../fixtures/slack-bot.ts";
import { videoOf } from "../fixtures/slack-pages.ts";
import type { Person } from "../servers/slack/people.ts";
import { createSlackServer, type SlackServer } from "../servers/slack/slack-server.ts";
import type { Message } from "../servers/slack/state.ts";

const place: Destination = { platform: "slack", workspace: "T1", channel: "C1GENERAL" };
let slack: SlackServer;
let ada: Person;

beforeEach(async () => {
  slack = await createSlackServer({ rateLimits: "429", ...asRegistered });
  ada = slack.person("ada");
});
afterEach(() => slack.close());

function newest(channel = "general"): Message {
  const message = slack.channel(channel).messages.at(-1);
  if (!message) throw new Error("There is no message.");
  return message;
}

const anyBot = async () => {};

describe.each(slackModes)("over %s", (mode) => {
  it("tells at the start, once, which workspace it is in, when it can be heard", async () => {
    const adapter = slackAdapterFor(slack, { mode });
    const told: unknown[] = [];
    await adapter.start({
      handle: async () => {},
      complete: async () => [],
      async event(event) {
        told.push([event, adapter.connected()]);
      },
    });
    onTestFinished(() => adapter.stop());
    await expect.poll(() => told).toHaveLength(1);
    expect(told).toEqual([[{ kind: "present", platform: "slack", workspaces: ["T1"] }, true]]);
    if (mode === "HTTP") return;
    slack.sockets.drop();
    await slack.waitFor(() => slack.sockets.count() === 0);
    await expect.poll(() => adapter.connected()).toBe(true);
    expect(told).toHaveLength(1);
  });

  it("hears that a message of its own was deleted, and of no other", async () => {
    const { adapter, events } = await listenOnSlack(slack, mode, anyBot);
    const thread = ada.say("general", "a thread").ts;
    await adapter.postCard({ ...place, thread }, card);
    const own = newest();
    ada.remove(ada.say("general", "my own"));
    ada.remove(own);
    await expect.poll(() => events).toHaveLength(1);
    expect(events).toEqual([{ kind: "messages-deleted", messages: [{ ...place, thread, message: own.ts }] }]);
  });

  it("hears it also of a message that leaves a tombstone, and in a private channel", async () => {
    const { adapter, events } = await listenOnSlack(slack, mode, anyBot);
    const { message } = await adapter.postCard({ ...place, channel: "C1SECRET" }, card);
    const own = newest("secret");
    ada.say("secret", "nice", { thread_ts: own.ts });
    ada.remove(own);
    await expect.poll(() => events).toHaveLength(1);
    expect(events).toEqual([
      { kind: "messages-deleted", messages: [{ ...place, channel: "C1SECRET", message }] },
    ]);
  });

  it("hears of stars under its messages, given and taken away", async () => {
    const { adapter, events } = await listenOnSlack(slack, mode, anyBot);
    const { message } = await adapter.postCard(place, card);
    const own = newest();
    ada.react(own, "eyes");
    ada.react(ada.say("general", "my own"), "star");
    ada.react(own, "star");
    slack.person("bob").react(own, "star2");
    ada.unreact(own, "star");
    await expect.poll(() => events).toHaveLength(2);
    const at = { ...place, message };
    expect(events).toEqual([
      { kind: "star", message: at, person: "U1ADA", starred: true },
      { kind: "star", message: at, person: "U1ADA", starred: false },
    ]);
  });

  it("hears that a channel is gone, public or private", async () => {
    const { events } = await listenOnSlack(slack, mode, anyBot);
    for (const name of ["general", "secret"]) slack.deleteChannel(slack.channel(name));
    await expect.poll(() => events).toHaveLength(2);
    expect(events).toEqual([
      { kind: "channel-deleted", channel: place },
      { kind: "channel-deleted", channel: { ...place, channel: "C1SECRET" } },
    ]);
  });

  it("hears that it was taken out of the workspace", async () => {
    const { events } = await listenOnSlack(slack, mode, anyBot);
    slack.uninstall();
    await expect.poll(() => events).toHaveLength(2);
    const left = { kind: "left", platform: "slack", workspace: "T1" };
    expect(events).toEqual([left, left]);
  });
});

it("hears that a video's file was deleted while its message stands", async () => {
  const { adapter, events } = await listenOnSlack(slack, "Socket Mode", anyBot);
  const destination = await adapter.postCard(place, card);
  const result = await impatientDelivery(slack)({
    destination,
    card: { ...card, kind: "final", tone: "good", title: "Done" },
    video: videoOf(card.jobId),
    thumbnail: undefined,
    requester: { id: "U1BOB", name: "bob" },
    ping: "none",
    uploadLimitBytes: undefined,
    checkpoint: undefined,
    save: async () => {},
    turn: async () => {},
  });
  const { file } = ada.uploadFile({ name: "cat.png", bytes: Buffer.from("a cat") });
  ada.removeFile(file);
  const [video] = newest().files;
  if (!video) throw new Error("There is no video.");
  ada.removeFile(video);
  await expect.poll(() => events).toHaveLength(1);
  expect(events).toEqual([{ kind: "messages-deleted", messages: [result] }]);
});

it("goes on when the core fails at an event", async () => {
  const { adapter, requests } = await listenOnSlack(slack, "Socket Mode", anyBot);
  await adapter.postCard(place, card);
  slack.inject({ method: "auth.test", fault: "drop" });
  ada.remove(newest());
  await ada.slash({ channel: "general", command: "/video", text: "a boat" });
  expect(requests).toHaveLength(1);
});
