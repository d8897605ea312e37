import { setTimeout as sleep } from "node:timers/promises";
import type { Job } from "../../src/jobs/job.ts";
import { createJobStore } from "../../src/jobs/job-store.ts";
import { createStore } from "../../src/store/create-store.ts";
import { aJob } from "../fixtures/jobs.ts";
import { createMessage } from "../servers/discord/state.ts";
import type { Contestant } from "./contestants.ts";
import { type Percentiles, percentilesOf } from "./percentiles.ts";
import { openStage, type Stage } from "./stage.ts";

/** How a bot did that found many videos in the making when it was started. */
export interface StoreResult {
  jobs: number;
  readyMs: number;
  /** The most that it held while all were in the making, and with the deliveries after that (bytes). */
  heldRss: number;
  peakRss: number;
  /** Share of one core that it took. */
  cpuShare: number;
  /** Polls, as a share of one retrieve a job and interval. */
  pollShare: number;
  ack: Percentiles;
  delivery: Percentiles;
  refused: { backend: number; chat: number };
  complaints: Record<string, number>;
}

const CHANNELS = 2_000;
const FILE_BYTES = 262_144;
const POLL_INTERVAL_MS = 10_000;
const RUN_MS = 60_000;
const ASKED = 60;
const ASKED_PER_SECOND = 2;
const FINISHED = 200;
const FINISHED_PER_SECOND = 20;
const PATIENCE_MS = 60_000;
/** Jobs that are written at once. */
const BATCH = 500;

/** Writes a store with so many videos in the making, through the bot's own code, and has the bot take them up. */
export async function runFromStore(contestant: Contestant, jobs: number): Promise<StoreResult> {
  const stage = await openStage({ channels: CHANNELS, fileBytes: FILE_BYTES });
  const written = await fill(stage, jobs);
  const bot = await contestant.start(stage, { POLL_INTERVAL_MS: String(POLL_INTERVAL_MS) });
  try {
    const [began, cpuBefore] = [performance.now(), bot.cpuSeconds()];
    await sleep(POLL_INTERVAL_MS);
    const asked = await stage.ask(ASKED, ASKED_PER_SECOND);
    await sleep(Math.max(0, began + RUN_MS - performance.now()));
    const seconds = (performance.now() - began) / 1000;
    const heldRss = bot.peakRss();
    const cpuShare = (bot.cpuSeconds() - cpuBefore) / seconds;
    const nominal = (jobs * seconds * 1000) / POLL_INTERVAL_MS;
    const pollShare = stage.requests().polls / nominal;

    const done = written.slice(-FINISHED);
    const start = Date.now();
    for (const [n, { id }] of done.entries()) {
      const video = stage.backend.videos.find((one) => one.id === videoOf(id));
      if (video) stage.backend.finish(video, start + (n * 1000) / FINISHED_PER_SECOND);
    }
    return {
      ...{ jobs, heldRss, cpuShare, pollShare },
      readyMs: bot.processes[0]?.readyMs ?? Number.NaN,
      ack: stage.times(asked).ack,
      delivery: await deliveries(stage, done),
      peakRss: bot.peakRss(),
      refused: stage.refusals(),
      complaints: bot.complaints(),
    };
  } finally {
    await bot.stop();
    await stage.close();
  }
}

const videoOf = (jobId: string) => `video_of_${jobId}`;

/** All that the bot, the backend and Discord know of jobs whose videos are in the making. */
async function fill({ discord, backend, channels, folder }: Stage, count: number): Promise<Job[]> {
  const { state } = discord;
  const people = state.members.map(({ user }) => user).filter(({ bot }) => !bot);
  const store = await createStore({ url: `sqlite:${folder}/showreel.db` });
  const jobs = createJobStore({ store, now: Date.now });
  const all = Array.from({ length: count }, (_, n) => {
    const id = `bench${String(n).padStart(5, "0")}`;
    const prompt = `a paper boat on a rainy street, number ${n}`;
    const channelId = channels[n % channels.length] ?? "";
    const message = createMessage({
      ...{ id: String(BigInt(state.guild.id) + BigInt(n) * 1000n + 1n), channelId, author: state.bot.user },
      ...{ content: "", embeds: [], components: [], attachments: [], flags: 1 << 15 },
      ...{ nonce: undefined, replyTo: undefined, mentions: [], mentionsEveryone: false, notified: [] },
      ...{ createdAt: Date.now(), visibleTo: undefined, interaction: undefined },
    });
    state.messages.set(message.id, message);
    backend.add(videoOf(id), prompt);
    return aJob({
      ...{ id, phase: "rendering", createdAt: Date.now() - 30_000, createSentAt: Date.now() - 29_000 },
      destination: {
        ...{ platform: "discord", workspace: state.guild.id, channel: channelId, message: message.id },
      },
      requester: { id: people[n % people.length]?.id ?? "", name: "Somebody" },
      request: { operation: "create", prompt, model: "sora-2", seconds: "4", size: "720x1280" },
      video: { id: videoOf(id), status: "in_progress", progress: 0 },
    });
  });
  for (let from = 0; from < count; from += BATCH) {
    await Promise.all(
      all.slice(from, from + BATCH).map(async (job) => {
        await jobs.claimVideo(videoOf(job.id), job.id);
        await jobs.noteMessage(job.destination, job.id);
        await jobs.insert(job);
      }),
    );
  }
  // A store of an earlier release would be gone through first, once.
  await store
    .collection<{ at: number }>({ name: "backfill", version: 1 })
    .insert("histories", { at: Date.now() });
  await store.close();
  return all;
}

/** From the answer that said that it is completed to the message with the video (ms). */
async function deliveries({ discord, backend }: Stage, jobs: readonly Job[]): Promise<Percentiles> {
  const shownAt = ({ destination: { message = "" } }: Job) =>
    discord.message(message)?.revisions.find(({ media }) => media.length > 0)?.at;
  const until = Date.now() + PATIENCE_MS;
  while (jobs.some((job) => shownAt(job) === undefined) && Date.now() < until) await sleep(100);
  const told = new Map(backend.videos.map(({ id, toldAt }) => [id, toldAt]));
  return percentilesOf(
    jobs.map((job) => (shownAt(job) ?? Number.POSITIVE_INFINITY) - (told.get(videoOf(job.id)) ?? 0)),
  );
}
