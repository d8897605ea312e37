import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Draw } from "../../../src/chat/adapter.ts";
import { createChatBudget, type Priority } from "../../../src/chat/chat-budget.ts";

const perSecond = (calls: number): Draw[] => [{ bucket: "channel", calls, perMs: 1000 }];

/** A budget that writes down who was let through. */
function createScene() {
  const budget = createChatBudget();
  const granted: string[] = [];
  return {
    budget,
    granted,
    ask(name: string, draws: Draw[], priority: Priority) {
      void budget.acquire(draws, priority).granted.then((yes) => {
        if (yes) granted.push(name);
      });
    },
  };
}

// What it has in common with one that is shared is in test/contract/suites/chat-budget-suite.ts.
describe("chat budget of one process", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("lets what has room through at once", async () => {
    const { ask, granted } = createScene();
    ask("a", perSecond(5), "final");
    ask("b", [], "progress");
    await vi.advanceTimersByTimeAsync(0);
    expect(granted).toEqual(["a", "b"]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("looks at nobody else when one more has to wait", async () => {
    const { ask } = createScene();
    let looks = 0;
    const draw: Draw = {
      bucket: "busy",
      calls: 1,
      get perMs() {
        looks += 1;
        return 1000;
      },
    };
    for (let n = 0; n < 1_000; n++) ask(`card ${n}`, [draw], "progress");
    expect(looks).toBeLessThan(10_000);
  });

  it("lets progress through where the limit is a single call", async () => {
    const { ask, granted } = createScene();
    ask("progress", perSecond(1), "progress");
    await vi.advanceTimersByTimeAsync(0);
    expect(granted).toEqual(["progress"]);
  });

  it("waits out a silence that is longer than timers can be", async () => {
    const { budget, ask, granted } = createScene();
    for (const draw of perSecond(5)) budget.pause(draw, 2 ** 32);
    ask("paused", perSecond(5), "final");
    await vi.advanceTimersByTimeAsync(2 ** 32 - 1);
    expect(granted).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(granted).toEqual(["paused"]);
  });
});
