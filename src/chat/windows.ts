import type { Draw } from "./adapter.ts";

/** What a call draws from one bucket: that is free while fewer than `room` of the bucket's `calls` are taken. */
export interface Share extends Draw {
  room: number;
}

/** What was sent to the platforms lately. No bucket ever has more than its calls in any window of its length. */
export interface Windows {
  /** Those who wait for the same moment come within so many ms of it, so that processes do not all ask at once. */
  spreadMs: number;
  /**
   * Takes calls one after the other, each from all its buckets or from none. Answers for each how long it has to wait
   * at least before it is worth asking again (ms); 0: it was taken.
   */
  take(calls: readonly (readonly Share[])[]): number[] | Promise<number[]>;
  /** Nothing is taken from this bucket for that long. */
  pause(draw: Draw, ms: number): void;
}

/** Windows that are asked without waiting. */
export interface OwnWindows extends Windows {
  take(calls: readonly (readonly Share[])[]): number[];
}

interface Bucket {
  /** When the calls of the running window were taken, oldest first. */
  taken: number[];
  pausedUntil: number;
}

const MANY = 1000;

/**
 * Windows in this process's memory. They slide, because a fixed window lets twice the limit through around its edge.
 * @param options.now milliseconds of a steady clock.
 */
export function createWindows({ now }: { now: () => number }): OwnWindows {
  const buckets = new Map<string, Bucket>();

  function bucketOf(draw: Draw): Bucket {
    const known = buckets.get(draw.bucket);
    if (known) return known;
    const bucket = { taken: [], pausedUntil: 0 };
    buckets.set(draw.bucket, bucket);
    return bucket;
  }

  /** When a call may be taken, as a time; now or earlier means now. */
  function freeAt(share: Share, at: number): number {
    const { taken, pausedUntil } = bucketOf(share);
    while (taken[0] !== undefined && taken[0] <= at - share.perMs) taken.shift();
    const blocking = taken.at(-share.room);
    return Math.max(pausedUntil, blocking === undefined ? at : blocking + share.perMs);
  }

  function forgetIdle(at: number): void {
    for (const [name, { taken, pausedUntil }] of buckets) {
      if ((taken.at(-1) ?? 0) < at - 60_000 && pausedUntil < at) buckets.delete(name);
    }
  }

  return {
    spreadMs: 0,
    take(calls) {
      const at = now();
      if (buckets.size >= MANY) forgetIdle(at);
      return calls.map((shares) => {
        const free = Math.max(at, ...shares.map((share) => freeAt(share, at)));
        if (free === at) for (const share of shares) bucketOf(share).taken.push(at);
        return free - at;
      });
    },
    pause(draw, ms) {
      const bucket = bucketOf(draw);
      bucket.pausedUntil = Math.max(bucket.pausedUntil, now() + ms);
    },
  };
}
