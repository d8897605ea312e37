import type { UploadedFile } from "../request-body.ts";
import type { AttachmentStore } from "./attachments.ts";
import type { Clock } from "./clock.ts";
import { COMPONENTS_V2, viewOf } from "./components.ts";
import { invalidFormBody, refusal } from "./errors.ts";
import type { Gateway } from "./gateway.ts";
import { findMentions } from "./mentions.ts";
import { checkMessage, type Draft } from "./message-rules.ts";
import type { MessageBody } from "./message-schema.ts";
import { presentMember } from "./present-guild.ts";
import type { MessagePresenter } from "./present-message.ts";
import {
  createMessage,
  type DiscordState,
  type Interaction,
  type NewMessage,
  revise,
  type StoredMessage,
} from "./state.ts";
import type { Channel, Member, User } from "./types.ts";

/** `EPHEMERAL`. */
export const EPHEMERAL = 1 << 6;
/** `LOADING`: the bot is thinking. */
export const LOADING = 1 << 7;

const SUPPRESS_EMBEDS = 1 << 2;
const SUPPRESS_NOTIFICATIONS = 1 << 12;
const GUILD_MESSAGES = 1 << 9;
const GUILD_REACTIONS = 1 << 10;
const DIRECT_MESSAGES = 1 << 12;
const DIRECT_REACTIONS = 1 << 13;

/** A body that was read, with the files beside it. */
export interface MessageRequest {
  body: MessageBody;
  files: readonly UploadedFile[];
}

/** Writes messages whatever route they come by: the rules of Discord that hold for all of them. */
export type MessageWriter = ReturnType<typeof createMessageWriter>;

