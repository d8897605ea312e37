import type { Logger } from "pino";
import type { ChatAdapter, Delivery, Destination } from "../chat/adapter.ts";
import type { Card } from "../chat/card.ts";
import { ServiceError } from "../errors.ts";
import type { MediaStore } from "../media/media-store.ts";
import type { VideoFitter } from "../media/video-fitter.ts";
import type { Spending } from "../spending/spending.ts";
import type { CardBoard } from "./card-board.ts";
import { mediaFiles } from "./delivery.ts";
import { atCard, cardOf, delivered, fitted, type Job, kept, moving, tooLarge } from "./job.ts";
import type { JobStore } from "./job-store.ts";
import type { ListInGallery } from "./listing.ts";
import type { TypicalDuration } from "./typical-duration.ts";

interface Dependencies {
  jobs: JobStore;
  media: MediaStore;
  board: CardBoard;
  render(job: Job): Promise<Card>;
  list: ListInGallery;
  spending: Pick<Spending, "settle">;
  typical: TypicalDuration;
  fitter: VideoFitter;
  now: () => number;
  logger: Logger;
}

type Turn = Delivery["turn"];

/** How often a video is made smaller before it is shown as a link: once to the limit, once to half of what was refused. */
const FITS_MAX = 2;

/**
 * Hands a finished video over: into its own message; where that is gone or out of reach, to whoever asked for it; what is
 * too large to be uploaded is made to fit, else shown by its thumbnail and a link. Where nobody can be reached it is kept
 * for the gallery. Each way is written down before it is taken, so a restart goes on with it. What may succeed later
 * rejects with a retryable ServiceError.
 */
export function createHandover(dependencies: Dependencies): (job: Job) => Promise<Job | undefined> {
  const { jobs, media, board, render, list, spending, typical, fitter, now, logger } = dependencies;

  /** Shows a video where it is to be shown; undefined where that is nowhere. */
  async function show(
    job: Job,
    adapter: ChatAdapter,
    at: number,
    turn: Turn,
  ): Promise<Destination | undefined> {
    if (job.moved?.kept) return undefined;
    const destination = cardOf(job);
    const files = await mediaFiles(job, media);
    // Newer than whatever the card showed until now.
    const card = await render({ ...delivered(job, destination, at), revision: job.revision + 1 });
    const file = { video: files.fitted ?? files.video, link: files.thumbnail, words: undefined }[
      job.shownAs ?? "video"
    ];
    if (!file) {
      await adapter.editCard(destination, card);
      return destination;
    }
    return adapter.deliver({
      video: file,
      thumbnail: files.thumbnail,
      destination,
      card,
      requester: job.requester,
      // In their direct messages they are told by the video itself.
      ping: job.moved ? "none" : (job.ping ?? "reply"),
      uploadLimitBytes: job.uploadLimitBytes,
      checkpoint: job.deliveryCheckpoint,
      save: async (checkpoint) => {
        await jobs.update(job.id, (current) => ({ ...current, deliveryCheckpoint: checkpoint }));
      },
      turn,
    });
  }

  async function hand(job: Job, adapter: ChatAdapter, turn: Turn): Promise<void> {
    if (isUnwanted(job) && adapter.postDirect) throw cardGone(job);
    const at = now();
    const result = await show(job, adapter, at, turn);
    if (result) await jobs.noteMessage(result, job.id);
    await list(job, at);
    await spending.settle(job.id, "charged");
    const done = await jobs.update(job.id, (current) => delivered(current, result, at));
    if (!done) return;
    typical.note(done);
    if (done.remixes.length > 0) board.showLater(done);
    logger.info({ jobId: job.id, ms: at - job.createdAt }, "video delivered");
  }

  /** Posts a card for the requester alone, in the place of one that is gone. */
  async function postDirectly(job: Job, adapter: ChatAdapter): Promise<void> {
    if (!adapter.postDirect) {
      await jobs.update(job.id, kept);
      return;
    }
    const to = await adapter.postDirect(job.destination, job.requester, await render(job));
    await jobs.noteMessage(to, job.id);
    await jobs.update(job.id, (current) => atCard(current, to));
  }

  /** Makes a video fit that was refused as too large; where that cannot be, a link or words stand for it. */
  async function shrink(job: Job): Promise<Job | undefined> {
    const { media: files, uploadLimitBytes: limit, fits = 0 } = job;
    const sent = files?.fitted ?? files?.video;
    if (!sent || job.shownAs !== undefined || fits >= FITS_MAX) return jobs.update(job.id, tooLarge);
    const maxBytes = limit !== undefined && sent.bytes > limit ? limit : Math.floor(sent.bytes / 2);
    const to = `${job.id}/fitted.mp4`;
    const found = await fitter.fit({ media, from: `${job.id}/video.mp4`, to, maxBytes });
    logger.info(
      { jobId: job.id, bytes: sent.bytes, maxBytes, fits: found?.bytes },
      "too large to be uploaded",
    );
    return jobs.update(job.id, (current) =>
      found ? fitted(current, { key: to, bytes: found.bytes }) : tooLarge(current),
    );
  }

  /** What is left to try after a way that is closed for good; undefined: nothing. */
  async function anotherWay(job: Job, { service, code, message }: ServiceError): Promise<Job | undefined> {
    if (service === "media" || job.moved?.kept) return undefined;
    if (code === "too_large") return shrink(job);
    logger.warn({ jobId: job.id, code, reason: message }, "a video cannot be shown where it belongs");
    return jobs.update(job.id, (current) => moving(current, code === "gone" ? "gone" : "no_access"));
  }

  return async function handOver(job) {
    const step = job.moved && !job.moved.to && !job.moved.kept ? postDirectly : hand;
    try {
      await board.finish(job, (adapter, turn) => step(job, adapter, turn));
    } catch (error) {
      const isClosed = error instanceof ServiceError && !error.retryable;
      const next = isClosed ? await anotherWay(job, error) : undefined;
      if (!next) throw error;
      return next;
    }
    return jobs.get(job.id);
  };
}

/** Somebody deleted the card while the video was made: also where that comes into a message of its own, nobody wants it there. */
function isUnwanted({ cardLost, moved, deliveryCheckpoint }: Job): boolean {
  return cardLost === "gone" && !moved && deliveryCheckpoint === undefined;
}

function cardGone({ destination }: Job): ServiceError {
  return new ServiceError(destination.platform, "gone", "The card was deleted.", { retryable: false });
}
