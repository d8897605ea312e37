import {
  ApplicationCommandOptionType,
  ApplicationCommandType,
  ComponentType,
  InteractionType,
} from "discord.js";
import type { ChangeSignal } from "../change-signal.ts";
import type { AttachmentStore } from "./attachments.ts";
import { walk } from "./components.ts";
import { createInteractionHandle, type InteractionHandle } from "./interaction-handle.ts";
import type { Deed, InteractionDesk } from "./interactions.ts";
import type { MessageWriter } from "./messages.ts";
import { answerModal, type FieldValue } from "./modal-answers.ts";
import { hasPermissions } from "./permissions.ts";
import type { MessagePresenter } from "./present-message.ts";
import { createOptionFiller, type OptionValue } from "./slash-options.ts";
import type { DiscordState, StoredMessage } from "./state.ts";
import type { Channel, Component, Member, Upload } from "./types.ts";

/** A slash command as a person types it. */
export interface SlashCommand {
  /** Name or id; `general` when absent. */
  channel?: string;
  name: string;
  subcommand?: string;
  options?: Record<string, OptionValue>;
}

/** What one person can do in the guild. Methods throw where Discord's own client would not let them. */
export type Person = ReturnType<typeof createPerson>;

/** @param member who acts; what they may see and press follows from it. */
export function createPerson(deps: {
  member: Member;
  state: DiscordState;
  desk: InteractionDesk;
  writer: MessageWriter;
  presentMessage: MessagePresenter;
  attachments: AttachmentStore;
  signal: ChangeSignal;
  findChannel: (nameOrId: string) => Channel;
}) {
  const { member, state, desk, writer, presentMessage, attachments, signal, findChannel } = deps;
  const filler = createOptionFiller({ state, attachments });

  function act(deed: Omit<Deed, "member">): InteractionHandle {
    const interaction = desk.dispatch({ ...deed, member });
    return createInteractionHandle({ interaction, desk, signal });
  }

  function channelOf(message: StoredMessage): Channel {
    const isHidden = message.visibleTo !== undefined && message.visibleTo !== member.user.id;
    if (message.deleted || isHidden) throw new Error(`${member.user.username} does not see this message.`);
    return findChannel(message.channelId);
  }

  function findCommand(type: number, name: string) {
    const command = state.commands.find((one) => one.type === type && one.name === name);
    if (!command) throw new Error(`No command ${name} of type ${type} is registered.`);
    return command;
  }

  /** A registered command and the options that its subcommand takes. */
  function findSlash({ name, subcommand }: SlashCommand) {
    const command = findCommand(ApplicationCommandType.ChatInput, name);
    const options = command.options.filter(({ type }) => type === ApplicationCommandOptionType.Subcommand);
    const chosen = options.find((option) => option.name === subcommand);
    if (subcommand === undefined ? options.length > 0 : !chosen) {
      const known = options.map((option) => option.name).join(", ");
      throw new Error(`/${name} has no subcommand ${subcommand}, but ${known}.`);
    }
    const { id, type, guildId } = command;
    const data = { id, name, type, ...(guildId === undefined ? {} : { guild_id: guildId }) };
    const nest = (filled: object[]) =>
      subcommand === undefined
        ? filled
        : [{ type: ApplicationCommandOptionType.Subcommand, name: subcommand, options: filled }];
    return { data, definitions: chosen ? (chosen.options ?? []) : command.options, nest };
  }

  function findComponent(message: StoredMessage, name: string): Component & { custom_id: string } {
    const all = [...walk(message.components)];
    const found = all.find(({ custom_id: id, label }) => id === name || label === name);
    if (!found?.custom_id) {
      const known = message.buttons.map(({ label, customId }) => `${label} (${customId})`).join(", ");
      throw new Error(`The message has nothing to press called ${name}, but ${known || "nothing"}.`);
    }
    if (found.disabled) throw new Error(`${name} is disabled.`);
    return { ...found, custom_id: found.custom_id };
  }

  function use(message: StoredMessage, name: string, values?: readonly string[]): InteractionHandle {
    const channel = channelOf(message);
    const { type, custom_id } = findComponent(message, name);
    const data = { component_type: type, custom_id, ...(values ? { values } : {}) };
    return act({ type: InteractionType.MessageComponent, channel, data, source: message });
  }

  return {
    id: member.user.id,
    name: member.user.username,

    /** Runs a slash command. */
    slash(command: SlashCommand): InteractionHandle {
      const channel = findChannel(command.channel ?? "general");
      const { data, definitions, nest } = findSlash(command);
      const { options, resolved } = filler.fillAll(definitions, command.options ?? {}, channel);
      return act({
        type: InteractionType.ApplicationCommand,
        channel,
        data: { ...data, options: nest(options), resolved },
        commandName: command.name,
      });
    },

    /** Types into an option that has autocomplete. */
    autocomplete(command: SlashCommand & { focused: string }): InteractionHandle {
      const channel = findChannel(command.channel ?? "general");
      const { data, definitions, nest } = findSlash(command);
      const values = { [command.focused]: "", ...command.options };
      const options = nest(filler.fillPartly(definitions, values, command.focused));
      return act({
        type: InteractionType.ApplicationCommandAutocomplete,
        channel,
        data: { ...data, options },
        commandName: command.name,
      });
    },

    /** Picks an entry of a message's context menu. */
    contextMenu(name: string, message: StoredMessage): InteractionHandle {
      const channel = channelOf(message);
      const { id, type } = findCommand(ApplicationCommandType.Message, name);
      const resolved = { messages: { [message.id]: presentMessage(message) } };
      return act({
        type: InteractionType.ApplicationCommand,
        channel,
        data: { id, name, type, target_id: message.id, resolved },
        commandName: name,
      });
    },

    /** Presses a button, named by its label or custom id. */
    press: (message: StoredMessage, button: string): InteractionHandle => use(message, button),

    /** Presses a button that no message has, as whoever writes a client of their own can. */
    forge(customId: string, where = "general"): InteractionHandle {
      const channel = findChannel(where);
      const source = [...state.messages.values()].at(-1);
      const data = { component_type: ComponentType.Button, custom_id: customId };
      return act({ type: InteractionType.MessageComponent, channel, data, ...(source && { source }) });
    },

    /** Picks values in a menu, named by its custom id. */
    select: (message: StoredMessage, menu: string, values: readonly string[]): InteractionHandle =>
      use(message, menu, values),

    /** Sends the form that an interaction opened; fields by custom id, those left out as the form showed them. */
    async submitModal(opened: InteractionHandle, values: Record<string, FieldValue>) {
      const modal = await opened.modal();
      const { channel, source } = opened.interaction;
      const data = answerModal({ modal, values, channel, attachments });
      return act({
        type: InteractionType.ModalSubmit,
        channel,
        data,
        opener: opened.interaction,
        ...(source ? { source } : {}),
      });
    },

    /** Posts a message. */
    say(message: { channel?: string; content: string; files?: readonly Upload[] }): StoredMessage {
      const channel = findChannel(message.channel ?? "general");
      const files = (message.files ?? []).map((file, index) => ({ ...file, field: `files[${index}]` }));
      const body = { content: message.content };
      const sizeLimit = state.guild.attachmentSizeLimit;
      const said = writer.create({ channel, author: member.user, message: { body, files }, sizeLimit });
      signal.changed();
      return said;
    },

    /** Deletes several messages of one channel at once, as moderators' tools do. */
    purge(messages: readonly StoredMessage[]): void {
      if (!messages.every((message) => canManage(channelOf(message)))) {
        throw new Error(`${member.user.username} may not delete these messages.`);
      }
      writer.removeMany(messages);
      signal.changed();
    },

    /** Puts an emoji under a message. */
    react(message: StoredMessage, emoji: string): void {
      channelOf(message);
      writer.react(message, member, emoji);
      signal.changed();
    },

    /** Takes an emoji away again. */
    unreact(message: StoredMessage, emoji: string): void {
      channelOf(message);
      writer.react(message, member, emoji, false);
      signal.changed();
    },

    /** Takes everybody's emoji from a message, as moderators can: those of one kind, or all. */
    clearReactions(message: StoredMessage, emoji?: string): void {
      if (!canManage(channelOf(message))) {
        throw new Error(`${member.user.username} may not clear these reactions.`);
      }
      writer.clearReactions(message, emoji);
      signal.changed();
    },

    /** Takes no direct messages from bots from now on. */
    closeDirectMessages(): void {
      state.withoutDirectMessages.add(member.user.id);
    },

    /** The conversation with the bot; undefined before there is one. */
    directMessages(): StoredMessage[] | undefined {
      const channel = [...state.channels.values()].find(({ recipient }) => recipient?.id === member.user.id);
      return channel && state.publicMessages(channel.id);
    },

    /** Leaves the guild. */
    leave(): void {
      state.members.splice(state.members.indexOf(member), 1);
    },

    /** Deletes a message: one's own, or anybody's with Manage Messages. */
    delete(message: StoredMessage): void {
      const mayDelete = message.author.id === member.user.id || canManage(channelOf(message));
      if (!mayDelete) throw new Error(`${member.user.username} may not delete this message.`);
      writer.remove(message);
      signal.changed();
    },
  };

  function canManage(channel: Channel): boolean {
    return hasPermissions(state.permissions(channel, member), ["ManageMessages"]);
  }
}
