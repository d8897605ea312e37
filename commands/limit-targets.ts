import type { ChatRequest } from "../src/chat/adapter.ts";
import { UserError } from "../src/errors.ts";
import type { Limits, PlaceRules } from "../src/spending/limits.ts";

/** Whose limits can be set, in words. */
export const TARGETS = {
  channel: "this channel",
  server: "this server",
  person: "each person in this server",
  role: "a role in this server",
};

/** Whose limits are meant; a role with its key in the rules. */
export type Target = { kind: "channel" | "server" | "person" } | { kind: "role"; role: string };

/** Whose limits somebody means: the channel's where nothing is said. @throws UserError */
export function targetOf(
  kind: string | undefined,
  role: string | undefined,
  request: Pick<ChatRequest, "actor" | "destination">,
): Target {
  const meant = kind ?? (role === undefined ? "channel" : "role");
  if (meant === "role") {
    if (role !== undefined) return { kind: "role", role: roleKey(role, request) };
    throw new UserError("option_missing", "“role” is missing: say which one is meant.", "role");
  }
  if (role !== undefined)
    throw new UserError("option_value", "“role” goes with “for” set to a role, or left open.", "role");
  if (meant === "channel" || meant === "server" || meant === "person") return { kind: meant };
  throw new UserError("unknown_command", "This button is from another version of the bot.");
}

const ROLE_ID = /^(?:<@&(\d{15,20})>|(\d{15,20}))$/;
/** What somebody can be on every platform. */
const EVERYWHERE = ["moderator", "manager"];
/** What somebody can be in a Slack workspace. */
const STANDINGS = ["owner", "admin", "member", "guest"];

/** What a role is called in the rules. */
function roleKey(typed: string, { actor, destination }: Pick<ChatRequest, "actor" | "destination">): string {
  const wanted = typed.trim();
  const [, mentioned, plain] = ROLE_ID.exec(wanted) ?? [];
  const id = mentioned ?? plain;
  if (id === destination.workspace || wanted === "@everyone")
    throw new UserError(
      "option_value",
      "Everybody has that role. Set “for” to “each person in this server” instead, and leave “role” out.",
      "role",
    );
  if (id !== undefined) return id;
  // Whoever asks has such a standing only where people have one.
  const hasStandings = actor.roles.some((role) => STANDINGS.includes(role));
  const words = [...EVERYWHERE, ...(hasStandings ? STANDINGS : [])];
  const word = words.find((one) => one === wanted.toLowerCase().replace(/s$/, ""));
  if (word !== undefined) return word;
  throw new UserError(
    "option_value",
    `“${wanted.slice(0, 60)}” is no role that the bot can tell. Mention a role, give its id, or say one of: ${words.join(", ")}.`,
    "role",
  );
}

/** Whose rules a target's limits are in. */
export const placeOf = ({ kind }: Target) => (kind === "channel" ? "channel" : "server");

/** A target's limits as they are set. */
export function limitsOf({ place, person, roles }: PlaceRules, target: Target): Limits {
  if (target.kind === "person") return person ?? {};
  if (target.kind !== "role") return place ?? {};
  const limits = roles?.[target.role] ?? {};
  return limits === "exempt" ? {} : limits;
}

/** The rules with some of a target's limits changed: 0 takes a limit back; a role without any is like everybody. */
export function withLimits(rules: PlaceRules, target: Target, changes: Limits): PlaceRules {
  const all = Object.entries({ ...limitsOf(rules, target), ...changes });
  const limits: Limits = Object.fromEntries(all.filter(([, value]) => value !== 0));
  if (target.kind === "person") return { ...rules, person: limits };
  if (target.kind !== "role") return { ...rules, place: limits };
  return withRole(rules, target.role, Object.keys(limits).length > 0 ? limits : undefined);
}

/** The rules with a role exempt, or no longer. */
export function toggleRole(rules: PlaceRules, role: string): PlaceRules {
  return withRole(rules, role, rules.roles?.[role] === "exempt" ? undefined : "exempt");
}

function withRole(rules: PlaceRules, role: string, limits: Limits | "exempt" | undefined): PlaceRules {
  const { [role]: _, ...others } = rules.roles ?? {};
  return { ...rules, roles: { ...others, ...(limits !== undefined && { [role]: limits }) } };
}

/** The rules with a person exempt, or no longer. */
export function togglePerson(rules: PlaceRules, id: string): PlaceRules {
  const { exempt = [] } = rules;
  const others = exempt.filter((person) => person !== id);
  return { ...rules, exempt: others.length < exempt.length ? others : [...exempt, id] };
}
