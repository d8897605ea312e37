import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { planEncode, type SourceVideo } from "../../../src/media/encode-plan.ts";

const MIB = 1024 ** 2;

function clip(changes: Partial<SourceVideo> = {}): SourceVideo {
  return { width: 720, height: 1280, seconds: 8, framesPerSecond: 24, hasSound: true, ...changes };
}

const anyClip = fc.record({
  width: fc.integer({ min: 1, max: 8000 }),
  height: fc.integer({ min: 1, max: 8000 }),
  seconds: fc.double({ min: 0.04, max: 7200, noNaN: true }),
  framesPerSecond: fc.double({ min: 1, max: 240, noNaN: true }),
  hasSound: fc.boolean(),
});
const anyLimit = fc.integer({ min: 0, max: 600 * MIB });

describe("a plan", () => {
  it("has no more bytes than allowed, even sides, a picture that is not larger, and a rate to watch it at", () => {
    const planned = { plans: 0 };
    fc.assert(
      fc.property(anyClip, anyLimit, (source, maxBytes) => {
        const plan = planEncode(source, maxBytes);
        if (!plan) return;
        planned.plans++;
        const { width, height, videoBitsPerSecond, audioBitsPerSecond, framesPerSecond } = plan;
        expect(((videoBitsPerSecond + audioBitsPerSecond) / 8) * source.seconds).toBeLessThan(maxBytes);
        expect([width % 2, height % 2]).toEqual([0, 0]);
        expect(width).toBeLessThanOrEqual(source.width);
        expect(height).toBeLessThanOrEqual(source.height);
        expect(Math.max(width, height)).toBeLessThanOrEqual(1920);
        expect(framesPerSecond).toBeLessThanOrEqual(source.framesPerSecond);
        expect(videoBitsPerSecond).toBeGreaterThanOrEqual(80_000);
        expect(audioBitsPerSecond > 0).toBe(source.hasSound);
      }),
      { numRuns: 500 },
    );
    expect(planned.plans).toBeGreaterThan(50);
  });

  it("keeps the shape but for a pixel or two", () => {
    fc.assert(
      fc.property(anyClip, anyLimit, (source, maxBytes) => {
        const plan = planEncode(source, maxBytes);
        if (!plan) return;
        const scale = Math.max(plan.width, plan.height) / Math.max(source.width, source.height);
        expect(Math.abs(plan.width - source.width * scale)).toBeLessThanOrEqual(2);
        expect(Math.abs(plan.height - source.height * scale)).toBeLessThanOrEqual(2);
      }),
    );
  });

  it("never has a smaller picture for a larger limit", () => {
    fc.assert(
      fc.property(anyClip, anyLimit, anyLimit, (source, one, other) => {
        const less = planEncode(source, Math.min(one, other));
        const more = planEncode(source, Math.max(one, other));
        expect(more?.width ?? 0).toBeGreaterThanOrEqual(less?.width ?? 0);
      }),
    );
  });

  it.each([
    ["a clip's own size where there is room", clip(), 10 * MIB, [720, 1280]],
    ["a smaller one for a longer clip", clip({ seconds: 120 }), 10 * MIB, [540, 960]],
    ["the smallest", clip({ seconds: 60 }), 1.13 * MIB, [202, 360]],
    ["at most 1920 pixels", clip({ width: 3840, height: 2160 }), 100 * MIB, [1920, 1080]],
    ["even sides", clip({ width: 321, height: 181 }), 10 * MIB, [320, 180]],
  ])("takes %s", (_, source, maxBytes, size) => {
    const plan = planEncode(source, maxBytes);
    expect([plan?.width, plan?.height]).toEqual(size);
  });

  it("uses nearly all of the limit", () => {
    const plan = planEncode(clip({ seconds: 60 }), 10 * MIB);
    const bitsPerSecond = (plan?.videoBitsPerSecond ?? 0) + (plan?.audioBitsPerSecond ?? 0);
    expect((bitsPerSecond / 8) * 60).toBeGreaterThan(0.95 * 10 * MIB);
  });

  it.each([
    ["too long for its limit", clip({ seconds: 3600 }), 10 * MIB],
    ["allowed nothing", clip(), 0],
    ["a mere line", clip({ width: 4000, height: 15 }), 10 * MIB],
  ])("does not exist for a clip that is %s", (_, source, maxBytes) => {
    expect(planEncode(source, maxBytes)).toBeUndefined();
  });
});
