import type { App } from "@slack/bolt";
import type { Logger } from "pino";
import { z } from "zod";
import type { ChatEvent, ChatHandler, Destination } from "../chat/adapter.ts";
import type { Ears } from "./heard.ts";
import { placeOf, teamOfEvent } from "./places.ts";
import type { SharedFiles } from "./shared-files.ts";
import type { Workspaces } from "./workspaces.ts";

interface Dependencies {
  app: App;
  handler: ChatHandler;
  ears: Ears;
  workspaces: Workspaces;
  sharedFiles: SharedFiles;
  logger: Logger;
}

/** ⭐ alone: of two kinds under one message, nobody could tell which one somebody took away. */
const STAR = "star";

/** Hears what happens without anybody asking the bot for something, as far as it is about the bot's messages. */
export function listenToEvents(dependencies: Dependencies): void {
  const { app, handler, ears, workspaces, sharedFiles, logger } = dependencies;
  const tell = (event: ChatEvent) => ears.track(handler.event(event));

  /** The workspace whose bot wrote something, if one did: of several that share a channel, Slack names any. */
  async function teamOfAuthor(named: string, user: string | undefined): Promise<string | undefined> {
    if (user === undefined || user === (await workspaces.find(named))?.botUserId) return named;
    return workspaces.teamOfBot(user);
  }

  app.event("message", async ({ event, body }) => {
    const deleted = deletedMessage(event);
    if (!deleted || ears.stopping()) return;
    const workspace = await teamOfAuthor(teamOfEvent(body), deleted.author);
    if (workspace === undefined) return;
    const message: Destination = { platform: "slack", workspace, ...deleted.at };
    await tell({ kind: "messages-deleted", messages: [message] });
  });

  app.event("file_deleted", async ({ event, body }) => {
    const team = teamOfEvent(body);
    const message = ears.stopping() ? undefined : await sharedFiles.messageOf(team, event.file_id);
    if (!message) return;
    await tell({ kind: "messages-deleted", messages: [message] });
    await sharedFiles.forget(team, event.file_id);
  });

  for (const name of ["channel_deleted", "group_deleted"] as const) {
    app.event(name, async ({ event, body }) => {
      if (ears.stopping()) return;
      const channel: Destination = {
        platform: "slack",
        workspace: teamOfEvent(body),
        channel: event.channel,
      };
      await tell({ kind: "channel-deleted", channel });
    });
  }

  for (const name of ["reaction_added", "reaction_removed"] as const) {
    app.event(name, async ({ event, body }) => {
      const { reaction, item, user: person } = event;
      if (ears.stopping() || reaction !== STAR || item.type !== "message") return;
      const workspace = await teamOfAuthor(teamOfEvent(body), event.item_user || undefined);
      if (workspace === undefined) return;
      const message: Destination = {
        platform: "slack",
        workspace,
        channel: item.channel,
        message: item.ts,
      };
      await tell({ kind: "star", message, person, starred: name === "reaction_added" });
    });
  }

  async function leave(workspace: string): Promise<void> {
    if (ears.stopping() || !(await workspaces.left(workspace))) return;
    logger.info({ workspace }, "the app was taken out of a workspace");
    await tell({ kind: "left", platform: "slack", workspace });
  }

  app.event("app_uninstalled", async ({ body }) => leave(teamOfEvent(body)));
  app.event("tokens_revoked", async ({ event, body }) => {
    // Tokens of people are revoked one by one, which the bot outlives.
    if ((event.tokens.bot ?? []).length > 0) await leave(teamOfEvent(body));
  });
}

const placeSchema = z.object({
  ts: z.string(),
  thread_ts: z.string().optional(),
  user: z.string().optional(),
});

const deletedSchema = z.union([
  z.object({
    subtype: z.literal("message_deleted"),
    channel: z.string(),
    deleted_ts: z.string(),
    previous_message: placeSchema.partial().optional(),
  }),
  /** What is left of a message that has a thread. */
  z.object({
    subtype: z.literal("message_changed"),
    channel: z.string(),
    message: placeSchema.extend({ subtype: z.literal("tombstone") }),
    previous_message: placeSchema.partial().optional(),
  }),
]);

/** The message that an event says is gone, and who had written it. */
function deletedMessage(event: object) {
  const { data } = deletedSchema.safeParse(event);
  if (!data) return undefined;
  const { channel, previous_message: before } = data;
  const ts = data.subtype === "message_deleted" ? data.deleted_ts : data.message.ts;
  const at = { ...placeOf({ channel, ts, thread: before?.thread_ts }), message: ts };
  return { at, author: before?.user };
}
