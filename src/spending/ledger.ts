import type { Collection, Store } from "../store/store.ts";
import { createTurns } from "../store/turns.ts";
import {
  type Account,
  type Amount,
  type Broken,
  brokenBy,
  emptyAccount,
  reserved,
  settled,
  withdrawn,
} from "./account.ts";
import type { Limits } from "./limits.ts";

/** Whose use is counted; `member` is a person within one server. */
export type ScopeKind = "all" | "server" | "channel" | "person" | "member";

/** One account. */
export interface Scope {
  kind: ScopeKind;
  key: string;
}

/** How a job ended, as its sweep wants to know it: "open" while it is under way, "gone" when there is none. */
export type Outcome = "charged" | "refunded" | "open" | "gone";

/** Accounts in which what jobs take is reserved, and settled when they end. */
export interface Ledger {
  /**
   * Reserves in every scope or in none: in the order in which they are given, which is the same for all, and taken back
   * where a later one has no room. Resolves to the limit that refused it.
   */
  reserve(
    jobId: string,
    at: number,
    amount: Amount,
    scopes: readonly { scope: Scope; limits: Limits }[],
  ): Promise<{ scope: Scope; broken: Broken } | undefined>;
  /** Counts a job for good, or as if it had never been; once more changes nothing. */
  settle(jobId: string, outcome: "charged" | "refunded"): Promise<void>;
  account(scope: Scope): Promise<Account>;
  /** Settles what a crash left. */
  sweep(outcomeOf: (jobId: string) => Promise<Outcome>): Promise<void>;
}

/** Where a job is reserved; written before the first reservation and gone after the last is settled. */
interface Hold {
  scopes: string[];
  at: number;
}

/** What is of no month that still counts is forgotten (ms). */
const ACCOUNT_LASTS_MS = 70 * 24 * 3_600_000;
/** A job whose document is not there by then never will be (ms). */
const DEAD_AFTER_MS = 600_000;

/** A ledger in a store, exact with single documents alone: each account lists its reservations by job. */
export function createLedger({ store, now }: { store: Store; now: () => number }): Ledger {
  const accounts: Collection<Account> = store.collection<Account>({
    name: "account",
    version: 1,
    ttlMs: ACCOUNT_LASTS_MS,
  });
  const holds: Collection<Hold> = store.collection<Hold>({ name: "hold", version: 1 });
  // Those who submit at the same moment in one process need not race for the document of all.
  const inTurn = createTurns();

  const change = (key: string, work: (account: Account) => Account) =>
    inTurn(key, () =>
      accounts.update(key, (current) => {
        const before = current ?? emptyAccount;
        const after = work(before);
        return after === before ? current : after;
      }),
    );

  async function release(
    jobId: string,
    { scopes }: Hold,
    work: (account: Account) => Account,
  ): Promise<void> {
    for (const key of scopes) await change(key, work);
    await holds.delete(jobId);
  }

  async function settle(jobId: string, outcome: "charged" | "refunded"): Promise<void> {
    const hold = await holds.get(jobId);
    if (hold) await release(jobId, hold, (account) => settled(account, jobId, outcome === "charged"));
  }

  return {
    async reserve(jobId, at, amount, scopes) {
      const hold = { scopes: scopes.map(({ scope }) => scope.key), at };
      await holds.insert(jobId, hold);
      for (const { scope, limits } of scopes) {
        let broken: Broken | undefined;
        await change(scope.key, (account) => {
          broken = account.open[jobId] ? undefined : brokenBy(account, limits, amount, at);
          return broken || account.open[jobId] ? account : reserved(account, jobId, at, amount);
        });
        if (!broken) continue;
        await release(jobId, hold, (account) => withdrawn(account, jobId));
        return { scope, broken };
      }
      return undefined;
    },
    settle,
    account: async ({ key }) => (await accounts.get(key)) ?? emptyAccount,
    async sweep(outcomeOf) {
      for await (const [jobId, { at }] of holds.entries()) {
        const outcome = await outcomeOf(jobId);
        if (outcome === "charged" || outcome === "refunded") await settle(jobId, outcome);
        else if (outcome === "gone" && at < now() - DEAD_AFTER_MS) await settle(jobId, "refunded");
      }
    },
  };
}
