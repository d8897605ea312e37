import type { App, BlockAction, ButtonAction, RespondFn, ViewSubmitAction } from "@slack/bolt";
import type { Logger } from "pino";
import { z } from "zod";
import type { ChatHandler, Destination, Invocation } from "../chat/adapter.ts";
import { decodeButton, type Notice } from "../chat/card.ts";
import type { Catalog } from "../videos/catalog.ts";
import { createAcknowledgement } from "./acknowledgement.ts";
import { imageAttachment } from "./attachments.ts";
import type { Channels } from "./channels.ts";
import { submissionSchema, submittedValues } from "./commands.ts";
import { noticeMessage, noticeText } from "./messages.ts";
import { typedText } from "./mrkdwn.ts";
import type { People } from "./people.ts";
import { createReply } from "./reply.ts";
import { createSubmissionIds } from "./submission-ids.ts";
import type { Workspace, Workspaces } from "./workspaces.ts";

interface Dependencies {
  app: App;
  handler: ChatHandler;
  workspaces: Workspaces;
  people: People;
  channels: Channels;
  catalog: Catalog;
  apiUrl: string | undefined;
  logger: Logger;
}

/** What the bot listens to. */
export interface Interactions {
  /** Takes no more; resolves when what was taken is answered. */
  stop(): Promise<void>;
}

/** A command, press or submission, before Slack is asked who did it. */
interface Heard {
  id: string;
  team: string;
  user: { id: string; name: string };
  place: Pick<Destination, "channel" | "thread">;
  triggerId: string;
  respond?: RespondFn;
  invocation(workspace: Workspace): Invocation;
  acknowledge(): Promise<boolean>;
  acknowledgeWith(notice: Notice): Promise<boolean>;
}

/** Makes a `ChatRequest` of everything people do with the bot. */
export function listen(dependencies: Dependencies): Interactions {
  const { app, logger } = dependencies;
  const underWay = new Set<Promise<void>>();
  const submissionIds = createSubmissionIds();
  let stopping = false;

  async function take(heard: Heard): Promise<void> {
    const work = answer(heard, dependencies);
    underWay.add(work);
    await work.finally(() => underWay.delete(work));
  }

  app.command(/.*/, async ({ command, ack, respond }) => {
    if (stopping) return;
    const acknowledgement = createAcknowledgement(ack, logger);
    await take({
      id: command.trigger_id,
      team: command.team_id,
      user: { id: command.user_id, name: command.user_name },
      place: { channel: command.channel_id },
      triggerId: command.trigger_id,
      respond,
      invocation: () => ({ kind: "text", text: typedText(command.text) }),
      acknowledge: () => acknowledgement.send(),
      acknowledgeWith: (notice) =>
        acknowledgement.send({ response_type: "ephemeral", ...noticeMessage(notice) }),
    });
  });

  app.action<BlockAction<ButtonAction>>({ type: "block_actions" }, async ({ action, body, ack, respond }) => {
    if (stopping) return;
    const acknowledgement = createAcknowledgement(ack, logger);
    const button = decodeButton(action.value ?? "");
    const press = pressSchema.safeParse(body);
    if (!button || !press.success) return void (await acknowledgement.send());
    await take({
      id: body.trigger_id,
      team: teamOf(body),
      user: { id: body.user.id, name: body.user.username },
      place: placeOf(press.data),
      triggerId: body.trigger_id,
      respond,
      invocation: () => ({ kind: "button", ...button }),
      acknowledge: () => acknowledgement.send(),
      acknowledgeWith: async () => false,
    });
  });

  app.view<ViewSubmitAction>({ type: "view_submission" }, async ({ body, view, ack }) => {
    if (stopping) return;
    const acknowledgement = createAcknowledgement(ack, logger);
    const submission = submissionSchema.parse(view);
    const { channel, thread } = submission.private_metadata;
    await take({
      id: submissionIds.idOf(body),
      team: view.app_installed_team_id ?? teamOf(body),
      user: body.user,
      place: { channel, ...(thread !== undefined && { thread }) },
      triggerId: body.trigger_id,
      invocation: ({ token }) => ({
        kind: "command",
        name: submission.callback_id,
        values: submittedValues(submission, (file) =>
          imageAttachment(file, { token, apiUrl: dependencies.apiUrl }),
        ),
      }),
      acknowledge: () => acknowledgement.send(),
      acknowledgeWith: async (notice) => {
        const fields = Object.keys(submission.state.values);
        const field = fields.find((name) => name === notice.option) ?? fields[0];
        if (notice.tone !== "error" || field === undefined) return false;
        submissionIds.refused(view.id);
        return acknowledgement.send({
          response_action: "errors",
          errors: { [field]: noticeText(notice.lines) },
        });
      },
    });
  });

  return {
    async stop() {
      stopping = true;
      await Promise.allSettled(underWay);
    },
  };
}

async function answer(heard: Heard, dependencies: Dependencies): Promise<void> {
  const { handler, workspaces, people } = dependencies;
  const { id, user, place, team } = heard;
  const workspace = await workspaces.of(team);
  const actor = await people.actor(workspace, user.id, user.name);
  const destination: Destination = { platform: "slack", workspace: team, ...place };
  const reply = createReply({ ...heard, workspace, destination, userId: user.id }, dependencies);
  await handler.handle({ id, actor, destination, invocation: heard.invocation(workspace), reply });
  await heard.acknowledge();
}

const pressSchema = z.object({
  container: z.object({ channel_id: z.string(), message_ts: z.string(), thread_ts: z.string().optional() }),
  message: z.object({ thread_ts: z.string().optional() }).optional(),
});

/** A card in a thread is answered in that thread; a thread that began under a card is another conversation. */
function placeOf({ container, message }: z.infer<typeof pressSchema>): Heard["place"] {
  const thread = container.thread_ts ?? message?.thread_ts;
  const inThread = thread !== undefined && thread !== container.message_ts;
  return { channel: container.channel_id, ...(inThread && { thread }) };
}

function teamOf({ team, user }: Pick<BlockAction | ViewSubmitAction, "team" | "user">): string {
  return team?.id ?? user.team_id ?? "";
}
