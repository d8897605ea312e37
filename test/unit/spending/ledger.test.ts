import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Amount, dayOf, monthOf, sumOf, usedIn } from "../../../src/spending/account.ts";
import { createLedger, type Ledger, type Scope } from "../../../src/spending/ledger.ts";
import type { Limits } from "../../../src/spending/limits.ts";
import { createStore } from "../../../src/store/create-store.ts";
import { liveWith } from "../../fixtures/mortal-store.ts";
import { scheduledStore } from "../../fixtures/scheduled-store.ts";

const all: Scope = { kind: "all", key: "all" };
const channel: Scope = { kind: "channel", key: "channel:c" };
const person = (name: string): Scope => ({ kind: "person", key: `person:${name}` });
const clip = (seconds = 4, usd = 0.4): Amount => ({
  model: "sora-2",
  milliseconds: seconds * 1000,
  microUsd: Math.round(usd * 1e6),
});
/** A Friday noon, in Unix milliseconds. */
const NOON = Date.UTC(2026, 10, 27, 12);
const HOUR = 3_600_000;

async function openLedger(now: () => number = () => NOON) {
  const store = await createStore({ url: "memory:" });
  return { store, ledger: createLedger({ store, now }) };
}

async function usedBy(ledger: Ledger, scope: Scope, at = NOON) {
  const account = await ledger.account(scope);
  return { day: sumOf(usedIn(account, "day", at)), month: sumOf(usedIn(account, "month", at)) };
}

describe("a reservation", () => {
  it("counts at once, and for good when it is charged", async () => {
    const { ledger } = await openLedger();
    await ledger.reserve("a", NOON, clip(8, 0.8), [{ scope: all, limits: {} }]);
    const used = { videos: 1, milliseconds: 8_000, microUsd: 800_000 };
    expect(await usedBy(ledger, all)).toEqual({ day: used, month: used });
    await ledger.settle("a", "charged");
    await ledger.settle("a", "charged");
    await ledger.settle("a", "refunded");
    expect(await usedBy(ledger, all)).toEqual({ day: used, month: used });
    expect((await ledger.account(all)).open).toEqual({});
  });

  it("is as if it had never been when it is refunded", async () => {
    const { ledger } = await openLedger();
    await ledger.reserve("a", NOON, clip(), [
      { scope: all, limits: {} },
      { scope: person("ada"), limits: {} },
    ]);
    await ledger.settle("a", "refunded");
    await ledger.settle("a", "charged");
    for (const scope of [all, person("ada")]) expect((await usedBy(ledger, scope)).month.videos).toBe(0);
  });

  it("belongs to the day and month in which it was made", async () => {
    const { ledger } = await openLedger();
    const late = Date.UTC(2026, 10, 30, 23, 59);
    const early = Date.UTC(2026, 11, 1, 0, 1);
    const limits = { videosPerDay: 1 };
    expect(await ledger.reserve("a", late, clip(), [{ scope: all, limits }])).toBeUndefined();
    expect(await ledger.reserve("b", early, clip(), [{ scope: all, limits }])).toBeUndefined();
    await ledger.settle("b", "charged");
    await ledger.settle("a", "charged");
    const used = await usedBy(ledger, all, early);
    expect([used.day.videos, used.month.videos]).toEqual([1, 1]);
  });

  it.each<[keyof Limits, Limits, Amount]>([
    ["videosPerDay", { videosPerDay: 2 }, clip()],
    ["secondsPerDay", { secondsPerDay: 8 }, clip(4)],
    ["usdPerDay", { usdPerDay: 0.8 }, clip(4, 0.4)],
    ["usdPerMonth", { usdPerMonth: 0.2 }, clip(4, 0.1)],
    ["running", { running: 2 }, clip()],
  ])("stays within %s to the last one", async (limit, limits, amount) => {
    const { ledger } = await openLedger();
    const reserve = (jobId: string) => ledger.reserve(jobId, NOON, amount, [{ scope: all, limits }]);
    expect(await reserve("a")).toBeUndefined();
    expect(await reserve("b")).toBeUndefined();
    expect(await reserve("c")).toMatchObject({ scope: all, broken: { limit } });
    await ledger.settle("a", "refunded");
    expect(await reserve("c")).toBeUndefined();
  });

  it("waits for the cooldown, which a refused request does not prolong", async () => {
    const { ledger } = await openLedger();
    const scopes = [
      { scope: person("ada"), limits: { cooldownSeconds: 60 } },
      { scope: channel, limits: { videosPerDay: 1 } },
    ];
    expect(await ledger.reserve("a", NOON, clip(), scopes)).toBeUndefined();
    expect(await ledger.reserve("b", NOON + 59_999, clip(), scopes)).toMatchObject({
      broken: { limit: "cooldownSeconds", frees: NOON + 60_000 },
    });
    // The channel has no room: the person's account is as it was.
    expect(await ledger.reserve("c", NOON + 60_000, clip(), scopes)).toMatchObject({ scope: channel });
    await ledger.settle("a", "refunded");
    expect(await ledger.reserve("d", NOON + 60_001, clip(), scopes)).toBeUndefined();
  });

  it("leaves nothing behind where a later scope refuses it", async () => {
    const { ledger } = await openLedger();
    const scopes = [
      { scope: all, limits: {} },
      { scope: person("ada"), limits: { videosPerDay: 0 } },
    ];
    expect(await ledger.reserve("a", NOON, clip(), scopes)).toMatchObject({ scope: person("ada") });
    expect(await ledger.account(all)).toMatchObject({ open: {} });
    expect((await ledger.account(all)).lastAt).toBeUndefined();
  });
});

