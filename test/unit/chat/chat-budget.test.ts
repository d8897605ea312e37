import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Draw } from "../../../src/chat/adapter.ts";
import { createChatBudget, type Priority } from "../../../src/chat/chat-budget.ts";

const limit = (calls: number, bucket = "channel"): Draw => ({ bucket, calls, perMs: 1000 });
const perSecond = (calls: number, bucket?: string): Draw[] => [limit(calls, bucket)];

/** A budget that writes down who was let through and when. */
function createScene() {
  const budget = createChatBudget();
  const start = Date.now();
  const granted: { name: string; at: number }[] = [];
  return {
    budget,
    granted,
    names: () => granted.map(({ name }) => name),
    ask(name: string, draws: Draw[], priority: Priority = "progress") {
      const permit = budget.acquire(draws, priority);
      void permit.granted.then((yes) => {
        if (yes) granted.push({ name, at: Date.now() - start });
      });
      return permit;
    },
    settle: () => vi.advanceTimersByTimeAsync(0),
  };
}

describe("chat budget", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("lets what has room through at once", async () => {
    const { ask, names, settle } = createScene();
    ask("a", perSecond(5), "final");
    ask("b", []);
    await settle();
    expect(names()).toEqual(["a", "b"]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("never lets more through than the limit in any window, and leaves nobody waiting", async () => {
    const priority = fc.constantFrom<Priority>("final", "first", "progress");
    const call = fc.record({ afterMs: fc.nat(400), priority, channel: fc.constantFrom("c1", "c2") });
    await fc.assert(
      fc.asyncProperty(
        fc.array(call, { maxLength: 40 }),
        fc.integer({ min: 1, max: 6 }),
        async (calls, most) => {
          const { ask, granted } = createScene();
          for (const [index, { afterMs, priority, channel }] of calls.entries()) {
            await vi.advanceTimersByTimeAsync(afterMs);
            ask(
              `${channel} ${index}`,
              [...perSecond(most, channel), ...perSecond(most + 2, "whole")],
              priority,
            );
          }
          await vi.advanceTimersByTimeAsync(calls.length * 1000);
          expect(granted).toHaveLength(calls.length);
          const inAnyWindow = (of: typeof granted) =>
            Math.max(
              0,
              ...of.map(({ at }) => of.filter((other) => other.at >= at && other.at < at + 1000).length),
            );
          expect(inAnyWindow(granted)).toBeLessThanOrEqual(most + 2);
          expect(inAnyWindow(granted.filter(({ name }) => name.startsWith("c1")))).toBeLessThanOrEqual(most);
        },
      ),
      { numRuns: 40 },
    );
  });

  it("takes finals before first cards before progress, each in the order they came", async () => {
    const { ask, names } = createScene();
    ask("taken", perSecond(1));
    for (const round of ["1", "2"])
      for (const priority of ["progress", "first", "final"] as const)
        ask(`${priority} ${round}`, perSecond(1), priority);
    await vi.advanceTimersByTimeAsync(6000);
    expect(names()).toEqual([
      "taken",
      "final 1",
      "final 2",
      "first 1",
      "first 2",
      "progress 1",
      "progress 2",
    ]);
  });

  it("keeps a part of each limit free of progress", async () => {
    const { ask, names, settle } = createScene();
    for (let n = 1; n <= 9; n++) ask(`progress ${n}`, perSecond(10));
    ask("final", perSecond(10), "final");
    await settle();
    expect(names()).toEqual([...Array.from({ length: 8 }, (_, n) => `progress ${n + 1}`), "final"]);
  });

  it("lets progress through where the limit is a single call", async () => {
    const { ask, names, settle } = createScene();
    ask("progress", perSecond(1));
    await settle();
    expect(names()).toEqual(["progress"]);
  });

  it("moves a raised one forward, and never back", async () => {
    const { ask, names } = createScene();
    ask("taken", perSecond(1));
    const early = ask("early", perSecond(1), "first");
    const late = ask("late", perSecond(1));
    late.raise("final");
    early.raise("progress");
    await vi.advanceTimersByTimeAsync(3000);
    expect(names()).toEqual(["taken", "late", "early"]);
  });

  it("forgets a cancelled one, which costs nothing", async () => {
    const { ask, names, granted } = createScene();
    ask("taken", perSecond(1));
    const cancelled = ask("cancelled", perSecond(1), "final");
    ask("next", perSecond(1));
    cancelled.cancel();
    expect(await cancelled.granted).toBe(false);
    await vi.advanceTimersByTimeAsync(1000);
    expect(names()).toEqual(["taken", "next"]);
    expect(granted[1]?.at).toBe(1000);
  });

  it("keeps the silence a platform asked for, in that bucket alone", async () => {
    const { budget, ask, granted } = createScene();
    for (const draw of perSecond(5)) budget.pause(draw, 3000);
    ask("paused", perSecond(5), "final");
    ask("other", perSecond(5, "other"));
    await vi.advanceTimersByTimeAsync(5000);
    expect(granted).toEqual([
      { name: "other", at: 0 },
      { name: "paused", at: 3000 },
    ]);
  });

  it("waits out a silence that is longer than timers can be", async () => {
    const { budget, ask, names } = createScene();
    for (const draw of perSecond(5)) budget.pause(draw, 2 ** 32);
    ask("paused", perSecond(5), "final");
    await vi.advanceTimersByTimeAsync(2 ** 32 - 1);
    expect(names()).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(names()).toEqual(["paused"]);
  });
});
