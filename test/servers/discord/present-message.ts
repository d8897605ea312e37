import type { AttachmentStore } from "./attachments.ts";
import { presentComponents } from "./present-components.ts";
import type { DiscordState, Interaction, StoredMessage } from "./state.ts";

/** Discord's numbers for kinds of messages. */
const KIND = { plain: 0, reply: 19, command: 20 };

/** Shows a message as the API and the gateway do. */
export type MessagePresenter = (message: StoredMessage) => object;

/** The shape follows Discord's OpenAPI description, the schema `MessageResponse`. */
export function createMessagePresenter({
  state,
  attachments,
}: {
  state: DiscordState;
  attachments: AttachmentStore;
}): MessagePresenter {
  function show(message: StoredMessage): object {
    const { id, channelId, author, content, embeds, flags, createdAt, editedAt, nonce } = message;
    const { replyTo, interaction } = message;
    const mentioned = state.members.filter(({ user }) => message.mentions.includes(user.id));
    const answerKind = interaction?.commandName ? KIND.command : KIND.plain;
    return {
      id,
      channel_id: channelId,
      type: replyTo ? KIND.reply : answerKind,
      author,
      content,
      embeds,
      flags,
      components: presentComponents(message, attachments),
      attachments: message.attachments.map(attachments.present),
      timestamp: new Date(createdAt).toISOString(),
      edited_timestamp: editedAt === undefined ? null : new Date(editedAt).toISOString(),
      mentions: mentioned.map(({ user }) => user),
      mention_roles: [],
      mention_everyone: message.mentionsEveryone,
      pinned: false,
      tts: false,
      ...(nonce === undefined ? {} : { nonce }),
      ...(replyTo && reference(replyTo)),
      ...(interaction && {
        interaction_metadata: metadata(interaction),
        application_id: state.application.id,
        webhook_id: state.application.id,
      }),
    };
  }

  /** What a reply says of the message it answers; a reply inside a reply is not unfolded. */
  function reference({ messageId, channelId }: { messageId: string; channelId: string }) {
    const parent = state.messages.get(messageId);
    const guildId = state.channels.get(channelId)?.guildId;
    const place = { type: 0, channel_id: channelId, message_id: messageId };
    return {
      message_reference: { ...place, ...(guildId === undefined ? {} : { guild_id: guildId }) },
      referenced_message: parent && !parent.deleted ? show({ ...parent, replyTo: undefined }) : null,
    };
  }

  return show;
}

function metadata({ id, type, user, commandName, source, channel, opener }: Interaction): object {
  return {
    id,
    type,
    user,
    authorizing_integration_owners: channel.guildId ? { 0: channel.guildId } : {},
    ...(commandName ? { name: commandName, command_type: 1 } : {}),
    ...(opener ? { triggering_interaction_metadata: metadata(opener) } : {}),
    ...(source && !opener ? { interacted_message_id: source.id } : {}),
  };
}
