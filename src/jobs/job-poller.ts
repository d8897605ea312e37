import PQueue from "p-queue";
import type { Logger } from "pino";
import { ServiceError } from "../errors.ts";
import type { WorkQueue } from "../queue/work-queue.ts";
import { sleep } from "../sleep.ts";
import type { Video } from "../videos/video.ts";
import type { VideosClient } from "../videos/videos-client.ts";
import type { CardBoard } from "./card-board.ts";
import { failing, type Job, observed } from "./job.ts";
import type { JobStore } from "./job-store.ts";

/** Asks the backend how all rendering videos stand, for the whole bot at once. */
export interface JobPoller {
  start(): void;
  /** Ends the waiting; a tick under way is finished. */
  stop(): Promise<void>;
  /** One round of asking. */
  tick(): Promise<void>;
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
const RETRIEVES_AT_ONCE = 8;
/** Share of the interval by which ticks are spread, so that several bots do not ask in step. */
const JITTER = 0.1;

/** One list page shows a hundred videos, so a thousand jobs cost ten requests; only what no page showed is retrieved. */
export function createJobPoller({ jobs, videos, board, queue, intervalMs, logger }: Dependencies): JobPoller {
  const stopping = new AbortController();
  let running: Promise<void> = Promise.resolve();

  async function listed(wanted: ReadonlySet<string>): Promise<Map<string, Video>> {
    const seen = new Map<string, Video>();
    const pages = Math.ceil(wanted.size / PAGE_SIZE) + SPARE_PAGES;
    for (let page = 0, after: string | undefined; page < pages && seen.size < wanted.size; page++) {
      const answer = await videos.list({ limit: PAGE_SIZE, ...(after !== undefined && { after }) });
      for (const video of answer.videos) if (wanted.has(video.id)) seen.set(video.id, video);
      after = answer.videos.at(-1)?.id;
      if (!answer.more || after === undefined) break;
    }
    return seen;
  }

  async function apply(job: Job, transition: (job: Job) => Job): Promise<void> {
    const next = await jobs.update(job.id, transition);
    if (!next) return;
    if (next.phase !== "rendering") return queue.add(next.id);
    board.show(next).catch((err: unknown) => logger.warn({ jobId: next.id, err }, "card not updated"));
  }

  async function retrieve(job: Job, videoId: string): Promise<void> {
    try {
      const video = await videos.retrieve(videoId);
      await apply(job, (current) => observed(current, video));
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      if (error.code !== "not_found") {
        logger.warn(
          { jobId: job.id, code: error.code, requestId: error.requestId },
          "video could not be retrieved",
        );
        return;
      }
      const failure = { code: "video_gone", message: "The backend does not know this video any more." };
      await apply(job, (current) => failing(current, failure));
    }
  }

  async function tick(): Promise<void> {
    const rendering = (await jobs.active()).filter((job) => job.phase === "rendering");
    const byVideo = new Map(rendering.flatMap((job) => (job.video ? [[job.video.id, job] as const] : [])));
    if (byVideo.size === 0) return;
    const seen = await listed(new Set(byVideo.keys()));
    const retrieves = new PQueue({ concurrency: RETRIEVES_AT_ONCE });
    for (const [videoId, job] of byVideo) {
      const video = seen.get(videoId);
      if (video) await apply(job, (current) => observed(current, video));
      else void retrieves.add(() => retrieve(job, videoId));
    }
    await retrieves.onIdle();
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      await tick().catch((err: unknown) => logger.warn({ err }, "poll failed, trying again next time"));
      await sleep(intervalMs * (1 + JITTER * Math.random()), stopping.signal);
    }
  }

  return {
    start: () => {
      running = run();
    },
    async stop() {
      stopping.abort();
      await running;
    },
    tick,
  };
}
