import type { App, BlockAction, ButtonAction, MessageShortcut } from "@slack/bolt";
import type { Logger } from "pino";
import { z } from "zod";
import { decodeButton, UNREADABLE_BUTTON } from "../chat/card.ts";
import { createAcknowledgement } from "./acknowledgement.ts";
import { picturesIn } from "./attachments.ts";
import type { Ears, Heard } from "./heard.ts";
import { noticeMessage } from "./messages.ts";
import { typedText } from "./mrkdwn.ts";
import { placeOf, readViewPlace, teamOf } from "./places.ts";

interface Dependencies {
  app: App;
  ears: Ears;
  apiUrl: string | undefined;
  logger: Logger;
}

/** Hears commands, pressed buttons and what is picked from messages' menus. */
export function listenToInteractions({ app, ears, apiUrl, logger }: Dependencies): void {
  app.command(/.*/, async ({ command, ack, respond }) => {
    if (ears.stopping()) return;
    const acknowledgement = createAcknowledgement(ack, logger);
    await ears.take({
      id: command.trigger_id,
      team: command.team_id,
      user: { id: command.user_id, name: command.user_name },
      place: { channel: command.channel_id },
      surface: { kind: "conversation", triggerId: command.trigger_id },
      respond,
      invocation: () => ({ kind: "text", text: typedText(command.text) }),
      acknowledge: () => acknowledgement.send(),
      acknowledgeWith: async (notice) =>
        acknowledgement.send({ response_type: "ephemeral", ...noticeMessage(notice) }),
    });
  });

  app.action<BlockAction<ButtonAction>>({ type: "block_actions" }, async ({ action, body, ack, respond }) => {
    if (ears.stopping()) return;
    const acknowledgement = createAcknowledgement(ack, logger);
    const pressed = pressOf(body);
    // A button that leads to an address is told of as well, carries nothing and means nothing to the bot.
    if (action.value === undefined || !pressed) return void (await acknowledgement.send());
    await ears.take({
      id: body.trigger_id,
      team: teamOf(body),
      user: { id: body.user.id, name: body.user.username },
      ...pressed,
      ...(pressed.surface.kind !== "modal" && { respond }),
      invocation: () => ({ kind: "button", ...(decodeButton(action.value ?? "") ?? UNREADABLE_BUTTON) }),
      acknowledge: () => acknowledgement.send(),
      acknowledgeWith: async () => false,
    });
  });

  app.shortcut<MessageShortcut>({ type: "message_action" }, async ({ shortcut, ack, respond }) => {
    if (ears.stopping()) return;
    const acknowledgement = createAcknowledgement(ack, logger);
    const { trigger_id: triggerId, user, channel, message } = shortcut;
    const { thread_ts } = z.object({ thread_ts: z.string().optional() }).parse(message);
    const place = placeOf({ channel: channel.id, ts: message.ts, thread: thread_ts });
    const team = teamOf(shortcut);
    await ears.take({
      id: triggerId,
      team,
      user: { id: user.id, name: user.name },
      place,
      surface: { kind: "conversation", triggerId },
      respond,
      invocation: (workspace) => ({
        kind: "shortcut",
        name: shortcut.callback_id,
        message: { platform: "slack", workspace: team, ...place, message: message.ts },
        pictures: picturesIn(filesOf(message), { workspace, apiUrl }),
      }),
      acknowledge: () => acknowledgement.send(),
      acknowledgeWith: async () => false,
    });
  });
}

/** The files of a message, as Slack sends them. */
function filesOf(message: object): unknown[] {
  return z.object({ files: z.array(z.unknown()).default([]) }).parse(message).files;
}

const containerSchema = z.object({
  channel_id: z.string(),
  message_ts: z.string(),
  thread_ts: z.string().optional(),
  is_ephemeral: z.boolean().optional(),
});

/** Where a button was pressed: in a modal, which remembers its conversation, or in a message. */
function pressOf(body: BlockAction): Pick<Heard, "place" | "surface"> | undefined {
  const { trigger_id: triggerId, view, container, message } = body;
  if (view) {
    const place = readViewPlace(view.private_metadata);
    return place && { place, surface: { kind: "modal", triggerId, viewId: view.id } };
  }
  const { data } = containerSchema.safeParse(container);
  if (!data) return undefined;
  const thread = data.thread_ts ?? message?.thread_ts;
  const place = placeOf({ channel: data.channel_id, ts: data.message_ts, thread });
  return { place, surface: { kind: data.is_ephemeral ? "ephemeral" : "conversation", triggerId } };
}
