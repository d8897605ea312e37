import { randomBytes } from "node:crypto";
import type { Form } from "../chat/form.ts";

/** The forms that stand in pages without a script: a refused one comes back as it was, with what was typed. */
export interface ShownForms {
  /** A name for a form that is about to be shown. */
  keep(form: Form): string;
  /** Undefined once its time is over. */
  find(name: string): Form | undefined;
}

/** As long as somebody may take to fill one in. */
const LIFETIME_MS = 12 * 3_600_000;
/** What is shown beyond this ends the oldest. */
const FORMS_MAX = 500;

/** Keeps forms in this process's memory: without its form a refusal is said on the page. */
export function createShownForms({ now }: { now: () => number }): ShownForms {
  const shown = new Map<string, { form: Form; until: number }>();
  return {
    keep(form) {
      const name = randomBytes(18).toString("base64url");
      shown.set(name, { form, until: now() + LIFETIME_MS });
      const [oldest] = shown.keys();
      if (shown.size > FORMS_MAX && oldest !== undefined) shown.delete(oldest);
      return name;
    },
    find(name) {
      const entry = shown.get(name);
      return entry && entry.until > now() ? entry.form : undefined;
    },
  };
}
