import type { Logger } from "pino";
import type { ChatAdapter, Destination, PlatformName } from "../chat/adapter.ts";
import type { Card } from "../chat/card.ts";
import type { OperatorNotice } from "../chat/operator-notice.ts";
import { ServiceError } from "../errors.ts";
import type { Gallery } from "../gallery/gallery.ts";
import type { Stars } from "../gallery/stars.ts";
import { addToLogContext } from "../log-context.ts";
import type { MediaStore } from "../media/media-store.ts";
import type { Work } from "../queue/work-queue.ts";
import type { Spending } from "../spending/spending.ts";
import type { Video } from "../videos/video.ts";
import type { VideosClient } from "../videos/videos-client.ts";
import type { BackendPace } from "./backend-pace.ts";
import type { CardBoard } from "./card-board.ts";
import { fetchMedia } from "./delivery.ts";
import { explainFailure } from "./failure-words.ts";
import {
  cardOf,
  created,
  creating,
  deleted,
  type Failure,
  failed,
  failing,
  isCharged,
  type Job,
  logFieldsOf,
  type Phase,
  posted,
  refused,
  remixed,
  stored,
} from "./job.ts";
import type { JobStore } from "./job-store.ts";
import { findLostVideo } from "./lost-video.ts";
import { isWorthWaiting } from "./patience.ts";
import { prepareCreate } from "./send-create.ts";
import { createUnwritten } from "./unwritten.ts";
import type { WaitingLine } from "./waiting-line.ts";

interface Dependencies {
  jobs: JobStore;
  videos: VideosClient;
  media: MediaStore;
  board: CardBoard;
  adapters: ReadonlyMap<PlatformName, ChatAdapter>;
  render(job: Job): Promise<Card>;
  gallery: Gallery;
  stars: Stars;
  handOver(job: Job): Promise<Job | undefined>;
  spending: Pick<Spending, "settle">;
  line: WaitingLine;
  pace: Pick<BackendPace, "requireCreate" | "notSent">;
  tellOperator: OperatorNotice;
  now: () => number;
  /** How long ago a time was (ms), whatever the machine's clock was set to since. */
  since: (at: number) => number;
  logger: Logger;
}

/** Does what a job's phase asks for; resolves to the job afterwards. */
type Step = (job: Job) => Promise<Job | undefined>;

/** How long after a create the backend's list is given to show its video. */
const LOOK_FOR_MS = 30_000;

/**
 * Takes a job from wherever it stands to the next point where somebody else moves it (the poller, or nobody).
 * A step that rejects with a retryable ServiceError is tried again later by the queue; any other failure ends the job.
 */
