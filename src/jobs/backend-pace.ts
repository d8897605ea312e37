import { ServiceError } from "../errors.ts";

/** How fast the backend may be asked: the whole bot slows down as it says. */
export interface BackendPace {
  /**
   * Called before each create. @throws ServiceError, retryable: `slowed` while the backend asked for silence, `away` while
   * it does not answer, `budget_stopped` while its account has no money and it is not yet time to try again.
   */
  requireCreate(): void;
  /** A create that was let through was not sent after all. */
  notSent(): void;
  /** For how long it is not to be polled (ms); 0: it may be. */
  pollWaitMs(): number;
  /** Hears how a call ended; no error: well. A question that was asked to find out whether it is back is a `probe`. */
  note(operation: "create" | "read" | "probe", error?: unknown): void;
  /** Why a video whose turn has come is not asked for yet, for its card; undefined while nothing is in the way. */
  waiting(): string | undefined;
  /** Since when it has not answered (Unix milliseconds); undefined while it does. */
  awaySince(): number | undefined;
  /** While there is no money: when it is tried again (Unix milliseconds). */
  stopped(): { until: number } | undefined;
}

/** Without a word of the backend's: two seconds, then twice as long each time. */
const BACKOFF_MS = 2_000;
const BACKOFF_MAX_MS = 60_000;
const ASKED_MAX_MS = 3_600_000;
const STOP_MS = 300_000;
const STOP_MAX_MS = 3_600_000;
/** A backend that failed so often in a row, for so long (ms), is away: one slow answer says nothing. */
const AWAY_AFTER = 3;
const AWAY_AFTER_MS = 10_000;
/** While it is away: how long a create waits before it asks whether it is back (ms). */
const AWAY_WAIT_MS = 5_000;
/** A trial that nothing was heard of for so long is over (ms): a create takes two minutes at most. */
const TRIAL_MS = 180_000;

/** Builds it; nothing of it outlives the process, as the next create finds out anew. */
export function createBackendPace(options: {
  now: () => number;
  /** The money is gone, or back. */
  onStopped?: (until: number) => void;
  onResumed?: () => void;
  /** It does not answer any more, or does again. */
  onAway?: () => void;
  onBack?: () => void;
}): BackendPace {
  const { now, onStopped = () => {}, onResumed = () => {}, onAway = () => {}, onBack = () => {} } = options;
  let silentUntil = 0;
  let refusals = 0;
  let stop: { until: number; forMs: number; trialSince: number | undefined } | undefined;

  function slowDown({ retryAfterMs }: ServiceError): void {
    // Those that were under way when the first one was refused tell nothing new.
    if (retryAfterMs === undefined && silentUntil > now()) return;
    const backoff = Math.min(BACKOFF_MAX_MS, BACKOFF_MS * 2 ** refusals++);
    const waitMs = retryAfterMs === undefined ? backoff : Math.min(retryAfterMs, ASKED_MAX_MS);
    silentUntil = Math.max(silentUntil, now() + waitMs);
  }

  function stopSpending(): void {
    // Those that were under way when the first one was refused tell nothing new.
    if (stop && stop.trialSince === undefined) return;
    const forMs = Math.min(STOP_MAX_MS, stop ? stop.forMs * 2 : STOP_MS);
    stop = { until: now() + forMs, forMs, trialSince: undefined };
    onStopped(stop.until);
  }

  let failures = { count: 0, since: 0 };
  let away: { since: number } | undefined;

  function noteFailure(): void {
    if (failures.count++ === 0) failures.since = now();
    if (away || failures.count < AWAY_AFTER || now() - failures.since < AWAY_AFTER_MS) return;
    away = { since: failures.since };
    onAway();
  }

  function noteAnswer(): void {
    failures = { count: 0, since: 0 };
    if (!away) return;
    away = undefined;
    onBack();
  }

  function endTrial(): void {
    if (stop) stop.trialSince = undefined;
  }

  function wait(code: string, message: string, retryAfterMs: number): ServiceError {
    return new ServiceError("videos", code, message, { retryable: true, retryAfterMs });
  }

  return {
    requireCreate() {
      const at = now();
      if (silentUntil > at) throw wait("slowed", "The backend asked for silence.", silentUntil - at);
      if (away) throw wait("away", "The backend does not answer.", AWAY_WAIT_MS);
      if (!stop) return;
      const trying = stop.trialSince !== undefined && stop.trialSince > at - TRIAL_MS;
      if (stop.until > at || trying) {
        const waitMs = Math.max(stop.until - at, BACKOFF_MAX_MS);
        throw wait("budget_stopped", "The backend's account has no money.", waitMs);
      }
      stop.trialSince = at;
    },
    notSent: endTrial,
    pollWaitMs: () => Math.max(away ? AWAY_WAIT_MS : 0, silentUntil - now()),
    note(operation, error) {
      const code = error instanceof ServiceError ? error.code : undefined;
      if (error instanceof ServiceError && isAway(error)) noteFailure();
      else noteAnswer();
      if (operation === "create" && code === "insufficient_quota") return stopSpending();
      // Refused for another reason, a trial says nothing: the next one tries.
      if (operation === "create" && error !== undefined) endTrial();
      if (error instanceof ServiceError && code === "rate_limited") return slowDown(error);
      if (error !== undefined) return;
      refusals = 0;
      if (operation !== "create" || !stop) return;
      stop = undefined;
      onResumed();
    },
    waiting() {
      if (away) return "Waiting, the video service is not answering, still trying";
      if (stop) return "Waiting, the video service's budget is used up";
      return silentUntil > now() ? "Waiting, the video service is busy" : undefined;
    },
    awaySince: () => away?.since,
    stopped: () => (stop && stop.until > now() ? { until: stop.until } : undefined),
  };
}

/** Errors that are no answer of the backend's own: no connection, no end of waiting, a gateway's page. */
const NO_ANSWER: readonly string[] = ["unavailable", "answer_lost"];

/** What a 5xx says of one video, and that it has no such route (501), are answers. */
function isAway({ service, code, cause }: ServiceError): boolean {
  if (service !== "videos" || code === "not_ready") return false;
  const status = cause instanceof Error && "status" in cause ? Number(cause.status) : 0;
  return NO_ANSWER.includes(code) || (status >= 500 && status !== 501);
}
