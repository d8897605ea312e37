import type { BlockAction, MessageShortcut, ViewSubmitAction } from "@slack/bolt";
import { z } from "zod";
import type { Destination } from "../chat/adapter.ts";

/** A conversation in a workspace. */
export type Place = Pick<Destination, "channel" | "thread">;

const metadataSchema = z.object({ channel: z.string(), thread: z.string().optional() });

/**
 * The conversation a modal belongs to, out of its `private_metadata`, as what Slack sends from a modal names none;
 * undefined for a view that carries no place.
 */
export function readViewPlace(metadata: string): Place | undefined {
  try {
    const { channel, thread } = metadataSchema.parse(JSON.parse(metadata));
    return { channel, ...(thread !== undefined && { thread }) };
  } catch {
    return undefined;
  }
}

/** What stands in a thread is answered in that thread; a thread that began under a card is another conversation. */
export function placeOf({
  channel,
  ts,
  thread,
}: {
  channel: string;
  ts: string;
  thread: string | undefined;
}): Place {
  return { channel, ...(thread !== undefined && thread !== ts && { thread }) };
}

/** The workspace a person acted in; in a modal, the one where the app is, as people of other organisations see it, too. */
export function teamOf({
  team,
  user,
  view,
}: Pick<BlockAction | ViewSubmitAction | MessageShortcut, "team" | "user"> &
  Partial<Pick<BlockAction, "view">>): string {
  return view?.app_installed_team_id ?? team?.id ?? user.team_id ?? "";
}

/**
 * An installation that sees an event: a shared channel's event names another organisation first. Where several see it, this
 * is any of them (docs.slack.dev/apis/events-api, "Authorizations").
 */
export function teamOfEvent(body: {
  team_id: string;
  authorizations?: { team_id: string | null }[] | undefined;
}): string {
  return body.authorizations?.[0]?.team_id ?? body.team_id;
}
