import type { Deliver } from "./deliver.ts";
import { type JsonObject, stringIn } from "./json.ts";
import { eventPayload } from "./payloads.ts";
import type { Channel, SlackContext } from "./state.ts";

/** Tells the bot what happened, where it subscribed to that and may know it. */
export interface Events {
  /** In the background; nothing where no bot is connected. */
  emit(team: string, event: JsonObject): void;
  /** Whether the bot is told of such events at all. */
  hears(team: string, event: JsonObject): boolean;
}

interface EventOptions {
  context: SlackContext;
  deliver: Deliver;
  /** `bot_events` of the app's manifest. */
  subscriptions: ReadonlySet<string>;
  isConnected: () => boolean;
}

const messageFamilies = {
  public: { name: "message.channels", scope: "channels:history" },
  private: { name: "message.groups", scope: "groups:history" },
  mpim: { name: "message.mpim", scope: "mpim:history" },
  im: { name: "message.im", scope: "im:history" },
} as const;

/** What other events need; docs.slack.dev/reference/events. */
const scopes: Record<string, string | undefined> = {
  app_mention: "app_mentions:read",
  reaction_added: "reactions:read",
  reaction_removed: "reactions:read",
  channel_deleted: "channels:read",
  group_deleted: "groups:read",
  file_deleted: "files:read",
};

/** What a conversation's `message` events say of its kind. */
export const channelTypes = { public: "channel", private: "group", mpim: "mpim", im: "im" } as const;

/** Events of one app. */
export function createEvents({ context, deliver, subscriptions, isConnected }: EventOptions): Events {
  const { teams, channels } = context.state;

  function needs(event: JsonObject): { name: string; scope: string | undefined } {
    const type = stringIn(event, "type");
    const channel = channels.get(stringIn(event, "channel"));
    if (type === "message" && channel) return messageFamilies[channel.kind];
    return { name: type, scope: scopes[type] };
  }

  /** Messages and reactions are told to members alone. */
  function isThere(team: string, channel: Channel | undefined): boolean {
    return channel === undefined || channel.members.has(teams.get(team)?.botUserId ?? "");
  }

  function hears(team: string, event: JsonObject): boolean {
    const { name, scope } = needs(event);
    if (!subscriptions.has(name)) return false;
    if (scope !== undefined && !teams.get(team)?.scopes.has(scope)) return false;
    return isThere(team, channels.get(stringIn(event, "channel")));
  }

  return {
    hears,
    emit(team, event) {
      if (isConnected() && hears(team, event)) void deliver("events_api", eventPayload(context, team, event));
    },
  };
}
