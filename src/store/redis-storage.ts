import type { Redis } from "ioredis";
import { connectRedis, createScript, type RedisScript, unusable } from "../cluster/redis.ts";
import type { Logger } from "../logger.ts";
import type { KeyvStorage, StorageConnection } from "./storage.ts";

/** So many are read or listed at once: large enough to be quick, small enough to keep nobody else waiting. */
const PAGE = 500;
/** Written to find out whether that can be done. */
const PING = "showreel:ping";

/** What INFO says of a Redis that may lose what it has acknowledged. */
const RISKS = [
  {
    sign: /^maxmemory_policy:(?!noeviction)/m,
    warning: "Redis drops jobs when its memory is full: set maxmemory-policy to noeviction",
  },
  {
    sign: /^aof_enabled:0/m,
    warning: "Redis loses what was written last when it ends: set appendonly to yes",
  },
];

/**
 * Opens a Redis for any number of Keyv storages; any number of processes may do so at the same time.
 * Not on @keyv/redis: it lists a namespace by looking at every key of the database, which the sweep would do every ten
 * seconds, and without that little is left of it but a second Redis client. Here each namespace has an index.
 * @throws UserError when it cannot be reached or written.
 */
export async function openRedis(options: {
  url: string;
  /** Hears of outages, and of settings by which documents may be lost. */
  logger?: Logger | undefined;
}): Promise<StorageConnection> {
  const { url, logger } = options;
  const setting = "STORE_URL";
  const { redis, close } = await connectRedis({ url, setting, logger });
  const ping = async () => void (await redis.set(PING, "", "PX", 1));
  try {
    await ping();
    // Some servers keep it to themselves.
    const info = await redis.info().catch(() => "");
    for (const { sign, warning } of RISKS) if (sign.test(info)) logger?.warn({ setting }, warning);
  } catch (error) {
    await close();
    throw unusable({ url, setting }, error);
  }
  const script = createScript(redis, WRITE);
  return { storage: () => createRedisStorage({ redis, script }), ping, close };
}

/**
 * Puts a document and its place in the index in one step, if `expected` is there or nothing is expected; the index's
 * score is when it expires. Documents are never empty, so the empty string stands for absent. What has expired leaves
 * the index with the next write. Returns 1 for done, 0 for something else being there, or nothing to delete.
 */
const WRITE = `
  local document, index = KEYS[1], KEYS[2]
  local key, value, ttl, expected = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
  local current = redis.call('GET', document) or ''
  if expected and current ~= expected then return 0 end
  if value == '' then
    redis.call('UNLINK', document)
    redis.call('ZREM', index, key)
    return (expected or current ~= '') and 1 or 0
  end
  if ttl == '' then
    redis.call('SET', document, value)
    redis.call('ZADD', index, '+inf', key)
    return 1
  end
  local time = redis.call('TIME')
  local now = time[1] * 1000 + math.floor(time[2] / 1000)
  redis.call('SET', document, value, 'PXAT', now + ttl)
  redis.call('ZADD', index, now + ttl, key)
  redis.call('ZREMRANGEBYSCORE', index, '-inf', '(' .. now)
  return 1
`;

function createRedisStorage({ redis, script }: { redis: Redis; script: RedisScript }): KeyvStorage {
  /** In braces is what decides where a cluster keeps a key: a document and its index are kept together. */
  const indexOf = (namespace = "") => `showreel:{${encodeURIComponent(namespace)}}`;
  const nameOf = (key: string, namespace: string | undefined) => `${indexOf(namespace)}:${key}`;
  const write = async (key: string, ...values: string[]) =>
    (await script([nameOf(key, storage.namespace), indexOf(storage.namespace)], [key, ...values])) === 1;

  async function getMany(keys: readonly string[], namespace: string | undefined) {
    const pages: Promise<(string | null)[]>[] = [];
    for (let from = 0; from < keys.length; from += PAGE)
      pages.push(redis.mget(keys.slice(from, from + PAGE).map((key) => nameOf(key, namespace))));
    return (await Promise.all(pages)).flat().map((value) => value ?? undefined);
  }

  /** Its keys, some of which may have expired. */
  async function* list(namespace: string | undefined) {
    // Redis may name one twice while its index grows.
    const seen = new Set<string>();
    let cursor = "0";
    do {
      const [next, found] = await redis.zscan(indexOf(namespace), cursor, "COUNT", PAGE);
      // Each is followed by its score.
      const names = new Set(found.filter((_, place) => place % 2 === 0));
      const keys = [...names].filter((key) => !seen.has(key));
      for (const key of keys) seen.add(key);
      yield keys;
      cursor = next;
    } while (cursor !== "0");
  }

  const storage: KeyvStorage = {
    opts: { dialect: "redis" },
    namespace: undefined,
    on: () => storage,
    get: async (key) => (await redis.get(nameOf(key, storage.namespace))) ?? undefined,
    getMany: (keys) => getMany(keys, storage.namespace),
    async set(key, value, ttlMs) {
      await write(key, value, String(ttlMs ?? ""));
    },
    delete: (key) => write(key, "", ""),
    async clear() {
      for await (const keys of list(storage.namespace)) await Promise.all(keys.map(storage.delete));
    },
    async *iterator(namespace = storage.namespace) {
      for await (const keys of list(namespace)) {
        const values = await getMany(keys, namespace);
        for (const [place, key] of keys.entries()) {
          const value = values[place];
          if (value !== undefined) yield [key, value];
        }
      }
    },
    compareAndSwap: (key, expected = "", next = "", ttlMs) => write(key, next, String(ttlMs ?? ""), expected),
  };
  return storage;
}
