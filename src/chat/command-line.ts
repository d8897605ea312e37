import type { AnyCommand, Options } from "../../commands/command.ts";
import { UserError } from "../errors.ts";
import { unknownOption } from "./options.ts";

/** What a typed line asks for; `undefined` values mean that it asks for the command's form. */
export interface CommandLine {
  command: AnyCommand;
  values: Record<string, string> | undefined;
}

/**
 * A flag at the start of a word: `--name value`, `--name=value`, the value in plain or smart quotes if it has spaces.
 * Phones turn `--` into an em dash (—) or en dash (–). A quoted value ends at the next quote mark of any kind, so that a
 * line is read in the time that its length takes.
 */
const FLAG =
  /(?<=^|\s)(--|[—–])([A-Za-z][\w-]*)(?:=|\s+|$)("[^"]*"|[“”„][^“”„]*[“”]|(?!(?:--|[—–])[A-Za-z])\S+|)\s*/gu;

/**
 * Reads what stands behind `/video`: a subcommand's name first or else the first command is meant, flags anywhere,
 * everything else is the text, kept as it was typed. The first command alone asks for its form.
 * @param withheld commands that cannot be done: one of these comes back without values.
 * @throws UserError for flags and words that the command does not take.
 */
export function parseCommandLine(
  line: string,
  commands: readonly AnyCommand[],
  withheld: readonly AnyCommand[] = [],
): CommandLine {
  const [first] = commands;
  if (!first) throw new Error("There are no commands.");
  const text = line.trim();
  const [word = ""] = /^\S+/u.exec(text) ?? [];
  // The name of what cannot be done is no prompt, either.
  const isNamed = ({ name, run }: AnyCommand) => run !== undefined && name === word.toLowerCase();
  const lost = withheld.find(isNamed);
  // What stands behind it does not matter any more.
  if (lost) return { command: lost, values: {} };
  const named = commands.find(isNamed);
  const command = named ?? first;
  const said = named ? text.slice(word.length) : text;
  if (said === "" && command === first) return { command, values: undefined };
  const { flags, rest } = takeFlags(said, command.options);
  return { command, values: { ...takeWords(command, rest, flags), ...flags } };
}

function takeFlags(text: string, options: Options): { flags: Record<string, string>; rest: string } {
  const flags: Record<string, string> = {};
  const rest = text.replace(FLAG, (whole, dash: string, typed: string, value: string) => {
    const name = typed.toLowerCase();
    if (!Object.hasOwn(options, name) || options[name]?.type === "hidden") {
      // A dash before a word is also how people write; two hyphens are not.
      if (dash !== "--") return whole;
      throw unknownOption(name, options);
    }
    if (value === "") throw new UserError("flag_value", `“--${name}” needs a value behind it.`);
    flags[name] = value.replace(/^["“”„](.*)["“”]$/su, "$1");
    return "";
  });
  return { flags, rest: rest.trim() };
}

/** Whether words without a flag are for that option: an id takes one of them, the first text all that is left. */
export function takesWords(name: string, options: Options): boolean {
  const type = options[name]?.type;
  const [text] = Object.entries(options).find(([, option]) => option.type === "text") ?? [];
  return type === "video" || type === "person" || name === text;
}

/**
 * Gives the words without a flag to the options that take them: an id takes one word, the first text takes all that is
 * left.
 */
function takeWords(
  command: AnyCommand,
  words: string,
  flags: Record<string, string>,
): Record<string, string> {
  const values: Record<string, string> = {};
  let rest = words;
  for (const [name, option] of Object.entries(command.options)) {
    if (flags[name] !== undefined || rest === "" || !takesWords(name, command.options)) continue;
    if (option.type !== "text") {
      const [id = ""] = /^\S+/u.exec(rest) ?? [];
      values[name] = id;
      rest = rest.slice(id.length).trim();
    } else {
      values[name] = rest;
      rest = "";
    }
  }
  if (rest === "") return values;
  // A prompt may well begin with "help" or "status".
  const hint = Object.hasOwn(command.options, "prompt")
    ? ""
    : ` To make a video whose prompt begins with “${command.name}”, write /video create ${command.name} …`;
  throw new UserError(
    "too_many_words",
    `/video ${command.name} does not take “${rest.slice(0, 60)}”.${hint}`,
  );
}
