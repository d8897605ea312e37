import {
  type AutocompleteInteraction,
  type ChatInputCommandInteraction,
  type CommandInteractionOption,
  type Interaction,
  InteractionResponseType,
  type Message,
  MessageFlags,
  PermissionFlagsBits,
} from "discord.js";
import type { Logger } from "pino";
import {
  type Actor,
  type ChatHandler,
  type Destination,
  DIRECT_MESSAGES,
  type ImageAttachment,
  type Invocation,
  type RawValue,
} from "../chat/adapter.ts";
import { UNREADABLE_BUTTON } from "../chat/card.ts";
import type { Offer } from "../chat/offer.ts";
import { shorten } from "../chat/rich-text.ts";
import type { Access } from "./access.ts";
import { readButton } from "./buttons.ts";
import { COMMAND_NAME, coreValues } from "./commands.ts";
import type { DiscordApi, InteractionKey } from "./discord-api.ts";
import { decodeForm, submittedValues } from "./forms.ts";
import type { PersonFile } from "./person-files.ts";
import type { InteractionReply, ReplyContext } from "./reply.ts";
import { uploadLimit } from "./upload-limit.ts";

/** Discord's limits of a suggestion. */
const CHOICES_MAX = 25;
const CHOICE_MAX = 100;

interface Dependencies {
  api: DiscordApi;
  access: Access;
  offer: Offer;
  imageOf: (file: PersonFile) => ImageAttachment;
  picturesOf: (message: Message) => ImageAttachment[];
  replyTo: (context: ReplyContext) => InteractionReply;
  logger: Logger;
}

/** Turns what people do on Discord into requests; the promise ends when the request is done. */
export function createInteractionListener(dependencies: Dependencies) {
  const { api, access, offer, imageOf, picturesOf, replyTo, logger } = dependencies;

  return async function listen(interaction: Interaction, handler: ChatHandler): Promise<void> {
    const destination = destinationOf(interaction);
    if (!destination) return;
    const actor = actorOf(interaction);
    if (interaction.isAutocomplete()) return suggest(interaction, destination, actor, handler);
    const invocation = invocationOf(interaction, destination);
    if (!invocation) return logger.info({ type: interaction.type }, "an interaction that is not ours");
    const { id, applicationId, token, attachmentSizeLimit } = interaction;
    const key = { id, applicationId, token };
    rememberPlace(interaction, destination);
    const onPage = interaction.isButton() && interaction.message.flags.has(MessageFlags.Ephemeral);
    const reply = replyTo({ key, destination, onPage, uploadLimitBytes: attachmentSizeLimit });
    try {
      const uploadLimitBytes = uploadLimit(attachmentSizeLimit, interaction.guild?.premiumTier);
      const receipt = encodeReceipt(key);
      await handler.handle({ id, actor, destination, invocation, uploadLimitBytes, receipt, reply });
    } finally {
      reply.close();
    }
  };

  function rememberPlace(interaction: Interaction, { channel }: Destination): void {
    const thread = interaction.channel?.isThread() ? interaction.channel : undefined;
    access.remember(channel, {
      permissions: interaction.appPermissions.bitfield,
      isThread: thread !== undefined,
      isLocked: thread?.locked === true,
    });
  }

  function invocationOf(interaction: Interaction, destination: Destination): Invocation | undefined {
    if (interaction.isChatInputCommand()) {
      if (interaction.commandName !== COMMAND_NAME) return undefined;
      return { kind: "command", name: interaction.options.getSubcommand(), values: typedValues(interaction) };
    }
    if (interaction.isMessageContextMenuCommand()) {
      const { commandName, targetId, targetMessage } = interaction;
      // An entry stays in people's menus for a while after it is gone: they are told so.
      const command = offer.declared.find(({ shortcut }) => shortcut?.label === commandName);
      const message = { ...destination, message: targetId };
      return (
        command && { kind: "shortcut", name: command.name, message, pictures: picturesOf(targetMessage) }
      );
    }
    if (interaction.isButton()) {
      return { kind: "button", ...(readButton(interaction.customId) ?? UNREADABLE_BUTTON) };
    }
    if (!interaction.isModalSubmit()) return undefined;
    const form = decodeForm(interaction.customId);
    const values = submittedValues(interaction.fields.fields, imageOf);
    return { kind: "command", name: form?.command ?? "", values: { ...values, ...form?.hidden } };
  }

  function typedValues({ options }: ChatInputCommandInteraction): Record<string, RawValue> {
    const typed = options.data.flatMap((subcommand) => subcommand.options ?? []);
    const name = options.getSubcommand();
    const { options: declared = {} } = offer.commands().find((command) => command.name === name) ?? {};
    return coreValues(declared, Object.fromEntries(typed.map((option) => [option.name, rawValue(option)])));
  }

  function rawValue({ attachment, value }: CommandInteractionOption): RawValue {
    return attachment ? imageOf(attachment) : String(value);
  }

  async function suggest(
    interaction: AutocompleteInteraction,
    destination: Destination,
    actor: Actor,
    handler: ChatHandler,
  ): Promise<void> {
    const { name: option, value: text } = interaction.options.getFocused(true);
    const command = interaction.options.getSubcommand();
    const found = await handler.complete({ actor, destination, command, option, text });
    const choices = found
      .slice(0, CHOICES_MAX)
      .map(({ name, value }) => ({ name: shorten(name, CHOICE_MAX), value }));
    const type = InteractionResponseType.ApplicationCommandAutocompleteResult;
    await api.answer(interaction, { type, data: { choices } });
  }
}

/** What finds the answer to an interaction again for 15 minutes. */
function encodeReceipt({ applicationId, token }: Omit<InteractionKey, "id">): string {
  return `${applicationId}:${token}`;
}

/** Reads what `encodeReceipt` wrote. */
export function decodeReceipt(receipt: string): Omit<InteractionKey, "id"> {
  const [applicationId = "", ...token] = receipt.split(":");
  return { applicationId, token: token.join(":") };
}

function destinationOf({ guildId, channelId, channel }: Interaction): Destination | undefined {
  if (channelId === null) return undefined;
  const parent = channel?.isThread() ? (channel.parentId ?? undefined) : undefined;
  return {
    platform: "discord",
    workspace: guildId ?? DIRECT_MESSAGES,
    channel: channelId,
    ...(parent !== undefined && { parent }),
  };
}

function actorOf({ user, member, guildId, memberPermissions }: Interaction): Actor {
  const may = (permission: bigint) => memberPermissions?.has(permission) ?? false;
  return {
    id: user.id,
    name: user.displayName,
    moderator: may(PermissionFlagsBits.ManageMessages),
    manager: may(PermissionFlagsBits.ManageGuild),
    roles: rolesOf(member).filter((id) => id !== guildId),
  };
}

/** Of a guild that the library knows, it makes the ids into roles, and adds @everyone, whose id is the guild's. */
function rolesOf(member: Interaction["member"]): string[] {
  if (!member) return [];
  return Array.isArray(member.roles) ? member.roles : [...member.roles.cache.keys()];
}
