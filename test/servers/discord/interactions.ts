import { randomBytes } from "node:crypto";
import { InteractionResponseType, InteractionType } from "discord.js";
import type { Clock } from "./clock.ts";
import { refusal } from "./errors.ts";
import type { Gateway } from "./gateway.ts";
import { presentChannel, presentMember } from "./present-guild.ts";
import type { MessagePresenter } from "./present-message.ts";
import type { DiscordState, Interaction, StoredMessage } from "./state.ts";
import type { Channel, Member } from "./types.ts";

/** An interaction must be answered within this time. */
export const ANSWER_WITHIN_MS = 3000;
/** After this time its token is worth nothing. */
const TOKEN_LIFE_MS = 15 * 60 * 1000;

/** Which kinds of first answer each type of interaction takes. */
const ANSWERS: Record<number, readonly number[]> = {
  [InteractionType.ApplicationCommand]: [
    InteractionResponseType.ChannelMessageWithSource,
    InteractionResponseType.DeferredChannelMessageWithSource,
    InteractionResponseType.Modal,
  ],
  [InteractionType.MessageComponent]: [
    InteractionResponseType.ChannelMessageWithSource,
    InteractionResponseType.DeferredChannelMessageWithSource,
    InteractionResponseType.DeferredMessageUpdate,
    InteractionResponseType.UpdateMessage,
    InteractionResponseType.Modal,
  ],
  [InteractionType.ApplicationCommandAutocomplete]: [
    InteractionResponseType.ApplicationCommandAutocompleteResult,
  ],
  [InteractionType.ModalSubmit]: [
    InteractionResponseType.ChannelMessageWithSource,
    InteractionResponseType.DeferredChannelMessageWithSource,
  ],
};
const UPDATES: readonly number[] = [
  InteractionResponseType.DeferredMessageUpdate,
  InteractionResponseType.UpdateMessage,
];

/** Whether this type of first answer is one for this interaction; forms of a button may update its message too. */
export function takesAnswer(interaction: Interaction, type: number): boolean {
  const mayUpdate = interaction.source !== undefined && UPDATES.includes(type);
  return mayUpdate || Boolean(ANSWERS[interaction.type]?.includes(type));
}

/** What a person does with the bot. */
export interface Deed {
  type: number;
  member: Member;
  channel: Channel;
  /** The `data` of the interaction. */
  data: Record<string, unknown>;
  commandName?: string;
  source?: StoredMessage;
  /** For a form: the interaction that opened it. */
  opener?: Interaction;
}

/** Sends interactions to the bot and finds them again by their tokens. */
export type InteractionDesk = ReturnType<typeof createInteractionDesk>;

/** The clock decides how long an interaction can be answered and how long its token lives. */
export function createInteractionDesk(deps: {
  state: DiscordState;
  clock: Clock;
  presentMessage: MessagePresenter;
  gateway: () => Gateway;
}) {
  const { state, clock, presentMessage, gateway } = deps;

  function dispatch({ type, member, channel, data, commandName, source, opener }: Deed): Interaction {
    const interaction: Interaction = {
      id: clock.snowflake(),
      token: `aW50ZXJhY3Rpb246${randomBytes(48).toString("base64url")}`,
      type,
      user: member.user,
      channel,
      createdAt: clock.now(),
      attachmentSizeLimit: Math.max(state.guild.attachmentSizeLimit, member.uploadLimit),
      commandName,
      source,
      opener,
      callback: undefined,
      original: undefined,
      responses: [],
      modal: undefined,
      choices: undefined,
    };
    state.interactions.set(interaction.token, interaction);
    const d = {
      ...payloadOf(interaction, member),
      data,
      ...(source && { message: presentMessage(source) }),
    };
    gateway().dispatch({ t: "INTERACTION_CREATE", d, intent: 0 });
    return interaction;
  }

  function payloadOf(interaction: Interaction, member: Member) {
    const { id, token, type, channel, attachmentSizeLimit } = interaction;
    const permissions = String(state.permissions(channel, member));
    const place = channel.guildId
      ? {
          guild_id: channel.guildId,
          guild: { id: channel.guildId, locale: "en-US", features: [] },
          guild_locale: "en-US",
          member: { ...presentMember(member), permissions },
          authorizing_integration_owners: { 0: channel.guildId },
          context: 0,
        }
      : { user: member.user, authorizing_integration_owners: { 0: "0" }, context: 1 };
    return {
      id,
      token,
      type,
      version: 1,
      application_id: state.application.id,
      channel_id: channel.id,
      channel: { ...presentChannel(channel), permissions },
      app_permissions: String(state.permissions(channel, state.bot)),
      locale: "en-US",
      entitlements: [],
      attachment_size_limit: attachmentSizeLimit,
      ...place,
    };
  }

  /** The interaction that waits for its first answer; throws 10062 when it is too late and 40060 when it has one. */
  function unanswered(id: string, token: string): Interaction {
    const interaction = state.interactions.get(token);
    if (interaction?.id !== id) throw refusal("unknownInteraction");
    if (interaction.callback) throw refusal("alreadyAcknowledged");
    if (isLate(interaction)) throw refusal("unknownInteraction");
    return interaction;
  }

  function isLate({ createdAt, callback }: Interaction): boolean {
    return !callback && clock.now() - createdAt > ANSWER_WITHIN_MS;
  }

  /** The answered interaction of a webhook call; throws 50027 when the token is too old. */
  function answered(applicationId: string, token: string): Interaction {
    const interaction = state.interactions.get(token);
    if (applicationId !== state.application.id || !interaction) throw refusal("unknownWebhook");
    if (clock.now() - interaction.createdAt > TOKEN_LIFE_MS) throw refusal("invalidWebhookToken");
    if (!interaction.callback) throw refusal("unknownWebhook");
    return interaction;
  }

  /** A message of an answered interaction; its first answer under the name `@original`. */
  function response(interaction: Interaction, messageId: string): StoredMessage {
    const { original, responses } = interaction;
    const all = original ? [original, ...responses] : responses;
    const found = messageId === "@original" ? original : all.find(({ id }) => id === messageId);
    if (!found || found.deleted) throw refusal("unknownMessage");
    return found;
  }

  return { dispatch, unanswered, isLate, answered, response };
}
