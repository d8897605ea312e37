import type { App, ViewSubmitAction } from "@slack/bolt";
import type { Logger } from "pino";
import type { Notice } from "../chat/card.ts";
import type { Store } from "../store/store.ts";
import { createAcknowledgement } from "./acknowledgement.ts";
import { imageAttachment } from "./attachments.ts";
import { submissionSchema, submittedValues } from "./commands.ts";
import type { Ears } from "./heard.ts";
import { noticeText } from "./messages.ts";
import { noticeView } from "./pages.ts";
import { teamOf } from "./places.ts";
import { createSubmissionIds } from "./submission-ids.ts";

/** Hears forms that are sent. */
export function listenToSubmissions({
  app,
  ears,
  store,
  apiUrl,
  logger,
}: {
  app: App;
  ears: Ears;
  store: Store;
  apiUrl: string | undefined;
  logger: Logger;
}): void {
  const submissionIds = createSubmissionIds({ store, logger });

  app.view<ViewSubmitAction>({ type: "view_submission" }, async ({ body, view, ack }) => {
    if (ears.stopping()) return;
    const acknowledgement = createAcknowledgement(ack, logger);
    const submission = submissionSchema.parse(view);
    const { channel, thread } = submission.private_metadata;

    async function acknowledgeWith(notice: Notice): Promise<boolean> {
      const fields = Object.keys(submission.state.values);
      const field = fields.find((name) => name === notice.option) ?? fields[0];
      if (notice.tone === "error" && field !== undefined) {
        await submissionIds.refused(view.id);
        const errors = { [field]: noticeText(notice.lines) };
        return acknowledgement.send({ response_action: "errors", errors });
      }
      // Over a page, what is said in the conversation would stand behind it.
      if (view.previous_view_id === null || view.previous_view_id === undefined) return false;
      return acknowledgement.send({ response_action: "update", view: noticeView(notice.lines) });
    }

    await ears.take({
      id: await submissionIds.idOf(body),
      team: teamOf(body),
      user: body.user,
      place: { channel, ...(thread !== undefined && { thread }) },
      surface: {
        kind: "form",
        triggerId: body.trigger_id,
        viewId: view.id,
        replace: (next) => acknowledgement.send({ response_action: "update", view: next }),
      },
      invocation: (workspace) => ({
        kind: "command",
        name: submission.callback_id,
        values: submittedValues(submission, (file) => imageAttachment(file, { workspace, apiUrl })),
      }),
      acknowledge: () => acknowledgement.send(),
      acknowledgeWith,
    });
  });
}
