import { readdir } from "node:fs/promises";
import { Readable } from "node:stream";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import type { Delivery, Destination } from "../../src/chat/adapter.ts";
import type { Card } from "../../src/chat/card.ts";
import type { MediaFile } from "../../src/chat/media-file.ts";
import { ServiceError } from "../../src/errors.ts";
import { lendBlob } from "../../src/media/lent-blob.ts";
import { clipBytes } from "../fakes/fake-videos-client.ts";
import { impatientDelivery, card as queued, slackAdapterFor } from "../fixtures/slack-bot.ts";
import { temporaryFolder } from "../fixtures/temporary-folder.ts";
import { nobody } from "../servers/slack/mentions.ts";
import { buttonsOf, textOf } from "../servers/slack/reading.ts";
import { createSlackServer, type SlackServer } from "../servers/slack/slack-server.ts";

const done: Card = {
  ...queued,
  kind: "final",
  tone: "good",
  title: "Done in 32 s",
  altText: "AI-generated video: a boat",
};
const video: MediaFile = {
  filename: "showreel-0k3v8zq1xw.mp4",
  contentType: "video/mp4",
  bytes: clipBytes.length,
  key: "0k3v8zq1xw/video.mp4",
  open: () => Readable.from([clipBytes]),
  blob: async () => new Blob([clipBytes]),
};
const place: Destination = { platform: "slack", workspace: "T1", channel: "C1GENERAL" };

let slack: SlackServer;
let destination: Destination;
/** What the core has written down. */
let checkpoint: string | undefined;

beforeEach(async () => {
  slack = await createSlackServer({ rateLimits: "429" });
  destination = await slackAdapterFor(slack).postCard(place, queued);
  checkpoint = undefined;
});
afterEach(async () => {
  expect(slack.warnings).toEqual([]);
  await slack.close();
});

function deliver(options: Partial<Delivery> = {}): Promise<Destination> {
  return impatientDelivery(slack)({
    destination,
    card: done,
    video,
    thumbnail: undefined,
    requester: { id: "U1BOB", name: "bob" },
    ping: "reply",
    uploadLimitBytes: undefined,
    checkpoint,
    turn: async () => {},
    save: async (text) => {
      checkpoint = text;
    },
    ...options,
  });
}

/** As the queue does it: again with what is written down, by another process, until it goes well. */
async function deliverAgainAndAgain(): Promise<Destination> {
  for (let tries = 1; ; tries++) {
    try {
      return await deliver();
    } catch (error) {
      if (!(error instanceof ServiceError && error.retryable) || tries === 5) throw error;
    }
  }
}

const messages = () => slack.channel("general").messages;

function expectDeliveredOnce(result: Destination): void {
  const [card, video, ...others] = messages();
  expect(others).toEqual([]);
  expect(result).toEqual({ ...place, message: video?.ts });
  expect(video?.files).toMatchObject([{ bytes: clipBytes, status: "complete", title: done.altText }]);
  expect(video?.pinged).toEqual({ ...nobody, users: ["U1BOB"] });
  expect(buttonsOf(video ?? { blocks: [] }).map(({ value }) => value)).toEqual(["v1:remix:0k3v8zq1xw"]);
  expect(textOf(card ?? { blocks: [] })).toContain("Done in 32 s");
  expect(buttonsOf(card ?? { blocks: [] })).toEqual([]);
}

it("streams the video, shows it once with its buttons, and shrinks the card", async () => {
  expectDeliveredOnce(await deliver());
});

it("sends a video that is lent, and gives it back", async () => {
  const folder = temporaryFolder(onTestFinished);
  vi.stubEnv("TMPDIR", folder);
  onTestFinished(() => void vi.unstubAllEnvs());
  const blob = (until: AbortSignal) => lendBlob(Readable.from([clipBytes]), "video/mp4", until);
  expectDeliveredOnce(await deliver({ video: { ...video, blob } }));
  await expect.poll(() => readdir(folder)).toEqual([]);
});

describe("a death of the process", () => {
  it.each([1, 2])("after the checkpoint number %i repeats nothing", async (last) => {
    let saved = 0;
    const killed = deliver({
      turn: async () => {},
      save: async (text) => {
        checkpoint = text;
        saved += 1;
        if (saved === last) throw new Error("killed");
      },
    });
    await expect(killed).rejects.toThrow("killed");
    expectDeliveredOnce(await deliver());
  });

  it.each([
    "files.getUploadURLExternal",
    "upload",
    "files.completeUploadExternal",
    "files.info",
    "chat.update",
  ])("while the answer of %s is on its way repeats nothing", async (method) => {
    slack.inject({ method, fault: { after: "drop" } });
    expectDeliveredOnce(await deliverAgainAndAgain());
  });

  it.each([
    "files.getUploadURLExternal",
    "upload",
    "files.completeUploadExternal",
    "files.info",
    "chat.update",
  ])("before %s arrives loses nothing", async (method) => {
    slack.inject({ method, fault: "drop" });
    expectDeliveredOnce(await deliverAgainAndAgain());
  });

  it("when all is done does nothing more than edit the card again", async () => {
    const first = await deliver();
    expect(await deliver()).toEqual(first);
    expectDeliveredOnce(first);
  });
});

describe("a pause that Slack asks for", () => {
  it.each([
    ["429", { status: 429, headers: { "retry-after": "1" }, body: { ok: false, error: "ratelimited" } }],
    ["200", { status: 200, body: { ok: false, error: "ratelimited" } }],
  ])("with status %s does not cost another upload", async (status, fault) => {
    slack.inject({ method: "files.completeUploadExternal", fault });
    const retryAfterMs = status === "429" ? 1000 : undefined;
    await expect(deliver()).rejects.toMatchObject({ code: "ratelimited", retryable: true, retryAfterMs });
    expectDeliveredOnce(await deliver());
    expect(slack.files.size).toBe(1);
  });
});

describe("a share", () => {
  it("that Slack lost is looked for, then the file is deleted and uploaded anew", async () => {
    slack.sharing.dropNext = 1;
    expectDeliveredOnce(await deliver());
    expect([...slack.files.values()].map(({ status }) => status)).toEqual(["deleted", "complete"]);
  });

  it("that is always lost is given up", async () => {
    slack.sharing.dropNext = 10;
    await expect(deliver()).rejects.toMatchObject({ code: "share_lost", retryable: false });
    expect(slack.files.size).toBe(3);
    expect(messages()).toHaveLength(1);
  });

  it("that comes late is waited for", async () => {
    slack.sharing.delayMs = 200;
    expectDeliveredOnce(await deliver());
    expect(slack.files.size).toBe(1);
  });
});

it("delivers although the card was deleted", async () => {
  const general = slack.channel("general");
  general.messages = [];
  const result = await deliver();
  expect(general.messages).toMatchObject([{ ts: result.message, files: [{ status: "complete" }] }]);
});

it("joins the public channel that it was taken out of", async () => {
  slack.channel("general").members.delete("U1BOT");
  expectDeliveredOnce(await deliver());
});

it("says that it may not post where it was taken out of a private channel", async () => {
  const secret = slack.channel("secret");
  destination = await slackAdapterFor(slack).postCard({ ...place, channel: secret.id }, queued);
  secret.members.delete("U1BOT");
  await expect(deliver()).rejects.toMatchObject({ code: "no_access", retryable: false });
});
