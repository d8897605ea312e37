import type { ServiceError } from "../errors.ts";
import type { Job, Phase } from "./job.ts";

/**
 * For how long a service that asks to come back later is asked again: to take a video, counted from the first time the
 * backend was asked to, to hand out a completed one, counted from its completion, and to delete one. Deliveries are tried
 * for ever: the video is paid for.
 */
const PATIENCE: Partial<Record<Phase, { ms: number; since: "firstSentAt" | "updatedAt" }>> = {
  posted: { ms: 3_600_000, since: "firstSentAt" },
  downloading: { ms: 24 * 3_600_000, since: "updatedAt" },
  deleting: { ms: 3_600_000, since: "updatedAt" },
};
/** A backend that is there and sends something else than the video is believed sooner (ms). */
const WRONG_FILE = /^(not_ready|not_a_video|truncated|link_refused)$/;
const WRONG_FILE_MS = 600_000;
/** The bot's own: a full disk is mended some time, and what was begun goes on then. */
const OWN: readonly string[] = ["store", "media"];

/**
 * Whether waiting may mend what stopped a job: for as long as people would still want the answer.
 * @param since how long ago a time was (ms).
 */
export function isWorthWaiting(job: Job, error: ServiceError, since: (at: number) => number): boolean {
  const patience = PATIENCE[job.phase];
  if (!error.retryable || !patience || OWN.includes(error.service)) return error.retryable;
  const from = job[patience.since];
  const ms = job.phase === "downloading" && WRONG_FILE.test(error.code) ? WRONG_FILE_MS : patience.ms;
  return from === undefined || since(from) < ms;
}
