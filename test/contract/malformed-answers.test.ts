import { createServer } from "node:http";
import { buffer } from "node:stream/consumers";
import PQueue from "p-queue";
import { pino } from "pino";
import { describe, expect, it, onTestFinished } from "vitest";
import { ServiceError } from "../../src/errors.ts";
import { isCharged, isEnded } from "../../src/jobs/job.ts";
import { createStore } from "../../src/store/create-store.ts";
import { createVideosClient, type VideosClient } from "../../src/videos/videos-client.ts";
import { createFakeChatAdapter } from "../fakes/fake-chat-adapter.ts";
import { createMemoryMediaStore } from "../fakes/memory-media-store.ts";
import { startBot } from "../fixtures/bot.ts";
import { listening } from "../fixtures/listening.ts";
import { createDice, createMalformedAnswers, type Malformed } from "../fixtures/malformed.ts";

const SEED = 20_261_126;
const ANSWERS = 10_000;

/** A backend that answers nothing right. */
async function startMalformedBackend(seed: number) {
  const next = createMalformedAnswers(seed);
  let last: Malformed | undefined;
  const server = createServer((request, response) => {
    const answer = next();
    last = answer;
    counted++;
    request.resume().on("end", () => {
      response.writeHead(answer.status, answer.headers);
      response.end(answer.status === 204 ? undefined : answer.body);
    });
  });
  let counted = 0;
  const port = await listening(server);
  const baseUrl = `http://127.0.0.1:${port}/v1`;
  const onMissing = () => {};
  // An hour is over with each call: nothing that seems to be missing stays so.
  let now = 0;
  const client = createVideosClient({ apiKey: "test", baseUrl, onMissing, now: () => (now += 4_000_000) });
  return { client, counted: () => counted, last: () => last };
}

const clip = { model: "m", seconds: "4", size: "720x1280", prompt: "a kite" };

/** What the bot asks a backend, each with what it must be able to rely on. */
const calls: readonly ((client: VideosClient) => Promise<unknown>)[] = [
  (client) => client.create(clip).then(expectVideo),
  (client) =>
    client
      .create({ ...clip, image: { filename: "p.png", contentType: "image/png", bytes: new Uint8Array(8) } })
      .then(expectVideo),
  (client) => client.remix("video_1", "at night").then(expectVideo),
  (client) => client.edit("video_1", "at night").then(expectVideo),
  (client) => client.extend("video_1", "at night", "4").then(expectVideo),
  (client) => client.retrieve("video_1").then(expectVideo),
  (client) => client.retrieve("video_1").then(expectVideo),
  (client) =>
    client.list({ limit: 100 }).then(({ videos, more }) => {
      for (const video of videos) expectVideo(video);
      expect(typeof more).toBe("boolean");
    }),
  (client) => client.delete("video_1").then((outcome) => expect(["deleted", "gone"]).toContain(outcome)),
  (client) => client.download("video_1", "video").then(drain),
  (client) => client.download("video_1", "thumbnail").then(drain),
];

const isNumber = (value: unknown) => value === undefined || Number.isFinite(value);

function expectVideo(video: Awaited<ReturnType<VideosClient["retrieve"]>>): void {
  expect(video.id).toMatch(/./);
  expect(["queued", "in_progress", "completed", "failed"]).toContain(video.status);
  for (const number of [video.progress, video.createdAt, video.completedAt, video.expiresAt])
    expect(isNumber(number)).toBe(true);
  for (const text of [video.prompt, video.model, video.seconds, video.size])
    expect(["string", "undefined"]).toContain(typeof text);
  if (video.error)
    expect([typeof video.error.code, typeof video.error.message]).toEqual(["string", "string"]);
  for (const link of video.links) expect(typeof link).toBe("string");
}

/** A body may break off; that is the delivery's to see. */
async function drain(body: Awaited<ReturnType<VideosClient["download"]>>): Promise<void> {
  await buffer(body).catch(() => undefined);
}

