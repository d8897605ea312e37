import { z } from "zod";
import { route } from "../http-server.ts";
import type { Clock } from "./clock.ts";
import { invalidFormBody, refusal } from "./errors.ts";
import { parseForm, text } from "./form-body.ts";
import type { DiscordState } from "./state.ts";
import type { Command, CommandOption } from "./types.ts";

// Limits as in Discord's OpenAPI description, the schemas named `ApplicationCommand...`.

const SUBCOMMAND = 1;
const SUBCOMMAND_GROUP = 2;
const CHAT_INPUT = 1;
/** Fields that only global commands have (Discord's documentation of the command object, discord-api-types#1776). */
const GLOBAL_ALONE = ["contexts", "integration_types"];

const slashName = z.string().regex(/^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$/u);

const option: z.ZodType<CommandOption> = z.object({
  type: z.int().min(1).max(11),
  name: slashName,
  description: text(1, 100),
  required: z.boolean().nullish(),
  autocomplete: z.boolean().nullish(),
  choices: z
    .array(z.object({ name: text(1, 100), value: z.union([text(0, 100), z.number()]) }))
    .max(25)
    .nullish(),
  min_length: z.int().min(0).max(6000).nullish(),
  max_length: z.int().min(1).max(6000).nullish(),
  min_value: z.number().nullish(),
  max_value: z.number().nullish(),
  get options() {
    return z.array(option).max(25).nullish();
  },
});

const command = z.looseObject({
  name: text(1, 32),
  description: text(0, 100).nullish(),
  type: z.int().min(1).max(3).nullish(),
  options: z.array(option).max(25).nullish(),
});

/** Application commands, global and of the guild. */
export function commandRoutes({ state, clock }: { state: DiscordState; clock: Clock }) {
  function register(applicationId: string, guildId: string | undefined, payload: unknown) {
    requireOwn(applicationId, guildId);
    const definitions = parseForm(z.array(command).max(110), payload);
    const registered = definitions.map((definition) => asCommand(definition, guildId));
    checkCommands(registered);
    state.commands = [...state.commands.filter((one) => one.guildId !== guildId), ...registered];
    return { status: 200, body: registered.map(presentCommand) };
  }

  function list(applicationId: string, guildId: string | undefined) {
    requireOwn(applicationId, guildId);
    const found = state.commands.filter((one) => one.guildId === guildId);
    // In which order Discord lists them is not said anywhere.
    return { status: 200, body: found.map(presentCommand).reverse() };
  }

  function requireOwn(applicationId: string, guildId: string | undefined) {
    if (applicationId !== state.application.id) throw refusal("unknownApplication");
    if (guildId !== undefined && guildId !== state.guild.id) throw refusal("missingAccess");
  }

  /** A command keeps its id when it is registered again. */
  function asCommand(definition: z.infer<typeof command>, guildId: string | undefined): Command {
    const { name, description, options } = definition;
    const type = definition.type ?? CHAT_INPUT;
    const same = (one: Command) => one.name === name && one.type === type && one.guildId === guildId;
    return {
      id: state.commands.find(same)?.id ?? clock.snowflake(),
      ...(guildId === undefined ? {} : { guildId }),
      type,
      name,
      description: description ?? "",
      options: options ?? [],
      definition,
    };
  }

  function presentCommand({ id, guildId, type, description, definition }: Command) {
    const fixed = { id, type, description, version: id, application_id: state.application.id };
    const all = { default_member_permissions: null, ...definition, ...fixed };
    if (guildId === undefined) return all;
    const told = Object.entries(all).filter(([key]) => !GLOBAL_ALONE.includes(key));
    return { ...Object.fromEntries(told), guild_id: guildId };
  }

  return [
    route("GET /applications/{application_id}/commands", ({ params }) =>
      list(params.application_id, undefined),
    ),
    route("PUT /applications/{application_id}/commands", ({ params, payload }) =>
      register(params.application_id, undefined, payload),
    ),
    route("GET /applications/{application_id}/guilds/{guild_id}/commands", ({ params }) =>
      list(params.application_id, params.guild_id),
    ),
    route("PUT /applications/{application_id}/guilds/{guild_id}/commands", ({ params, payload }) =>
      register(params.application_id, params.guild_id, payload),
    ),
  ];
}

/** Rules between fields: names differ, required options first, choices and autocomplete exclude each other. */
function checkCommands(commands: readonly Command[]): void {
  const refuse = (path: PropertyKey[], code: string, message: string) => {
    throw invalidFormBody([{ path, code, message }]);
  };
  const names = commands.map(({ type, name }) => `${type} ${name}`);
  if (new Set(names).size < names.length) {
    refuse([], "APPLICATION_COMMANDS_DUPLICATE_NAME", "Application command names must be unique");
  }
  for (const [index, { type, name, description, options }] of commands.entries()) {
    if (type !== CHAT_INPUT) {
      if (description) refuse([index, "description"], "BASE_TYPE_BAD_LENGTH", "Context menus have none.");
      continue;
    }
    if (!slashName.safeParse(name).success || name !== name.toLowerCase()) {
      refuse([index, "name"], "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid");
    }
    if (!description) refuse([index, "description"], "BASE_TYPE_REQUIRED", "This field is required");
    checkOptions(options, [index, "options"], refuse);
  }
}

function checkOptions(
  options: readonly CommandOption[],
  path: PropertyKey[],
  refuse: (path: PropertyKey[], code: string, message: string) => void,
): void {
  const names = options.map(({ name }) => name);
  if (new Set(names).size < names.length) {
    refuse(path, "APPLICATION_COMMAND_OPTIONS_NAME_INVALID", "Option names must be unique");
  }
  const firstOptional = options.findIndex(({ required }) => !required);
  for (const [index, option] of options.entries()) {
    const isNested = option.type === SUBCOMMAND || option.type === SUBCOMMAND_GROUP;
    if (option.name !== option.name.toLowerCase()) {
      refuse([...path, index, "name"], "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid");
    }
    if (option.required && firstOptional !== -1 && firstOptional < index) {
      const message = "Required options must be placed before non-required options";
      refuse([...path, index], "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", message);
    }
    if (option.autocomplete && option.choices?.length) {
      const message = "Autocomplete and choices cannot be used together";
      refuse([...path, index], "APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_INVALID", message);
    }
    if (isNested) checkOptions(option.options ?? [], [...path, index, "options"], refuse);
  }
}