describe("those who submit at the same moment", () => {
  /** What 500 people submit through three processes at once; how many were admitted. */
  async function rush(limits: Limits, amount: Amount): Promise<{ admitted: number; used: number }> {
    const { store } = await openLedger();
    const ledgers = [1, 2, 3].map(() => createLedger({ store, now: () => NOON }));
    const answers = await Promise.all(
      Array.from({ length: 500 }, (_, index) =>
        ledgers[index % 3]?.reserve(`job${index}`, NOON, amount, [
          { scope: all, limits },
          { scope: person(`p${index % 50}`), limits: {} },
        ]),
      ),
    );
    const used = await usedBy(createLedger({ store, now: () => NOON }), all);
    return { admitted: answers.filter((answer) => answer === undefined).length, used: used.day.videos };
  }

  it.each<[string, Limits, Amount]>([
    ["videos", { videosPerDay: 37 }, clip()],
    ["seconds", { secondsPerDay: 37 * 4 + 3.9 }, clip(4)],
    ["dollars a day", { usdPerDay: 37 * 0.1 + 0.099 }, clip(4, 0.1)],
    ["dollars a month", { usdPerMonth: 3.7 }, clip(4, 0.1)],
    ["running", { running: 37 }, clip()],
  ])("never exceed a limit of %s by one, nor stay below it", async (_, limits, amount) => {
    expect(await rush(limits, amount)).toEqual({ admitted: 37, used: 37 });
  });
});

it("whatever happens in whatever order, accounts are the sum of what was charged and what is open", async () => {
  const step = fc.record({
    do: fc.constantFrom("reserve", "charge", "refund"),
    job: fc.integer({ min: 0, max: 7 }),
    who: fc.constantFrom("ada", "bob"),
    hours: fc.integer({ min: 0, max: 60 }),
    seconds: fc.constantFrom(4, 8, 12),
    dies: fc.option(fc.integer({ min: 1, max: 16 }), { nil: undefined, freq: 4 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      let now = NOON;
      const { store } = await openLedger();
      const limits: Limits = { videosPerDay: 4, running: 3, usdPerMonth: 3 };
      /** What a job came to, by the model: jobs that were never admitted have no state. */
      const model = new Map<string, { at: number; seconds: number; who: string; state: string }>();
      for (const { do: action, job, who, hours, seconds, dies } of steps) {
        now += hours * HOUR;
        const id = `job${job}`;
        const known = model.get(id);
        const scopes = [
          { scope: all, limits },
          { scope: person(who), limits: { videosPerDay: 3 } },
        ];
        if (action === "reserve" && !known) {
          const lived = await liveWith(store, dies, async (mine) => {
            const refused = await createLedger({ store: mine, now: () => now }).reserve(
              id,
              now,
              clip(seconds, seconds / 10),
              scopes,
            );
            model.set(id, { at: now, seconds, who, state: refused ? "refused" : "open" });
          });
          // The job of a process that died here was never written down.
          if (!lived && !model.has(id)) model.set(id, { at: now, seconds, who, state: "gone" });
        } else if (action !== "reserve" && known?.state === "open") {
          const outcome = action === "charge" ? "charged" : "refunded";
          known.state = outcome;
          await liveWith(store, dies, (mine) =>
            createLedger({ store: mine, now: () => now }).settle(id, outcome),
          );
        }
        const account = await createLedger({ store, now: () => now }).account(all);
        expect(sumOf(usedIn(account, "day", now)).videos).toBeLessThanOrEqual(4);
        expect(sumOf(usedIn(account, "month", now)).microUsd).toBeLessThanOrEqual(3_000_000);
        expect(Object.keys(account.open).length).toBeLessThanOrEqual(3);
      }
      now += HOUR;
      const ledger = createLedger({ store, now: () => now });
      await ledger.sweep(async (id) => {
        const state = model.get(id)?.state ?? "gone";
        return state === "open" || state === "charged" || state === "refunded" ? state : "gone";
      });
      for (const [scope, whose] of [
        [all, ["ada", "bob"]],
        [person("ada"), ["ada"]],
        [person("bob"), ["bob"]],
      ] as const) {
        const counted = [...model.values()].filter(
          ({ state, who }) => (state === "open" || state === "charged") && whose.some((name) => name === who),
        );
        const inDay = counted.filter(({ at }) => dayOf(at) === dayOf(now));
        const inMonth = counted.filter(({ at }) => monthOf(at) === monthOf(now));
        const used = await usedBy(ledger, scope, now);
        expect(used.day.videos).toBe(inDay.length);
        expect(used.month.milliseconds).toBe(inMonth.reduce((sum, { seconds }) => sum + seconds * 1000, 0));
        const open = Object.keys((await ledger.account(scope)).open).length;
        expect(open).toBe(counted.filter(({ state }) => state === "open").length);
      }
    }),
    { numRuns: 150 },
  );
}, 60_000);

it("two processes that interleave admit as many as there is room for", async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), async (scheduler) => {
      const { store } = await openLedger();
      const ledgers = [1, 2].map(() =>
        createLedger({ store: scheduledStore(store, scheduler), now: () => NOON }),
      );
      const scopes = [
        { scope: all, limits: { videosPerDay: 2 } },
        { scope: person("ada"), limits: { videosPerDay: 2 } },
      ];
      const answers = Promise.all(
        ["a", "b", "c", "d"].map((id, index) => ledgers[index % 2]?.reserve(id, NOON, clip(), scopes)),
      );
      await scheduler.waitFor(answers);
      const admitted = (await answers).filter((answer) => answer === undefined).length;
      expect(admitted).toBe(2);
      const ledger = createLedger({ store, now: () => NOON });
      for (const scope of [all, person("ada")]) expect((await usedBy(ledger, scope)).day.videos).toBe(2);
    }),
    { numRuns: 60 },
  );
}, 60_000);
