import type { Limits } from "./limits.ts";

/** What a job takes: whole millionths of a dollar, whole thousandths of a second, so that sums are exact. */
export interface Amount {
  model: string;
  milliseconds: number;
  microUsd: number;
}

/** What was used in a while. */
export interface Totals {
  videos: number;
  milliseconds: number;
  microUsd: number;
}

/** A job that is not settled: when it was asked for, and what it takes. */
type Open = [at: number, milliseconds: number, microUsd: number, model: string];

/** What one scope has used: one document, changed as a whole. */
export interface Account {
  /** Reservations by job. */
  open: Record<string, Open>;
  /** What was charged by model, for the newest day and month in which something was. */
  day: { of: string; models: Record<string, Totals> };
  month: { of: string; models: Record<string, Totals> };
  /** When the newest request was made, and the one before it. */
  lastAt?: number;
  previousAt?: number;
}

/** An account in which nothing happened yet. */
export const emptyAccount: Account = { open: {}, day: { of: "", models: {} }, month: { of: "", models: {} } };

/** "2026-11-26", in UTC. */
export const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);
/** "2026-11" */
export const monthOf = (at: number): string => new Date(at).toISOString().slice(0, 7);

const DAY_MS = 24 * 3_600_000;

/** When the day is over (Unix milliseconds). */
export const nextDay = (at: number): number => Math.floor(at / DAY_MS) * DAY_MS + DAY_MS;

/** When the month is over (Unix milliseconds). */
export function nextMonth(at: number): number {
  const date = new Date(at);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1);
}

/** A reservation more. */
export function reserved(account: Account, jobId: string, at: number, amount: Amount): Account {
  const { milliseconds, microUsd, model } = amount;
  const { lastAt } = account;
  return {
    ...account,
    lastAt: Math.max(lastAt ?? 0, at),
    ...(lastAt !== undefined && { previousAt: lastAt }),
    open: { ...account.open, [jobId]: [at, milliseconds, microUsd, model] },
  };
}

/** A reservation taken back because another scope refused it: nobody waits after a request that was none. */
export function withdrawn(account: Account, jobId: string): Account {
  const reservation = account.open[jobId];
  if (!reservation) return account;
  const { lastAt, previousAt, ...rest } = settled(account, jobId, false);
  if (lastAt !== reservation[0]) return { ...rest, ...(lastAt !== undefined && { lastAt }) };
  return { ...rest, ...(previousAt !== undefined && { lastAt: previousAt }) };
}

/** A reservation less: counted for good, or as if it had never been. One that is not there is settled already. */
export function settled(account: Account, jobId: string, charged: boolean): Account {
  const reservation = account.open[jobId];
  if (!reservation) return account;
  const { [jobId]: _, ...open } = account.open;
  if (!charged) return { ...account, open };
  const [at] = reservation;
  return {
    ...account,
    open,
    day: charge(account.day, dayOf(at), reservation),
    month: charge(account.month, monthOf(at), reservation),
  };
}

/** What belongs to a time before the newest one counts nowhere any more. */
function charge(period: Account["day"], of: string, [, milliseconds, microUsd, model]: Open): Account["day"] {
  if (of < period.of) return period;
  const models = of === period.of ? period.models : {};
  return { of, models: { ...models, [model]: plus(models[model], { videos: 1, milliseconds, microUsd }) } };
}

function plus(a: Totals | undefined, b: Totals): Totals {
  return {
    videos: (a?.videos ?? 0) + b.videos,
    milliseconds: (a?.milliseconds ?? 0) + b.milliseconds,
    microUsd: (a?.microUsd ?? 0) + b.microUsd,
  };
}

/** What was used in a day or month, by model: what was charged and what is reserved. */
export function usedIn(account: Account, period: "day" | "month", now: number): Record<string, Totals> {
  const nameOf = period === "day" ? dayOf : monthOf;
  const of = nameOf(now);
  const models = account[period].of === of ? { ...account[period].models } : {};
  for (const [at, milliseconds, microUsd, model] of Object.values(account.open)) {
    if (nameOf(at) === of) models[model] = plus(models[model], { videos: 1, milliseconds, microUsd });
  }
  return models;
}

/** All models together. */
export function sumOf(models: Record<string, Totals>): Totals {
  return Object.values(models).reduce<Totals>(plus, { videos: 0, milliseconds: 0, microUsd: 0 });
}

/** A limit as it stands: how much of it is used, and when it frees; `frees` undefined: when a video is done. */
export interface Standing {
  limit: keyof Limits;
  max: number;
  used: number;
  frees: number | undefined;
}

/** A limit that a job would break, and what it would add. */
export interface Broken extends Standing {
  adds: number;
}

/** How each of a scope's limits stands. */
export function standingOf(account: Account, limits: Limits, now: number): Standing[] {
  const today = sumOf(usedIn(account, "day", now));
  const month = sumOf(usedIn(account, "month", now));
  const { cooldownSeconds = 0 } = limits;
  const sinceMs = now - (account.lastAt ?? Number.NEGATIVE_INFINITY);
  const cooling = sinceMs < cooldownSeconds * 1000;
  const rows: Record<keyof Limits, Omit<Standing, "limit" | "max">> = {
    videosPerDay: { used: today.videos, frees: nextDay(now) },
    secondsPerDay: { used: today.milliseconds / 1000, frees: nextDay(now) },
    usdPerDay: { used: today.microUsd / 1e6, frees: nextDay(now) },
    usdPerMonth: { used: month.microUsd / 1e6, frees: nextMonth(now) },
    running: { used: Object.keys(account.open).length, frees: undefined },
    cooldownSeconds: { used: cooling ? 1 : 0, frees: cooling ? now + cooldownSeconds * 1000 - sinceMs : now },
  };
  return Object.entries(rows).flatMap(([name, row]) => {
    const max = limits[name as keyof Limits];
    return max === undefined ? [] : [{ ...row, limit: name as keyof Limits, max }];
  });
}

/** What a job would add to each limit. */
function added({ milliseconds, microUsd }: Amount): Record<keyof Limits, number> {
  const usd = microUsd / 1e6;
  return {
    videosPerDay: 1,
    secondsPerDay: milliseconds / 1000,
    usdPerDay: usd,
    usdPerMonth: usd,
    running: 1,
    cooldownSeconds: 0,
  };
}

/** The limit that a job would break; undefined when there is room for it. */
export function brokenBy(account: Account, limits: Limits, amount: Amount, now: number): Broken | undefined {
  const adds = added(amount);
  const broken = standingOf(account, limits, now).find(({ limit, max, used }) =>
    // Sums of thousandths and millionths are compared as such.
    limit === "cooldownSeconds" ? used > 0 : Math.round((used + adds[limit]) * 1e6) > Math.round(max * 1e6),
  );
  return broken && { ...broken, adds: adds[broken.limit] };
}
