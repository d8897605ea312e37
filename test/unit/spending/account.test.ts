import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Amount,
  brokenBy,
  dayOf,
  emptyAccount,
  monthOf,
  nextDay,
  nextMonth,
  reserved,
  settled,
  standingOf,
  sumOf,
  usedIn,
  withdrawn,
} from "../../../src/spending/account.ts";

const NOON = Date.UTC(2026, 10, 27, 12);
const clip = (usd = 0.4): Amount => ({
  model: "sora-2",
  milliseconds: 4_000,
  microUsd: Math.round(usd * 1e6),
});

describe("days and months", () => {
  it.each([
    ["2026-11-27T12:00:00.000Z", "2026-11-28T00:00:00.000Z", "2026-12-01T00:00:00.000Z"],
    ["2026-12-31T23:59:59.999Z", "2027-01-01T00:00:00.000Z", "2027-01-01T00:00:00.000Z"],
    ["2027-01-01T00:00:00.000Z", "2027-01-02T00:00:00.000Z", "2027-02-01T00:00:00.000Z"],
    ["2028-02-28T00:00:00.000Z", "2028-02-29T00:00:00.000Z", "2028-03-01T00:00:00.000Z"],
  ])("of %s end", (at, day, month) => {
    const ends = [nextDay(Date.parse(at)), nextMonth(Date.parse(at))];
    expect(ends.map((end) => new Date(end).toISOString())).toEqual([day, month]);
  });

  it("never end in themselves, and the millisecond before is theirs", () => {
    const at = fc.integer({ min: 0, max: Date.UTC(2100, 0) });
    fc.assert(
      fc.property(at, (moment) => {
        expect(dayOf(nextDay(moment))).not.toBe(dayOf(moment));
        expect(dayOf(nextDay(moment) - 1)).toBe(dayOf(moment));
        expect(monthOf(nextMonth(moment))).not.toBe(monthOf(moment));
        expect(monthOf(nextMonth(moment) - 1)).toBe(monthOf(moment));
      }),
    );
  });
});

describe("what was charged", () => {
  it("is kept by model", () => {
    const models = ["sora-2", "sora-2-pro", "sora-2"];
    const account = models.reduce(
      (before, model, n) => settled(reserved(before, `job${n}`, NOON, { ...clip(), model }), `job${n}`, true),
      emptyAccount,
    );
    expect(usedIn(account, "day", NOON)).toEqual({
      "sora-2": { videos: 2, milliseconds: 8_000, microUsd: 800_000 },
      "sora-2-pro": { videos: 1, milliseconds: 4_000, microUsd: 400_000 },
    });
  });

  it("of an older day counts to its month alone, of an older month nowhere", () => {
    const days = [NOON, NOON - 24 * 3_600_000, NOON - 30 * 24 * 3_600_000];
    const all = days.reduce((before, at, n) => reserved(before, `job${n}`, at, clip()), emptyAccount);
    const account = days.reduce((before, _, n) => settled(before, `job${n}`, true), all);
    expect(sumOf(usedIn(account, "day", NOON)).videos).toBe(1);
    expect(sumOf(usedIn(account, "month", NOON)).videos).toBe(2);
    expect(account.open).toEqual({});
  });
});

describe("the waiting time", () => {
  const limits = { cooldownSeconds: 60 };
  const frees = (account: typeof emptyAccount, at: number) => brokenBy(account, limits, clip(), at)?.frees;

  it("begins with a request that was taken, whatever came of it", () => {
    const account = settled(reserved(emptyAccount, "a", NOON, clip()), "a", false);
    expect(frees(account, NOON + 1)).toBe(NOON + 60_000);
    expect(frees(account, NOON + 60_000)).toBeUndefined();
  });

  it("is what it was where a request was withdrawn", () => {
    const first = reserved(emptyAccount, "a", NOON, clip());
    const account = withdrawn(reserved(first, "b", NOON + 59_000, clip()), "b");
    expect(frees(account, NOON + 59_500)).toBe(NOON + 60_000);
    expect(account.open).toEqual(first.open);
    expect(withdrawn(account, "b")).toBe(account);
  });
});

describe("how limits stand", () => {
  it("is told of those that are set", () => {
    const account = reserved(emptyAccount, "a", NOON, clip());
    expect(standingOf(account, { videosPerDay: 3, running: 0 }, NOON)).toEqual([
      { limit: "videosPerDay", max: 3, used: 1, frees: nextDay(NOON) },
      { limit: "running", max: 0, used: 1, frees: undefined },
    ]);
    expect(standingOf(account, {}, NOON)).toEqual([]);
  });

  it("does not suffer from dollars that binary fractions cannot hold", () => {
    const three = ["a", "b", "c"].reduce((before, id) => reserved(before, id, NOON, clip(0.1)), emptyAccount);
    expect(brokenBy(three, { usdPerDay: 0.4 }, clip(0.1), NOON)).toBeUndefined();
    expect(brokenBy(three, { usdPerDay: 0.4 }, clip(0.100001), NOON)?.limit).toBe("usdPerDay");
  });
});
