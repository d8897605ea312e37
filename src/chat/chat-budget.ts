import type { Draw } from "./adapter.ts";

/** Finals go first, then first cards; progress gets what is left. */
export type Priority = "final" | "first" | "progress";

/** A place in the line for one call to a platform. */
export interface Permit {
  /** true: send now; false: it was cancelled. */
  granted: Promise<boolean>;
  /** Moves it forward in the line, never back. */
  raise(priority: Priority): void;
  cancel(): void;
}

/** What may still be sent to the platforms, whatever is waiting. */
export interface ChatBudget {
  acquire(draws: readonly Draw[], priority: Priority): Permit;
  /** The platform asked for silence: nothing is drawn from this bucket for that long. */
  pause(draw: Draw, ms: number): void;
}

const RANK: Record<Priority, number> = { final: 0, first: 1, progress: 2 };
/** Progress leaves a fifth of each limit to finals and first cards. */
const PROGRESS_SHARE = 0.8;
/** Timers of more than 31 bits fire at once. */
const TIMER_MAX_MS = 3_600_000;

interface Bucket {
  /** When the calls of the running window were granted, oldest first. */
  grants: number[];
  pausedUntil: number;
}

interface Waiter {
  draws: readonly Draw[];
  priority: Priority;
  settle(granted: boolean): void;
}

/**
 * Keeps every bucket's calls within its limit in any window of its length, in this process's memory.
 * Exact sliding windows, because a fixed window lets twice the limit through around its edge.
 */
export function createChatBudget(options: { now?: () => number } = {}): ChatBudget {
  const now = options.now ?? Date.now;
  const buckets = new Map<string, Bucket>();
  let waiting: Waiter[] = [];
  let timer: NodeJS.Timeout | undefined;

  function bucketOf(draw: Draw): Bucket {
    const known = buckets.get(draw.bucket);
    if (known) return known;
    const bucket = { grants: [], pausedUntil: 0 };
    buckets.set(draw.bucket, bucket);
    return bucket;
  }

  /** When a call of that priority may be drawn, as a time; now or earlier means now. */
  function freeAt(draw: Draw, priority: Priority, at: number): number {
    const bucket = bucketOf(draw);
    while (bucket.grants[0] !== undefined && bucket.grants[0] <= at - draw.perMs) bucket.grants.shift();
    const room = priority === "progress" ? Math.ceil(draw.calls * PROGRESS_SHARE) : draw.calls;
    const blocking = bucket.grants.at(-room);
    return Math.max(bucket.pausedUntil, blocking === undefined ? at : blocking + draw.perMs);
  }

  function serve(): void {
    const at = now();
    let next = Number.POSITIVE_INFINITY;
    waiting.sort((a, b) => RANK[a.priority] - RANK[b.priority]);
    waiting = waiting.filter((waiter) => {
      const due = Math.max(at, ...waiter.draws.map((draw) => freeAt(draw, waiter.priority, at)));
      if (due > at) {
        next = Math.min(next, due);
        return true;
      }
      for (const draw of waiter.draws) bucketOf(draw).grants.push(at);
      waiter.settle(true);
      return false;
    });
    clearTimeout(timer);
    if (waiting.length > 0) timer = setTimeout(serve, Math.min(Math.max(1, next - at), TIMER_MAX_MS));
    else forgetIdle(at);
  }

  function forgetIdle(at: number): void {
    if (buckets.size < 1000) return;
    for (const [name, bucket] of buckets) {
      if ((bucket.grants.at(-1) ?? 0) < at - 60_000 && bucket.pausedUntil < at) buckets.delete(name);
    }
  }

  return {
    acquire(draws, priority) {
      const { promise, resolve } = Promise.withResolvers<boolean>();
      const waiter: Waiter = { draws, priority, settle: resolve };
      waiting.push(waiter);
      serve();
      return {
        granted: promise,
        raise(to) {
          if (RANK[to] >= RANK[waiter.priority]) return;
          waiter.priority = to;
          serve();
        },
        cancel() {
          waiting = waiting.filter((other) => other !== waiter);
          resolve(false);
        },
      };
    },
    pause(draw, ms) {
      const bucket = bucketOf(draw);
      bucket.pausedUntil = Math.max(bucket.pausedUntil, now() + ms);
    },
  };
}
