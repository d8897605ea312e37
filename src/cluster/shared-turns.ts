import { randomUUID } from "node:crypto";
import type { Redis } from "ioredis";
import { sleep } from "../sleep.ts";
import { reaching } from "../store/reaching.ts";
import { createTurns, type Turns } from "../store/turns.ts";
import { createScript } from "./redis.ts";

/** Renewed as often within its life, so that one renewal that fails loses nothing. */
const RENEWALS = 3;
const LOOK_AGAIN_MS = { min: 25, max: 200 };
/** Who waits looks again within this time, or has died. */
const STILL_WAITING_MS = 1_000;

/** Turns over processes. */
export interface SharedTurns {
  take: Turns;
  /** The same, unless another process has the turn, or waits for it: then nothing is done. */
  takeIfFree(key: string, work: (held: () => boolean) => Promise<void>): Promise<void>;
}

interface Lock {
  keys: readonly string[];
  token: string;
  /** When it was asked for. */
  since: number;
}

/**
 * Turns over all processes that use this Redis: within each in the order asked for, between them whoever waits comes before
 * whoever had the last turn. Each turn is a lock with a life, renewed while the work lasts: what a killed process held
 * is free after `ttlMs`. Work that cannot renew it is not cut off; it learns so by `held`. A Redis that loses its data
 * loses its locks: `held` tells so with the next renewal.
 * Every call rejects with a retryable ServiceError, code `unavailable`, while Redis cannot be used.
 */
export function createSharedTurns(options: { redis: Redis; ttlMs?: number }): SharedTurns {
  const { redis, ttlMs = 10_000 } = options;
  const take = createScript(redis, TAKE);
  const renew = createScript(redis, RENEW);
  const release = createScript(redis, RELEASE);
  const inTurn = createTurns();
  const now = () => performance.now();

  /** Takes the lock if it is free; resolves to the lock, or to undefined. Whoever has `patienceMs` is noted as the next. */
  async function tryLock(key: string, token: string, patienceMs: number): Promise<Lock | undefined> {
    const lock = { keys: [`showreel:turn:${key}`, `showreel:next:${key}`], token, since: now() };
    const taken = await reaching(() => take(lock.keys, [token, ttlMs, patienceMs])).catch(
      (error: unknown) => {
        // It may have been taken, and the answer lost.
        void giveBack(lock);
        throw error;
      },
    );
    return taken === 1 ? lock : undefined;
  }

  async function waitForLock(key: string): Promise<Lock> {
    const token = randomUUID();
    for (let waitMs = LOOK_AGAIN_MS.min; ; waitMs = Math.min(2 * waitMs, LOOK_AGAIN_MS.max)) {
      const lock = await tryLock(key, token, STILL_WAITING_MS);
      if (lock) return lock;
      await sleep(waitMs * (0.5 + Math.random() / 2));
    }
  }

  /** If this cannot be said, the lock ends by itself. */
  const giveBack = ({ keys, token }: Lock) => release(keys, [token]).catch(() => {});

  async function hold<T>(lock: Lock, work: (held: () => boolean) => Promise<T>): Promise<T> {
    let heldUntil = lock.since + ttlMs;
    const renewing = setInterval(() => {
      const at = now();
      renew(lock.keys, [lock.token, ttlMs]).then(
        (renewed) => {
          heldUntil = renewed === 1 ? at + ttlMs : 0;
        },
        // Till its life ends there is time to try again.
        () => {},
      );
    }, ttlMs / RENEWALS);
    try {
      return await work(() => now() < heldUntil);
    } finally {
      clearInterval(renewing);
      await giveBack(lock);
    }
  }

  return {
    take: (key, work) => inTurn(key, async () => hold(await waitForLock(key), work)),
    takeIfFree: (key, work) =>
      inTurn(key, async () => {
        const lock = await tryLock(key, randomUUID(), 0);
        if (lock) await hold(lock, work);
      }),
  };
}

/** Whoever finds the lock taken is noted as the next one, unless somebody is; meanwhile nobody else gets it. */
const TAKE = `
  local lock, line = KEYS[1], KEYS[2]
  local token, ttl, patience = ARGV[1], ARGV[2], ARGV[3]
  local first = redis.call('GET', line) or token
  if redis.call('EXISTS', lock) == 1 then
    if first == token and tonumber(patience) > 0 then redis.call('SET', line, token, 'PX', patience) end
    return 0
  end
  if first ~= token then return 0 end
  redis.call('SET', lock, token, 'PX', ttl)
  redis.call('DEL', line)
  return 1
`;

const RENEW = `
  if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
  return redis.call('PEXPIRE', KEYS[1], ARGV[2])
`;

const RELEASE = `
  if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
`;
