import PQueue from "p-queue";
import type { Logger } from "pino";
import { ServiceError } from "../errors.ts";
import type { WorkQueue } from "../queue/work-queue.ts";
import { createRepetition, type Repetition } from "../repeat.ts";
import type { Video } from "../videos/video.ts";
import type { VideosClient } from "../videos/videos-client.ts";
import type { CardBoard } from "./card-board.ts";
import { deleting, type Failure, failing, type Job, observed } from "./job.ts";
import type { JobStore } from "./job-store.ts";

/** Asks the backend how all rendering videos stand, for the whole bot at once. */
export interface JobPoller extends Repetition {
  /** One round of asking. */
  tick(): Promise<void>;
  /**
   * Asks for one job now, whatever its phase, and moves it if it is rendering.
   * Resolves to what the backend says: "gone" when it does not know the video, undefined when it says nothing.
   */
  look(job: Job): Promise<Video | "gone" | undefined>;
}

interface Dependencies {
  jobs: JobStore;
  videos: VideosClient;
  board: CardBoard;
  queue: WorkQueue;
  intervalMs: number;
  logger: Logger;
}

const PAGE_SIZE = 100;
/** Pages beyond what the active jobs would fill: others may use the same account. */
const SPARE_PAGES = 2;
/** Retrieves and writes under way at the same time. */
const AT_ONCE = 8;
/** Share of the interval by which ticks are spread, so that several bots do not ask in step. */
const JITTER = 0.1;

/** One list page shows a hundred videos, so a thousand jobs cost ten requests; only what no page showed is retrieved. */
export function createJobPoller({ jobs, videos, board, queue, intervalMs, logger }: Dependencies): JobPoller {
  /** What the list's pages show of the wanted videos, and whether what they do not show is to be asked for one by one. */
  async function listed(
    wanted: ReadonlySet<string>,
  ): Promise<{ seen: Map<string, Video>; askForRest: boolean }> {
    const seen = new Map<string, Video>();
    const pages = Math.ceil(wanted.size / PAGE_SIZE) + SPARE_PAGES;
    try {
      for (let page = 0, after: string | undefined; page < pages && seen.size < wanted.size; page++) {
        const answer = await videos.list({ limit: PAGE_SIZE, ...(after !== undefined && { after }) });
        for (const video of answer.videos) if (wanted.has(video.id)) seen.set(video.id, video);
        after = answer.videos.at(-1)?.id;
        if (!answer.more || after === undefined) break;
      }
      return { seen, askForRest: true };
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      const noList = error.code === "not_supported";
      if (!noList) logger.warn({ err: error }, "videos could not be listed, trying again next time");
      return { seen, askForRest: noList };
    }
  }

  async function apply(job: Job, transition: (job: Job) => Job): Promise<void> {
    const next = await jobs.update(job.id, transition);
    if (!next) return;
    if (next.phase !== "rendering") return queue.add(next.id);
    board.show(next).catch((err: unknown) => logger.warn({ jobId: next.id, err }, "card not updated"));
  }

  async function retrieve(job: Job, videoId: string): Promise<Video | "gone" | undefined> {
    const video = await videos.retrieve(videoId).catch((error: unknown) => missing(job, error));
    if (job.phase !== "rendering") return video;
    if (video === "gone") {
      const failure = { code: "video_gone", message: "The backend does not know this video any more." };
      await apply(job, (current) => ended(current, failure));
    } else if (video) await apply(job, (current) => observed(current, video));
    return video;
  }

  /** "gone" when the backend says so; undefined when it says nothing now. */
  function missing(job: Job, error: unknown): "gone" | undefined {
    if (!(error instanceof ServiceError)) throw error;
    if (error.code === "not_found") return "gone";
    logger.warn({ jobId: job.id, err: error }, "video could not be retrieved, trying again next time");
    return undefined;
  }

  async function tick(): Promise<void> {
    const rendering = (await jobs.active()).filter((job) => job.phase === "rendering");
    const byVideo = new Map(rendering.flatMap((job) => (job.video ? [[job.video.id, job] as const] : [])));
    if (byVideo.size === 0) return;
    const { seen, askForRest } = await listed(new Set(byVideo.keys()));
    const steps = new PQueue({ concurrency: AT_ONCE });
    const failed = (job: Job) => (err: unknown) =>
      logger.error({ jobId: job.id, err }, "video's state could not be written down");
    for (const [videoId, job] of byVideo) {
      const video = seen.get(videoId);
      if (video) steps.add(() => apply(job, (current) => observed(current, video))).catch(failed(job));
      else if (askForRest) steps.add(() => retrieve(job, videoId)).catch(failed(job));
    }
    await steps.onIdle();
  }

  const repetition = createRepetition({
    work: tick,
    pauseMs: () => intervalMs * (1 + JITTER * Math.random()),
    onError: (err) => logger.warn({ err }, "poll failed, trying again next time"),
  });
  const look = async (job: Job) => job.video && retrieve(job, job.video.id);
  return { ...repetition, tick, look };
}

/** A video that is gone was stopped, where somebody wanted that; else it failed. */
function ended(job: Job, failure: Failure): Job {
  return job.stopping ? deleting(job, job.stopping.by, job.stopping.at) : failing(job, failure);
}
