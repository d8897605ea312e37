const NAMES = `
local served, waiting, taken, memory, order, arrived = unpack(KEYS)
`;

/** More than these are of no consequence to whose turn is next. */
const SERVE = `
local function serve(id, waiter, now)
  redis.call('ZADD', served, now, id)
  redis.call('RPUSH', taken, waiter)
  redis.call('LTRIM', taken, -1000, -1)
end
`;

/**
 * What happens to the line in one step, as programs for Redis. Who has a place stands in the sorted set \`served\`, those
 * who wait in the hash \`waiting\`, each with the number of their arrival.
 */
export const LINE_PROGRAMS = {
  /**
   * ARGV: id, waiter, places, time. Takes a place where one is free and nobody waits. Returns whether it has one, whether
   * somebody waits though there is room, and whether it has begun to wait.
   */
  come: `${NAMES}${SERVE}
local id, waiter, places, now = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4]
if redis.call('ZSCORE', served, id) then return {1, 0, 0} end
local room = redis.call('ZCARD', served) < places
if redis.call('HEXISTS', waiting, id) == 1 then return {0, room and 1 or 0, 0} end
waiter = redis.call('INCR', arrived) .. ' ' .. waiter
if room and redis.call('HLEN', waiting) == 0 then
  serve(id, waiter, now)
  return {1, 0, 0}
end
redis.call('HSET', waiting, id, waiter)
return {0, room and 1 or 0, 1}`,

  /** ARGV: id, waiter, time. Has a place, whether there was one or not: its video is at the backend. */
  take: `${NAMES}${SERVE}
local id, waiter, now = ARGV[1], ARGV[2], ARGV[3]
if redis.call('ZSCORE', served, id) then return 0 end
waiter = redis.call('HGET', waiting, id) or (redis.call('INCR', arrived) .. ' ' .. waiter)
redis.call('HDEL', waiting, id)
serve(id, waiter, now)
return 1`,

  /** ARGV: id. Returns whether it was there, and how many wait. With nobody left all are equal again. */
  leave: `${NAMES}
local id = ARGV[1]
local there = redis.call('ZREM', served, id) + redis.call('HDEL', waiting, id)
local left = redis.call('HLEN', waiting)
if left == 0 and redis.call('ZCARD', served) == 0 then redis.call('DEL', taken, memory, order, arrived) end
return {there, left}`,

  /** Returns how many have a place, the memory, who took places since it was written, and who waits. */
  look: `${NAMES}
return {
  redis.call('ZCARD', served),
  redis.call('GET', memory) or '',
  redis.call('LRANGE', taken, 0, -1),
  redis.call('HVALS', waiting),
}`,

  /** ARGV: places, time, how many of \`taken\` the memory knows, memory, ids in their order. Returns who has a place now. */
  grant: `${NAMES}${SERVE}
local places, now, known = tonumber(ARGV[1]), ARGV[2], tonumber(ARGV[3])
redis.call('SET', memory, ARGV[4])
redis.call('LTRIM', taken, known, -1)
local granted = {}
for i = 5, #ARGV do
  local waiter = redis.call('HGET', waiting, ARGV[i])
  if waiter and redis.call('ZCARD', served) < places then
    redis.call('HDEL', waiting, ARGV[i])
    serve(ARGV[i], waiter, now)
    granted[#granted + 1] = ARGV[i]
  end
end
return granted`,
} as const;
