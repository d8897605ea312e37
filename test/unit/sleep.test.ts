import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { sleep } from "../../src/sleep.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("sleep", () => {
  it("ends after its time", async () => {
    const ended = vi.fn();
    void sleep(1000).then(ended);
    await vi.advanceTimersByTimeAsync(999);
    expect(ended).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(ended).toHaveBeenCalled();
  });

  it("ends at once, without an error and without a timer left, when it is aborted", async () => {
    const controller = new AbortController();
    const slept = sleep(1000, controller.signal);
    controller.abort();
    await slept;
    await sleep(1000, controller.signal);
    expect(vi.getTimerCount()).toBe(0);
  });
});
