import type { FormField } from "../src/chat/form.ts";
import { isOffered } from "../src/chat/offer.ts";
import type { PageButton } from "../src/chat/page.ts";
import type { Line } from "../src/chat/rich-text.ts";
import { UserError } from "../src/errors.ts";
import type { Settings } from "../src/settings/settings.ts";
import type { Catalog } from "../src/videos/catalog.ts";
import { haveLengths, haveSizes, lengthChoices, modelChoices, sizeChoices } from "./clip-choices.ts";
import { type Choice, type CommandContext, defineCommand, type Option } from "./command.ts";

/** Takes a setting back, so that the next one down holds. */
const UNSET = "default";
const unset: Choice = { value: UNSET, label: "not set" };

const setting = (description: string, choices: (catalog: Catalog) => Choice[]) =>
  ({
    type: "choice",
    description,
    choices: (catalog: Catalog) => [unset, ...choices(catalog)],
    initial: () => UNSET,
  }) as const;

const words = (labels: Record<string, string>) => () =>
  Object.entries(labels).map(([value, label]) => ({ value, label }));

/** What is a matter of taste: a person's goes before the channel's. */
const TASTE = {
  model: setting("Default model", modelChoices),
  seconds: { ...setting("Default length", lengthChoices), offered: haveLengths },
  size: { ...setting("Default size", sizeChoices), offered: haveSizes },
  ping: setting(
    "How you hear that a video is done",
    words({ reply: "in the channel", direct: "by direct message", none: "not at all" }),
  ),
  spoiler: setting("Hide videos until clicked", words({ on: "hidden", off: "shown" })),
};

/** What moderators decide for a channel. */
const RULES = {
  create: setting("Who may create", words({ everyone: "everyone", moderators: "moderators" })),
  remix: setting(
    "Who may remix, edit and extend a video",
    words({ everyone: "everyone", requester: "whoever asked for it", moderators: "moderators" }),
  ),
  delete: setting(
    "Who may delete a video",
    words({ requester: "whoever asked for it", moderators: "moderators" }),
  ),
  gallery: setting("The web gallery's link", words({ on: "on", off: "off" })),
};

type Group = "me" | "channel" | "rules";

const GROUPS: Record<Group, { title: string; options: Record<string, Option> }> = {
  me: { title: "My settings", options: TASTE },
  channel: { title: "Channel defaults", options: TASTE },
  rules: { title: "Channel rules", options: RULES },
};

/** `/video settings`: what holds for a person and, for moderators, a channel; shown, or changed at once. */
export const settings = defineCommand({
  name: "settings",
  description: "Your defaults; moderators: the channel's defaults and rules",
  options: {
    for: {
      type: "choice",
      description: "Whose settings; yours if left open",
      choices: () => [
        { value: "me", label: "mine" },
        { value: "channel", label: "this channel's" },
      ],
    },
    ...TASTE,
    ...RULES,
  },
  async run(context, { for: whose, ...values }) {
    const changes = Object.entries(values).filter(([, value]) => value !== undefined);
    if (changes.length > 0) await save(context, whose, Object.fromEntries(changes));
    await show(context, changes.length > 0);
  },
  async press(context, argument) {
    if (argument === "revoke") return revoke(context);
    if (argument !== "me" && argument !== "channel" && argument !== "rules")
      throw new UserError("unknown_command", "This button is from another version of the bot.");
    await openForm(context, argument);
  },
});

const isRule = (name: string) => Object.hasOwn(RULES, name);

async function save(
  { request, settings: store, permissions }: CommandContext,
  whose: string | undefined,
  values: Record<string, string | undefined>,
): Promise<void> {
  const { actor, destination } = request;
  const rule = Object.keys(values).find(isRule);
  const forChannel = whose === "channel";
  if (rule !== undefined && !forChannel)
    throw new UserError(
      "channel_only",
      `“${rule}” is a rule of a whole channel: set “for” to “channel” as well.`,
      rule,
    );
  if (forChannel) await permissions.require("set-channel", actor, destination);
  const changes = Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, value === UNSET ? undefined : value]),
  );
  const scope = forChannel ? { channel: destination } : { person: actor.id, destination };
  await store.change(scope, changes, actor);
}

async function openForm(context: CommandContext, group: Group) {
  const { request, settings: store, permissions, catalog } = context;
  const { actor, destination } = request;
  if (group !== "me") await permissions.require("set-channel", actor, destination);
  const scope = group === "me" ? { person: actor.id, destination } : { channel: destination };
  const set: Record<string, string | undefined> = { ...(await store.of(scope)) };
  const { title, options } = GROUPS[group];
  const offered = Object.entries(options).filter(([, option]) => isOffered(option, catalog));
  const fields: FormField[] = offered.map(([name, option]) => ({
    name,
    option,
    initial: set[name] ?? UNSET,
  }));
  const hidden = { for: group === "me" ? "me" : "channel" };
  await request.reply.form({ command: "settings", title, submitLabel: "Save", intro: [], fields, hidden });
}

async function show(context: CommandContext, saved: boolean): Promise<void> {
  const { request, settings: store, permissions } = context;
  const { actor, destination } = request;
  const [mine, here] = await Promise.all([
    store.of({ person: actor.id, destination }),
    store.of({ channel: destination }),
  ]);
  const moderates = await permissions.may("set-channel", actor, destination);
  const button = (label: string, argument: string, style: PageButton["style"] = "secondary"): PageButton => ({
    label,
    style,
    action: "settings",
    argument,
  });
  await request.reply.page({
    title: "Settings",
    lines: [
      ...(saved ? [["Saved."]] : []),
      ...linesOf("Yours", TASTE, mine, context.catalog),
      ...linesOf("This channel's", { ...TASTE, ...RULES }, here, context.catalog),
      ["Yours go before the channel's. What neither has set is the bot's default."],
    ],
    rows: [],
    buttons: [
      button("Change mine", "me", "primary"),
      ...(moderates
        ? [
            button("Channel defaults", "channel"),
            button("Channel rules", "rules"),
            button("Revoke gallery links", "revoke", "danger"),
          ]
        : []),
    ],
  });
}

function linesOf(title: string, options: Record<string, Option>, set: Settings, catalog: Catalog): Line[] {
  const values: Record<string, string | undefined> = { ...set };
  const said = Object.entries(options).flatMap(([name, option]): Line[] => {
    const value = values[name];
    if (value === undefined || option.type !== "choice" || !isOffered(option, catalog)) return [];
    const label = option.choices(catalog).find((choice) => choice.value === value)?.label ?? value;
    return [[`${option.description}: `, { bold: label }]];
  });
  return [[{ bold: title }], ...(said.length > 0 ? said : [["nothing set"]])];
}

async function revoke({ request, links, permissions }: CommandContext): Promise<void> {
  const { actor, destination } = request;
  await permissions.require("revoke-links", actor, destination);
  await links.revoke(destination);
  const lines = [
    ["Every link to this channel's web gallery that was given out until now leads nowhere. "],
    ["/video gallery gives a new one."],
  ];
  await request.reply.private({ tone: "info", lines });
}
