import { Redis } from "ioredis";
import { pino } from "pino";
import { afterAll, afterEach, beforeEach, expect, it, onTestFinished } from "vitest";
import { createStore } from "../../src/store/create-store.ts";
import { startRedis } from "../fixtures/redis-server.ts";

const AWAY = { name: "ServiceError", service: "store", code: "unavailable", retryable: true };
/** Longer than anything may take that does not get through (ms). */
const PROMPT_MS = 6_000;

const server = await startRedis();
afterAll(() => server.stop());

/** Another client, to make trouble with. */
let redis: Redis;
beforeEach(async () => {
  redis = new Redis(server.url);
  redis.on("error", () => {});
  await redis.flushall();
});
afterEach(() => redis.disconnect());

async function openCounters() {
  const store = await createStore({ url: server.url });
  onTestFinished(() => store.close());
  const counters = store.collection<{ count: number }>({ name: "counter", version: 1 });
  const add = () => counters.update("n", (counter) => ({ count: (counter?.count ?? 0) + 1 }));
  return { store, counters, add };
}

it("refuses while the server is gone, and works again by itself once it is back", async () => {
  const { store, counters, add } = await openCounters();
  await add();
  await server.stop();
  const before = performance.now();
  const calls = [add(), counters.get("n"), counters.getMany(["n"]), counters.delete("n"), store.ping()];
  const outcomes = await Promise.allSettled([...calls, Array.fromAsync(counters.entries())]);
  expect(outcomes.map(({ status }) => status)).toEqual(outcomes.map(() => "rejected"));
  expect(performance.now() - before).toBeLessThan(PROMPT_MS);
  await expect(add()).rejects.toMatchObject(AWAY);
  await expect(add()).rejects.toThrow("The store cannot be used now: there is no connection to Redis.");

  await server.restart();
  await expect.poll(() => store.ping().then(() => "well", String)).toBe("well");
  // It keeps nothing on disk in these tests.
  expect(await add()).toEqual({ count: 1 });
  expect(await Array.fromAsync(counters.entries())).toEqual([["n", { count: 1 }]]);
});

it("refuses while the server takes commands and answers nothing", async () => {
  const { counters, add } = await openCounters();
  await add();
  const pid = Number(/process_id:(\d+)/.exec(await redis.info("server"))?.[1]);
  process.kill(pid, "SIGSTOP");
  const before = performance.now();
  await expect(counters.get("n")).rejects.toMatchObject(AWAY);
  expect(performance.now() - before).toBeLessThan(PROMPT_MS);
  process.kill(pid, "SIGCONT");
  await expect.poll(() => counters.get("n").catch(String)).toEqual({ count: 1 });
});

it("does nothing twice when the line is cut", async () => {
  const { counters, add } = await openCounters();
  let [done, refused] = [0, 0];
  for (let round = 0; round < 30; round++) {
    const adding = Promise.allSettled(Array.from({ length: 8 }, add));
    await redis.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
    for (const { status } of await adding) status === "fulfilled" ? done++ : refused++;
  }
  await expect.poll(() => counters.get("n").then(() => "well", String)).toBe("well");
  const { count = 0 } = (await counters.get("n")) ?? {};
  expect(refused).toBeGreaterThan(0);
  expect(count).toBeGreaterThanOrEqual(done);
  expect(count).toBeLessThanOrEqual(done + refused);
});

it("says so when the server cannot be written: a replica, or no memory left", async () => {
  const { store, counters, add } = await openCounters();
  await add();
  await redis.replicaof("127.0.0.1", 1);
  await expect(store.ping()).rejects.toThrow("READONLY");
  await expect(add()).rejects.toMatchObject(AWAY);
  expect(await counters.get("n")).toEqual({ count: 1 });
  await expect(createStore({ url: server.url })).rejects.toMatchObject({
    name: "UserError",
    code: "redis_unusable",
  });
  await redis.replicaof("NO", "ONE");

  await redis.config("SET", "maxmemory", "1");
  await expect(store.ping()).rejects.toThrow("OOM");
  await expect(add()).rejects.toMatchObject(AWAY);
  await redis.config("SET", "maxmemory", "0");
  await store.ping();
  expect(await add()).toEqual({ count: 2 });
});

it("warns of settings by which documents may be lost, and says once that the server went and came back", async () => {
  await redis.config("SET", "maxmemory-policy", "allkeys-lru");
  const lines: string[] = [];
  const logger = pino({}, { write: (line: string) => lines.push(JSON.parse(line).msg) });
  const store = await createStore({ url: server.url, logger });
  onTestFinished(() => store.close());
  expect(lines.splice(0)).toEqual([
    "Redis drops jobs when its memory is full: set maxmemory-policy to noeviction",
    "Redis loses what was written last when it ends: set appendonly to yes",
  ]);
  await server.stop();
  for (let tries = 0; tries < 3; tries++) await expect(store.ping()).rejects.toThrow();
  await server.restart();
  await expect.poll(() => lines).toEqual(["Redis is away", "Redis is back"]);
});

it("keeps the password to itself", async () => {
  await redis.config("SET", "requirepass", "open sesame");
  const address = server.url.replace("redis://", "");
  const store = await createStore({ url: `redis://:open%20sesame@${address}/3` });
  await store.ping();
  await store.close();
  await expect(createStore({ url: server.url })).rejects.toThrow("NOAUTH");
  const wrong = createStore({ url: `redis://user:s3cret-word@${address}` });
  await expect(wrong).rejects.toThrow(`Redis at ${address} cannot be used (WRONGPASS`);
  await expect(wrong).rejects.not.toThrow("s3cret");
  await redis.auth("open sesame").catch(() => undefined);
  await redis.config("SET", "requirepass", "");
});

it("does not start where there is no server, or no such database", async () => {
  await expect(createStore({ url: `${server.url}/99` })).rejects.toThrow("DB index is out of range");
  const opened = createStore({ url: "redis://127.0.0.1:1/0" });
  await expect(opened).rejects.toMatchObject({ name: "UserError", code: "redis_unusable" });
  await expect(opened).rejects.toThrow("ECONNREFUSED");
});