export function createJobWorker(dependencies: Dependencies): Work {
  const { jobs, videos, media, board, adapters, render, gallery, stars } = dependencies;
  const { handOver, spending, line, pace, tellOperator, now, since, logger } = dependencies;
  const answers = createUnwritten<Job | undefined>();

  const steps: Partial<Record<Phase, Step>> = {
    /** The process died around the first card: find it or post it. */
    async accepted(job) {
      const destination = await findCard(job);
      if (!destination) return board.post(job);
      await jobs.noteMessage(destination, job.id);
      return jobs.update(job.id, (current) => posted(current, destination));
    },

    async posted(job) {
      if (!(await line.see(job))) {
        board.showLater(job);
        return undefined;
      }
      const send = await prepareCreate(job, { videos, media });
      try {
        pace.requireCreate();
      } catch (error) {
        board.showLater(job);
        throw error;
      }
      const sending = await jobs.update(job.id, (current) => creating(current, now()));
      if (sending?.phase !== "creating") {
        pace.notSent();
        return sending;
      }
      const answer = await send().then(
        (video) => () => taken(sending, video),
        (error: unknown) => () => notTaken(sending, error),
      );
      return answers.write(job.id, answer);
    },

    /** A create went out and nobody knows what became of it. */
    async creating(job) {
      const answer = answers.of(job.id);
      if (answer) return answers.write(job.id, answer);
      const video = await findLostVideo(job, { videos, jobs });
      if (video) return taken(job, video);
      if (since(job.createSentAt ?? 0) < LOOK_FOR_MS) {
        throw new ServiceError("videos", "answer_lost_yet", "The video is not in the list yet.", {
          retryable: true,
        });
      }
      return fail(job, { code: "answer_lost", message: "No answer to the create arrived." });
    },

    async downloading(job) {
      if (!job.video) return fail(job, { code: "not_found", message: "The job names no video." });
      const files = await fetchMedia(job, job.video.id, { videos, media });
      return jobs.update(job.id, (current) => stored(current, files));
    },

    delivering: handOver,

    async failing(job) {
      await settle(job);
      await board.show(job);
      await tellDirectly(job);
      const { what, operator } = explainFailure(job.failure ?? { code: "", message: "" });
      if (operator)
        await tellOperator({ kind: what, lines: [[{ bold: what }, ` Job ${job.id} failed of it.`]] });
      return jobs.update(job.id, failed);
    },

    /** Each of these can be done again: what is gone stays gone. What people see goes first. */
    async deleting(job) {
      await settle(job);
      await gallery.remove(job.destination, job.id);
      await stars.remove(job.id);
      await media.delete(job.id);
      await board.finish(job, async (adapter) => {
        const { result, deliveryCheckpoint: checkpoint } = job;
        const card = await render({ ...job, revision: job.revision + 1 });
        await adapter.retract({ destination: cardOf(job), result, checkpoint, card });
      });
      await removeFromBackend(job);
      return jobs.update(job.id, deleted);
    },
  };

  /** Whoever asked hears of a failure that no card can tell; once more, if the process dies right then. */
  async function tellDirectly({ id }: Job): Promise<void> {
    const job = await jobs.get(id);
    if (!job || (job.destination.message !== undefined && job.cardLost === undefined)) return;
    const { what, advice } = explainFailure(job.failure ?? { code: "", message: "" });
    const about = { code: job.id };
    const lines = [["Your video ", about, " was not made. ", { bold: what }, ` ${advice}`]];
    await adapters
      .get(job.destination.platform)
      ?.tell?.(job.requester.id, { tone: "error", lines })
      .catch((err: unknown) => logger.warn({ jobId: id, err }, "the requester could not be told"));
  }

  const settle = (job: Job) => spending.settle(job.id, isCharged(job) ? "charged" : "refunded");

  /** A backend that cannot delete, or will not, keeps the video for as long as it keeps any; one that cannot yet is asked again. */
  async function removeFromBackend({ id, video }: Job): Promise<void> {
    if (!video) return;
    try {
      await videos.delete(video.id);
    } catch (error) {
      if (!(error instanceof ServiceError) || error.retryable) throw error;
      if (error.code === "not_finished") {
        throw new ServiceError("videos", error.code, error.message, { retryable: true, cause: error });
      }
      logger.warn({ jobId: id, err: error }, "video not deleted at the backend");
    }
  }

  async function findCard({ id, createdAt, destination, receipt }: Job): Promise<Destination | undefined> {
    return receipt === undefined
      ? undefined
      : adapters.get(destination.platform)?.findCard(destination, receipt, { id, createdAt });
  }

  /** Resolves when the answer is lost, so that the video may be there; anything else is a refusal, and certain. */
  async function notTaken(job: Job, error: unknown): Promise<Job> {
    if (!(error instanceof ServiceError)) throw error;
    if (error.code === "answer_lost") return job;
    const waiting = await jobs.update(job.id, refused);
    if (waiting && error.retryable) board.showLater(waiting);
    throw error;
  }

  /** The backend has the video: write it down, tell the parent, show it. */
  async function taken(job: Job, video: Video): Promise<Job | undefined> {
    if (!(await jobs.claimVideo(video.id, job.id)))
      return fail(job, { code: "answer_lost", message: "Its video is another job's." });
    const { request } = job;
    const parent =
      request.operation === "create"
        ? undefined
        : await jobs.update(request.parentJobId, (current) => remixed(current, job.id));
    const next = await jobs.update(job.id, (current) => created(current, video));
    logger.info({ jobId: job.id, videoId: video.id, operation: request.operation }, "video created");
    // While a parent is being delivered its card is the delivery's.
    if (parent?.phase === "delivered") board.showLater(parent);
    if (next?.phase === "rendering") board.showLater(next);
    return next;
  }

  async function fail(job: Job, failure: Failure): Promise<Job | undefined> {
    // Before anybody could delete it, and with it why it is charged.
    if (isCharged({ ...job, failure })) await spending.settle(job.id, "charged");
    const { code, requestId: backendRequestId } = failure;
    logger.warn({ jobId: job.id, code, backendRequestId }, "job failed");
    return jobs.update(job.id, (current) => failing(current, failure));
  }

  async function run(job: Job, step: Step): Promise<Job | undefined> {
    try {
      return await step(job);
    } catch (error) {
      if (error instanceof ServiceError && isWorthWaiting(job, error, since)) throw error;
      if (!(error instanceof ServiceError))
        logger.error({ jobId: job.id, phase: job.phase, err: error }, "job step failed");
      // A card that cannot say how its job ended is the end of it, too.
      if (job.phase === "failing") return jobs.update(job.id, failed);
      if (job.phase === "deleting") return jobs.update(job.id, deleted);
      return fail(job, failureOf(job, error));
    }
  }

  return async function work(jobId) {
    let job = await jobs.get(jobId);
    if (job) addToLogContext(logFieldsOf(job));
    while (job) {
      // A platform that is not set up today may be tomorrow; until then it takes nobody's turn, and what was sent is found.
      const isThere = adapters.has(job.destination.platform);
      if (isThere || job.phase !== "posted") await line.see(job);
      const step = isThere || job.phase === "creating" ? steps[job.phase] : undefined;
      if (!step) return;
      job = await run(job, step);
    }
  };
}

/** Says what was tried where the service's own code would say too little. */
function failureOf({ phase, request }: Job, error: unknown): Failure {
  if (!(error instanceof ServiceError)) return { code: "internal", message: "" };
  const { service, message, requestId } = error;
  const posting = (phase === "accepted" || phase === "delivering") && service !== "media";
  const sourceGone = phase === "posted" && request.operation !== "create" && error.code === "not_found";
  const unfetched = phase === "downloading" && error.retryable && service === "videos";
  const tried = posting ? "cannot_post_" : unfetched ? "not_fetched_" : "";
  const code = sourceGone ? "source_gone" : `${tried}${error.code}`;
  return {
    code: service === "media" ? `media_${code}` : code,
    message,
    ...(requestId !== undefined && { requestId }),
  };
}
