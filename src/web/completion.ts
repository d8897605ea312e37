import type { AnyCommand, Option } from "../../commands/command.ts";
import { takesWords } from "../chat/command-line.ts";
import type { Catalog } from "../videos/catalog.ts";

/** What the line would be after a suggestion was taken. */
export interface Suggestion {
  line: string;
  label: string;
  detail: string;
}

/** What helps with a line that is being typed. */
export interface Completion {
  /** The command that is being typed and what it takes. */
  usage: { command: string; options: string } | undefined;
  suggestions: Suggestion[];
  /** Whether something of what is suggested was typed already, so that Enter takes the first one. */
  begun: boolean;
}

interface Dependencies {
  commands: readonly AnyCommand[];
  catalog: Catalog;
  /** Values for a video or person option. */
  complete(query: {
    command: string;
    option: string;
    text: string;
  }): Promise<{ name: string; value: string }[]>;
}

const NOTHING: Completion = { usage: undefined, suggestions: [], begun: false };

/** Completes a line that ends where the person types: commands, then flags, then their values, from the declarations. */
export async function completeLine(line: string, dependencies: Dependencies): Promise<Completion> {
  const commands = dependencies.commands.filter(({ run }) => run);
  const [slash] = /^\/[a-z]*$/.exec(line.toLowerCase()) ?? [];
  if (slash !== undefined) {
    return "/video".startsWith(slash)
      ? suggestCommands(commands, { typed: "", begun: slash !== "/video" })
      : NOTHING;
  }
  const [, name, rest] = /^\/video\s+(\S*)(.*)$/is.exec(line) ?? [];
  if (name === undefined || rest === undefined) return NOTHING;
  const typed = name.toLowerCase();
  const command = commands.find((candidate) => candidate.name === typed);
  if (rest === "") return suggestCommands(commands, { typed, begun: typed !== "" && !command });
  if (!command) return NOTHING;
  return { ...(await completeOptions({ line, rest, command, ...dependencies })), usage: usageOf(command) };
}

function suggestCommands(
  commands: readonly AnyCommand[],
  { typed, begun }: { typed: string; begun: boolean },
): Completion {
  const fitting = commands.filter(({ name }) => name.startsWith(typed));
  const suggestions = fitting.map(({ name, description, options }) => ({
    line: `/video ${name}${Object.keys(options).length > 0 ? " " : ""}`,
    label: `/video ${name}`,
    detail: description,
  }));
  return { usage: undefined, suggestions, begun };
}

interface Typing extends Dependencies {
  line: string;
  /** Of the line, what stands behind the command. */
  rest: string;
  command: AnyCommand;
}

async function completeOptions(typing: Typing): Promise<Omit<Completion, "usage">> {
  const { rest, command } = typing;
  const [, flag, value] = /\s--(\w[\w-]*)(?:=|\s+)("[^"]*|[^"\s]\S*|)$/.exec(rest) ?? [];
  const flagged = flag === undefined ? undefined : command.options[flag];
  if (flag !== undefined && flagged) return completeValue(flag, flagged, value ?? "", typing);
  const [, begun] = /\s--([\w-]*)$/.exec(rest) ?? [];
  if (begun !== undefined) return completeFlag(begun, typing);
  const [, word] = /^\s+(\S*)$/.exec(rest) ?? [];
  const taking = Object.entries(command.options).find(([name]) => takesWords(name, command.options));
  if (word !== undefined && taking && taking[1].type !== "text")
    return completeValue(...taking, word, typing);
  return { suggestions: [], begun: false };
}

function completeFlag(begun: string, { rest, line, command }: Typing): Omit<Completion, "usage"> {
  const suggestions = Object.entries(command.options)
    .filter(([name, { type }]) => type !== "hidden" && name.startsWith(begun) && !rest.includes(`--${name} `))
    .map(([name, { description }]) => ({
      line: `${line.slice(0, line.length - begun.length)}${name} `,
      label: `--${name}`,
      detail: description,
    }));
  return { suggestions, begun: true };
}

async function completeValue(
  name: string,
  option: Option,
  typed: string,
  typing: Typing,
): Promise<Omit<Completion, "usage">> {
  const wanted = typed.toLowerCase();
  const stem = typing.line.slice(0, typing.line.length - typed.length);
  if (option.type === "video" || option.type === "person") {
    const text = typed.replace(/^"/, "");
    const found = await typing.complete({ command: typing.command.name, option: name, text });
    // Without a flag an option takes one word.
    const flag = typing.rest.trim() === typed ? `--${name} ` : "";
    return {
      suggestions: found.map(({ name: detail, value }) => ({
        line: `${stem}${/\s/.test(value) ? `${flag}"${value}"` : value} `,
        label: option.type === "person" ? detail : value,
        detail: option.type === "person" ? "" : detail.replace(`${value} · `, ""),
      })),
      begun: typed !== "",
    };
  }
  if (option.type !== "choice") return { suggestions: [], begun: false };
  const fitting = option
    .choices(typing.catalog)
    .filter(({ value, label, aliases = [] }) =>
      [value, label, ...aliases].some((word) => word.toLowerCase().startsWith(wanted)),
    );
  const complete = fitting.some(({ value }) => value === typed);
  return {
    suggestions: fitting.map(({ value, label }) => ({
      line: `${stem}${value} `,
      label: value,
      detail: label,
    })),
    begun: typed !== "" && !complete,
  };
}

function usageOf({ name, options }: AnyCommand): Completion["usage"] {
  const words = Object.entries(options).map(([option, { type, required }]) => {
    if (type === "hidden") return "";
    const word = takesWords(option, options) ? `<${option}>` : `--${option}`;
    return required ? word : `[${word}]`;
  });
  return { command: `/video ${name}`, options: words.filter((word) => word !== "").join(" ") };
}
