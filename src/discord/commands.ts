import {
  type APIApplicationCommandBasicOption,
  type APIApplicationCommandSubcommandOption,
  ApplicationCommandOptionType,
  ApplicationCommandType,
  ApplicationIntegrationType,
  InteractionContextType,
  type RESTPostAPIChatInputApplicationCommandsJSONBody,
  type RESTPostAPIContextMenuApplicationCommandsJSONBody,
} from "discord.js";
import type { AnyCommand, Option, Options } from "../../commands/command.ts";
import type { RawValue } from "../chat/adapter.ts";
import { shorten } from "../chat/rich-text.ts";
import type { Catalog } from "../videos/catalog.ts";
import { createDiscordApi, type DiscordApi } from "./discord-api.ts";

/** The one slash command. */
export const COMMAND_NAME = "video";

/** Discord's limits (its documentation, "Application Command Option Structure"). */
const DESCRIPTION_MAX = 100;
const OPTIONS_MAX = 25;
const CHOICE_NAME_MAX = 100;
const TEXT_MAX = 6_000;
/** All names, descriptions and values of a command together (its documentation, "Slash commands"). */
const COMMAND_MAX = 8_000;
/** How many choices an option may show, fewer where the command would be too large. */
const CHOICES_SHOWN = [25, 10, 4, 0];
const { MIN_SAFE_INTEGER: NUMBER_MIN, MAX_SAFE_INTEGER: NUMBER_MAX } = Number;
/** An attachment cannot be typed, so each picture has a second option, for an address. */
const LINK_SUFFIX = "-link";
const LINK_MAX = 2_000;
/** Where global commands are offered: where the bot is no member it could not edit its messages later. */
const PLACES = {
  contexts: [InteractionContextType.Guild, InteractionContextType.BotDM],
  integration_types: [ApplicationIntegrationType.GuildInstall],
};

interface Definitions {
  commands: readonly AnyCommand[];
  catalog: Catalog;
  /** One server to register in; undefined: everywhere. */
  guildId: string | undefined;
}

/** The slash command as Discord takes it, a subcommand for every command that can be run. */
export function commandJson(definitions: Definitions) {
  const tries = CHOICES_SHOWN.map((choicesMax) => commandWith(definitions, choicesMax));
  const json = tries.find((candidate) => charactersIn(candidate) <= COMMAND_MAX);
  if (!json) throw new Error("The command is larger than Discord takes it.");
  return json;
}

function commandWith({ commands, catalog, guildId }: Definitions, choicesMax: number) {
  return {
    type: ApplicationCommandType.ChatInput,
    name: COMMAND_NAME,
    description: "Make videos from words",
    ...placesOf(guildId),
    options: commands
      .filter((command) => command.run)
      .map((command) => subcommandJson(command, { catalog, choicesMax })),
  } satisfies RESTPostAPIChatInputApplicationCommandsJSONBody;
}

/** What Discord counts of a command. */
function charactersIn(value: unknown): number {
  if (Array.isArray(value)) return value.reduce((sum: number, item) => sum + charactersIn(item), 0);
  if (!isRecord(value)) return 0;
  const { name, description, value: chosen, options, choices } = value;
  const own = [name, description, chosen].map((text) => (typeof text === "string" ? text.length : 0));
  return own.reduce((sum, length) => sum + length, charactersIn(options) + charactersIn(choices));
}

/** The entries in messages' menus, one for every command with a shortcut; people see its label. */
export function shortcutsJson({ commands, guildId }: Omit<Definitions, "catalog">) {
  return commands.flatMap(({ shortcut }) =>
    shortcut ? [{ type: ApplicationCommandType.Message, name: shortcut.label, ...placesOf(guildId) }] : [],
  ) satisfies RESTPostAPIContextMenuApplicationCommandsJSONBody[];
}

/** Discord documents both for global commands only; a server's own would never be as they were registered. */
function placesOf(guildId: string | undefined): Partial<typeof PLACES> {
  return guildId === undefined ? PLACES : {};
}

/** What was typed under the core's names: an address stands for a picture where no file was attached. */
export function coreValues(options: Options, typed: Record<string, RawValue>): Record<string, RawValue> {
  const values = { ...typed };
  for (const [name, { type }] of Object.entries(options)) {
    const link = values[`${name}${LINK_SUFFIX}`];
    if (type !== "image" || link === undefined) continue;
    delete values[`${name}${LINK_SUFFIX}`];
    values[name] ??= link;
  }
  return values;
}

