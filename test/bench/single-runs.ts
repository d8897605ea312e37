import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Contestant } from "./contestants.ts";
import { openStage, type Times } from "./stage.ts";

/** How a bot starts, and what it holds when nobody asks it for anything. */
export interface StartResult {
  /** From the spawn to its `ready` (ms): without a compile cache, and with the one that the first start left. */
  coldMs: number;
  warmMs: number;
  idleRss: number;
}

const WARM_STARTS = 3;
const SETTLE_MS = 3_000;

/** Starts it without a compile cache, then some times with one. */
export async function runStart(contestant: Contestant): Promise<StartResult> {
  const stage = await openStage({ channels: 5, fileBytes: 0 });
  const settings = { NODE_COMPILE_CACHE: join(stage.folder, "compile-cache") };
  const readyMs: number[] = [];
  let idleRss = 0;
  try {
    for (let n = 0; n <= WARM_STARTS; n++) {
      const bot = await contestant.start(stage, settings);
      readyMs.push(Math.max(...bot.processes.map((process) => process.readyMs)));
      if (n === WARM_STARTS) {
        await sleep(SETTLE_MS);
        idleRss = bot.rss();
      }
      await bot.stop();
    }
    const [coldMs = 0, ...warm] = readyMs;
    return { coldMs, warmMs: warm.sort((a, b) => a - b)[Math.floor(WARM_STARTS / 2)] ?? 0, idleRss };
  } finally {
    await stage.close();
  }
}

/** How much memory uploads took, all done at once. */
export interface FilesResult {
  bot: string;
  files: number;
  fileBytes: number;
  /** Bytes beyond what it held before them, at most. */
  growth: number;
  undelivered: number;
}

const FILES_PER_SECOND = 1_000;
const FILES_POLL_MS = 1_000;
const FILES_PATIENCE_MS = 60_000;

/** Has so many videos done at the same moment. */
export async function runFiles(
  contestant: Contestant,
  files: number,
  fileBytes: number,
): Promise<FilesResult> {
  const stage = await openStage({ channels: files, fileBytes });
  const bot = await contestant.start(stage, { POLL_INTERVAL_MS: String(FILES_POLL_MS) });
  try {
    const asked = await stage.ask(files, 20);
    await stage.created(files);
    const before = bot.rss();
    await stage.finish(asked, FILES_PER_SECOND);
    await stage.delivered(asked, FILES_PATIENCE_MS);
    const growth = Math.max(0, bot.peakRss() - before);
    return { bot: contestant.name, files, fileBytes, growth, undelivered: stage.times(asked).undelivered };
  } finally {
    await bot.stop();
    await stage.close();
  }
}

const HOUR_MS = 3_600_000;
const WEBHOOKS_PER_SECOND = 10;
const WEBHOOK_KEY = Buffer.from("the key that signs webhooks");

/** How long people wait for videos whose backend says that they are done; nothing is polled for an hour. */
export async function runWebhooks(contestant: Contestant, jobs: number, fileBytes: number): Promise<Times> {
  const stage = await openStage({ channels: jobs / 5, fileBytes });
  const bot = await contestant.start(stage, {
    POLL_INTERVAL_MS: String(HOUR_MS),
    OPENAI_WEBHOOK_SECRET: `whsec_${WEBHOOK_KEY.toString("base64")}`,
  });
  try {
    stage.backend.tell({ url: `${bot.processes[0]?.ready.url}/webhooks/videos`, key: WEBHOOK_KEY });
    const asked = await stage.ask(jobs, 20);
    await stage.created(jobs);
    // An answer to a create that is not written down yet is no rendering job.
    await sleep(1_000);
    await stage.finish(asked, WEBHOOKS_PER_SECOND);
    await stage.delivered(asked, FILES_PATIENCE_MS);
    return stage.times(asked);
  } finally {
    await bot.stop();
    await stage.close();
  }
}
