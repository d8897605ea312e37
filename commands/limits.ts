import type { FormField } from "../src/chat/form.ts";
import { UserError } from "../src/errors.ts";
import type { Limits } from "../src/spending/limits.ts";
import { type CommandContext, defineCommand, type Option } from "./command.ts";
import { requireServer } from "./in-server.ts";
import {
  limitsOf,
  placeOf,
  TARGETS,
  type Target,
  targetOf,
  togglePerson,
  toggleRole,
  withLimits,
} from "./limit-targets.ts";
import { showLimits } from "./limits-page.ts";

/** What is more than this is no limit. */
const bounds = { type: "number", min: 0, max: 1_000_000 } as const;

/** An option for each limit; which one it is stands in `LIMIT_OF`. */
const FIELDS = {
  videos: { ...bounds, integer: true, description: "Videos a day; 0: no limit" },
  seconds: { ...bounds, description: "Seconds of video a day; 0: no limit" },
  usd_day: { ...bounds, description: "US dollars a day; 0: no limit" },
  usd_month: { ...bounds, description: "US dollars a month; 0: no limit" },
  running: { ...bounds, integer: true, description: "Videos being made at the same time; 0: no limit" },
  cooldown: { ...bounds, integer: true, description: "Seconds between two requests; 0: no limit" },
} as const satisfies Record<string, Option>;

const LIMIT_OF: Record<string, keyof Limits> = {
  videos: "videosPerDay",
  seconds: "secondsPerDay",
  usd_day: "usdPerDay",
  usd_month: "usdPerMonth",
  running: "running",
  cooldown: "cooldownSeconds",
} satisfies Record<keyof typeof FIELDS, keyof Limits>;

const ROLE = {
  type: "text",
  description: "A role's mention or id, or: moderator, manager",
  maxLength: 60,
} as const;

/** What is picked for `exempt` to mean the role. */
const THE_ROLE = "role";

/** `/video limits`: what limits hold; moderators change the channel's, managers the server's. */
export const limits = defineCommand({
  name: "limits",
  description: "What limits hold here; moderators: set the channel's, managers: the server's",
  options: {
    for: {
      type: "choice",
      description: "Whose limits; this channel's if left open",
      choices: () => Object.entries(TARGETS).map(([value, label]) => ({ value, label })),
    },
    role: ROLE,
    ...FIELDS,
    exempt: {
      type: "person",
      description: "Frees somebody (a mention or name) from the server's limits, or takes that back",
      words: [{ value: THE_ROLE, label: "the role that “role” names" }],
    },
  },
  async run(context, { for: kind, role, exempt, ...values }) {
    const target = targetOf(kind, role, context.request);
    const changes: Limits = Object.fromEntries(
      Object.entries(values).flatMap(([name, value]) => {
        const limit = LIMIT_OF[name];
        return limit === undefined || value === undefined ? [] : [[limit, Number(value)]];
      }),
    );
    const hasChanges = Object.keys(changes).length > 0;
    if (hasChanges) await setLimits(context, target, changes);
    if (exempt !== undefined) await toggleExempt(context, target, exempt);
    await showLimits(context, hasChanges || exempt !== undefined);
  },
  async press(context, argument) {
    const [kind, role] = argument.split("_");
    const isNewRole = kind === "role" && role === undefined;
    await openForm(context, isNewRole ? undefined : targetOf(kind, role, context.request));
  },
});

async function requireTo(
  { request, permissions }: CommandContext,
  place: "channel" | "server",
): Promise<void> {
  const { actor, destination } = request;
  if (place === "server") requireServer(destination);
  await permissions.require(`set-${place}-limits`, actor, destination);
}

async function setLimits(context: CommandContext, target: Target, changes: Limits): Promise<void> {
  const { request, spending } = context;
  const place = placeOf(target);
  await requireTo(context, place);
  const change = (rules: Parameters<typeof withLimits>[0]) => withLimits(rules, target, changes);
  await spending.change(place, request.destination, change, request.actor);
}

async function toggleExempt(context: CommandContext, target: Target, whom: string): Promise<void> {
  await requireTo(context, "server");
  const { request, spending, people } = context;
  const { destination, actor } = request;
  if (whom.trim().toLowerCase() !== THE_ROLE) {
    const { id } = await people.resolve(whom, request);
    await spending.change("server", destination, (rules) => togglePerson(rules, id), actor);
    return;
  }
  if (target.kind !== "role")
    throw new UserError("option_missing", "“role” is missing: say which role is exempt.", "role");
  await spending.change("server", destination, (rules) => toggleRole(rules, target.role), actor);
}

/** A form with a target's limits as they are set; without a target it asks for a role. */
async function openForm(context: CommandContext, target: Target | undefined): Promise<void> {
  const { request, spending } = context;
  const place = target ? placeOf(target) : "server";
  await requireTo(context, place);
  const set = target ? limitsOf(await spending.rulesOf(place, request.destination), target) : {};
  const fields = Object.entries(FIELDS).map(([name, option]): FormField => {
    const limit = LIMIT_OF[name];
    const value = limit && set[limit];
    return { name, option, ...(value !== undefined && { initial: String(value) }) };
  });
  const kind = target?.kind ?? "role";
  await request.reply.form({
    command: "limits",
    title: `Limits: ${TARGETS[kind]}`,
    submitLabel: "Save",
    intro: [["0 takes a limit back. What is left empty stays as it is."]],
    fields: target ? fields : [{ name: "role", option: { ...ROLE, required: true } }, ...fields],
    hidden: { for: kind, ...(target?.kind === "role" && { role: target.role }) },
  });
}
