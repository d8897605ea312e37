import type { Gallery, GalleryEntry } from "../gallery/gallery.ts";
import type { Stars } from "../gallery/stars.ts";
import { isListed, type Job } from "./job.ts";
import type { JobStore } from "./job-store.ts";

/** Puts videos into their channels' galleries. */
export type ListInGallery = (job: Job, at: number) => Promise<void>;

/**
 * Shows a video in its channel's gallery, unless something keeps it out. Its place is written down first, so doing it
 * again changes nothing; `at` (Unix milliseconds) is when it was delivered.
 */
export function createListing({
  jobs,
  gallery,
  stars,
}: {
  jobs: JobStore;
  gallery: Gallery;
  stars: Stars;
}): ListInGallery {
  return async function list(job, at) {
    const place = job.gallery ?? { page: await gallery.openPage(job.destination), at };
    const placed = await jobs.update(job.id, (current) =>
      current.gallery ? current : { ...current, gallery: place },
    );
    if (!placed?.gallery || !isListed(placed)) return;
    const { destination, gallery: known } = placed;
    await gallery.add(destination, known.page, entryOf(placed, known.at, await stars.count(job.id)));
    await stars.show(destination, job.id);
    // Whoever hid it meanwhile took it out before it was in.
    const now = await jobs.get(job.id);
    if (!now || !isListed(now)) await gallery.remove(destination, job.id);
  };
}

function entryOf({ id, requester, request }: Job, at: number, stars: number): GalleryEntry {
  const { prompt, model, seconds, size } = request;
  return { id, at, person: requester, prompt, model, seconds, size, stars };
}
