import type { ClipSettings } from "../videos/catalog.ts";
import type { Job } from "./job.ts";

/** How long clips usually take here, learnt from those that were delivered; forgotten with the process. */
export interface TypicalDuration {
  note(job: Job): void;
  /** Milliseconds from request to delivery, or undefined before the first. */
  of(clip: ClipSettings): number | undefined;
}

/** Weight of the newest clip in the running mean. */
const WEIGHT = 0.3;

/** A running mean for each model and length. */
export function createTypicalDuration(): TypicalDuration {
  const means = new Map<string, number>();
  const key = ({ model, seconds }: ClipSettings) => `${model} ${seconds}`;
  return {
    note(job) {
      if (job.deliveredAt === undefined) return;
      const tookMs = job.deliveredAt - job.createdAt;
      const mean = means.get(key(job.request)) ?? tookMs;
      means.set(key(job.request), mean + WEIGHT * (tookMs - mean));
    },
    of: (clip) => means.get(key(clip)),
  };
}
