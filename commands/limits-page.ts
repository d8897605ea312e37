import { DIRECT_MESSAGES } from "../src/chat/adapter.ts";
import type { PageButton, PageRow } from "../src/chat/page.ts";
import type { Line } from "../src/chat/rich-text.ts";
import { LIMIT_WORDS } from "../src/spending/limit-words.ts";
import type { LimitRules, Limits, PlaceRules } from "../src/spending/limits.ts";
import type { CommandContext } from "./command.ts";

/** Roles that have a button of their own on a page. */
const ROWS_MAX = 5;
/** Roles without a button, and people, that a page names. */
const NAMED_MAX = 15;

/** Shows what limits hold in a place, with buttons for what the one who looks may change. */
export async function showLimits(
  { request, spending, permissions }: CommandContext,
  saved: boolean,
): Promise<void> {
  const { actor, destination } = request;
  const inServer = destination.workspace !== DIRECT_MESSAGES;
  const nothing: PlaceRules = {};
  const [server, channel, moderates, manages] = await Promise.all([
    inServer ? spending.rulesOf("server", destination) : nothing,
    spending.rulesOf("channel", destination),
    permissions.may("set-channel-limits", actor, destination),
    permissions.may("set-server-limits", actor, destination),
  ]);
  const maySetServer = manages && inServer;
  const roles = Object.entries(server.roles ?? {});
  await request.reply.page({
    title: "Limits",
    lines: [
      ...(saved ? [["Saved."]] : []),
      limitLine("This channel", channel.place),
      ...(inServer
        ? [limitLine("This server", server.place), limitLine("Each person in this server", server.person)]
        : []),
      ...exemptLines(server, spending.rules, actor.id, moderates),
      ...operatorLines(spending.rules),
      ...roleLines(roles.slice(ROWS_MAX)),
      ["Where several limits hold, the strictest counts. Days and months are UTC."],
      ...(roles.length > 0
        ? [
            [
              "A role's limits stand in place of those of each person; of several roles the most generous counts.",
            ],
          ]
        : []),
      ["What is left of them: /video usage"],
    ],
    rows: roles.slice(0, ROWS_MAX).map((role) => roleRow(role, maySetServer)),
    buttons: [
      ...(moderates ? [button("This channel", "channel")] : []),
      ...(maySetServer
        ? [button("This server", "server"), button("Each person", "person"), button("Another role", "role")]
        : []),
    ],
  });
}

function button(label: string, argument: string): PageButton {
  return { label, style: "secondary", action: "limits", argument };
}

function limitLine(name: string, limits: Limits | "exempt" | undefined): Line {
  return [{ bold: name }, ": ", ...limitSpans(limits)];
}

function limitSpans(limits: Limits | "exempt" = {}): Line {
  if (limits === "exempt") return [{ bold: "exempt" }];
  const said = Object.entries(LIMIT_WORDS).flatMap(([limit, { name, write }]): string[] => {
    const value = limits[limit as keyof Limits];
    return value === undefined ? [] : [`${name} ${write(value)}`];
  });
  return [said.length > 0 ? said.join(" · ") : "no limits"];
}

type RoleRule = [role: string, limits: Limits | "exempt"];

const roleName = (role: string): Line => ["Role ", { code: role }, ": "];

function roleRow([role, limits]: RoleRule, maySet: boolean): PageRow {
  const buttons = maySet ? [button("Change", `role_${role}`)] : [];
  return { lines: [[...roleName(role), ...limitSpans(limits)]], buttons };
}

function roleLines(roles: RoleRule[]): Line[] {
  const more = roles.length - NAMED_MAX;
  return [
    ...roles.slice(0, NAMED_MAX).map(([role, limits]): Line => [...roleName(role), ...limitSpans(limits)]),
    ...(more > 0 ? [[`and ${more} more ${more === 1 ? "role" : "roles"}`]] : []),
  ];
}

/** Who is exempt is for moderators to see; others see whether they are. */
function exemptLines(
  { exempt = [] }: PlaceRules,
  operators: LimitRules,
  me: string,
  moderates: boolean,
): Line[] {
  const mine: Line[] = [
    ...(exempt.includes(me) ? [["You are exempt from the limits that are set here."]] : []),
    ...(operators.exempt?.includes(me)
      ? [
          [
            "You are exempt from the limits that whoever runs the bot has set, but for those of the whole bot.",
          ],
        ]
      : []),
  ];
  if (!moderates || exempt.length === 0) return mine;
  const more = exempt.length - NAMED_MAX;
  const people = exempt
    .slice(0, NAMED_MAX)
    .flatMap((person, at): Line => [...(at > 0 ? [", "] : []), { person, name: person }]);
  return [...mine, [{ bold: "Exempt" }, ": ", ...people, more > 0 ? ` and ${more} more` : ""]];
}

/** What the operator has set, where it is something. */
function operatorLines({ all, server, channel, person, roles = {} }: LimitRules): Line[] {
  const set: [string, Limits | "exempt" | undefined][] = [
    ["The whole bot", all],
    ["Each server", server],
    ["Each channel", channel],
    ["Each person", person],
    ...Object.entries(roles).map(([role, limits]): [string, Limits | "exempt"] => [`Role ${role}`, limits]),
  ];
  const lines = set
    .filter(([, limits]) => limits !== undefined)
    .map(([name, limits]) => limitLine(name, limits));
  return lines.length > 0 ? [["Set by whoever runs the bot, everywhere:"], ...lines] : [];
}
