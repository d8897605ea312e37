import type { Form } from "../chat/form.ts";
import { createShown, type Shown } from "./shown.ts";

/** The forms that stand in pages without a script: a refused one comes back as it was, with what was typed. */
export type ShownForms = Shown<Form>;

/** What is shown beyond this ends the oldest. */
const FORMS_MAX = 500;

/** Keeps forms in this process's memory: without its form a refusal is said on the page. */
export function createShownForms({ now }: { now: () => number }): ShownForms {
  return createShown<Form>({ now, max: FORMS_MAX });
}
