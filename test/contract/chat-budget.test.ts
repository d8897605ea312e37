import { afterEach, beforeEach, vi } from "vitest";
import { createChatBudget } from "../../src/chat/chat-budget.ts";
import { createWindows } from "../../src/chat/windows.ts";
import { chatBudgetSuite } from "./suites/chat-budget-suite.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

chatBudgetSuite("in-process", {
  perMs: 1000,
  async open() {
    const windows = createWindows({ now: Date.now });
    const calls: { bucket: string; at: number }[] = [];
    const budget = createChatBudget({
      windows: {
        ...windows,
        take(asked) {
          const waits = windows.take(asked);
          const taken = asked.filter((_, place) => waits[place] === 0).flat();
          calls.push(...taken.map(({ bucket }) => ({ bucket, at: Date.now() })));
          return waits;
        },
      },
    });
    return {
      budgets: [budget],
      counted: async (bucket) => calls.filter((call) => call.bucket === bucket).map(({ at }) => at),
    };
  },
  pass: async (ms) => {
    await vi.advanceTimersByTimeAsync(ms);
  },
  async until(work) {
    let over = false;
    void work.finally(() => {
      over = true;
    });
    await vi.advanceTimersByTimeAsync(0);
    while (!over) await vi.advanceTimersByTimeAsync(10);
    return work;
  },
});
