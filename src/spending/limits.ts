import { z } from "zod";
import { readSettingsFile } from "../settings-file.ts";

/** What may be used in one scope; absent: as much as people like. Days and months are UTC. */
export interface Limits {
  videosPerDay?: number;
  secondsPerDay?: number;
  usdPerDay?: number;
  usdPerMonth?: number;
  /** Videos that are being made, or wait to be, at the same time. */
  running?: number;
  /** Seconds between two requests. */
  cooldownSeconds?: number;
}

/** A role's own limits in the place of those for everybody. */
export type RoleRules = Record<string, Limits | "exempt">;

/** The operator's rules, from the file that LIMITS names. */
export interface LimitRules {
  /** Of the whole bot; nobody is exempt from these. */
  all?: Limits;
  /** Of each server, channel and person. */
  server?: Limits;
  channel?: Limits;
  person?: Limits;
  /** By Discord's role ids, Slack's "owner", "admin", "member", "guest", or "moderator" and "manager". */
  roles?: RoleRules;
  /** Ids of people whom no limit but `all` holds for. */
  exempt?: readonly string[];
}

/** What moderators and managers have set in the chat, for a server or for a channel. */
export interface PlaceRules {
  /** Of the place as a whole. */
  place?: Limits;
  /** Of each person in that server. */
  person?: Limits;
  roles?: RoleRules;
  exempt?: readonly string[];
}

const amount = z.number().min(0);
const limits = z.strictObject({
  videosPerDay: amount.optional(),
  secondsPerDay: amount.optional(),
  usdPerDay: amount.optional(),
  usdPerMonth: amount.optional(),
  running: amount.optional(),
  cooldownSeconds: amount.optional(),
});
const rules = z.strictObject({
  all: limits.optional(),
  server: limits.optional(),
  channel: limits.optional(),
  person: limits.optional(),
  roles: z.record(z.string(), z.union([limits, z.literal("exempt")])).optional(),
  exempt: z.array(z.string()).optional(),
});

/**
 * Reads the operator's limits.
 * @param path of a JSON file as docs/limits.md describes it. @throws UserError listing all that is wrong.
 */
export async function readLimitsFile(path: string): Promise<LimitRules> {
  const written = await readSettingsFile("LIMITS", path, rules);
  return JSON.parse(JSON.stringify(written)) as LimitRules;
}

/** The more generous of two: of each limit the higher, and none where one of them has none. */
export function mostGenerous(a: Limits, b: Limits): Limits {
  return Object.fromEntries(
    Object.entries(a).flatMap(([name, value]) => {
      const other = b[name as keyof Limits];
      if (value === undefined || other === undefined) return [];
      // Of waiting times the shorter one is.
      return [[name, name === "cooldownSeconds" ? Math.min(value, other) : Math.max(value, other)]];
    }),
  );
}

/** Of each limit the lower one; of waiting times the longer. */
export function strictest(a: Limits, b: Limits): Limits {
  const both = { ...a, ...b };
  return Object.fromEntries(
    Object.entries(both).map(([name, value]) => {
      const values = [a[name as keyof Limits], b[name as keyof Limits]].filter((one) => one !== undefined);
      return [name, name === "cooldownSeconds" ? Math.max(...values) : Math.min(...values, value)];
    }),
  );
}

/**
 * What holds for a person by the rules of a place or of the operator: their roles' limits in the place of everybody's, and
 * "exempt" where they or a role of theirs are.
 */
export function limitsFor(
  person: { id: string; roles: readonly string[] },
  { person: everybody = {}, roles = {}, exempt = [] }: Pick<PlaceRules, "person" | "roles" | "exempt">,
): Limits | "exempt" {
  const theirs = person.roles.flatMap((role) => roles[role] ?? []);
  if (exempt.includes(person.id) || theirs.includes("exempt")) return "exempt";
  const [first, ...others] = theirs.filter((rule) => rule !== "exempt");
  return first ? others.reduce<Limits>(mostGenerous, first) : everybody;
}
