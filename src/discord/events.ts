import {
  type Client,
  Events,
  type GatewayChannelDeleteDispatchData,
  GatewayDispatchEvents,
  type GatewayGuildCreateDispatchData,
  type GatewayGuildDeleteDispatchData,
  type GatewayMessageDeleteBulkDispatchData,
  type GatewayMessageDeleteDispatchData,
  type GatewayMessageReactionAddDispatchData,
  type GatewayMessageReactionRemoveAllDispatchData,
  type GatewayMessageReactionRemoveDispatchData,
  type GatewayMessageReactionRemoveEmojiDispatchData,
  type GatewayThreadDeleteDispatchData,
} from "discord.js";
import { type ChatEvent, type Destination, DIRECT_MESSAGES } from "../chat/adapter.ts";
import { hears } from "./slice.ts";

/** The only emoji that counts: two kinds under one message could be one person's. */
const STAR = "⭐";

/**
 * Tells what happens on Discord. Heard is the gateway itself: the library's own events pass over messages and threads
 * that it does not keep, and keeping them would take memory for every message of every server.
 */
export function listenForEvents(client: Client, tell: (event: ChatEvent) => void): void {
  const { ws } = client;

  function tellStar(data: GatewayMessageReactionRemoveDispatchData, starred: boolean): void {
    const { emoji, user_id: person, message_id: message } = data;
    if (emoji.name !== STAR || person === client.user?.id) return;
    tell({ kind: "star", message: { ...placeOf(data), message }, person, starred });
  }

  function tellCleared(data: GatewayMessageReactionRemoveAllDispatchData): void {
    tell({ kind: "stars-cleared", message: { ...placeOf(data), message: data.message_id } });
  }

  ws.on(GatewayDispatchEvents.MessageDelete, (data: GatewayMessageDeleteDispatchData) =>
    tell({ kind: "messages-deleted", messages: [{ ...placeOf(data), message: data.id }] }),
  );
  ws.on(GatewayDispatchEvents.MessageDeleteBulk, (data: GatewayMessageDeleteBulkDispatchData) =>
    tell({ kind: "messages-deleted", messages: data.ids.map((message) => ({ ...placeOf(data), message })) }),
  );
  ws.on(GatewayDispatchEvents.ChannelDelete, ({ id, ...data }: GatewayChannelDeleteDispatchData) => {
    const guild_id = "guild_id" in data ? data.guild_id : undefined;
    // Nothing is said of the threads that go with it.
    tell({ kind: "channel-deleted", channel: placeOf({ channel_id: id, guild_id }) });
  });
  ws.on(GatewayDispatchEvents.ThreadDelete, ({ id, guild_id }: GatewayThreadDeleteDispatchData) =>
    tell({ kind: "channel-deleted", channel: placeOf({ channel_id: id, guild_id }) }),
  );
  ws.on(GatewayDispatchEvents.MessageReactionAdd, (data: GatewayMessageReactionAddDispatchData) => {
    if (data.member?.user?.bot !== true) tellStar(data, true);
  });
  ws.on(GatewayDispatchEvents.MessageReactionRemove, (data: GatewayMessageReactionRemoveDispatchData) =>
    tellStar(data, false),
  );
  ws.on(GatewayDispatchEvents.MessageReactionRemoveAll, tellCleared);
  ws.on(
    GatewayDispatchEvents.MessageReactionRemoveEmoji,
    (data: GatewayMessageReactionRemoveEmojiDispatchData) => {
      if (data.emoji.name === STAR) tellCleared(data);
    },
  );
  // READY named all servers, those in an outage as well; one that the bot was removed from meanwhile is not among them,
  // and neither are those of shards that other processes listen on.
  client.once(Events.ClientReady, ({ guilds, options: { shardCount: count = 1 } }) => {
    const slice = { ids: [...ws.shards.keys()], count };
    const covers = (workspace: string) => hears(slice, workspace);
    const workspaces = [...guilds.cache.keys()];
    const isAll = slice.ids.length === count;
    tell({ kind: "present", platform: "discord", workspaces, ...(!isAll && { covers }) });
  });
  ws.on(GatewayDispatchEvents.GuildCreate, ({ id, unavailable }: GatewayGuildCreateDispatchData) => {
    if (unavailable !== true) tell({ kind: "joined", platform: "discord", workspace: id });
  });
  // An outage of Discord's looks like a farewell but for that mark.
  ws.on(GatewayDispatchEvents.GuildDelete, ({ id, unavailable }: GatewayGuildDeleteDispatchData) => {
    if (unavailable !== true) tell({ kind: "left", platform: "discord", workspace: id });
  });
}

function placeOf(data: { channel_id: string; guild_id?: string | undefined }): Destination {
  return { platform: "discord", workspace: data.guild_id ?? DIRECT_MESSAGES, channel: data.channel_id };
}
