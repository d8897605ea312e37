import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ChatAdapter, Delivery, Destination } from "../../src/chat/adapter.ts";
import type { Card } from "../../src/chat/card.ts";
import {
  asRegistered,
  card,
  impatientDelivery,
  listenOnSlack,
  slackAdapterFor,
} from "../fixtures/slack-bot.ts";
import { pageOf, videoOf } from "../fixtures/slack-pages.ts";
import { nobody } from "../servers/slack/mentions.ts";
import { buttonsOf, textOf } from "../servers/slack/reading.ts";
import { createSlackServer, type SlackServer } from "../servers/slack/slack-server.ts";

const place: Destination = { platform: "slack", workspace: "T1", channel: "C1GENERAL" };
const done: Card = { ...card, kind: "final", tone: "good", title: "Done in 32 s", prompt: "a *boat*" };
const tombstone: Card = { ...card, kind: "final", title: "Deleted", lines: [["It is gone."]], buttons: [] };

let slack: SlackServer;
let adapter: ChatAdapter;
let destination: Destination;
let checkpoint: string | undefined;

beforeEach(async () => {
  slack = await createSlackServer({ rateLimits: "429", ...asRegistered });
  adapter = slackAdapterFor(slack);
  destination = await adapter.postCard(place, card);
  checkpoint = undefined;
});
afterEach(() => slack.close());

function deliver(change: Partial<Delivery> = {}): Promise<Destination> {
  return impatientDelivery(slack)({
    destination,
    card: done,
    video: videoOf(card.jobId),
    thumbnail: undefined,
    requester: { id: "U1BOB", name: "bob" },
    ping: "reply",
    uploadLimitBytes: undefined,
    checkpoint,
    turn: async () => {},
    save: async (text) => {
      checkpoint = text;
    },
    ...change,
  });
}

const general = () => slack.channel("general").messages;
const direct = () => slack.channel("bob").messages;

function expectTombstoneAlone(): void {
  expect(general()).toHaveLength(1);
  expect(textOf(general()[0] ?? { blocks: [] })).toContain("It is gone.");
  expect(buttonsOf(general()[0] ?? { blocks: [] })).toEqual([]);
  expect([...slack.files.values()].map(({ status }) => status)).not.toContain("complete");
}

