import { createHash } from "node:crypto";
import { Redis } from "ioredis";
import { UserError } from "../errors.ts";
import type { Logger } from "../logger.ts";

/** A connection that comes back by itself. While Redis is away, what is asked of it rejects within seconds. */
export interface RedisConnection {
  redis: Redis;
  /** Lets what was sent be answered, and ends it. */
  close(): Promise<void>;
}

const CONNECT_TIMEOUT_MS = 2_000;
/** A server that takes commands and answers nothing is as good as gone. */
const SILENCE_MS = 4_000;
const RETRY_MS = 1_000;

/**
 * Connects to Redis or Valkey: `redis://[user:password@]host[:port][/db]`, or `rediss://` for TLS.
 * @param options.setting where the address comes from, for people.
 * @throws UserError `redis_unusable` when it cannot be reached now, or lets nobody in.
 */
export async function connectRedis(options: {
  url: string;
  setting: string;
  /** Hears once of each outage and of its end. */
  logger?: Logger | undefined;
}): Promise<RedisConnection> {
  const { url, setting, logger } = options;
  const redis = new Redis(url, {
    lazyConnect: true,
    // While Redis reads its files at its start it refuses by itself; with the check all would wait for it.
    enableReadyCheck: false,
    connectTimeout: CONNECT_TIMEOUT_MS,
    socketTimeout: SILENCE_MS,
    retryStrategy: (tries) => Math.min(50 * 2 ** (tries - 1), RETRY_MS) * (0.5 + Math.random() / 2),
    // What was sent and not answered may have been done: it rejects at once, is never sent a second time, and what comes
    // meanwhile waits for the next try to connect and no longer.
    maxRetriesPerRequest: 0,
    // What is asked in one turn of the event loop is sent at once, which makes a tick of the poller twice as quick.
    enableAutoPipelining: true,
  });
  let trouble: unknown;
  let opened = false;
  redis.on("error", (err) => {
    if (opened && trouble === undefined) logger?.warn({ err, setting }, "Redis is away");
    trouble = err;
  });
  redis.on("ready", () => {
    if (opened && trouble !== undefined) logger?.info({ setting }, "Redis is back");
    trouble = undefined;
  });
  try {
    await redis.connect();
    // The client passes over a database that is not there and takes the first one.
    if (redis.options.db) await redis.select(redis.options.db);
    opened = true;
  } catch (error) {
    redis.disconnect();
    throw unusable({ url, setting }, trouble ?? error);
  }
  return {
    redis,
    close: async () => {
      await redis.quit().catch(() => redis.disconnect());
    },
  };
}

/** What people are told: no more of the address than where it leads. */
export function unusable({ url, setting }: { url: string; setting: string }, cause: unknown): UserError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const message = `Redis at ${URL.parse(url)?.host} cannot be used (${reason}). Check ${setting}, and whether it runs and may be written.`;
  return new UserError("redis_unusable", message);
}

/** A program that Redis runs in one step; resolves to what it returns. */
export type RedisScript = (keys: readonly string[], values: readonly (string | number)[]) => Promise<unknown>;

/** Sends the program once; afterwards its name is enough. */
export function createScript(redis: Redis, program: string): RedisScript {
  const name = createHash("sha1").update(program).digest("hex");
  return async (keys, values) => {
    try {
      return await redis.evalsha(name, keys.length, ...keys, ...values);
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith("NOSCRIPT"))) throw error;
      return redis.eval(program, keys.length, ...keys, ...values);
    }
  };
}
