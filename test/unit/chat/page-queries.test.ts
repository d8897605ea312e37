import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { createPageQueries } from "../../../src/chat/page-queries.ts";
import { createStore } from "../../../src/store/create-store.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
});
afterEach(() => {
  vi.useRealTimers();
});

const DAY_MS = 24 * 3_600_000;

it("a query is kept for a week after it was asked for last, under an id that says nothing", async () => {
  const queries = createPageQueries({ store: await createStore({ url: "memory:" }) });
  const id = await queries.keep({ sort: "stars", by: undefined });
  expect(id).toMatch(/^[0-9a-f]{10}$/);
  expect(await queries.keep({ sort: "stars" })).toBe(id);
  expect(await queries.keep({})).toBe("all");
  await vi.advanceTimersByTimeAsync(7 * DAY_MS - 1);
  expect(await queries.keep({ sort: "stars" })).toBe(id);
  await vi.advanceTimersByTimeAsync(DAY_MS);
  expect(await queries.read(id)).toEqual({ sort: "stars" });
  await vi.advanceTimersByTimeAsync(7 * DAY_MS);
  expect(await queries.read(id)).toBeUndefined();
});
