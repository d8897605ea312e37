import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Phase } from "../../../src/jobs/job.ts";
import { createWaitingLine, describePlace } from "../../../src/jobs/waiting-line.ts";
import { aJob } from "../../fixtures/jobs.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function createScene(maxActive: number) {
  const moved: string[][] = [];
  const line = createWaitingLine({ maxActive, onTurn() {}, onMoved: (ids) => void moved.push(ids) });
  const see = (id: string, phase: Phase = "posted", person = "ada") =>
    line.see(aJob({ id, phase, requester: { id: person, name: person } }));
  return { line, see, moved };
}

describe("words that move", () => {
  it("tells whose words have changed once a second at most, and not of those far behind each time", async () => {
    const { line, see, moved } = createScene(1);
    for (let n = 0; n < 100; n++) await see(`ada${n}`);
    expect(moved).toEqual([]);
    vi.advanceTimersByTime(1_000);
    expect(moved.length).toBe(1);
    expect(moved[0]).toHaveLength(99);
    // One more at the end of a hundred: only their own words are new.
    await see("ada100");
    await see("ada101");
    vi.advanceTimersByTime(999);
    expect(moved.length).toBe(1);
    vi.advanceTimersByTime(1);
    expect(moved[1]).toEqual(["ada100", "ada101"]);
    line.stop();
  });

  it("tells nobody anything once it is stopped", async () => {
    const { line, see, moved } = createScene(1);
    for (const id of ["a", "b"]) await see(id);
    line.stop();
    await see("c");
    expect(vi.getTimerCount()).toBe(0);
    vi.advanceTimersByTime(1_000);
    expect(moved).toEqual([]);
  });
});

describe("a place in words", () => {
  it.each([
    [1, 1, "Waiting, 1st of 1"],
    [2, 7, "Waiting, 2nd of 7"],
    [3, 7, "Waiting, 3rd of 7"],
    [11, 12, "Waiting, 11th of 12"],
    [20, 41, "Waiting, 20th of 40"],
    [23, 24, "Waiting, about 20th of 20"],
    [42, 299, "Waiting, about 40th of 300"],
  ])("%i of %i", (place, of, words) => {
    expect(describePlace({ place, of })).toBe(words);
  });
});
