import type { AnyCommand, Choice, Option, Options } from "../../commands/command.ts";
import { UserError } from "../errors.ts";
import type { Catalog } from "../videos/catalog.ts";
import { describeNumbers, numberWithin } from "../videos/extras.ts";
import type { ImageAttachment, RawValue } from "./adapter.ts";
import type { Form } from "./form.ts";

/** More than these are not listed in a sentence. */
const NAMED_MAX = 25;

/** Makes a picture of an https address; nothing of it is loaded until it is opened. @throws UserError */
export type OpenLink = (address: string) => ImageAttachment;

/**
 * Checks named raw values against a command's declared options.
 * @throws UserError naming what is allowed.
 */
export function parseOptions(
  options: Options,
  raw: Record<string, RawValue>,
  { catalog, openLink }: { catalog: Catalog; openLink: OpenLink },
): Record<string, string | ImageAttachment | undefined> {
  const unknown = Object.keys(raw).find((name) => !Object.hasOwn(options, name));
  if (unknown !== undefined) throw unknownOption(unknown, options);
  return Object.fromEntries(
    Object.entries(options).map(([name, option]) => {
      const value = raw[name];
      if (value === undefined || (typeof value === "string" && value.trim() === "" && !option.required)) {
        if (option.required)
          throw new UserError(
            "option_missing",
            `“${name}” is missing: ${option.description.toLowerCase()}.`,
            name,
          );
        return [name, undefined];
      }
      if (option.type === "image") return [name, typeof value === "string" ? openLink(value.trim()) : value];
      if (typeof value !== "string")
        throw new UserError("option_type", `“${name}” is text, not a file.`, name);
      if (option.type === "choice") return [name, parseChoice(name, value, option.choices(catalog))];
      if (option.type === "number") return [name, parseNumber(name, value, option)];
      return [name, value];
    }),
  );
}

/** The answer to an option that a command does not have. */
export function unknownOption(name: string, options: Options): UserError {
  const known = Object.entries(options).flatMap(([option, { type }]) =>
    type === "hidden" ? [] : [`--${option}`],
  );
  const offer = known.length > 0 ? `There is: ${known.join(", ")}.` : "This command takes none.";
  return new UserError("unknown_option", `“--${name.slice(0, 40)}” is not known. ${offer}`);
}

/** A form with every option of a command, beginning with the values that are given. */
export function formOf(
  command: AnyCommand,
  catalog: Catalog,
  values: Record<string, string | undefined> = {},
): Form {
  const shown = Object.entries(command.options).filter(([, { type }]) => type !== "hidden");
  return {
    command: command.name,
    title: command.description,
    submitLabel: "Create",
    intro: [],
    fields: shown.map(([name, option]) => {
      const initial = values[name] ?? (option.type === "choice" ? option.initial?.(catalog) : undefined);
      return { name, option, ...(initial !== undefined && { initial }) };
    }),
    hidden: {},
  };
}

/** A number as people type it, also with a decimal comma. */
function parseNumber(name: string, typed: string, option: Option & { type: "number" }): string {
  const value = numberWithin(typed.trim().replace(/^(-?\d+),(\d+)$/, "$1.$2"), option);
  if (value !== undefined) return String(value);
  throw new UserError(
    "option_value",
    `“${name}” cannot be “${typed.trim().slice(0, 60)}”. It has to be ${describeNumbers(option)}.`,
    name,
  );
}

function parseChoice(name: string, typed: string, choices: Choice[]): string {
  const wanted = typed.trim().toLowerCase();
  const fits = ({ value, label, aliases = [] }: Choice) =>
    [value, label, ...aliases].some((word) => word.toLowerCase() === wanted);
  const choice = choices.find(fits);
  if (choice) return choice.value;
  const allowed = choices.slice(0, NAMED_MAX).map(({ label }) => label);
  if (choices.length > NAMED_MAX) allowed.push(`${choices.length - NAMED_MAX} more`);
  throw new UserError(
    "option_value",
    `“${name}” cannot be “${typed.trim().slice(0, 60)}”. Choose one of: ${allowed.join(", ")}.`,
    name,
  );
}
