import type { Channel, Gallery } from "../../gallery/gallery.ts";
import type { Place } from "./place.ts";

/** A video, and the page of posters it is on. */
export interface Neighbour {
  id: string;
  at?: string;
}

/** The videos before and behind another, in the order and choice that somebody came through. */
export interface Neighbours {
  previous?: Neighbour;
  next?: Neighbour;
}

/** Finds a video's neighbours; none where it is not on the page that the place names. */
export async function findNeighbours(
  gallery: Gallery,
  { channel, id, place, limit }: { channel: Channel; id: string; place: Place; limit: number },
): Promise<Neighbours> {
  const { query, at } = place;
  const page = await gallery.page(channel, query, { limit, ...(at !== undefined && { at }) });
  const index = page.entries.findIndex((entry) => entry.id === id);
  if (index < 0) return {};

  async function beyond(cursor: string | undefined, end: 0 | -1): Promise<Neighbour | undefined> {
    if (cursor === undefined) return undefined;
    const found = (await gallery.page(channel, query, { limit, at: cursor })).entries.at(end);
    return found && { id: found.id, at: cursor };
  }
  const here = (entry: { id: string } | undefined): Neighbour | undefined =>
    entry && { id: entry.id, ...(at !== undefined && { at }) };

  const previous = here(page.entries[index - 1]) ?? (await beyond(page.previous, -1));
  const next = here(page.entries[index + 1]) ?? (await beyond(page.next, 0));
  return { ...(previous && { previous }), ...(next && { next }) };
}
