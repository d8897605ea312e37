import type { Logger } from "../logger.ts";
import type { MediaStore } from "../media/media-store.ts";
import type { Round } from "../repeat.ts";
import type { Spending } from "../spending/spending.ts";
import { isCharged, isEnded } from "./job.ts";
import type { JobStore } from "./job-store.ts";
import type { Quotes } from "./quotes.ts";

const EVERY_MS = 60_000;

/** Settles what a crash left between the end of a job and its accounts, and drops what nobody has answered. */
export function createSettling(options: {
  jobs: Pick<JobStore, "get">;
  quotes: Quotes;
  media: MediaStore;
  spending: Pick<Spending, "sweep">;
  logger: Logger;
}): Round {
  const { jobs, quotes, media, spending, logger } = options;
  return {
    name: "settle",
    everyMs: EVERY_MS,
    async work() {
      for (const jobId of await quotes.expire()) await media.delete(jobId);
      await spending.sweep(async (jobId) => {
        const job = await jobs.get(jobId);
        if (!job) return "gone";
        if (!isEnded(job)) return "open";
        return isCharged(job) ? "charged" : "refunded";
      });
    },
    onError: (err) => logger.warn({ err }, "accounts could not be settled, trying again"),
  };
}
