import { ApplicationCommandOptionType } from "discord.js";
import type { AttachmentStore } from "./attachments.ts";
import { presentChannel, presentMembership } from "./present-guild.ts";
import type { DiscordState } from "./state.ts";
import type { Channel, CommandOption, Upload } from "./types.ts";

/** What a person puts into an option: a person or channel by name or id, a choice by value or name. */
export type OptionValue = string | number | boolean | Upload;

interface FilledOption {
  type: number;
  name: string;
  value: string | number | boolean;
  focused?: true;
}

/** Objects that options point to by id. */
type Resolved = Record<string, Record<string, unknown>>;

/** Turns what a person typed into the options of an interaction, as Discord's own client does. */
export function createOptionFiller(deps: { state: DiscordState; attachments: AttachmentStore }) {
  const { state, attachments } = deps;

  /** The id of what is meant, after its data was put into `resolved`. */
  function resolve(option: CommandOption, value: OptionValue, channel: Channel, resolved: Resolved): string {
    const put = (kind: string, id: string, data: unknown) => {
      resolved[kind] = { ...resolved[kind], [id]: data };
      return id;
    };
    if (option.type === ApplicationCommandOptionType.Attachment && typeof value === "object") {
      const attachment = attachments.add(channel.id, value);
      return put("attachments", attachment.id, attachments.present(attachment));
    }
    if (option.type === ApplicationCommandOptionType.User) {
      const member = state.members.find(({ user }) => user.id === value || user.username === value);
      if (!member) throw notSent(option, `nobody is called ${String(value)}`);
      put("members", member.user.id, presentMembership(member));
      return put("users", member.user.id, member.user);
    }
    if (option.type === ApplicationCommandOptionType.Channel) {
      const found = [...state.channels.values()].find(({ id, name }) => id === value || name === value);
      if (!found) throw notSent(option, `no channel is called ${String(value)}`);
      return put("channels", found.id, { ...presentChannel(found), permissions: "0" });
    }
    throw notSent(option, "its value has another type");
  }

  function fill(
    option: CommandOption,
    value: OptionValue,
    channel: Channel,
    resolved: Resolved,
  ): FilledOption {
    const { type, name } = option;
    const plain = plainValue(option, value);
    return { type, name, value: plain ?? resolve(option, value, channel, resolved) };
  }

  return {
    /** All options of a command that is sent. Throws where the client would not let a person send it. */
    fillAll(definitions: readonly CommandOption[], values: Record<string, OptionValue>, channel: Channel) {
      refuseUnknown(definitions, values);
      const missing = definitions.find(({ name, required }) => required && values[name] === undefined);
      if (missing) throw notSent(missing, "it is required");
      const resolved: Resolved = {};
      const options = Object.entries(values).map(([name, value]) =>
        fill(definitionOf(definitions, name), value, channel, resolved),
      );
      return { options, resolved };
    },

    /** Options of an autocomplete request: those filled so far, the focused one as typed. */
    fillPartly(definitions: readonly CommandOption[], values: Record<string, OptionValue>, focused: string) {
      refuseUnknown(definitions, values);
      if (!definitionOf(definitions, focused).autocomplete) {
        throw new Error(`Option ${focused} has no autocomplete.`);
      }
      return Object.entries(values).flatMap(([name, value]) => {
        const { type } = definitionOf(definitions, name);
        const filled = { type, name, value };
        if (typeof value === "object") return [];
        return [name === focused ? { ...filled, value: String(value), focused: true } : filled];
      });
    },
  };
}

/** The value as it is sent, or undefined for options that point to something. */
function plainValue(option: CommandOption, value: OptionValue): string | number | boolean | undefined {
  const { type, choices, autocomplete } = option;
  const choice = choices?.find((one) => one.value === value || one.name === value);
  if (choice) return choice.value;
  if (choices?.length && !autocomplete) throw notSent(option, `${String(value)} is none of its choices`);
  if (type === ApplicationCommandOptionType.Boolean && typeof value === "boolean") return value;
  if (type === ApplicationCommandOptionType.String && typeof value === "string") {
    const { min_length: min, max_length: max } = option;
    if (value.trim() === "" || value.length < (min ?? 0)) throw notSent(option, "it is too short");
    if (value.length > (max ?? 6000)) throw notSent(option, "it is too long");
    return value;
  }
  const isWhole = type === ApplicationCommandOptionType.Integer;
  if (isWhole || type === ApplicationCommandOptionType.Number) {
    const { min_value: min, max_value: max } = option;
    const number = Number(value);
    if (isWhole ? !Number.isInteger(number) : Number.isNaN(number))
      throw notSent(option, "it is no such number");
    if (number < (min ?? number) || number > (max ?? number)) throw notSent(option, "it is out of range");
    return number;
  }
  return undefined;
}

function refuseUnknown(definitions: readonly CommandOption[], values: Record<string, OptionValue>) {
  for (const name of Object.keys(values)) definitionOf(definitions, name);
}

function definitionOf(definitions: readonly CommandOption[], name: string): CommandOption {
  const found = definitions.find((option) => option.name === name);
  if (!found) throw new Error(`The registered command has no option ${name}.`);
  return found;
}

function notSent({ name }: CommandOption, why: string): Error {
  return new Error(`Discord's client does not send option ${name}: ${why}.`);
}
