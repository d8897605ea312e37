import { createHash } from "node:crypto";
import type { ViewSubmitAction } from "@slack/bolt";
import { makeRoom } from "../answers.ts";

/** What is read of a form that was sent. */
type Submission = Pick<ViewSubmitAction, "trigger_id"> & {
  view: Pick<ViewSubmitAction["view"], "id" | "state">;
};

/** Tells a form that is sent again from one that came twice. */
export interface SubmissionIds {
  /** The form was shown errors: the next submission counts, also with the same values. */
  refused(viewId: string): void;
  idOf(submission: Submission): string;
}

const REMEMBERED_MAX = 1_000;

/**
 * A form is taken once, also when the acknowledgement got lost and the person pressed again, which gives another
 * trigger. After errors Slack keeps the form's id, so then the trigger tells the submissions apart.
 */
export function createSubmissionIds(): SubmissionIds {
  const refused = new Set<string>();
  return {
    refused(viewId) {
      refused.delete(viewId);
      makeRoom(refused, REMEMBERED_MAX);
      refused.add(viewId);
    },
    idOf({ view, trigger_id }) {
      if (refused.has(view.id)) return trigger_id;
      const values = createHash("sha256").update(JSON.stringify(view.state.values)).digest("base64url");
      return `${view.id}:${values}`;
    },
  };
}
