import { refuse } from "./refusal.ts";
import { openDirectMessage } from "./seed.ts";
import type { Channel, Message, SlackContext, Team } from "./state.ts";
import { missingScope } from "./web-api.ts";

const scopePrefix = { public: "channels", private: "groups", mpim: "mpim", im: "im" } as const;

/** A channel the bot can see; `channel_not_found` for one it cannot, be it there or not. */
export function seenChannel({ state }: SlackContext, team: Team, id: string): Channel {
  const channel = state.channels.get(id);
  const isVisible = channel?.kind === "public" || channel?.members.has(team.botUserId);
  if (!channel || channel.team !== team.id || !isVisible) throw refuse("channel_not_found");
  return channel;
}

/** A channel the bot may post to; a user id means the direct message with that person. */
export function postingChannel(context: SlackContext, team: Team, id: string): Channel {
  const user = context.state.users.get(id);
  if (user && user.team === team.id && !user.is_bot) return openDirectMessage(context.state, team, user);
  const channel = seenChannel(context, team, id);
  if (channel.isArchived) throw refuse("is_archived");
  const mayPostUninvited = channel.kind === "public" && team.scopes.has("chat:write.public");
  if (!channel.members.has(team.botUserId) && !mayPostUninvited) throw refuse("not_in_channel");
  return channel;
}

/** A channel whose messages or description the token may read: the scope depends on its kind. */
export function readableChannel(
  context: SlackContext,
  team: Team,
  { id, family }: { id: string; family: "read" | "history" },
): Channel {
  const channel = seenChannel(context, team, id);
  const scope = `${scopePrefix[channel.kind]}:${family}`;
  if (!team.scopes.has(scope)) throw missingScope([scope], team.scopes);
  if (family === "history" && !channel.members.has(team.botUserId)) throw refuse("not_in_channel");
  return channel;
}

/** A message by its timestamp; refuses with `error` where there is none, be it only the parent of a reply. */
export function messageAt(channel: Channel, ts: string, error = "message_not_found"): Message {
  const asParent = error === "thread_not_found";
  const message = channel.messages.find((one) => one.ts === ts && (asParent || !one.isTombstone));
  if (!message) throw refuse(error);
  return message;
}
