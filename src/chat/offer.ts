import type { AnyCommand, Options } from "../../commands/command.ts";
import type { Catalog } from "../videos/catalog.ts";
import { OPTIONAL_OPERATIONS, type OptionalOperation } from "../videos/dialect.ts";

/** What people are offered right now: it follows what the backend has, and its models. */
export interface Offer {
  /** All commands as they are declared, whether they are offered or not. */
  readonly declared: readonly AnyCommand[];
  /** The commands, each with the options that there are. */
  commands(): readonly AnyCommand[];
  /** Those that the backend cannot do. */
  withheld(): readonly AnyCommand[];
}

/** Works the offer out anew whenever the backend or the catalogue has changed. */
export function createOffer(options: {
  commands: readonly AnyCommand[];
  catalog: Catalog;
  supports: (operation: OptionalOperation) => boolean;
}): Offer {
  const { commands, catalog, supports } = options;
  const canBeDone = ({ needs }: AnyCommand) => needs === undefined || supports(needs);
  let known: { models: Catalog["models"]; has: string; commands: readonly AnyCommand[] } | undefined;

  return {
    declared: commands,
    commands() {
      const { models } = catalog;
      const has = OPTIONAL_OPERATIONS.filter(supports).join(" ");
      if (known?.models !== models || known.has !== has) {
        const offered = commands.filter(canBeDone).map((command) => offeredOf(command, catalog));
        known = { models, has, commands: offered };
      }
      return known.commands;
    },
    withheld: () => commands.filter((command) => !canBeDone(command)),
  };
}

/** Whether the models have a use for an option or a shortcut. */
export function isOffered(
  { offered }: { offered?: (catalog: Catalog) => boolean },
  catalog: Catalog,
): boolean {
  return offered?.(catalog) ?? true;
}

/** A command with the options that the models leave it and those that they add, which its handler gets by themselves. */
function offeredOf(command: AnyCommand, catalog: Catalog): AnyCommand {
  const own = Object.entries(command.options).filter(([, option]) => isOffered(option, catalog));
  const more = Object.entries(command.modelOptions?.(catalog) ?? {});
  const added: Options = Object.fromEntries(more.filter(([name]) => !Object.hasOwn(command.options, name)));
  const options: Options = { ...Object.fromEntries(own), ...added };
  const { run, shortcut, ...rest } = command;
  const hasShortcut = shortcut && isOffered(shortcut, catalog);
  const common = { ...rest, options, ...(hasShortcut && { shortcut }) };
  if (!run) return common;
  if (Object.keys(added).length === 0) return { ...common, run };
  return {
    ...common,
    run(context, values) {
      const given = Object.entries(values);
      const isAdded = ([name]: [string, unknown]) => Object.hasOwn(added, name);
      const extras = given
        .filter(isAdded)
        .flatMap(([name, value]): [string, string][] => (typeof value === "string" ? [[name, value]] : []));
      const declared = given.filter((entry) => !isAdded(entry));
      return run(context, Object.fromEntries(declared), Object.fromEntries(extras));
    },
  };
}
