import type { Line } from "../src/chat/rich-text.ts";
import type { Catalog } from "../src/videos/catalog.ts";
import { type AnyCommand, type CommandContext, defineCommand } from "./command.ts";

/** `/video help`: what there is to type, made from the declarations. */
export const help = defineCommand({
  name: "help",
  description: "What the bot can do",
  options: {},
  async run({ request, commands, catalog, faults }) {
    const listed = commands.filter((command) => command.run);
    const buttons = commands.flatMap(({ button, description }) =>
      button ? [{ label: button.label, description }] : [],
    );
    await request.reply.private({
      tone: "info",
      lines: [
        ...listed.flatMap((command) => commandLines(command, catalog)),
        ...buttons.map(({ label, description }): Line => [{ bold: label }, ` (button): ${description}`]),
        ...faultLines(faults),
      ],
    });
  },
});

function commandLines({ name, description, options }: AnyCommand, catalog: Catalog): Line[] {
  const wordy = Object.entries(options).flatMap(([option, { type, ...rest }]) => {
    const offered =
      type === "choice" && "choices" in rest ? rest.choices(catalog).map(({ label }) => label) : [];
    return [` ${option}${offered.length > 0 ? `: ${offered.join(", ")}` : ""}`];
  });
  const tail = wordy.length > 0 ? ` —${wordy.join(";")}` : "";
  return [[{ code: `/video ${name}` }, ` ${description}${tail}`]];
}

function faultLines(faults: CommandContext["faults"]): Line[] {
  if (faults.length === 0) return [];
  return [
    ["Videos are simulated here. Words in a prompt that show other outcomes:"],
    ...faults.map(({ tag, description }): Line => [{ code: tag }, ` ${description}`]),
  ];
}
