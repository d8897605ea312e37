import type { Channel, Gallery, GalleryEntry } from "../../gallery/gallery.ts";
import { isListed } from "../../jobs/job.ts";
import type { JobReader } from "./films.ts";

/** What of a gallery there is to look at. */
export type ShownGallery = Pick<Gallery, "page" | "get" | "facets">;

/** How often a page is read anew because entries were taken out of it. */
const READS_MAX = 5;

/**
 * A gallery without what its videos' documents do not stand for: one that is gone, deleted or hidden may have left an
 * entry, when somebody died between two writes. Such an entry is removed when it is met.
 */
export function createShownGallery({ gallery, jobs }: { gallery: Gallery; jobs: JobReader }): ShownGallery {
  async function takeOut(channel: Channel, entry: GalleryEntry): Promise<void> {
    await gallery.remove(channel, entry.id);
    // Whoever showed it again meanwhile put it in before it was out.
    const job = await jobs.get(entry.id);
    if (job?.gallery && isListed(job)) await gallery.add(channel, job.gallery.page, entry);
  }

  async function sift(channel: Channel, entries: GalleryEntry[]): Promise<GalleryEntry[]> {
    const found = await jobs.getMany(entries.map(({ id }) => id));
    const shown = new Set(found.filter(isListed).map(({ id }) => id));
    for (const entry of entries) if (!shown.has(entry.id)) await takeOut(channel, entry);
    return entries.filter(({ id }) => shown.has(id));
  }

  return {
    async page(channel, query, place) {
      for (let read = 1; ; read++) {
        const page = await gallery.page(channel, query, place);
        const entries = await sift(channel, page.entries);
        if (entries.length === page.entries.length || read === READS_MAX) return { ...page, entries };
      }
    },
    async get(channel, id) {
      const entry = await gallery.get(channel, id);
      return entry && (await sift(channel, [entry]))[0];
    },
    facets: (channel) => gallery.facets(channel),
  };
}
