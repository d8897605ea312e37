import { expect, it } from "vitest";
import { createSubmissionIds } from "../../../src/slack/submission-ids.ts";

type Submission = Parameters<ReturnType<typeof createSubmissionIds>["idOf"]>[0];

const submission = (id: string, trigger_id: string): Submission => ({
  trigger_id,
  view: { id, state: { values: {} } },
});

it("still tells the submissions of a refused form apart when a thousand others were refused", () => {
  const ids = createSubmissionIds();
  for (let n = 0; n < 1_000; n++) ids.refused(`V${n}`);
  ids.refused("V1000");
  expect(ids.idOf(submission("V999", "1.1"))).not.toBe(ids.idOf(submission("V999", "2.2")));
  expect(ids.idOf(submission("V0", "1.1"))).toBe(ids.idOf(submission("V0", "2.2")));
});

it("keeps a form that is refused again among the newest", () => {
  const ids = createSubmissionIds();
  ids.refused("V0");
  for (let n = 1; n < 1_000; n++) ids.refused(`V${n}`);
  ids.refused("V0");
  ids.refused("V1000");
  expect(ids.idOf(submission("V0", "1.1"))).toBe("1.1");
});
