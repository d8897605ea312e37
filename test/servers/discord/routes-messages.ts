import { route } from "../http-server.ts";
import type { Clock } from "./clock.ts";
import { refusal } from "./errors.ts";
import { type MessageBody, parseMessageBody } from "./message-schema.ts";
import type { MessageRequest, MessageWriter } from "./messages.ts";
import { hasPermissions, type PermissionName, requirePermissions } from "./permissions.ts";
import type { MessagePresenter } from "./present-message.ts";
import type { DiscordState, StoredMessage } from "./state.ts";
import type { Channel } from "./types.ts";

const NONCE_LIFE_MS = 5 * 60 * 1000;

/** Messages of channels, threads and direct messages, as the bot's token reaches them. */
export function messageRoutes(deps: {
  state: DiscordState;
  clock: Clock;
  writer: MessageWriter;
  presentMessage: MessagePresenter;
}) {
  const { state, clock, writer, presentMessage } = deps;

  function reach(channelId: string, needed: PermissionName[] = []): Channel {
    const channel = state.channels.get(channelId);
    if (!channel) throw refusal("unknownChannel");
    requirePermissions(state.permissions(channel, state.bot), needed);
    return channel;
  }

  /** Ephemeral messages are unknown to the channel's routes. */
  function find(channel: Channel, messageId: string): StoredMessage {
    const message = state.publicMessages(channel.id).find(({ id }) => id === messageId);
    if (!message) throw refusal("unknownMessage");
    return message;
  }

  /**
   * A locked thread is closed to those who do not manage threads, but for deleting while it is not archived
   * (discord/discord-api-docs#5919, discordjs/discord.js#9216).
   */
  function isClosed(channel: Channel): boolean {
    return channel.locked && !hasPermissions(state.permissions(channel, state.bot), ["ManageThreads"]);
  }

  /** What a request needs beside View Channel. */
  function neededFor({ body, files }: MessageRequest): PermissionName[] {
    const needed: [PermissionName, boolean][] = [
      ["AttachFiles", files.length > 0],
      ["EmbedLinks", Boolean(body.embeds?.length)],
      ["ReadMessageHistory", Boolean(body.message_reference)],
    ];
    return needed.filter(([, isNeeded]) => isNeeded).map(([name]) => name);
  }

  /** The message that the same nonce made a short while ago. */
  function repeated(channel: Channel, { nonce, enforce_nonce: isEnforced }: MessageBody) {
    if (!isEnforced || nonce == null) return undefined;
    return [...state.messages.values()].find(
      (message) =>
        message.channelId === channel.id &&
        message.nonce === nonce &&
        message.createdAt > clock.now() - NONCE_LIFE_MS,
    );
  }

  return [
    route("POST /channels/{channel_id}/messages", ({ params, payload, files }) => {
      const channel = reach(params.channel_id);
      const message = { body: parseMessageBody(payload), files };
      reach(channel.id, [channel.parentId ? "SendMessagesInThreads" : "SendMessages", ...neededFor(message)]);
      if (isClosed(channel)) throw refusal("threadLocked");
      if (state.withoutDirectMessages.has(channel.recipient?.id ?? "")) throw refusal("cannotMessageUser");
      const sizeLimit = state.guild.attachmentSizeLimit;
      const posted =
        repeated(channel, message.body) ??
        writer.create({ channel, author: state.bot.user, message, sizeLimit });
      channel.archived = false;
      return { status: 200, body: presentMessage(posted) };
    }),

    route("GET /channels/{channel_id}/messages", ({ params, query }) => {
      const channel = reach(params.channel_id);
      const bits = state.permissions(channel, state.bot);
      const mayRead = hasPermissions(bits, ["ReadMessageHistory"]);
      const before = BigInt(query.get("before") ?? 0);
      const after = BigInt(query.get("after") ?? 0);
      const all = mayRead ? state.publicMessages(channel.id).reverse() : [];
      const wanted = all.filter(({ id }) => (!before || BigInt(id) < before) && BigInt(id) > after);
      const limit = Number(query.get("limit") ?? 50);
      // Those next to what was named, the newest first either way.
      const page = query.has("after") ? wanted.slice(-limit) : wanted.slice(0, limit);
      return { status: 200, body: page.map(presentMessage) };
    }),

    route("GET /channels/{channel_id}/messages/{message_id}", ({ params }) => {
      const channel = reach(params.channel_id, ["ReadMessageHistory"]);
      return { status: 200, body: presentMessage(find(channel, params.message_id)) };
    }),

    route("PATCH /channels/{channel_id}/messages/{message_id}", ({ params, payload, files }) => {
      const channel = reach(params.channel_id);
      const stored = find(channel, params.message_id);
      if (stored.author.id !== state.bot.user.id) throw refusal("notTheAuthor");
      if (channel.archived) throw refusal("archivedThread");
      if (isClosed(channel)) throw refusal("threadLocked");
      const message = { body: parseMessageBody(payload, stored.flags), files };
      reach(channel.id, neededFor(message));
      writer.edit(stored, message, state.guild.attachmentSizeLimit);
      return { status: 200, body: presentMessage(stored) };
    }),

    route("DELETE /channels/{channel_id}/messages/{message_id}", ({ params }) => {
      const channel = reach(params.channel_id);
      const message = find(channel, params.message_id);
      if (channel.archived && isClosed(channel)) throw refusal("archivedThread");
      if (message.author.id !== state.bot.user.id) reach(channel.id, ["ManageMessages"]);
      writer.remove(message);
      return { status: 204 };
    }),

    route("PUT /channels/{channel_id}/messages/{message_id}/reactions/{emoji_name}/@me", ({ params }) => {
      const channel = reach(params.channel_id, ["ReadMessageHistory", "AddReactions"]);
      writer.react(find(channel, params.message_id), state.bot, params.emoji_name);
      return { status: 204 };
    }),

    route("POST /channels/{channel_id}/typing", ({ params }) => {
      reach(params.channel_id, ["SendMessages"]);
      return { status: 204 };
    }),
  ];
}
