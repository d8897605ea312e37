import { createHash } from "node:crypto";
import type { Logger } from "pino";
import { type Actor, type Destination, DIRECT_MESSAGES } from "../chat/adapter.ts";
import { UserError } from "../errors.ts";
import type { Collection, Store } from "../store/store.ts";
import { nextDay, nextMonth, type Standing, standingOf, type Totals, usedIn } from "./account.ts";
import { createLedger, type Outcome, type Scope, type ScopeKind } from "./ledger.ts";
import { explainLimit } from "./limit-words.ts";
import { type LimitRules, type Limits, limitsFor, type PlaceRules, strictest } from "./limits.ts";

/** A job as it is reserved. */
export interface Purchase {
  id: string;
  /** Unix milliseconds. */
  at: number;
  destination: Destination;
  seconds: number;
  /** Undefined where the price is not known: it counts as nothing. */
  usd: number | undefined;
  model: string;
}

/** Whose use is looked at; `bot` is everybody's everywhere. */
export type UsageOf = "mine" | "channel" | "server" | "bot";

/** What was used and what is left. */
export interface UsageReport {
  /** By model. */
  day: Record<string, Totals>;
  month: Record<string, Totals>;
  running: number;
  limits: readonly (Standing & { kind: ScopeKind })[];
  /** When today and this month are over (Unix milliseconds). */
  dayEnds: number;
  monthEnds: number;
}

type Place = "server" | "channel";
type Asker = { actor: Actor; destination: Destination };

/** What is spent, and who may spend how much. */
export interface Spending {
  /** Reserves what a job takes in every scope that it counts to. @throws UserError naming the limit that is reached. */
  reserve(purchase: Purchase, actor: Actor): Promise<void>;
  /** A job has ended; once more changes nothing. */
  settle(jobId: string, outcome: "charged" | "refunded"): Promise<void>;
  usage(of: UsageOf, asker: Asker): Promise<UsageReport>;
  /** The operator's rules, which hold everywhere. */
  readonly rules: LimitRules;
  /** What was set in the chat. */
  rulesOf(place: Place, destination: Destination): Promise<PlaceRules>;
  /** Sets it; logged with who did. */
  change(
    place: Place,
    destination: Destination,
    change: (rules: PlaceRules) => PlaceRules,
    by: Actor,
  ): Promise<PlaceRules>;
  /** Settles what a crash left. */
  sweep(outcomeOf: (jobId: string) => Promise<Outcome>): Promise<void>;
  /** Takes somebody out of every list of those who are exempt. */
  forgetPerson(person: { platform: string; id: string }): Promise<void>;
  /** Forgets what was set for a channel, or a server with its channels; what was used is counted to the end of its month. */
  forget(place: Place, destination: Pick<Destination, "platform" | "workspace" | "channel">): Promise<void>;
}

