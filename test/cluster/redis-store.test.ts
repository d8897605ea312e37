import keyvTestSuite, { keyvIteratorTests } from "@keyv/test-suite";
import { Redis } from "ioredis";
import Keyv from "keyv";
import * as vitest from "vitest";
import { createStore } from "../../src/store/create-store.ts";
import { openRedis } from "../../src/store/redis-storage.ts";
import type { Store } from "../../src/store/store.ts";
import { storeModel } from "../contract/suites/store-model.ts";
import { type StoreHarness, storeSuite } from "../contract/suites/store-suite.ts";
import { startRedis } from "../fixtures/redis-server.ts";

const server = await startRedis();
const redis = new Redis(server.url);
const connection = await openRedis({ url: server.url });
vitest.afterAll(async () => {
  await connection.close();
  await redis.quit();
  await server.stop();
});

vitest.describe("Redis storage", () => {
  keyvTestSuite(vitest, Keyv, () => connection.storage());
  keyvIteratorTests(vitest, Keyv, () => connection.storage());
});

/** Redis has a clock of its own: documents live so much longer there, and the time that passes is taken off. */
const SLOWER = 100_000;
const AGE = `
  for _, key in ipairs(redis.call('KEYS', '*')) do
    local left = redis.call('PTTL', key)
    if left > 0 then redis.call('PEXPIRE', key, left - ARGV[1]) end
    if redis.call('TYPE', key).ok == 'zset' then
      for _, name in ipairs(redis.call('ZRANGE', key, '-inf', '(+inf', 'BYSCORE')) do
        redis.call('ZINCRBY', key, -ARGV[1], name)
      end
    end
  end
`;

const slowed = (store: Store): Store => ({
  ...store,
  collection: ({ ttlMs, ...definition }) =>
    store.collection({ ...definition, ...(ttlMs !== undefined && { ttlMs: ttlMs * SLOWER }) }),
});

const harness: StoreHarness = {
  async open() {
    await redis.flushall();
    return slowed(await createStore({ url: server.url }));
  },
  async passTime(ms) {
    await redis.eval(AGE, 0, ms * SLOWER);
  },
};

storeSuite("redis", harness);
storeModel("redis", harness);

vitest.it("keeps nothing of what has expired but the last of it", async () => {
  const store = await harness.open();
  const seen = store.collection<{ n: number }>({ name: "seen", version: 1, ttlMs: 1000 });
  for (let n = 0; n < 50; n++) await seen.insert(`event ${n}`, { n });
  await harness.passTime(1001);
  await seen.insert("event 50", { n: 50 });
  vitest.expect((await redis.keys("*")).sort()).toEqual(["showreel:{seen}", "showreel:{seen}:event 50"]);
  vitest.expect(await redis.zcard("showreel:{seen}")).toBe(1);
  await store.close();
});

vitest.it("keeps collections apart whose names look like keys or patterns", async () => {
  const store = await harness.open();
  const names = ["job", "job:1", "job}:1", "*", "job*", "{job}", "j?b", "[a-z]ob"];
  const collections = names.map((name) => store.collection<{ name: string }>({ name, version: 1 }));
  const keys = ["1", "*", "1:1", "}:1", "", "job"];
  for (const [place, documents] of collections.entries())
    for (const key of keys)
      vitest.expect(await documents.insert(key, { name: names[place] ?? "" })).toBe(true);
  for (const [place, documents] of collections.entries()) {
    const found = await Array.fromAsync(documents.entries());
    vitest.expect(found.map(([key]) => key).sort()).toEqual(keys.toSorted());
    vitest.expect(new Set(found.map(([, { name }]) => name))).toEqual(new Set([names[place]]));
  }
  await store.close();
});

vitest.it("lists each once while others write and delete", async () => {
  const store = await harness.open();
  const notes = store.collection<{ n: number }>({ name: "notes", version: 1 });
  const insert = (from: number, to: number) =>
    Promise.all(Array.from({ length: to - from }, (_, n) => notes.insert(`${from + n}`, { n: from + n })));
  await insert(0, 3000);
  const found: string[] = [];
  let more = 3000;
  for await (const [key] of notes.entries()) {
    if (found.length % 500 === 0) {
      await insert(more, more + 2000);
      more += 2000;
    }
    if (found.length % 500 === 250)
      await Promise.all([...Array(400).keys()].map((n) => notes.delete(`${more - 1 - n}`)));
    found.push(key);
  }
  vitest.expect(new Set(found).size).toBe(found.length);
  const kept = new Set(found);
  for (let n = 0; n < 3000; n++) vitest.expect(kept).toContain(`${n}`);
  await store.close();
});
