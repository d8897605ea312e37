import PQueue from "p-queue";
import type { Logger } from "pino";
import { ServiceError } from "../errors.ts";
import { inLogContext } from "../log-context.ts";
import type { WorkQueue } from "../queue/work-queue.ts";
import type { Round } from "../repeat.ts";
import { sleep } from "../sleep.ts";
import type { Video } from "../videos/video.ts";
import type { VideosClient } from "../videos/videos-client.ts";
import type { BackendPace } from "./backend-pace.ts";
import type { CardBoard } from "./card-board.ts";
import { deleting, type Failure, failing, type Job, type LogSource, logFieldsOf, observed } from "./job.ts";
import type { JobStore } from "./job-store.ts";

/** Asks the backend how all rendering videos stand, for the whole bot at once. */
export interface JobPoller {
  /** To be run again and again. */
  round: Round;
  /** One round of asking. */
  tick(): Promise<void>;
  /** Ends what a round spreads over its interval. */
  stop(): void;
  /**
   * Asks for one job now, whatever its phase, and moves it if it is rendering.
   * Resolves to what the backend says: "gone" when it does not know the video, undefined when it says nothing.
   */
  look(job: Job): Promise<Video | "gone" | undefined>;
  /** The same for a video, where it is a job's. */
  lookAt(videoId: string): Promise<void>;
}

interface Dependencies {
  jobs: JobStore;
  videos: VideosClient;
  board: CardBoard;
  queue: Pick<WorkQueue, "add">;
  pace: Pick<BackendPace, "pollWaitMs">;
  intervalMs: number;
  /** How long a backend may take for a video, from when it was asked for it (ms). */
  timeoutMs: number;
  now: () => number;
  /** How long ago a time was (ms), whatever the machine's clock was set to since. */
  since: (at: number) => number;
  logger: Logger;
}

/** What a round keeps of a job: there may be thousands. */
type Rendering = Pick<Job, "id" | "phase" | "createdAt" | "createSentAt"> & LogSource;

const PAGE_SIZE = 100;
/** Pages beyond what the active jobs would fill: others may use the same account. */
const SPARE_PAGES = 2;
/** Retrieves under way at the same time. */
const AT_ONCE = 8;
const ENDINGS: readonly string[] = ["completed", "failed"];
/** Share of the interval by which ticks are spread, so that several bots do not ask in step. */
const JITTER = 0.1;
/** A backend that says nothing at all about an overdue video is given this much longer to come back (ms): it may be done. */
const SILENCE_MS = 24 * 3_600_000;

/**
 * One list page shows a hundred videos, so a thousand jobs cost ten requests; what it shows is written down, all at once,
 * before the next one is asked for. Only what no page showed is retrieved. From a backend that has no list every video is,
 * spread over the interval.
 */
