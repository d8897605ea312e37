import type { Redis } from "ioredis";
import type { OwnWindows, Share, Windows } from "../chat/windows.ts";
import type { Logger } from "../logger.ts";
import { createScript } from "./redis.ts";

const SPREAD_MS = 10;

/**
 * Windows that all processes share, kept in Redis by its clock. Redis counts a call in the millisecond after it was taken,
 * so that rounding never makes a window longer than it is. While Redis is away each process keeps its own, which begin with
 * what it has taken itself: too much is possible then, nothing stands still.
 * Not rate-limiter-flexible: its windows in Redis are fixed, which lets twice the limit through around an edge, last whole
 * seconds, and are drawn from one at a time.
 * @param options.own used while Redis is away.
 */
export function createSharedWindows(options: { redis: Redis; own: OwnWindows; logger: Logger }): Windows {
  const { redis, own, logger } = options;
  const take = createScript(redis, TAKE);
  const pause = createScript(redis, PAUSE);
  let away = false;

  async function takeShared(calls: readonly (readonly Share[])[]): Promise<number[]> {
    if (redis.status !== "ready") throw new Error("The connection is down.");
    const buckets = [...new Set(calls.flat().map(({ bucket }) => bucket))];
    const asked = calls.map((shares) =>
      shares.map(({ bucket, calls, perMs, room }) => [2 * buckets.indexOf(bucket), calls, perMs, room]),
    );
    const keys = buckets.flatMap((bucket) => [takenKey(bucket), pausedKey(bucket)]);
    const waits = await take(keys, [JSON.stringify(asked)]);
    if (!Array.isArray(waits)) throw new Error("Redis answers something else than waits.");
    return waits.map(Number);
  }

  function note(isAway: boolean, err?: unknown): void {
    if (isAway && !away) logger.warn({ err }, "limits of chat platforms are counted by each process alone");
    if (!isAway && away) logger.info("limits of chat platforms are counted by all processes together again");
    away = isAway;
  }

  return {
    spreadMs: SPREAD_MS,
    async take(calls) {
      try {
        const waits = await takeShared(calls);
        note(false);
        own.take(calls.filter((_, place) => waits[place] === 0));
        return waits;
      } catch (err) {
        note(true, err);
        return own.take(calls);
      }
    },
    pause(draw, ms) {
      own.pause(draw, ms);
      pause([pausedKey(draw.bucket)], [Math.ceil(ms)]).catch((err: unknown) => note(true, err));
    },
  };
}

const takenKey = (bucket: string) => `showreel:calls:${bucket}`;
const pausedKey = (bucket: string) => `showreel:pause:${bucket}`;

/** A list for each bucket has when its last calls were taken. One that is far ahead is from before the clock was set. */
const TAKE = `
  local time = redis.call('TIME')
  local now = time[1] * 1000 + math.floor(time[2] / 1000)
  local waits = {}
  for place, shares in ipairs(cjson.decode(ARGV[1])) do
    local wait = 0
    for _, share in ipairs(shares) do
      local taken, paused = KEYS[share[1] + 1], KEYS[share[1] + 2]
      local perMs, room = share[3], share[4]
      wait = math.max(wait, redis.call('PTTL', paused))
      local blocking = tonumber(redis.call('LINDEX', taken, -room) or 0)
      if blocking <= now + perMs then wait = math.max(wait, blocking + perMs - now) end
    end
    if wait == 0 then
      for _, share in ipairs(shares) do
        local taken, calls, perMs = KEYS[share[1] + 1], share[2], share[3]
        redis.call('RPUSH', taken, now + 1)
        redis.call('LTRIM', taken, -calls, -1)
        redis.call('PEXPIRE', taken, perMs + 1)
      end
    end
    waits[place] = wait
  end
  return waits
`;

const PAUSE = `
  if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[1]) then redis.call('SET', KEYS[1], '', 'PX', ARGV[1]) end
`;
