import { pino } from "pino";
import { expect, it, onTestFinished } from "vitest";
import { createSubmissionIds } from "../../../src/slack/submission-ids.ts";
import { createStore } from "../../../src/store/create-store.ts";

type Submission = Parameters<ReturnType<typeof createSubmissionIds>["idOf"]>[0];

const logger = pino({ level: "silent" });
const submission = (trigger_id: string, text = ""): Submission => ({
  trigger_id,
  view: { id: "V1", state: { values: { prompt: { value: { type: "plain_text_input", value: text } } } } },
});

it("takes a form once, whatever its trigger, and another text as another submission", async () => {
  const { idOf } = createSubmissionIds({ store: await createStore({ url: "memory:" }), logger });
  expect(await idOf(submission("1.1"))).toBe(await idOf(submission("2.2")));
  expect(await idOf(submission("1.1", "a boat"))).not.toBe(await idOf(submission("1.1")));
});

it("tells the submissions of a form that was refused apart, also where another process refused it", async () => {
  const store = await createStore({ url: "memory:" });
  onTestFinished(() => store.close());
  await createSubmissionIds({ store, logger }).refused("V1");
  expect(await createSubmissionIds({ store, logger }).idOf(submission("1.1"))).toBe("1.1");
});

it("takes a form as not refused while the store cannot be read", async () => {
  const store = await createStore({ url: "memory:" });
  const ids = createSubmissionIds({ store, logger });
  await store.close();
  await ids.refused("V1");
  expect(await ids.idOf(submission("1.1"))).not.toBe("1.1");
});