export function createJobPoller(dependencies: Dependencies): JobPoller {
  const { jobs, videos, board, queue, pace, intervalMs, timeoutMs, now, since, logger } = dependencies;
  const stopping = new AbortController();

  /**
   * Tells of the wanted videos that the list's pages show, and takes them out of those that are wanted. Resolves to whether
   * the rest is to be asked for one by one.
   */
  async function listed(
    wanted: Map<string, Rendering>,
    shown: (job: Rendering, video: Video) => Promise<unknown>,
  ): Promise<boolean> {
    const pages = Math.ceil(wanted.size / PAGE_SIZE) + SPARE_PAGES;
    try {
      for (let page = 0, after: string | undefined; page < pages && wanted.size > 0; page++) {
        const answer = await videos.list({ limit: PAGE_SIZE, ...(after !== undefined && { after }) });
        await Promise.all(
          answer.videos.map((video) => {
            const job = wanted.get(video.id);
            wanted.delete(video.id);
            return job && shown(job, video);
          }),
        );
        after = answer.videos.at(-1)?.id;
        if (!answer.more || after === undefined) break;
      }
      return true;
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      const noList = error.code === "not_supported";
      if (!noList) logger.warn({ err: error }, "videos could not be listed, trying again next time");
      return noList;
    }
  }

  async function apply(job: Rendering, transition: (job: Job) => Job): Promise<Job | undefined> {
    const next = await jobs.update(job.id, transition);
    if (next && next.phase !== "rendering") queue.add(next.id);
    else if (next) board.showLater(next);
    return next;
  }

  async function retrieve(job: Rendering, videoId: string): Promise<Video | "gone" | undefined> {
    const video = await videos.retrieve(videoId).catch((error: unknown) => missing(job, error));
    if (job.phase !== "rendering") return video;
    if (video === "gone") {
      const failure = { code: "video_gone", message: "The backend does not know this video any more." };
      await apply(job, (current) => ended(current, failure));
    } else if (video) await see(job, video);
    return video;
  }

  /** Writes down how a video stands; one that takes too long is given up, and stopped where the backend can do that. */
  async function see(job: Rendering, video: Video): Promise<void> {
    const late = !ENDINGS.includes(video.status) && isLate(job, 0);
    const code = late && (await stop(job, video.id)) ? "timed_out_stopped" : "timed_out";
    await apply(job, (current) => givenUp(observed(current, video), 0, code));
  }

  /** Whether the backend makes a video no more, and bills nothing more for it. */
  async function stop(job: Rendering, videoId: string): Promise<boolean> {
    if (!videos.supports("cancel")) return false;
    try {
      await videos.delete(videoId);
      return true;
    } catch (err) {
      logger.warn({ jobId: job.id, err }, "overdue video could not be stopped");
      return false;
    }
  }

  function isLate(job: Rendering, extraMs: number): boolean {
    return job.phase === "rendering" && since(job.createSentAt ?? job.createdAt) >= timeoutMs + extraMs;
  }

  function givenUp(job: Job, extraMs: number, code: string): Job {
    if (!isLate(job, extraMs)) return job;
    return failing(job, { code, message: "The video was not finished in time." });
  }

  /** "gone" when the backend says so; undefined when it says nothing now. */
  function missing(job: Rendering, error: unknown): "gone" | undefined {
    if (!(error instanceof ServiceError)) throw error;
    if (error.code === "not_found") return "gone";
    logger.warn({ jobId: job.id, err: error }, "video could not be retrieved, trying again next time");
    return undefined;
  }

  /** As many as are asked for at once are asked for now; more are spread, so that no backend gets them in a burst. */
  async function inTime(index: number, count: number): Promise<void> {
    if (count > AT_ONCE) await sleep((index * intervalMs) / count, stopping.signal);
  }

  async function tick(): Promise<void> {
    const wanted = new Map<string, Rendering>();
    for await (const job of jobs.eachActive())
      if (job.phase === "rendering" && job.video) wanted.set(job.video.id, renderingOf(job));
    if (wanted.size === 0 || pace.pollWaitMs() > 0) return;
    const unwritten = (err: unknown) => logger.error({ err }, "video's state could not be written down");
    const attempt = (job: Rendering, work: () => Promise<unknown>) =>
      inLogContext(logFieldsOf(job), () => work().catch(unwritten));
    const askForRest = await listed(wanted, (job, video) => attempt(job, () => see(job, video)));
    const retrieves = new PQueue({ concurrency: AT_ONCE });
    const rest = [...wanted].map(async ([videoId, job], index) => {
      if (askForRest) await inTime(index, wanted.size);
      if (stopping.signal.aborted) return;
      // Silence that it asks for in between holds for the rest, too.
      const video =
        askForRest && pace.pollWaitMs() === 0
          ? await attempt(job, () => retrieves.add(() => retrieve(job, videoId)))
          : undefined;
      if (video === undefined && isLate(job, SILENCE_MS))
        await attempt(job, () => apply(job, (current) => givenUp(current, SILENCE_MS, "timed_out")));
    });
    await Promise.all(rest);
  }

  let begunAt = 0;
  const round: Round = {
    name: "poll",
    everyMs: intervalMs,
    work: () => {
      begunAt = now();
      return tick();
    },
    // What was spread over the interval has taken its time already.
    pauseMs() {
      // A clock that was set back makes no pause longer.
      const restMs = intervalMs * (1 + JITTER * Math.random()) - Math.max(0, now() - begunAt);
      return Math.max(restMs, pace.pollWaitMs(), intervalMs * JITTER);
    },
    onError: (err) => logger.warn({ err }, "poll failed, trying again next time"),
  };
  const look = async (job: Job) => {
    const { video } = job;
    return video && inLogContext(logFieldsOf(job), () => retrieve(job, video.id));
  };
  return {
    round,
    tick,
    stop: () => stopping.abort(),
    look,
    async lookAt(videoId) {
      const owner = await jobs.ownerOf(videoId);
      const job = owner === undefined ? undefined : await jobs.get(owner);
      if (job?.phase === "rendering") await look(job);
    },
  };
}

/** A video that is gone was stopped, where somebody wanted that; else it failed. */
function ended(job: Job, failure: Failure): Job {
  return job.stopping ? deleting(job, job.stopping.by, job.stopping.at) : failing(job, failure);
}

function renderingOf({ id, phase, createdAt, createSentAt, requestId, destination }: Job): Rendering {
  return {
    ...{ id, phase, createdAt, destination: { platform: destination.platform } },
    ...(createSentAt !== undefined && { createSentAt }),
    ...(requestId !== undefined && { requestId }),
  };
}
