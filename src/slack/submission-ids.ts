import { createHash } from "node:crypto";
import type { ViewSubmitAction } from "@slack/bolt";
import type { Logger } from "pino";
import type { Store } from "../store/store.ts";

/** What is read of a form that was sent. */
type Submission = Pick<ViewSubmitAction, "trigger_id"> & {
  view: Pick<ViewSubmitAction["view"], "id" | "state">;
};

/** Tells a form that is sent again from one that came twice. */
export interface SubmissionIds {
  /** The form was shown errors: the next submission counts, also with the same values. */
  refused(viewId: string): Promise<void>;
  idOf(submission: Submission): Promise<string>;
}

/** How long somebody may take to mend a form (ms). */
const REMEMBERED_MS = 24 * 3_600_000;

/**
 * A form is taken once, also when the acknowledgement got lost and the person pressed again, which gives another
 * trigger. After errors Slack keeps the form's id, so then the trigger tells the submissions apart. That is kept in the
 * store, as another process may hear the next submission.
 */
export function createSubmissionIds({ store, logger }: { store: Store; logger: Logger }): SubmissionIds {
  const forms = store.collection<{ viewId: string }>({
    name: "slack-refused-form",
    version: 1,
    ttlMs: REMEMBERED_MS,
  });
  return {
    async refused(viewId) {
      // The form shows its errors all the same.
      await forms
        .insert(viewId, { viewId })
        .catch((err: unknown) => logger.warn({ err }, "a form that showed errors is not remembered"));
    },
    async idOf({ view, trigger_id }) {
      // A store that cannot be read is told of by those who need it.
      if (await forms.get(view.id).catch(() => undefined)) return trigger_id;
      const values = createHash("sha256").update(JSON.stringify(view.state.values)).digest("base64url");
      return `${view.id}:${values}`;
    },
  };
}
