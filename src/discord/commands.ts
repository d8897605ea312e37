import {
  type APIApplicationCommandBasicOption,
  type APIApplicationCommandSubcommandOption,
  ApplicationCommandOptionType,
  ApplicationCommandType,
  ApplicationIntegrationType,
  InteractionContextType,
  type RESTPostAPIChatInputApplicationCommandsJSONBody,
} from "discord.js";
import type { AnyCommand, Option } from "../../commands/command.ts";
import { shorten } from "../chat/rich-text.ts";
import type { Catalog } from "../videos/catalog.ts";
import { createDiscordApi, type DiscordApi } from "./discord-api.ts";

/** The one slash command. */
export const COMMAND_NAME = "video";

/** Discord's limits (its documentation, "Application Command Option Structure"). */
const DESCRIPTION_MAX = 100;
const CHOICES_MAX = 25;
const CHOICE_NAME_MAX = 100;
const TEXT_MAX = 6_000;

interface Definitions {
  commands: readonly AnyCommand[];
  catalog: Catalog;
  /** One server to register in; undefined: everywhere. */
  guildId: string | undefined;
}

/**
 * The slash command as Discord takes it, a subcommand for every command that can be run. It can be installed to servers
 * only: where the bot is no member it could not edit its messages later.
 */
export function commandJson({ commands, catalog }: Omit<Definitions, "guildId">) {
  return {
    type: ApplicationCommandType.ChatInput,
    name: COMMAND_NAME,
    description: "Make videos from words",
    contexts: [InteractionContextType.Guild, InteractionContextType.BotDM],
    integration_types: [ApplicationIntegrationType.GuildInstall],
    options: commands.filter((command) => command.run).map((command) => subcommandJson(command, catalog)),
  } satisfies RESTPostAPIChatInputApplicationCommandsJSONBody;
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
  await api.replaceCommands(id, options.guildId, [commandJson(options)]);
}

/** Registers the commands where what Discord has differs; resolves to whether it did. @throws ServiceError */
export async function syncCommands(
  options: Definitions & { api: DiscordApi; applicationId: string },
): Promise<boolean> {
  const { api, applicationId, guildId } = options;
  const wanted = [commandJson(options)];
  const known = await api.commands(applicationId, guildId);
  if (contains(known, wanted)) return false;
  await api.replaceCommands(applicationId, guildId, wanted);
  return true;
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

function subcommandJson(
  { name, description, options }: AnyCommand,
  catalog: Catalog,
): APIApplicationCommandSubcommandOption {
  const all = Object.entries(options).map(([option, declared]) => optionJson(option, declared, catalog));
  // Discord wants those that are required first.
  const ordered = [...all.filter(({ required }) => required), ...all.filter(({ required }) => !required)];
  return {
    type: ApplicationCommandOptionType.Subcommand,
    name,
    description: shorten(description, DESCRIPTION_MAX),
    ...(ordered.length > 0 && { options: ordered }),
  };
}

function optionJson(name: string, option: Option, catalog: Catalog): APIApplicationCommandBasicOption {
  const common = {
    name,
    description: shorten(option.description, DESCRIPTION_MAX),
    ...(option.required && { required: true }),
  };
  switch (option.type) {
    case "image":
      return { type: ApplicationCommandOptionType.Attachment, ...common };
    case "text":
      return {
        type: ApplicationCommandOptionType.String,
        ...common,
        max_length: Math.min(option.maxLength, TEXT_MAX),
      };
    case "video":
      return { type: ApplicationCommandOptionType.String, ...common, autocomplete: true };
    case "choice": {
      const choices = option.choices(catalog).slice(0, CHOICES_MAX);
      return {
        type: ApplicationCommandOptionType.String,
        ...common,
        choices: choices.map(({ value, label }) => ({ value, name: shorten(label, CHOICE_NAME_MAX) })),
      };
    }
  }
}
