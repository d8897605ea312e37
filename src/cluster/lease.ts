import { randomUUID } from "node:crypto";
import type { Redis } from "ioredis";
import type { Logger } from "pino";
import { createRepetition } from "../repeat.ts";
import { sleep } from "../sleep.ts";
import { createScript } from "./redis.ts";

/**
 * How it stands with a lease: `held` here, `taken` by another process, or `unknown`, before Redis was asked and while it
 * does not answer.
 */
export type Standing = "held" | "taken" | "unknown";

/** What one process at a time does, of all that share a Redis: each has a lease of the same name, one holds it. */
export interface Lease {
  /** How it stands right now; `held` only while no other process can hold it. */
  standing(): Standing;
  start(): void;
  /** Gives it up at once, so that another process can take it. */
  stop(): Promise<void>;
}

/** How often a lease is seen to (ms). */
export interface LeaseTimes {
  /** After which one that is not renewed is free for others. */
  ttlMs: number;
  renewMs: number;
  /** Between the tries of those who wait for it. */
  tryMs: number;
}

/** Taken over within twelve seconds; two renewals may be lost. */
export const LEASE_TIMES: LeaseTimes = { ttlMs: 10_000, renewMs: 3_000, tryMs: 2_000 };
/** Who stops does not wait for a Redis that is away: the lease ends by itself. */
const STOP_WITHIN_MS = 1_000;

/** Takes the lease if it is free, renews it if it is one's own; 1 for whoever holds it then. */
const TAKE = `
local holder = redis.call("GET", KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call("SET", KEYS[1], ARGV[1], "PX", ARGV[2])
return 1`;

/** Another's stays. */
const RELEASE = `if redis.call("GET", KEYS[1]) == ARGV[1] then redis.call("DEL", KEYS[1]) end`;

/**
 * A lease in Redis, held by a random token. A Redis that forgets it (restarted without its file, or a replica that was
 * behind) can give it to a second one; the first learns of that when it renews.
 * @param options.onChange hears how it stands whenever that changes, but not of `stop`; @param options.steady a clock that
 * nobody sets (ms).
 */
export function createLease(options: {
  redis: Redis;
  name: string;
  onChange: (standing: Standing) => void;
  logger: Logger;
  times?: LeaseTimes;
  steady?: () => number;
}): Lease {
  const { redis, name, onChange, logger, times = LEASE_TIMES, steady = () => performance.now() } = options;
  const { ttlMs, renewMs, tryMs } = times;
  const key = `showreel:lease:${name}`;
  const token = randomUUID();
  const take = createScript(redis, TAKE);
  const release = createScript(redis, RELEASE);
  let standing: Standing = "unknown";
  /** What is known holds until then, by the steady clock. */
  let until = 0;
  let lapse: NodeJS.Timeout | undefined;
  let stopped = false;

  function become(next: Standing): void {
    if (next === standing) return;
    logger.info({ lease: name, standing: next }, "lease");
    standing = next;
    onChange(next);
  }

  async function ask(): Promise<void> {
    const asked = steady();
    const mine = (await take([key], [token, ttlMs])) === 1;
    if (stopped) return;
    // Redis counts from when it was asked or later, so what is believed here always ends first.
    until = asked + ttlMs;
    clearTimeout(lapse);
    const leftMs = until - steady();
    if (leftMs <= 0) return become("unknown");
    lapse = setTimeout(() => become("unknown"), leftMs);
    become(mine ? "held" : "taken");
  }

  const asking = createRepetition({
    work: ask,
    everyMs: tryMs,
    pauseMs: () => (standing === "held" ? renewMs : tryMs),
    onError: (err) => logger.warn({ err, lease: name }, "a lease could not be asked for"),
  });

  return {
    // A process that was held up may be here before its timer.
    standing: () => (steady() < until ? standing : "unknown"),
    start: asking.start,
    async stop() {
      if (stopped) return;
      stopped = true;
      until = 0;
      clearTimeout(lapse);
      // Not waited for: what was asked of a Redis that is away may take as long as that.
      void asking.stop();
      const released = release([key], [token]).catch((err: unknown) => {
        logger.warn({ err, lease: name }, "a lease was not given up, and ends by itself");
      });
      await Promise.race([released, sleep(STOP_WITHIN_MS)]);
    },
  };
}
