import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, it, onTestFinished, vi } from "vitest";
import { createGroupCommit } from "../../../src/store/group-commit.ts";
import { openSqlite } from "../../../src/store/sqlite-storage.ts";
import { temporaryFolder } from "../../fixtures/temporary-folder.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"] });
});
afterEach(() => {
  vi.useRealTimers();
});

it("removes expired rows now and then, and can be read by others meanwhile", async () => {
  const path = `${temporaryFolder(onTestFinished)}/store.db`;
  const connection = openSqlite({ path });
  onTestFinished(() => connection.close());
  const storage = connection.storage();
  const others = new DatabaseSync(path, { readOnly: true });
  onTestFinished(() => others.close());
  const rows = () => others.prepare("SELECT count(*) AS n FROM documents").get()?.n;

  await Promise.all(Array.from({ length: 100 }, (_, i) => storage.set(`short:${i}`, "x", 1000)));
  await storage.set("long", "x");
  expect(rows()).toBe(101);
  vi.setSystemTime(Date.now() + 1000);
  expect(await storage.get("short:1")).toBeUndefined();
  await Promise.all(Array.from({ length: 1000 }, () => storage.set("long", "y")));
  expect(rows()).toBe(1);
});

it("swaps only what is there", async () => {
  const connection = openSqlite({ path: ":memory:" });
  onTestFinished(() => connection.close());
  const storage = connection.storage();

  expect(await storage.compareAndSwap("a", undefined, undefined)).toBe(true);
  expect(await storage.compareAndSwap("a", "1", "2")).toBe(false);
  expect(await storage.compareAndSwap("a", "1", undefined)).toBe(false);
  expect(await storage.compareAndSwap("a", undefined, "1", 1000)).toBe(true);
  expect(await storage.compareAndSwap("a", undefined, "2")).toBe(false);
  expect(await storage.compareAndSwap("a", undefined, undefined)).toBe(false);
  expect(await storage.get("a")).toBe("1");

  vi.setSystemTime(Date.now() + 1000);
  expect(await storage.compareAndSwap("a", "1", "2")).toBe(false);
  expect(await storage.compareAndSwap("a", "1", undefined)).toBe(false);
  expect(await storage.compareAndSwap("a", undefined, undefined)).toBe(true);
  expect(await storage.compareAndSwap("a", undefined, "3")).toBe(true);
  expect(await storage.compareAndSwap("a", "3", "4")).toBe(true);
  expect(await storage.get("a")).toBe("4");
  expect(await storage.compareAndSwap("a", "4", undefined)).toBe(true);
  expect(await storage.get("a")).toBeUndefined();
});

it("finishes on close what was begun before", async () => {
  const path = `${temporaryFolder(onTestFinished)}/store.db`;
  const before = openSqlite({ path });
  const written = before.storage().set("a", "1");
  await before.close();
  await written;

  const after = openSqlite({ path });
  onTestFinished(() => after.close());
  expect(await after.storage().get("a")).toBe("1");
});

it("acknowledges no write of a transaction that fails", async () => {
  const database = new DatabaseSync(":memory:");
  onTestFinished(() => database.close());
  database.exec("CREATE TABLE numbers (n INTEGER PRIMARY KEY)");
  const insert = database.prepare("INSERT INTO numbers VALUES (?)");
  const { commit } = createGroupCommit(database);

  const together = await Promise.allSettled([1, 2, 2, 3].map((n) => commit(() => insert.run(n).changes)));
  expect(together.map(({ status }) => status)).toEqual(Array(4).fill("rejected"));
  expect(database.prepare("SELECT n FROM numbers").all()).toEqual([]);

  expect(await Promise.all([1, 2].map((n) => commit(() => insert.run(n).changes)))).toEqual([1, 1]);
});
