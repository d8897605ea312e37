import { setTimeout as sleep } from "node:timers/promises";
import type { Contestant } from "./contestants.ts";
import { openStage, type Times } from "./stage.ts";

/** How one bot did with so many videos at once. */
export interface LoadResult extends Times {
  bot: string;
  active: number;
  jobs: number;
  channels: number;
  /** Requests a job over all its life. */
  polls: number;
  others: number;
  chat: number;
  /** How many polls there were while all were being made, as a share of one retrieve a job and interval. */
  pollShare: number;
  /** Answers 429. */
  refused: { backend: number; chat: number };
  /** Acknowledgements of the commands that came while all were being made. */
  ackAtLoad: Times["ack"];
  cpuPerThousand: number;
  peakRss: number;
  complaints: Record<string, number>;
}

/** What all sizes have in common. */
export interface LoadShape {
  /** Between two questions about the same video (ms), for every bot. */
  pollIntervalMs: number;
  /** Commands a second, and videos that are done a second. */
  perSecond: number;
  fileBytes: number;
  /** Requests a second that the backend takes. */
  backendPerSecond: number;
  /** How long all of them are in the making at once (ms). */
  steadyMs: number;
  /** Commands that come while they are, at most. */
  extra: number;
  /** How long after the last video is done the last message is waited for (ms). */
  patienceMs: number;
}

/** Few people ask in one channel at once. */
const PER_CHANNEL = 5;
const CHANNELS_MIN = 5;

/** Has `active` videos made at once, people ask for some more meanwhile, and all of them come to their end. */
export async function runLoad(contestant: Contestant, active: number, shape: LoadShape): Promise<LoadResult> {
  const { pollIntervalMs, perSecond, steadyMs, fileBytes, backendPerSecond } = shape;
  const channels = Math.max(CHANNELS_MIN, active / PER_CHANNEL);
  const stage = await openStage({ channels, fileBytes, backendPerSecond });
  const bot = await contestant.start(stage, { POLL_INTERVAL_MS: String(pollIntervalMs) });
  try {
    const [cpuBefore, before] = [bot.cpuSeconds(), stage.requests()];
    const first = await stage.ask(active, perSecond);
    await stage.created(active);

    const [steadyFrom, pollsBefore] = [performance.now(), stage.requests().polls];
    const more = await stage.ask(Math.min(active, shape.extra), perSecond);
    await sleep(Math.max(0, steadyFrom + steadyMs - performance.now()));
    const polls = stage.requests().polls - pollsBefore;
    const inTheMaking = (active + stage.backend.videos.length) / 2;
    const nominal = (inTheMaking * (performance.now() - steadyFrom)) / pollIntervalMs;

    const all = [...first, ...more];
    await stage.created(all.length);
    await stage.finish(all, perSecond);
    await stage.delivered(all, shape.patienceMs);
    // What follows a delivery, a word to whoever asked, is a part of it.
    await sleep(pollIntervalMs);
    const after = stage.requests();
    const jobs = all.length;
    return {
      ...{ bot: contestant.name, active, jobs, channels },
      polls: (after.polls - before.polls) / jobs,
      others: (after.others - before.others) / jobs,
      chat: (after.chat - before.chat) / jobs,
      pollShare: polls / nominal,
      refused: stage.refusals(),
      ...stage.times(all),
      ackAtLoad: stage.times(more).ack,
      cpuPerThousand: ((bot.cpuSeconds() - cpuBefore) / jobs) * 1000,
      peakRss: bot.peakRss(),
      complaints: bot.complaints(),
    };
  } finally {
    await bot.stop();
    await stage.close();
  }
}
