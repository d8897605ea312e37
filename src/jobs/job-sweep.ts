import type { Logger } from "pino";
import type { WorkQueue } from "../queue/work-queue.ts";
import { sleep } from "../sleep.ts";
import type { JobStore } from "./job-store.ts";

/** Finds every active job that nothing is working on and takes it up again. */
export interface JobSweep {
  start(): void;
  stop(): Promise<void>;
}

const INTERVAL_MS = 10_000;
/** The request that accepted a job posts its card; after this long it has died with its process. */
const TAKE_OVER_AFTER_MS = 15_000;

/** Sweeps at once (everything found then is a dead process's) and every ten seconds. */
export function createJobSweep(options: {
  jobs: JobStore;
  queue: WorkQueue;
  now: () => number;
  logger: Logger;
}): JobSweep {
  const { jobs, queue, now, logger } = options;
  const stopping = new AbortController();
  let running: Promise<void> = Promise.resolve();

  async function sweep(olderThanMs: number): Promise<void> {
    for (const job of await jobs.active()) {
      const inHand =
        job.phase === "rendering" || (job.phase === "accepted" && now() - job.updatedAt < olderThanMs);
      if (!inHand) queue.add(job.id);
    }
  }

  async function run(): Promise<void> {
    for (let first = true; !stopping.signal.aborted; first = false) {
      await sweep(first ? 0 : TAKE_OVER_AFTER_MS).catch((err: unknown) =>
        logger.warn({ err }, "sweep failed"),
      );
      await sleep(INTERVAL_MS, stopping.signal);
    }
  }

  return {
    start: () => {
      running = run();
    },
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