describe("ten thousand malformed answers", () => {
  it("crash nothing: each is read for what it says or is an error that the bot knows", {
    timeout: 120_000,
  }, async () => {
    const { client, counted } = await startMalformedBackend(SEED);
    const dice = createDice(SEED);
    const queue = new PQueue({ concurrency: 32 });
    const outcomes = { read: 0, refused: 0, lost: 0 };
    while (counted() < ANSWERS) {
      const batch = Array.from({ length: 500 }, () => calls[Math.floor(dice() * calls.length)]);
      await queue.addAll(
        batch.map((call) => async () => {
          try {
            await call?.(client);
            outcomes.read++;
          } catch (error) {
            if (!(error instanceof ServiceError)) throw error;
            expect([typeof error.code, typeof error.message]).toEqual(["string", "string"]);
            expect(isNumber(error.retryAfterMs)).toBe(true);
            if (error.code === "answer_lost") outcomes.lost++;
            else outcomes.refused++;
          }
        }),
      );
    }
    // All three happen, so that the dice are known to reach everything.
    for (const count of Object.values(outcomes)) expect(count).toBeGreaterThan(200);
  });

  it("leave no doubt about a create where there is any, and none where there is none", {
    timeout: 60_000,
  }, async () => {
    const { client, last } = await startMalformedBackend(SEED + 2);
    const outcomes = { made: 0, refused: 0, lost: 0 };
    for (let n = 0; n < 1_500; n++) {
      const error = await client.create(clip).then(
        ({ id }) => {
          outcomes.made++;
          expect(last()?.body.includes(id)).toBe(true);
          expect(last()?.status).toBeLessThan(300);
        },
        (thrown: unknown) => thrown,
      );
      if (!(error instanceof ServiceError)) continue;
      const { status = 0 } = last() ?? {};
      const certain = (status >= 300 && status < 500 && ![408, 409].includes(status)) || status === 501;
      if (error.code === "answer_lost") outcomes.lost++;
      else outcomes.refused++;
      if (certain) expect([status, error.code]).toEqual([status, expect.not.stringMatching("answer_lost")]);
      else if (status !== 503) expect([status, error.code]).toEqual([status, "answer_lost"]);
    }
    for (const count of Object.values(outcomes)) expect(count).toBeGreaterThan(20);
  });

  it("lose no job and charge nothing that was not made", { timeout: 60_000 }, async () => {
    const { client } = await startMalformedBackend(SEED + 1);
    const chat = createFakeChatAdapter();
    const store = await createStore({ url: "memory:" });
    const bot = await startBot({
      adapter: chat,
      memory: { store, media: createMemoryMediaStore(), videos: client },
      maxActive: 1_000,
      now: Date.now,
      logger: pino({ level: "silent" }),
    });
    onTestFinished(() => bot.stop());
    const actor = (n: number) => ({
      id: `p${n}`,
      name: `P${n}`,
      moderator: false,
      manager: false,
      roles: [],
    });
    for (let n = 0; n < 200; n++) await chat.command("create", { prompt: `job ${n}` }, { actor: actor(n) });
    for (let round = 0; round < 20; round++) await bot.poll();
    await bot.settle();
    const taken = chat.messages.map(({ cards }) => cards[0]?.jobId ?? "");
    // What a backend out of money stops is refused before it is a job.
    expect(taken.length).toBeGreaterThan(0);
    const jobs = await bot.jobs.getMany(taken);
    expect(jobs).toHaveLength(taken.length);
    const active = new Set((await bot.jobs.active()).map(({ id }) => id));
    for (const job of jobs) {
      expect(isEnded(job)).toBe(!active.has(job.id));
      const { running, day } = await bot.services.spending.usage("mine", {
        actor: { ...actor(0), id: job.requester.id },
        destination: job.destination,
      });
      const counted = Object.values(day).reduce((sum, { videos }) => sum + videos, 0);
      const ended = isEnded(job);
      expect([job.id, running, counted]).toEqual([job.id, ended ? 0 : 1, ended && !isCharged(job) ? 0 : 1]);
    }
  });
});
