import type { Card } from "../chat/card.ts";
import type { GalleryLinks } from "../gallery/gallery-links.ts";
import { type Catalog, labelOf } from "../videos/catalog.ts";
import type { BackendPace } from "./backend-pace.ts";
import { isListed, type Job } from "./job.ts";
import type { JobAccess } from "./job-access.ts";
import { CHILDREN_MAX, type JobButton, renderJob } from "./job-card.ts";
import type { JobStore } from "./job-store.ts";
import type { TypicalDuration } from "./typical-duration.ts";
import { describePlace, type WaitingLine } from "./waiting-line.ts";

/** Gathers what a card shows besides its job. */
export function createCardRenderer(options: {
  jobs: JobStore;
  access: JobAccess;
  typical: TypicalDuration;
  simulated: boolean;
  catalog: Catalog;
  line: Pick<WaitingLine, "place">;
  links: Pick<GalleryLinks, "create">;
  pace: Pick<BackendPace, "waiting" | "awaySince">;
  /** The buttons of all commands; asked each time, as a backend may turn out not to have some of them. */
  buttons: () => readonly JobButton[];
  now: () => number;
}): (job: Job) => Promise<Card> {
  const { jobs, access, typical, simulated, catalog, line, links, pace, buttons, now } = options;

  /** A new one with each rendering, as each ends some days later. */
  async function playerLink(job: Job): Promise<string | undefined> {
    if (job.shownAs === undefined || !isListed(job)) return undefined;
    const link = await links.create(job.destination);
    return link && `${link.url}${job.id}`;
  }

  return async function render(job) {
    const { request, result, destination, remixes } = job;
    const parent = request.operation === "create" ? undefined : await jobs.get(request.parentJobId);
    const children = remixes.length === 0 ? [] : await jobs.getMany(remixes.slice(-CHILDREN_MAX));
    const place = job.phase === "posted" ? await line.place(job.id) : undefined;
    return renderJob(job, {
      now: now(),
      typicalMs: typical.of(request),
      parentLink: parent && access.link(parent),
      children: children.map((child) => ({ id: child.id, link: access.link(child) })),
      resultLink: result && result.message !== destination.message ? access.link(job) : undefined,
      simulated,
      modelLabel: labelOf(catalog, request.model),
      waiting: place ? describePlace(place) : pace.waiting(),
      playerLink: await playerLink(job),
      away: pace.awaySince() !== undefined,
      buttons: buttons(),
    });
  };
}
