import { expect, it } from "vitest";
import { createTypicalDuration } from "../../../src/jobs/typical-duration.ts";
import { aJob } from "../../fixtures/jobs.ts";

const took = (ms: number) => aJob({ deliveredAt: aJob().createdAt + ms });

it("learns how long each kind of clip takes, the newest counting most", () => {
  const typical = createTypicalDuration();
  const { request } = aJob();
  expect(typical.of(request)).toBeUndefined();
  typical.note(aJob());
  expect(typical.of(request)).toBeUndefined();
  typical.note(took(60_000));
  expect(typical.of(request)).toBe(60_000);
  typical.note(took(30_000));
  expect(typical.of(request)).toBe(51_000);
  expect(typical.of({ ...request, seconds: "12" })).toBeUndefined();
  expect(typical.of({ ...request, size: "1280x720" })).toBe(51_000);
});
