import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { faultIn, faults } from "../../../../src/videos/simulator/faults.ts";
import { standingOf, type VideoRecord } from "../../../../src/videos/simulator/video-record.ts";

const record: VideoRecord = {
  version: 1,
  id: "video_1",
  model: "sora-2",
  size: "720x1280",
  seconds: 4,
  prompt: "a kite",
  lineage: ["a kite"],
  captions: [],
  remixedFrom: null,
  backdrop: false,
  createdAt: 0,
  expiresAt: 3_600_000,
  queueMs: 1000,
  renderMs: 4000,
  startedAt: 1000,
};

describe("standingOf", () => {
  test.each([
    ["before it starts", record, 999, 0, { status: "queued", progress: 0 }],
    ["by its schedule", record, 3000, 0.9, { status: "in_progress", progress: 49 }],
    ["by its renderer", record, 3000, 0.2, { status: "in_progress", progress: 19 }],
    ["late but not drawn", record, 9000, 1, { status: "in_progress", progress: 99 }],
    ["drawn but not due", { ...record, renderedAt: 2000 }, 4000, 0, { status: "in_progress", progress: 74 }],
    [
      "done when due",
      { ...record, renderedAt: 2000 },
      5000,
      0,
      { status: "completed", progress: 100, completedAt: 5000 },
    ],
    ["done when drawn", { ...record, renderedAt: 7000 }, 9000, 0, { status: "completed", completedAt: 7000 }],
  ])("%s", (_, video, now, drawn, expected) => {
    expect(standingOf(video, now, drawn)).toMatchObject(expected);
  });

  test("progress never falls and is whole", () => {
    const moment = fc.record({ now: fc.nat(10_000), drawn: fc.double({ min: 0, max: 1, noNaN: true }) });
    fc.assert(
      fc.property(
        fc.constantFrom("a kite", ...faults.map(({ tag }) => tag)),
        moment,
        moment,
        (prompt, a, b) => {
          const video = { ...record, prompt };
          const early = standingOf(video, Math.min(a.now, b.now), Math.min(a.drawn, b.drawn)).progress;
          const late = standingOf(video, Math.max(a.now, b.now), Math.max(a.drawn, b.drawn)).progress;
          expect(Number.isInteger(early) && early >= 0 && late <= 100).toBe(true);
          expect(late).toBeGreaterThanOrEqual(early);
        },
      ),
    );
  });
});

describe("faults", () => {
  test("every tag is found in any case, and only there", () => {
    for (const fault of faults) expect(faultIn(`a cat ${fault.tag.toUpperCase()} on a hill`)).toBe(fault);
    expect(faultIn("a slow boat that got stuck and broken; an error, to fail")).toBeUndefined();
  });
});