describe("a video that is taken back", () => {
  it("leaves no file, no message and no picture that pages showed", async () => {
    const { reply } = await listening();
    await reply;
    const result = await deliver();
    expect([...slack.files.values()].filter(({ status }) => status === "complete")).toHaveLength(2);
    await adapter.retract({ destination, result, checkpoint, card: tombstone });
    expectTombstoneAlone();
  });

  it.each(["files.delete", "chat.delete", "chat.update"])(
    "is taken back by trying again when %s was cut off",
    async (method) => {
      const result = await deliver();
      const retract = () => adapter.retract({ destination, result, checkpoint, card: tombstone });
      slack.inject({ method, fault: { after: "drop" } });
      await expect(retract()).rejects.toMatchObject({ retryable: true });
      await retract();
      expectTombstoneAlone();
    },
  );

  it.each([
    ["files.delete", "cant_delete_file"],
    ["files.delete", "missing_scope"],
    ["chat.delete", "cant_delete_message"],
    ["chat.delete", "compliance_exports_prevent_deletion"],
  ])("leaves its tombstone where %s is refused with %s", async (method, error) => {
    const { reply } = await listening();
    await reply;
    const result = await deliver();
    const lines: string[] = [];
    slack.inject({ method, times: 2, fault: { status: 200, body: { ok: false, error } } });
    const patient = slackAdapterFor(slack, { lines });
    await patient.retract({ destination, result, checkpoint, card: tombstone });
    const [first, ...others] = general();
    expect(textOf(first ?? { blocks: [] })).toContain("It is gone.");
    expect(others).toHaveLength(method === "chat.delete" ? 1 : 0);
    expect(lines.join("")).toContain(error);
  });

  it("leaves its tombstone also where something has to be tried again", async () => {
    const result = await deliver();
    const retract = () => adapter.retract({ destination, result, checkpoint, card: tombstone });
    slack.inject({ method: "files.delete", fault: { status: 503 } });
    slack.inject({ method: "chat.delete", fault: { status: 503 } });
    await expect(retract()).rejects.toMatchObject({ retryable: true });
    expect(textOf(general()[0] ?? { blocks: [] })).toContain("It is gone.");
    await retract();
    expectTombstoneAlone();
  });

  it("is looked for where nobody knows yet whether Slack has shown it", async () => {
    const interrupted = deliver({
      turn: async () => {},
      save: async (text) => {
        checkpoint = text;
        if (JSON.parse(text).step === "shared") throw new Error("the process died");
      },
    });
    await expect(interrupted).rejects.toThrow("died");
    const { fileId } = JSON.parse(checkpoint ?? "");
    checkpoint = JSON.stringify({ step: "sharing", fileId, uploads: 1 });
    expect(general()).toHaveLength(2);
    const retract = () => adapter.retract({ destination, result: undefined, checkpoint, card: tombstone });
    slack.inject({ method: "chat.delete", fault: { status: 503 } });
    await expect(retract()).rejects.toMatchObject({ retryable: true });
    await retract();
    expectTombstoneAlone();
  });

  it("is waited for where Slack is about to show it", async () => {
    slack.sharing.delayMs = 400;
    const interrupted = deliver({
      turn: async () => {},
      save: async (text) => {
        checkpoint = text;
        if (JSON.parse(text).step === "sharing")
          slack.inject({ method: "files.info", fault: { status: 503 } });
      },
    });
    await expect(interrupted).rejects.toMatchObject({ retryable: true });
    await adapter.retract({ destination, result: undefined, checkpoint, card: tombstone });
    slack.advance(1_000);
    expectTombstoneAlone();
  });

  it("is found by its checkpoint where the process died before it was written down as delivered", async () => {
    await deliver();
    await adapter.retract({ destination, result: undefined, checkpoint, card: tombstone });
    expectTombstoneAlone();
  });

  it("is found by its message alone where an older release delivered it", async () => {
    const result = await deliver();
    const old = JSON.stringify({ step: "shared", ts: result.message });
    await adapter.retract({ destination, result, checkpoint: old, card: tombstone });
    expect(general()).toHaveLength(1);
    expect(textOf(general()[0] ?? { blocks: [] })).toContain("It is gone.");
  });

  it("may stand in a channel that is gone, or that the bot was put out of", async () => {
    const result = await deliver();
    const secret = { ...place, channel: "C1SECRET" };
    slack.channel("secret").members.delete("U1BOT");
    for (const gone of [secret, { ...place, channel: "C1NEVER" }]) {
      await adapter.retract({
        destination: { ...gone, message: "1.0" },
        result: { ...gone, message: "2.0" },
        checkpoint: undefined,
        card: tombstone,
      });
    }
    slack.channel("general").members.delete("U1BOT");
    await adapter.retract({ destination, result, checkpoint, card: tombstone });
    expectTombstoneAlone();
  });

  it("is not heard of as somebody else's doing twice", async () => {
    const { events } = await listening();
    const result = await deliver();
    await adapter.retract({ destination, result, checkpoint, card: tombstone });
    await expect.poll(() => events.length).toBe(1);
    expect(events).toMatchObject([{ messages: [{ message: result.message }] }]);
  });
});

/** A bot that has shown a page with the job's picture. */
async function listening() {
  const shown = Promise.withResolvers<void>();
  const { events } = await listenOnSlack(slack, "Socket Mode", ({ reply }) =>
    reply.page(pageOf([card.jobId])).then(shown.resolve, shown.reject),
  );
  await slack.person("bob").slash({ channel: "general", command: "/video", text: "list" });
  await shown.promise;
  return { events, reply: shown.promise };
}

describe("a ping", () => {
  it("by reply names the requester where the video stands", async () => {
    await deliver();
    expect(general()[1]?.pinged).toEqual({ ...nobody, users: ["U1BOB"] });
    expect(direct()).toEqual([]);
  });

  it("is left out where nobody wants one", async () => {
    await deliver({ ping: "none" });
    expect(general()[1]?.pinged).toEqual(nobody);
    expect(textOf(general()[1] ?? { blocks: [] })).toContain("bob\n here is your video.");
    expect(direct()).toEqual([]);
  });

  it("by direct message links to the video, once however often the delivery is repeated", async () => {
    slack.inject({ method: "chat.update", fault: "drop" });
    await expect(deliver({ ping: "direct" })).rejects.toMatchObject({ retryable: true });
    const result = await deliver({ ping: "direct" });
    await deliver({ ping: "direct" });
    expect(general()[1]?.pinged).toEqual(nobody);
    expect(direct()).toHaveLength(1);
    expect(textOf(direct()[0] ?? { blocks: [] })).toContain("a *boat*");
    expect(JSON.stringify(direct()[0]?.blocks)).toContain(`/p${result.message?.replace(".", "")}`);
  });

  it("by direct message is not tried twice when its answer was lost", async () => {
    slack.inject({ method: "chat.postMessage", fault: { after: "drop" } });
    const result = await deliver({ ping: "direct" });
    expect(await deliver({ ping: "direct" })).toEqual(result);
    expect(direct()).toHaveLength(1);
  });

  it("by direct message is the video itself where it was asked for there", async () => {
    destination = await adapter.postCard({ ...place, channel: "D1BOB" }, card);
    await deliver({ ping: "direct" });
    expect(direct()).toHaveLength(2);
  });
});
