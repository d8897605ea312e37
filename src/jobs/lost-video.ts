import { ServiceError } from "../errors.ts";
import type { Video } from "../videos/video.ts";
import type { VideosClient } from "../videos/videos-client.ts";
import type { Job, JobRequest } from "./job.ts";
import type { JobStore } from "./job-store.ts";

/** Clocks differ: a video may seem to be made a little before its create was sent (ms). */
const CLOCK_SKEW_MS = 60_000;
const PAGES = 10;
const PAGE_SIZE = 100;

interface Dependencies {
  videos: VideosClient;
  jobs: JobStore;
}

/**
 * Looks in the backend's list for the video of a create whose answer was lost: the one video that no other job owns,
 * that was made since, and that matches in prompt and parent, model, length and size. Two candidates, or two lost
 * jobs for one, are as good as none, and so is a backend that cannot list.
 * @throws ServiceError when the list cannot be read.
 */
export async function findLostVideo(job: Job, { videos, jobs }: Dependencies): Promise<Video | undefined> {
  const since = (job.createSentAt ?? job.createdAt) - CLOCK_SKEW_MS;
  const recent = await recentVideos(videos, since).catch(noneWithoutList);
  const matching = recent.filter((video) => matches(job, video));
  const owners = await Promise.all(matching.map((video) => jobs.ownerOf(video.id)));
  const [video, ...others] = matching.filter((_, index) => [undefined, job.id].includes(owners[index]));
  if (!video || others.length > 0) return undefined;
  const lost = (await jobs.active()).filter((other) => other.phase === "creating" && other.id !== job.id);
  return lost.some((other) => matches(other, video)) ? undefined : video;
}

async function recentVideos(videos: VideosClient, since: number): Promise<Video[]> {
  const found: Video[] = [];
  for (let page = 0, after: string | undefined; page < PAGES; page++) {
    const answer = await videos.list({ limit: PAGE_SIZE, ...(after !== undefined && { after }) });
    found.push(...answer.videos.filter((video) => (video.createdAt ?? 0) >= since));
    after = answer.videos.at(-1)?.id;
    const oldest = answer.videos.at(-1)?.createdAt ?? 0;
    if (!answer.more || after === undefined || oldest < since) break;
  }
  return found;
}

function noneWithoutList(error: unknown): Video[] {
  if (error instanceof ServiceError && !error.retryable) return [];
  throw error;
}

function matches({ request }: Job, video: Video): boolean {
  return (
    video.prompt === request.prompt &&
    (video.model ?? request.model) === request.model &&
    (video.seconds ?? request.seconds) === request.seconds &&
    (video.size ?? request.size) === request.size &&
    fitsParent(request, video)
  );
}

/** A remix names its source and a create names none; of edits and extensions backends name it or not. */
function fitsParent(request: JobRequest, { remixedFrom }: Video): boolean {
  if (request.operation === "create") return remixedFrom === undefined;
  const unsaid = remixedFrom === undefined && request.operation !== "remix";
  return unsaid || remixedFrom === request.sourceVideoId;
}
