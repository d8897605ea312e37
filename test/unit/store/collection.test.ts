import { afterEach, beforeEach, expect, it, onTestFinished, vi } from "vitest";
import { createCollection } from "../../../src/store/collection.ts";
import { openSqlite } from "../../../src/store/sqlite-storage.ts";
import type { DocumentStorage } from "../../../src/store/storage.ts";

interface Counter {
  n: number;
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function openStorage(): DocumentStorage {
  const connection = openSqlite({ path: ":memory:" });
  onTestFinished(() => connection.close());
  return connection.storage();
}

const definition = { name: "counter", version: 1 };

it("tries again on what another process has written meanwhile", async () => {
  const storage = openStorage();
  const elsewhere = createCollection<Counter>({ onUnreadable: () => {}, storage, definition });
  let changes = 0;
  // The methods of the copy are the original's, and so is the namespace they look in.
  const contended: DocumentStorage = {
    ...storage,
    async compareAndSwap(...swap) {
      if (changes++ < 10) await elsewhere.update("a", (counter) => ({ n: (counter?.n ?? 0) + 100 }));
      return storage.compareAndSwap(...swap);
    },
  };
  const counters = createCollection<Counter>({ onUnreadable: () => {}, storage: contended, definition });
  const updated = counters.update("a", (counter) => ({ n: (counter?.n ?? 0) + 1 }));
  await vi.runAllTimersAsync();
  expect(await updated).toEqual({ n: 1001 });
});

it("gives up when another process always comes first", async () => {
  const storage: DocumentStorage = { ...openStorage(), compareAndSwap: async () => false };
  const counters = createCollection<Counter>({ onUnreadable: () => {}, storage, definition });
  const updated = counters.update("a", () => ({ n: 1 }));
  const conflict = { name: "ServiceError", service: "store", code: "conflict", retryable: true };
  await Promise.all([expect(updated).rejects.toMatchObject(conflict), vi.runAllTimersAsync()]);
});

it.each([
  ["no JSON", "{"],
  ["another shape", '"counter"'],
  ["nothing in it", '{"value":{"v":1}}'],
])(
  "a document that is broken (%s) is refused alone, passed over among others, and told of",
  async (_how, text) => {
    const storage = openStorage();
    const found: string[] = [];
    const counters = createCollection<Counter>({
      onUnreadable: ({ collection, key }) => found.push(`${collection}:${key}`),
      storage,
      definition,
    });
    await counters.insert("well", { n: 1 });
    await storage.set("broken", text);
    const refusal = { name: "ServiceError", service: "store", code: "unreadable", retryable: false };
    await expect(counters.get("broken")).rejects.toMatchObject(refusal);
    await expect(counters.update("broken", () => ({ n: 2 }))).rejects.toMatchObject(refusal);
    expect(await counters.getMany(["broken", "well"])).toEqual([undefined, { n: 1 }]);
    expect(await Array.fromAsync(counters.entries())).toEqual([["well", { n: 1 }]]);
    expect(found).toEqual(["counter:broken", "counter:broken"]);
    expect(await storage.get("broken")).toBe(text);
  },
);

it("a database that cannot be used is one that may be used later", async () => {
  const storage = openStorage();
  let away = true;
  const failing = <T>(call: () => Promise<T>) =>
    away ? Promise.reject(new Error("database or disk is full")) : call();
  const counters = createCollection<Counter>({
    onUnreadable: () => {},
    storage: {
      ...storage,
      get: (key) => failing(() => storage.get(key)),
      compareAndSwap: (...swap) => failing(() => storage.compareAndSwap(...swap)),
    },
    definition,
  });
  const unavailable = { name: "ServiceError", service: "store", code: "unavailable", retryable: true };
  await expect(counters.insert("a", { n: 1 })).rejects.toMatchObject(unavailable);
  await expect(counters.get("a")).rejects.toMatchObject(unavailable);
  await expect(counters.update("a", () => ({ n: 1 }))).rejects.toMatchObject(unavailable);
  away = false;
  expect(await counters.insert("a", { n: 1 })).toBe(true);
});