/** Builds it; `rules` are the operator's, whose ids count as managers everywhere. */
export function createSpending(options: {
  store: Store;
  rules: LimitRules;
  operatorIds: readonly string[];
  now: () => number;
  logger: Logger;
}): Spending {
  const { store, rules, operatorIds, now, logger } = options;
  const ledger = createLedger({ store, now });
  const places: Collection<PlaceRules> = store.collection<PlaceRules>({ name: "limits", version: 1 });

  const rulesOf = async (place: Place, destination: Destination): Promise<PlaceRules> =>
    (await places.get(keyOf(place, destination))) ?? {};

  /** Every scope that somebody's videos in a channel count to, in the order in which they are reserved. */
  async function scopesOf({ actor, destination }: Asker): Promise<{ scope: Scope; limits: Limits }[]> {
    const person = { id: actor.id, roles: rolesOf(actor, operatorIds) };
    const [server, channel] = await Promise.all([
      rulesOf("server", destination),
      rulesOf("channel", destination),
    ]);
    const byOperator = limitsFor(person, rules);
    const byServer = limitsFor(person, server);
    const free = byOperator === "exempt";
    const freeHere = byServer === "exempt";
    const both = (operators: Limits = {}, set: Limits = {}) =>
      strictest(free ? {} : operators, freeHere ? {} : set);
    const limits: Record<ScopeKind, Limits> = {
      all: rules.all ?? {},
      server: both(rules.server, server.place),
      channel: both(rules.channel, channel.place),
      person: free ? {} : byOperator,
      member: freeHere ? {} : byServer,
    };
    return SCOPES.filter((kind) => !isOfServer(kind) || destination.workspace !== DIRECT_MESSAGES).map(
      (kind) => ({ scope: { kind, key: keyOf(kind, destination, actor.id) }, limits: limits[kind] }),
    );
  }

  return {
    rules,
    rulesOf,
    async reserve({ id, at, destination, seconds, usd = 0, model }, actor) {
      const amount = {
        model,
        milliseconds: Math.round((seconds || 0) * 1e3),
        microUsd: Math.round(usd * 1e6),
      };
      const refused = await ledger.reserve(id, at, amount, await scopesOf({ actor, destination }));
      if (!refused) return;
      const { scope, broken } = refused;
      logger.info({ person: actor.id, scope: scope.key, limit: broken.limit }, "limit reached");
      throw new UserError(`limit_${broken.limit}`, explainLimit(scope.kind, broken, at));
    },
    settle: ledger.settle,
    async usage(of, asker) {
      const at = now();
      const shown = (await scopesOf(asker)).filter(({ scope }) => SHOWN[of].includes(scope.kind));
      const accounts = await Promise.all(shown.map(({ scope }) => ledger.account(scope)));
      const limits = shown.flatMap(({ scope, limits: set }, index) => {
        const account = accounts[index];
        return account ? standingOf(account, set, at).map((row) => ({ ...row, kind: scope.kind })) : [];
      });
      const [account] = accounts;
      return {
        day: account ? usedIn(account, "day", at) : {},
        month: account ? usedIn(account, "month", at) : {},
        running: Object.keys(account?.open ?? {}).length,
        limits,
        dayEnds: nextDay(at),
        monthEnds: nextMonth(at),
      };
    },
    async change(place, destination, change, by) {
      const key = keyOf(place, destination);
      const before = await rulesOf(place, destination);
      const after = (await places.update(key, (current) => change(current ?? {}))) ?? {};
      logger.info({ limits: key, by: by.id, byName: by.name, before, after }, "limits changed");
      return after;
    },
    sweep: ledger.sweep,
    async forgetPerson({ platform, id }) {
      for await (const [key, { exempt = [] }] of places.entries()) {
        if (!key.startsWith(`server:${platform}:`) || !exempt.includes(id)) continue;
        await places.update(key, (current) => current && without(current, id));
      }
    },
    async forget(place, destination) {
      await places.delete(keyOf(place, destination));
      if (place === "channel") return;
      const { platform, workspace } = destination;
      const ofItsChannels = keyOf("channel", { platform, workspace, channel: "" });
      for await (const [key] of places.entries()) if (key.startsWith(ofItsChannels)) await places.delete(key);
    },
  };
}

function without(rules: PlaceRules, person: string): PlaceRules {
  const { exempt = [], ...others } = rules;
  const rest = exempt.filter((id) => id !== person);
  return rest.length === 0 ? others : { ...others, exempt: rest };
}

const SCOPES: readonly ScopeKind[] = ["all", "server", "channel", "person", "member"];

/** Which scopes are looked at together; the first one's use is shown. */
const SHOWN: Record<UsageOf, readonly ScopeKind[]> = {
  mine: ["person", "member"],
  channel: ["channel"],
  server: ["server"],
  bot: ["all"],
};

/** Direct messages are of no server. */
function isOfServer(kind: ScopeKind): boolean {
  return kind === "server" || kind === "member";
}

/** What the platform says, and what the bot itself knows. */
function rolesOf({ id, roles, moderator, manager }: Actor, operatorIds: readonly string[]): string[] {
  const manages = manager || operatorIds.includes(id);
  return [...roles, ...(moderator || manages ? ["moderator"] : []), ...(manages ? ["manager"] : [])];
}

/**
 * A thread counts to the channel that it is in. What somebody used has to outlast their wish to be forgotten, or a limit
 * would be worth nothing; so it is kept to the end of its month under a name that is not theirs.
 */
function keyOf(
  kind: ScopeKind,
  {
    platform,
    workspace,
    channel,
    parent,
  }: Pick<Destination, "platform" | "workspace" | "channel" | "parent">,
  person = "",
): string {
  const somebody = () =>
    createHash("sha256").update(`${platform}:${person}`).digest("base64url").slice(0, 22);
  switch (kind) {
    case "all":
      return "all";
    case "server":
      return `server:${platform}:${workspace}`;
    case "channel":
      return `channel:${platform}:${workspace}:${parent ?? channel}`;
    case "person":
      return `person:${somebody()}`;
    case "member":
      return `member:${platform}:${workspace}:${somebody()}`;
  }
}
