import fc from "fast-check";
import { expect, it } from "vitest";
import { createClock } from "../../src/clock.ts";

/** A machine whose clock is set while time passes. */
function machine(wallAtStart = 1_700_000_000_000) {
  let wall = wallAtStart;
  let steady = 500;
  const jumps: number[] = [];
  const clock = createClock({ wall: () => wall, steady: () => steady, onJump: (byMs) => jumps.push(byMs) });
  return {
    clock,
    jumps,
    pass(ms: number) {
      wall += ms;
      steady += ms;
    },
    set: (byMs: number) => {
      wall += byMs;
    },
  };
}

const HOUR_MS = 3_600_000;

it.each([HOUR_MS, -HOUR_MS, 365 * 24 * HOUR_MS])(
  "a clock that is set by %i ms makes nothing older",
  (byMs) => {
    const { clock, jumps, pass, set } = machine();
    pass(1_000);
    const asked = clock.now();
    pass(2_000);
    set(byMs);
    pass(3_000);
    expect(clock.since(asked)).toBe(5_000);
    expect(jumps).toEqual([byMs]);
    const later = clock.now();
    pass(4_000);
    expect(clock.since(later)).toBe(4_000);
  },
);

it("follows what drifts, and tells nobody", () => {
  const { clock, jumps, pass, set } = machine();
  const asked = clock.now();
  for (let n = 0; n < 100; n++) {
    pass(60_000);
    set(1_000);
    clock.now();
  }
  expect(jumps).toEqual([]);
  expect(Math.abs(clock.since(asked) - 6_000_000)).toBeLessThanOrEqual(100_000);
});

it("takes the machine's word for what was before the process, and its own for what is yet to come by it", () => {
  const { clock, pass } = machine();
  const start = clock.now();
  pass(10_000);
  expect(clock.since(start - HOUR_MS)).toBe(HOUR_MS + 10_000);
  expect(clock.since(start + HOUR_MS)).toBe(10_000);
});

it("is right to the millisecond about any time noted since the last ten jumps forward", () => {
  const step = fc.record({
    pass: fc.integer({ min: 0, max: HOUR_MS }),
    set: fc.constantFrom(0, 6_000, HOUR_MS),
  });
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 10 }), (steps) => {
      const { clock, pass, set } = machine();
      const noted: { at: number; ago: number }[] = [];
      for (const { pass: ms, set: byMs } of steps) {
        noted.push({ at: clock.now(), ago: 0 });
        pass(ms);
        for (const note of noted) note.ago += ms;
        clock.now();
        set(byMs);
        clock.now();
      }
      for (const { at, ago } of noted) expect(clock.since(at)).toBe(ago);
    }),
  );
});
