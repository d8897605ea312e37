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
  const elsewhere = createCollection<Counter>({ storage, definition });
  let changes = 0;
  // The methods of the copy are the original's, and so is the namespace they look in.
  const contended: DocumentStorage = {
    ...storage,
    async compareAndSwap(...swap) {
      if (changes++ < 10) await elsewhere.update("a", (counter) => ({ n: (counter?.n ?? 0) + 100 }));
      return storage.compareAndSwap(...swap);
    },
  };
  const counters = createCollection<Counter>({ storage: contended, definition });
  const updated = counters.update("a", (counter) => ({ n: (counter?.n ?? 0) + 1 }));
  await vi.runAllTimersAsync();
  expect(await updated).toEqual({ n: 1001 });
});

it("gives up when another process always comes first", async () => {
  const storage: DocumentStorage = { ...openStorage(), compareAndSwap: async () => false };
  const counters = createCollection<Counter>({ storage, definition });
  const updated = counters.update("a", () => ({ n: 1 }));
  const conflict = { name: "ServiceError", service: "store", code: "conflict", retryable: true };
  await Promise.all([expect(updated).rejects.toMatchObject(conflict), vi.runAllTimersAsync()]);
});
