import { randomUUID } from "node:crypto";
import type { Redis } from "ioredis";
import { sleep } from "../sleep.ts";
import { createTurns } from "../store/turns.ts";
import { createScript } from "./redis.ts";

/** A turn that is taken. */
interface Turn {
  /** Whether nobody else can have it: false where this process stood still, or did not reach Redis, for too long. */
  isHeld(): boolean;
}

/** Work on the same key happens one after the other, in all processes. */
export interface SharedTurns {
  take<T>(key: string, work: (turn: Turn) => Promise<T>): Promise<T>;
  /** Does nothing where another process has it. */
  takeIfFree(key: string, work: (turn: Turn) => Promise<void>): Promise<void>;
}

const TTL_MS = 10_000;

export function createSharedTurns({ redis }: { redis: Redis; logger?: unknown }): SharedTurns {
  const inTurn = createTurns();
  const release = createScript(
    redis,
    "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0",
  );
  const renew = createScript(
    redis,
    "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end return 0",
  );

  const lock = async (key: string, token: string) =>
    (await redis.set(key, token, "PX", TTL_MS, "NX")) === "OK";

  async function hold<T>(key: string, token: string, work: (turn: Turn) => Promise<T>): Promise<T> {
    let until = performance.now() + TTL_MS;
    const timer = setInterval(() => {
      const at = performance.now();
      renew([key], [token, TTL_MS]).then(
        (ok) => {
          if (ok === 1) until = at + TTL_MS;
        },
        () => {},
      );
    }, TTL_MS / 3);
    try {
      return await work({ isHeld: () => performance.now() < until });
    } finally {
      clearInterval(timer);
      await release([key], [token]).catch(() => {});
    }
  }

  return {
    take: (key, work) =>
      inTurn(key, async () => {
        const token = randomUUID();
        for (let pause = 10; !(await lock(key, token)); pause = Math.min(200, pause * 2))
          await sleep(pause * (0.5 + Math.random()));
        return hold(key, token, work);
      }),
    takeIfFree: (key, work) =>
      inTurn(key, async () => {
        const token = randomUUID();
        if (await lock(key, token)) await hold(key, token, work);
      }),
  };
}
