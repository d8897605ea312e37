import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Job, Phase } from "../../../src/jobs/job.ts";
import { createWaitingLine, describePlace } from "../../../src/jobs/waiting-line.ts";
import { aJob } from "../../fixtures/jobs.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function createScene(maxActive: number) {
  const turns: string[] = [];
  const moved: string[][] = [];
  const line = createWaitingLine({
    maxActive,
    onTurn: (id) => turns.push(id),
    onMoved: (ids) => moved.push(ids),
  });
  const see = (id: string, phase: Phase = "posted", person = "ada") =>
    line.see(aJob({ id, phase, requester: { id: person, name: person } }));
  return { line, see, turns, moved };
}

describe("the line", () => {
  it("lets so many go at once, and the others wait", () => {
    const { line, see } = createScene(2);
    expect(["a", "b", "c", "d"].map((id) => see(id))).toEqual([true, true, false, false]);
    expect(line.place("a")).toBeUndefined();
    expect(line.place("c")).toEqual({ place: 1, of: 2 });
    expect(line.place("d")).toEqual({ place: 2, of: 2 });
  });

  it("gives the place of one that has left to the next", () => {
    const { line, see, turns } = createScene(1);
    for (const id of ["a", "b", "c"]) see(id);
    see("a", "creating");
    see("a", "rendering");
    expect(turns).toEqual([]);
    see("a", "downloading");
    see("a", "delivered");
    expect(turns).toEqual(["b"]);
    expect(see("b")).toBe(true);
    expect(line.place("c")).toEqual({ place: 1, of: 1 });
  });

  it("forgets one that was cancelled while it waited", () => {
    const { line, see, turns } = createScene(1);
    for (const id of ["a", "b", "c"]) see(id);
    see("b", "deleting");
    expect(line.place("c")).toEqual({ place: 1, of: 1 });
    see("a", "failing");
    expect(turns).toEqual(["c"]);
  });

  it("lets nobody go while more than it allows are found at the backend after a restart", () => {
    const { see, turns } = createScene(1);
    for (const id of ["a", "b"]) see(id, "rendering");
    expect(see("c")).toBe(false);
    see("a", "delivered");
    expect(turns).toEqual([]);
    see("b", "delivered");
    expect(turns).toEqual(["c"]);
  });

  it("does not let one person's many hold up another's first", () => {
    const { line, see, turns } = createScene(1);
    for (let n = 0; n < 50; n++) see(`ada${n}`);
    see("bob", "posted", "bob");
    expect(line.place("bob")).toEqual({ place: 1, of: 50 });
    see("ada0", "delivered");
    expect(turns).toEqual(["bob"]);
  });

  it("tells whose words have changed, once a second at most, and not of those far behind each time", () => {
    const { line, see, moved } = createScene(1);
    for (let n = 0; n < 100; n++) see(`ada${n}`);
    expect(moved).toEqual([]);
    vi.advanceTimersByTime(1_000);
    expect(moved.length).toBe(1);
    expect(moved[0]).toHaveLength(99);
    // One more at the end of a hundred: only their own words are new.
    see("ada100");
    see("ada101");
    vi.advanceTimersByTime(999);
    expect(moved.length).toBe(1);
    vi.advanceTimersByTime(1);
    expect(moved[1]).toEqual(["ada100", "ada101"]);
    line.stop();
  });

  it("tells nobody anything once it is stopped", () => {
    const { line, see, moved } = createScene(1);
    for (const id of ["a", "b"]) see(id);
    line.stop();
    see("c");
    expect(vi.getTimerCount()).toBe(0);
    vi.advanceTimersByTime(1_000);
    expect(moved).toEqual([]);
  });

  it("never has more at the backend than it allows, leaks no place, and nobody waits where there is room", () => {
    const step = fc.record({
      id: fc.integer({ min: 0, max: 9 }),
      next: fc.constantFrom<Phase>("posted", "creating", "downloading", "failing", "deleting"),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), fc.integer({ min: 1, max: 4 }), (steps, maxActive) => {
        const served = new Set<string>();
        const waits = new Set<string>();
        const over = new Set<string>();
        const line = createWaitingLine({
          maxActive,
          onTurn(id) {
            expect(waits.delete(id)).toBe(true);
            served.add(id);
          },
          onMoved: () => {},
        });
        for (const { id: n, next } of steps) {
          const id = `job${n}`;
          // A job begins as posted, asks only in its turn, and does not come back from its end.
          const isNew = !served.has(id) && !waits.has(id);
          if (over.has(id) || (next !== "posted" && isNew) || (next === "creating" && waits.has(id)))
            continue;
          const job: Job = aJob({ id, phase: next, requester: { id: `p${n % 3}`, name: "P" } });
          if (next !== "posted" && next !== "creating") {
            over.add(id);
            served.delete(id);
            waits.delete(id);
            line.see(job);
          } else if (line.see(job)) served.add(id);
          else waits.add(id);
          expect(served.size).toBeLessThanOrEqual(maxActive);
          expect(waits.size > 0 && served.size < maxActive).toBe(false);
          const places = [...waits].map((other) => line.place(other)?.place).sort((a = 0, b = 0) => a - b);
          expect(places).toEqual(places.map((_, index) => index + 1));
        }
        line.stop();
      }),
    );
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
