import type { Channel, GalleryEntry } from "../../gallery/gallery.ts";
import { cursorAt } from "../../gallery/gallery-order.ts";
import type { Place } from "./place.ts";
import type { ShownGallery } from "./shown-entries.ts";

/** A video, and the page of posters it is on. */
export interface Neighbour {
  id: string;
  at?: string;
}

/** The videos before and behind another, in the order and choice that somebody came through. */
export interface Neighbours {
  previous?: Neighbour;
  next?: Neighbour;
  /** Where the page of posters is that has the video; the beginning where none has. */
  place: Place;
}

/** Finds a video's neighbours; where it is not on the page that the place names, on the one that its entry names. */
export async function findNeighbours(
  gallery: Pick<ShownGallery, "page">,
  { channel, entry, place, limit }: { channel: Channel; entry: GalleryEntry; place: Place; limit: number },
): Promise<Neighbours> {
  const { query } = place;
  const pageAt = (at: string | undefined) =>
    gallery.page(channel, query, { limit, ...(at !== undefined && { at }) });

  async function lookAt(at: string | undefined) {
    const page = await pageAt(at);
    return { at, page, index: page.entries.findIndex(({ id }) => id === entry.id) };
  }
  const asked = await lookAt(place.at);
  const { at, page, index } = asked.index < 0 ? await lookAt(cursorAt(entry)) : asked;
  if (index < 0) return { place: { query } };

  async function beyond(cursor: string | undefined, end: 0 | -1): Promise<Neighbour | undefined> {
    if (cursor === undefined) return undefined;
    const found = (await pageAt(cursor)).entries.at(end);
    return found && { id: found.id, at: cursor };
  }
  const here = (other: { id: string } | undefined): Neighbour | undefined =>
    other && { id: other.id, ...(at !== undefined && { at }) };

  const previous = here(page.entries[index - 1]) ?? (await beyond(page.previous, -1));
  const next = here(page.entries[index + 1]) ?? (await beyond(page.next, 0));
  return {
    ...(previous && { previous }),
    ...(next && { next }),
    place: { query, ...(at !== undefined && { at }) },
  };
}
