import type { Line } from "../src/chat/rich-text.ts";
import type { Catalog } from "../src/videos/catalog.ts";
import { type AnyCommand, type CommandContext, defineCommand } from "./command.ts";

/** With more options than this only their names are told, and likewise of an option with more choices. */
const DETAILED_MAX = 5;

/** `/video help`: what there is to type, made from the declarations. */
export const help = defineCommand({
  name: "help",
  description: "What the bot can do",
  options: {},
  async run({ request, offer, catalog, faults, backend, permissions }) {
    const { actor, destination } = request;
    const mayUse = async ({ permission }: AnyCommand) =>
      permission === undefined || (await permissions.may(permission, actor, destination));
    const all = await Promise.all(
      offer.commands().map(async (command) => ((await mayUse(command)) ? [command] : [])),
    );
    const offered = all.flat();
    const missing = offer.withheld().map(({ name }) => name);
    const buttons = offered.flatMap(({ button }) => (button ? [button.label] : []));
    await request.reply.private({
      tone: "info",
      lines: [
        ...offered.filter(({ run }) => run).flatMap((command) => commandLines(command, catalog)),
        [{ bold: "Buttons under videos" }, ` ${buttons.join(", ")}`],
        ...(missing.length === 0
          ? []
          : [[`The video service cannot do this, so it is switched off: ${missing.join(", ")}.`]]),
        ...backend.lines(),
        ...faultLines(faults),
      ],
    });
  },
});

function commandLines({ name, description, options }: AnyCommand, catalog: Catalog): Line[] {
  const shown = Object.entries(options).filter(([, { type }]) => type !== "hidden");
  const words = shown.map(([option, declared]) => {
    const detailed = declared.type === "choice" && shown.length <= DETAILED_MAX;
    const offered = detailed ? declared.choices(catalog).map(({ label }) => label) : [];
    return offered.length > 0 && offered.length <= DETAILED_MAX ? `${option}: ${offered.join(", ")}` : option;
  });
  const tail = words.length > 0 ? ` — ${words.join("; ")}` : "";
  return [[{ code: `/video ${name}` }, ` ${description}${tail}`]];
}

function faultLines(faults: CommandContext["faults"]): Line[] {
  if (faults.length === 0) return [];
  return [
    ["Videos are simulated here. Words in a prompt that show other outcomes:"],
    ...faults.map(({ tag, description }): Line => [{ code: tag }, ` ${description}`]),
  ];
}
