import { expect, it } from "vitest";
import { createPageCache } from "../../../src/store/page-cache.ts";

const page = (entries: number) => ({ stamp: "s", entries: Array.from({ length: entries }, (_, n) => n) });

it("lets go of the logs that were not used for longest, and of all their pages", () => {
  const cache = createPageCache<number>({ maxEntries: 100 });
  const kept = (scope: string) => [...cache.open(scope).pages.keys()];
  cache.put("a", 0, page(30));
  cache.put("a", 1, page(10));
  cache.put("b", 0, page(30));
  expect([kept("b"), kept("a")]).toEqual([[0], [0, 1]]);
  cache.put("c", 0, page(30));
  expect([kept("b"), kept("a"), kept("c")]).toEqual([[], [0, 1], [0]]);
});

it("counts a page that is read again once, and one that was dropped no more", () => {
  const cache = createPageCache<number>({ maxEntries: 100 });
  for (let times = 0; times < 10; times++) cache.put("a", 0, page(30));
  cache.put("b", 0, page(60));
  expect(cache.open("a").pages.size).toBe(1);
  cache.drop("b");
  cache.put("c", 0, page(60));
  expect(cache.open("a").pages.size).toBe(1);
});

it("keeps a log that is larger than everything it may keep while it is the one in use", () => {
  const cache = createPageCache<number>({ maxEntries: 100 });
  for (let n = 0; n < 5; n++) cache.put("a", n, page(100));
  expect(cache.open("a").pages.size).toBe(5);
  cache.put("b", 0, page(1));
  expect(cache.open("b").pages.size).toBe(1);
  expect(cache.open("a").pages.size).toBe(0);
});
