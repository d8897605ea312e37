import { ServiceError } from "../errors.ts";

const RETRY_BASE_MS = 2_000;
const RETRY_MAX_MS = 60_000;
/** Longest wait that a service may ask for. */
const ASKED_MAX_MS = 3_600_000;

/** How long work that failed waits for its next try (ms): as its service asks, and longer with each try (from 0). */
export function retryWaitMs(error: unknown, attempt: number): number {
  const asked = (error instanceof ServiceError && error.retryAfterMs) || 0;
  const backoff = Math.min(RETRY_MAX_MS, RETRY_BASE_MS * 2 ** attempt);
  // A service that asks for no wait at all is still not to be called in a tight loop.
  return Math.round(Math.max(Math.min(asked, ASKED_MAX_MS), backoff * (0.75 + Math.random() / 2)));
}