/** Every method throws a refusal where Discord would refuse, and changes nothing then. */
export function createMessageWriter(deps: {
  state: DiscordState;
  clock: Clock;
  attachments: AttachmentStore;
  presentMessage: MessagePresenter;
  gateway: () => Gateway;
}) {
  const { state, clock, attachments, presentMessage, gateway } = deps;

  function announce(t: "MESSAGE_CREATE" | "MESSAGE_UPDATE", message: StoredMessage) {
    if (message.visibleTo !== undefined) return;
    const channel = state.channels.get(message.channelId);
    const intent = channel?.guildId ? GUILD_MESSAGES : DIRECT_MESSAGES;
    const isOwn = message.author.id === state.bot.user.id || message.mentions.includes(state.bot.user.id);
    const hidden = isOwn ? {} : { content: "", components: [], attachments: [], embeds: [] };
    gateway().dispatch({
      t,
      d: { ...presentMessage(message), guild_id: channel?.guildId, ...hidden },
      intent,
    });
  }

  function replyTo(channel: Channel, reference: MessageBody["message_reference"]) {
    if (!reference) return undefined;
    const target = state.messages.get(reference.message_id);
    const isThere = target && !target.deleted && !target.visibleTo && target.channelId === channel.id;
    if (!isThere && reference.fail_if_not_exists !== false) {
      const message = "Unknown message";
      throw invalidFormBody([
        { path: ["message_reference"], code: "MESSAGE_REFERENCE_UNKNOWN_MESSAGE", message },
      ]);
    }
    return { messageId: reference.message_id, channelId: channel.id };
  }

  function mentionsOf(draft: Draft, body: MessageBody, answered: StoredMessage | undefined) {
    const { text } = viewOf(draft, clock.now());
    return findMentions(text, body.allowed_mentions, answered?.author.id);
  }

  /** People who are told of a new message. */
  function recipients(channel: Channel, mentions: { users: string[]; everyone: boolean }): string[] {
    const people = channel.recipient
      ? [channel.recipient]
      : state.members.map(({ user }) => user).filter(({ bot }) => !bot);
    const told = people.filter(({ id }) => mentions.everyone || mentions.users.includes(id));
    return told.map(({ id }) => id);
  }

  /** A message posted to a channel or as an answer to an interaction. */
  function create(request: {
    channel: Channel;
    author: User;
    message: MessageRequest;
    sizeLimit: number;
    interaction?: Interaction;
  }): StoredMessage {
    const { channel, author, message, sizeLimit, interaction } = request;
    const { body, files } = message;
    const settable = SUPPRESS_EMBEDS | SUPPRESS_NOTIFICATIONS | COMPONENTS_V2 | (interaction ? EPHEMERAL : 0);
    const draft: Draft = {
      content: body.content ?? "",
      embeds: body.embeds ?? [],
      components: body.components ?? [],
      attachments: attachments.afterRequest({
        channelId: channel.id,
        present: [],
        body,
        files,
        sizeLimit,
      }),
      flags: (body.flags ?? 0) & settable,
    };
    checkMessage(draft);
    const reference = replyTo(channel, body.message_reference);
    const mentions = mentionsOf(draft, body, state.messages.get(reference?.messageId ?? ""));
    const isPrivate = (draft.flags & EPHEMERAL) !== 0;
    return store({
      ...draft,
      channelId: channel.id,
      author,
      nonce: body.nonce ?? undefined,
      replyTo: reference,
      mentions: mentions.users,
      mentionsEveryone: mentions.everyone,
      notified: isPrivate ? [] : recipients(channel, mentions),
      visibleTo: isPrivate ? interaction?.user.id : undefined,
      interaction,
    });
  }

  /** The empty message of a deferred answer; its privacy stays. */
  function createLoading(interaction: Interaction, isPrivate: boolean): StoredMessage {
    return store({
      channelId: interaction.channel.id,
      author: state.bot.user,
      flags: LOADING | (isPrivate ? EPHEMERAL : 0),
      visibleTo: isPrivate ? interaction.user.id : undefined,
      interaction,
    });
  }

  function store(fields: Pick<NewMessage, "channelId" | "author"> & Partial<NewMessage>): StoredMessage {
    const stored = createMessage({
      id: clock.snowflake(),
      createdAt: clock.now(),
      content: "",
      embeds: [],
      components: [],
      attachments: [],
      flags: 0,
      nonce: undefined,
      replyTo: undefined,
      mentions: [],
      mentionsEveryone: false,
      notified: [],
      visibleTo: undefined,
      interaction: undefined,
      ...fields,
    });
    state.messages.set(stored.id, stored);
    announce("MESSAGE_CREATE", stored);
    return stored;
  }

  /** What the body names is replaced, the rest stays. */
  function edit(stored: StoredMessage, { body, files }: MessageRequest, sizeLimit: number): StoredMessage {
    const wasLoading = (stored.flags & LOADING) !== 0;
    const suppressed = body.flags == null ? stored.flags & SUPPRESS_EMBEDS : body.flags & SUPPRESS_EMBEDS;
    const kept = stored.flags & ~LOADING & ~SUPPRESS_EMBEDS;
    const draft: Draft = {
      content: body.content === undefined ? stored.content : (body.content ?? ""),
      embeds: body.embeds ?? stored.embeds,
      components: body.components === undefined ? stored.components : (body.components ?? []),
      attachments: attachments.afterRequest({
        channelId: stored.channelId,
        present: stored.attachments,
        body,
        files,
        sizeLimit,
      }),
      flags: kept | suppressed | ((body.flags ?? 0) & COMPONENTS_V2),
    };
    checkMessage(draft);
    const mentions = mentionsOf(draft, body, undefined);
    const channel = state.channels.get(stored.channelId);
    const told = wasLoading && channel && !stored.visibleTo ? recipients(channel, mentions) : stored.notified;
    Object.assign(stored, draft, {
      mentions: mentions.users,
      mentionsEveryone: mentions.everyone,
      notified: told,
      editedAt: clock.now(),
    });
    revise(stored, clock.now());
    announce("MESSAGE_UPDATE", stored);
    return stored;
  }

  /** Takes a message away for everybody. */
  function remove(stored: StoredMessage): void {
    if (stored.deleted) throw refusal("unknownMessage");
    stored.deleted = true;
    const channel = state.channels.get(stored.channelId);
    const d = { id: stored.id, channel_id: stored.channelId, guild_id: channel?.guildId };
    if (stored.visibleTo === undefined) {
      gateway().dispatch({
        t: "MESSAGE_DELETE",
        d,
        intent: channel?.guildId ? GUILD_MESSAGES : DIRECT_MESSAGES,
      });
    }
  }

  /** Takes several messages of one channel away at once. */
  function removeMany(stored: readonly StoredMessage[]): void {
    const [first] = stored;
    if (!first) return;
    for (const message of stored) message.deleted = true;
    const { channelId: channel_id } = first;
    const guild_id = state.channels.get(channel_id)?.guildId;
    const d = { ids: stored.map(({ id }) => id), channel_id, guild_id };
    gateway().dispatch({ t: "MESSAGE_DELETE_BULK", d, intent: GUILD_MESSAGES });
  }

  /** Puts somebody's emoji under a message, or takes it away. */
  function react(stored: StoredMessage, member: Member, emoji: string, isThere = true): void {
    const people = stored.reactions.get(emoji) ?? new Set();
    stored.reactions.set(emoji, people);
    if (people.has(member.user.id) === isThere) return;
    if (isThere) people.add(member.user.id);
    else people.delete(member.user.id);
    const guildId = state.channels.get(stored.channelId)?.guildId;
    const place = {
      channel_id: stored.channelId,
      message_id: stored.id,
      ...(guildId && { guild_id: guildId }),
    };
    gateway().dispatch({
      t: isThere ? "MESSAGE_REACTION_ADD" : "MESSAGE_REACTION_REMOVE",
      d: {
        ...place,
        user_id: member.user.id,
        emoji: { id: null, name: emoji },
        burst: false,
        type: 0,
        // Of one who takes a reaction away nothing is told but the id.
        ...(isThere && {
          message_author_id: stored.author.id,
          ...(guildId && { member: presentMember(member) }),
        }),
      },
      intent: guildId ? GUILD_REACTIONS : DIRECT_REACTIONS,
    });
  }

  /** Takes everybody's emoji from a message: those of one kind, or all. */
  function clearReactions(stored: StoredMessage, emoji?: string): void {
    if (emoji === undefined) stored.reactions.clear();
    else stored.reactions.delete(emoji);
    const guildId = state.channels.get(stored.channelId)?.guildId;
    gateway().dispatch({
      t: emoji === undefined ? "MESSAGE_REACTION_REMOVE_ALL" : "MESSAGE_REACTION_REMOVE_EMOJI",
      d: {
        channel_id: stored.channelId,
        message_id: stored.id,
        ...(guildId && { guild_id: guildId }),
        ...(emoji !== undefined && { emoji: { id: null, name: emoji } }),
      },
      intent: guildId ? GUILD_REACTIONS : DIRECT_REACTIONS,
    });
  }

  return { create, createLoading, edit, remove, removeMany, react, clearReactions };
}
