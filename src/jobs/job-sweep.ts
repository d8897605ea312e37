import type { Logger } from "pino";
import type { WorkQueue } from "../queue/work-queue.ts";
import { createRepetition, type Repetition } from "../repeat.ts";
import type { JobStore } from "./job-store.ts";

const INTERVAL_MS = 10_000;
/** The request that accepted a job posts its card; after this long it has died with its process. */
const TAKE_OVER_AFTER_MS = 15_000;

/**
 * Finds every active job that nothing is working on and takes it up again: at once (everything found then is a dead
 * process's) and every ten seconds.
 */
export function createJobSweep(options: {
  jobs: JobStore;
  queue: WorkQueue;
  now: () => number;
  logger: Logger;
}): Repetition {
  const { jobs, queue, now, logger } = options;

  let first = true;

  async function sweep(): Promise<void> {
    const olderThanMs = first ? 0 : TAKE_OVER_AFTER_MS;
    first = false;
    for (const job of await jobs.active()) {
      const inHand =
        job.phase === "rendering" || (job.phase === "accepted" && now() - job.updatedAt < olderThanMs);
      if (!inHand) queue.add(job.id);
    }
  }

  return createRepetition({
    work: sweep,
    pauseMs: () => INTERVAL_MS,
    onError: (err) => logger.warn({ err }, "sweep failed"),
  });
}