/**
 * Registers the commands with one idempotent request; global ones reach all servers within minutes.
 * @throws ServiceError
 */
export async function registerDiscordCommands(
  options: Definitions & { token: string; apiUrl: string | undefined },
): Promise<void> {
  const api = createDiscordApi(options);
  const { id } = await api.application();
  await api.replaceCommands(id, options.guildId, allCommands(options));
}

/** Registers the commands where what Discord has differs; resolves to whether it did. @throws ServiceError */
export async function syncCommands(
  options: Definitions & { api: DiscordApi; applicationId: string },
): Promise<boolean> {
  const { api, applicationId, guildId } = options;
  const wanted = allCommands(options);
  const known = await api.commands(applicationId, guildId);
  // Nobody says in which order Discord lists them.
  if (contains(known.sort(byName), wanted.toSorted(byName))) return false;
  await api.replaceCommands(applicationId, guildId, wanted);
  return true;
}

function allCommands(options: Definitions) {
  return [commandJson(options), ...shortcutsJson(options)];
}

function byName(a: { type?: number; name: string }, b: { type?: number; name: string }): number {
  return `${a.type} ${a.name}` < `${b.type} ${b.name}` ? -1 : 1;
}

/** Whether everything that is wanted is there; Discord adds ids, versions and defaults of its own. */
function contains(known: unknown, wanted: unknown): boolean {
  if (Array.isArray(wanted)) {
    return (
      Array.isArray(known) &&
      known.length === wanted.length &&
      wanted.every((entry, index) => contains(known[index], entry))
    );
  }
  if (!isRecord(wanted)) return Object.is(known, wanted);
  return isRecord(known) && Object.entries(wanted).every(([key, value]) => contains(known[key], value));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

/** What is shown of choices: all of them, or none where there are more. */
interface Shown {
  catalog: Catalog;
  choicesMax: number;
}

function subcommandJson(
  { name, description, options }: AnyCommand,
  shown: Shown,
): APIApplicationCommandSubcommandOption {
  const all = Object.entries(options).flatMap(([option, declared]) => optionsJson(option, declared, shown));
  // Discord wants those that are required first.
  const sorted = [...all.filter(({ required }) => required), ...all.filter(({ required }) => !required)];
  const ordered = sorted.slice(0, OPTIONS_MAX);
  return {
    type: ApplicationCommandOptionType.Subcommand,
    name,
    description: shorten(description, DESCRIPTION_MAX),
    ...(ordered.length > 0 && { options: ordered }),
  };
}

function optionsJson(
  name: string,
  option: Option,
  { catalog, choicesMax }: Shown,
): APIApplicationCommandBasicOption[] {
  const description = shorten(option.description, DESCRIPTION_MAX);
  const common = { name, description, ...(option.required && { required: true }) };
  const type = ApplicationCommandOptionType.String;
  switch (option.type) {
    case "image":
      // Neither can be required where either will do.
      return [
        { type: ApplicationCommandOptionType.Attachment, name, description },
        { type, name: `${name}${LINK_SUFFIX}`, description: "…or its https address", max_length: LINK_MAX },
      ];
    case "number": {
      const { min, max, integer = false } = option;
      const numbers = {
        ...common,
        ...(min !== undefined && { min_value: Math.max(integer ? Math.ceil(min) : min, NUMBER_MIN) }),
        ...(max !== undefined && { max_value: Math.min(integer ? Math.floor(max) : max, NUMBER_MAX) }),
      };
      return integer
        ? [{ type: ApplicationCommandOptionType.Integer, ...numbers }]
        : [{ type: ApplicationCommandOptionType.Number, ...numbers }];
    }
    case "text":
      return [{ type, ...common, max_length: Math.min(option.maxLength, TEXT_MAX) }];
    case "video":
    case "person":
      return [{ type, ...common, autocomplete: true }];
    case "choice": {
      const choices = option.choices(catalog);
      // More than can be shown are completed while people type.
      if (choices.length > choicesMax) return [{ type, ...common, autocomplete: true }];
      const named = choices.map(({ value, label }) => ({ value, name: shorten(label, CHOICE_NAME_MAX) }));
      return [{ type, ...common, choices: named }];
    }
    case "hidden":
      return [];
  }
}
