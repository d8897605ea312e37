import type { JsonObject } from "./json.ts";
import { removeMessage } from "./messages.ts";
import { type Channel, type Message, mustGet, type SlackContext, type SlackFile } from "./state.ts";

/** Deletes a file; a message that showed nothing else goes with it, any other one keeps a tombstone of it. */
export function deleteFile(context: SlackContext, file: SlackFile) {
  const { channels } = context.state;
  file.status = "deleted";
  file.bytes = undefined;
  for (const channel of channels.values()) {
    for (const message of channel.messages.filter(({ files }) => files.includes(file))) {
      if (message.text === "" && message.blocks.length === 0) removeMessage(context, channel, message);
    }
  }
  const channel_ids = file.shares.map(({ channel }) => channel);
  context.emit(file.team, { type: "file_deleted", file_id: file.id, channel_ids, event_ts: "1.0" });
  context.changed();
}

/** Deletes a channel with all that stands in it. */
export function deleteChannel(context: SlackContext, { id, team, kind }: Channel) {
  context.state.channels.delete(id);
  const type = kind === "public" ? "channel_deleted" : "group_deleted";
  context.emit(team, { type, channel: id, event_ts: "1.0" });
  context.changed();
}

/** Tells the bot that it was taken out of a workspace. */
export function tellUninstalled(context: SlackContext, teamId: string) {
  const { botUserId } = mustGet(context.state.teams, teamId, "team");
  context.emit(teamId, { type: "tokens_revoked", tokens: { oauth: [], bot: [botUserId] } });
  context.emit(teamId, { type: "app_uninstalled" });
}

/** Takes the app out of a workspace. */
export function uninstall(context: SlackContext, teamId: string) {
  const team = mustGet(context.state.teams, teamId, "team");
  tellUninstalled(context, teamId);
  team.botToken = `revoked ${team.botToken}`;
  team.formerToken = undefined;
  context.changed();
}

/** Puts a person's reaction under a message, or takes it away; doing so twice changes nothing. */
export function react(
  context: SlackContext,
  message: Message,
  { user, name, isOn }: { user: string; name: string; isOn: boolean },
) {
  const people = message.reactions.get(name) ?? new Set();
  message.reactions.set(name, people);
  if (people.has(user) === isOn) return;
  if (isOn) people.add(user);
  else people.delete(user);
  const { channel, ts, team } = message;
  const event: JsonObject = {
    type: isOn ? "reaction_added" : "reaction_removed",
    user,
    reaction: name,
    item_user: message.user,
    item: { type: "message", channel, ts },
    event_ts: "1.0",
  };
  // The event names its channel inside `item` only.
  if (context.state.channels.get(channel)?.members.has(user)) context.emit(team, event);
  context.changed();
}
