import type { Actor, Destination } from "../chat/adapter.ts";
import { UserError } from "../errors.ts";
import type { Audience, Settings, SettingsStore } from "../settings/settings.ts";
import type { Job } from "./job.ts";

/** What somebody wants to do. Seeing is not among these: what one may see is the platform's to say. */
export type Action =
  | "create"
  | "remix"
  | "delete"
  | "hide"
  | "set-channel"
  | "revoke-links"
  | "list-server"
  | "forget-channel"
  | "forget-server"
  | "see-server-usage"
  | "see-bot-usage"
  | "set-channel-limits"
  | "set-server-limits"
  | "operate";

/** Who somebody is to a channel and a job; operators run the bot. */
export type Role = "member" | "requester" | "moderator" | "manager" | "operator";

/** Decides who may do what, in this one place. */
export interface Permissions {
  /** @throws UserError saying who may. */
  require(action: Action, actor: Actor, channel: Destination, job?: Job): Promise<void>;
  /** The same as a question. */
  may(action: Action, actor: Actor, channel: Destination, job?: Job): Promise<boolean>;
}

/** Who may, when the channel has no say in it. */
const FIXED: Record<Exclude<Action, "create" | "remix" | "delete">, Role> = {
  hide: "moderator",
  "set-channel": "moderator",
  "revoke-links": "moderator",
  "list-server": "moderator",
  "forget-channel": "moderator",
  "forget-server": "manager",
  "see-server-usage": "moderator",
  "see-bot-usage": "operator",
  "set-channel-limits": "moderator",
  "set-server-limits": "manager",
  operate: "operator",
};

const REFUSALS: Record<Action, string> = {
  create: "make videos in this channel",
  remix: "make something new from this video",
  delete: "delete this video",
  hide: "hide or show this video",
  "set-channel": "change this channel's settings",
  "revoke-links": "revoke this channel's gallery links",
  "list-server": "list every video of this server",
  "forget-channel": "have this channel forgotten",
  "forget-server": "have the whole server forgotten",
  "see-server-usage": "see what this whole server has used",
  "see-bot-usage": "see what the whole bot has used",
  "set-channel-limits": "change this channel's limits",
  "set-server-limits": "change this server's limits, those of its people and roles, and who is exempt",
  operate: "use this command",
};

const WHO: Record<Role, string> = {
  member: "Everyone",
  requester: "Only whoever asked for it and moderators",
  moderator: "Only moderators",
  manager: "Only those who manage the whole server",
  operator: "Only those who run the bot",
};

/** Operators are managers everywhere. */
export function createPermissions(options: {
  settings: SettingsStore;
  operatorIds: readonly string[];
}): Permissions {
  const { settings, operatorIds } = options;

  /** The least role that may; the rules of the channel where the video stands hold for it. */
  async function needed(action: Action, channel: Destination, job: Job | undefined): Promise<Role> {
    if (action !== "create" && action !== "remix" && action !== "delete") return FIXED[action];
    const place = action === "create" || !job ? channel : job.destination;
    const rules: Settings = await settings.here(place);
    return leastOf(rules[action] ?? (action === "delete" ? "requester" : "everyone"));
  }

  function rolesOf(actor: Actor, channel: Destination, job: Job | undefined): Set<Role> {
    const operator = operatorIds.includes(actor.id);
    const manager = actor.manager || operator;
    // Who moderates one channel does not moderate another, but its threads.
    const here = !job || isSamePlace(job.destination, channel);
    const moderator = manager || (actor.moderator && here);
    const requester = moderator || (job !== undefined && job.requester.id === actor.id);
    return new Set<Role>([
      "member",
      ...(requester ? (["requester"] as const) : []),
      ...(moderator ? (["moderator"] as const) : []),
      ...(manager ? (["manager"] as const) : []),
      ...(operator ? (["operator"] as const) : []),
    ]);
  }

  return {
    may: async (action, actor, channel, job) =>
      rolesOf(actor, channel, job).has(await needed(action, channel, job)),
    async require(action, actor, channel, job) {
      const role = await needed(action, channel, job);
      if (rolesOf(actor, channel, job).has(role)) return;
      throw new UserError("forbidden", `${WHO[role]} may ${REFUSALS[action]}.`);
    },
  };
}

function isSamePlace(a: Destination, b: Destination): boolean {
  return a.channel === b.channel || a.parent === b.channel || a.channel === b.parent;
}

function leastOf(audience: Audience): Role {
  if (audience === "moderators") return "moderator";
  return audience === "requester" ? "requester" : "member";
}
