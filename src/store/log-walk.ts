import type { LogHead } from "./log-head.ts";

/** A place in a log: entries are ordered by time (Unix milliseconds), then by id. */
export interface LogPlace {
  id: string;
  at: number;
}

/** The order in which logs are read, for `sort`. */
export function newestFirst(a: LogPlace, b: LogPlace): number {
  if (a.at !== b.at) return b.at - a.at;
  return a.id < b.id ? 1 : a.id > b.id ? -1 : 0;
}

/** All entries in order, each id once. Pages are nearly in order as they are, which makes sorting quick. */
export function merge<E extends LogPlace>(pages: readonly (readonly E[])[]): E[] {
  const byId = new Map<string, E>();
  for (const entry of pages.flat()) if (!byId.has(entry.id)) byId.set(entry.id, entry);
  return [...byId.values()].sort(newestFirst);
}

/**
 * The entries behind a place, in order and each id once. Pages are read when their turn comes: an entry is handed out
 * as soon as no page that has not been read can hold one that comes before it.
 */
export async function* walkPages<E extends LogPlace>(options: {
  head: LogHead;
  read: (page: number) => Promise<readonly E[]>;
  order: "newest" | "oldest";
  after: LogPlace | undefined;
}): AsyncGenerator<E, void> {
  const { head, read, order, after } = options;
  const sign = order === "newest" ? 1 : -1;
  const inOrder = (a: LogPlace, b: LogPlace) => sign * newestFirst(a, b);
  /** The lower, the earlier in that order. */
  const rank = (at: number) => -sign * at;
  const pages = Object.entries(head.pages)
    .map(([page, { from, to }]) => ({
      page: Number(page),
      first: Math.min(rank(from), rank(to)),
      last: Math.max(rank(from), rank(to)),
    }))
    .filter(({ last }) => !after || last >= rank(after.at))
    .sort((a, b) => a.first - b.first);

  const seen = new Set<string>();
  let pool: E[] = [];
  for (const [place, { page }] of pages.entries()) {
    const behind = (await read(page)).filter((entry) => !after || inOrder(entry, after) > 0);
    pool = [...pool, ...behind].sort(inOrder);
    const unread = pages[place + 1]?.first ?? Number.POSITIVE_INFINITY;
    const unsure = pool.findIndex(({ at }) => rank(at) >= unread);
    for (const entry of pool.splice(0, unsure < 0 ? pool.length : unsure)) {
      if (!seen.has(entry.id)) yield entry;
      seen.add(entry.id);
    }
  }
}
