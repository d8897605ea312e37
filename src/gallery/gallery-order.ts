import { newestFirst } from "../store/log-walk.ts";
import type { GalleryEntry, GalleryPage, GalleryQuery } from "./gallery.ts";

/** An order of a gallery. */
export type GallerySort = NonNullable<GalleryQuery["sort"]>;

/** What an entry's place in an order depends on. */
type Place = Pick<GalleryEntry, "id" | "at" | "stars">;

/** Where a piece begins or ends: behind a place, before it, or up to it and with it. */
interface Cursor {
  side: "a" | "b" | "u";
  place: Place;
}

const COMPARE: Record<GallerySort, (a: Place, b: Place) => number> = {
  newest: newestFirst,
  oldest: (a, b) => -newestFirst(a, b),
  stars: (a, b) => b.stars - a.stars || newestFirst(a, b),
};

const CURSOR = /^([abu])\.([0-9a-z]{1,7})\.([0-9a-z]{1,9})\.([A-Za-z0-9-]{1,20})$/;

/** @param entries newest first; they are left as they are. */
export function inOrder(entries: readonly GalleryEntry[], sort: GallerySort): readonly GalleryEntry[] {
  if (sort === "newest") return entries;
  return sort === "oldest" ? entries.toReversed() : entries.toSorted(COMPARE.stars);
}

/**
 * Cuts a piece of at most `limit` out of what fits the query. A piece that ends at a cursor near the beginning is
 * filled up from there.
 * @param entries in that order.
 */
export function cutPage(
  entries: readonly GalleryEntry[],
  sort: GallerySort,
  { limit, at }: { limit: number; at?: string | undefined },
): GalleryPage {
  const cursor = at === undefined ? undefined : decode(at);
  const start = cursor ? startOf(entries, sort, cursor, limit) : 0;
  const shown = entries.slice(start, start + limit);
  const [first, last] = [shown[0], shown.at(-1)];
  const before = first ? encode({ side: "b", place: first }) : cursor && encode({ ...cursor, side: "u" });
  return {
    entries: shown,
    total: entries.length,
    next: last && start + limit < entries.length ? encode({ side: "a", place: last }) : undefined,
    previous: start > 0 ? before : undefined,
  };
}

/** A cursor for the piece that ends with an entry, wherever somebody came from. */
export function cursorAt(place: Pick<GalleryEntry, "id" | "at" | "stars">): string {
  return encode({ side: "u", place });
}

function startOf(
  entries: readonly GalleryEntry[],
  sort: GallerySort,
  { side, place }: Cursor,
  limit: number,
): number {
  const compare = COMPARE[sort];
  const found = entries.findIndex((entry) => {
    const distance = compare(entry, place);
    return distance > 0 || (distance === 0 && side === "b");
  });
  const edge = found < 0 ? entries.length : found;
  return side === "a" ? edge : Math.max(0, edge - limit);
}

function encode({ side, place: { stars, at, id } }: Cursor): string {
  return [side, stars.toString(36), at.toString(36), id].join(".");
}

/** Undefined for anything that is no cursor of ours. */
function decode(text: string): Cursor | undefined {
  const [, side, stars, at, id] = CURSOR.exec(text) ?? [];
  if ((side !== "a" && side !== "b" && side !== "u") || !stars || !at || !id) return undefined;
  return { side, place: { stars: Number.parseInt(stars, 36), at: Number.parseInt(at, 36), id } };
}
