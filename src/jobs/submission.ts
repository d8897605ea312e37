import { buffer } from "node:stream/consumers";
import type { Logger } from "pino";
import type { ChatRequest } from "../chat/adapter.ts";
import { UserError } from "../errors.ts";
import { addToLogContext } from "../log-context.ts";
import type { MediaStore } from "../media/media-store.ts";
import type { Moderation } from "../moderation/moderation.ts";
import type { WorkQueue } from "../queue/work-queue.ts";
import type { SettingsStore } from "../settings/settings.ts";
import type { Spending } from "../spending/spending.ts";
import { type Catalog, labelOf } from "../videos/catalog.ts";
import { estimateUsd } from "../videos/prices.ts";
import type { CardBoard } from "./card-board.ts";
import type { Job, JobRequest } from "./job.ts";
import type { JobStore } from "./job-store.ts";
import { type Quotes, quotePage } from "./quotes.ts";

/** Makes a checked request a job. */
export interface Submission {
  /**
   * Takes it, or asks first where it costs more than people are to spend without being asked: undefined then.
   * @throws UserError when a limit is reached.
   */
  submit(request: ChatRequest, jobId: string, wanted: JobRequest): Promise<Job | undefined>;
  /** Takes it without asking; what it costs is reserved, it is written down, its card is posted. @throws UserError */
  accept(request: ChatRequest, jobId: string, wanted: JobRequest, usd: number | undefined): Promise<Job>;
}

/** Builds what every request ends in. */
export function createSubmission(options: {
  jobs: JobStore;
  settings: SettingsStore;
  board: CardBoard;
  queue: WorkQueue;
  media: MediaStore;
  spending: Spending;
  quotes: Quotes;
  catalog: Catalog;
  moderation: Moderation;
  /** What may be spent on a video without asking (US dollars). */
  confirmAboveUsd: number;
  now: () => number;
  logger: Logger;
}): Submission {
  const { jobs, settings, board, queue, media, spending, quotes, catalog } = options;
  const { moderation, confirmAboveUsd, now, logger } = options;

  async function accept(
    request: ChatRequest,
    id: string,
    wanted: JobRequest,
    usd: number | undefined,
  ): Promise<Job> {
    const { destination, actor, uploadLimitBytes, receipt, id: requestId } = request;
    addToLogContext({ jobId: id });
    const { ping, spoiler } = await settings.effective(actor.id, destination);
    const at = now();
    await spending.reserve(
      { id, at, destination, seconds: billedSeconds(wanted), usd, model: wanted.model },
      actor,
    );
    const job: Job = {
      id,
      revision: 1,
      createdAt: at,
      updatedAt: at,
      phase: "accepted",
      destination,
      ...(receipt !== undefined && { receipt }),
      requestId,
      requester: { id: actor.id, name: actor.name },
      ...(uploadLimitBytes !== undefined && { uploadLimitBytes }),
      ping,
      ...(spoiler === "on" && { spoiler: true }),
      request: wanted,
      ...(usd !== undefined && { costUsd: usd }),
      remixes: [],
    };
    await jobs.insert(job);
    logger.info({ jobId: id, operation: wanted.operation, model: wanted.model }, "video asked for");
    await postCard(job, request);
    queue.add(id);
    return job;
  }

  /** A card that does not get out now is found or posted by the worker: the job is written, it is not lost. */
  async function postCard(job: Job, request: ChatRequest): Promise<void> {
    try {
      await board.post(job, request.reply.card);
    } catch (err) {
      logger.warn({ jobId: job.id, err }, "first card not posted by the request's own answer");
    }
  }

  /** Whether it may be made at all: whatever somebody wrote, and the picture. @throws UserError */
  async function moderate({ actor, destination }: ChatRequest, jobId: string, wanted: JobRequest) {
    const { image, extras } = wanted.operation === "create" ? wanted : {};
    const negativePrompt = extras?.negative_prompt;
    await moderation.check({
      prompt: wanted.prompt,
      ...(negativePrompt !== undefined && { negativePrompt: String(negativePrompt) }),
      ...(image && {
        image: { bytes: await buffer(media.read(image.mediaKey)), contentType: image.contentType },
      }),
      jobId,
      platform: destination.platform,
      person: actor.id,
    });
  }

  /** Keeps the question only where it got through. */
  async function ask(
    request: ChatRequest,
    jobId: string,
    wanted: JobRequest,
    usd: number,
  ): Promise<undefined> {
    const { actor, destination } = request;
    const { platform } = destination;
    const quote = { at: now(), jobId, platform, person: actor.id, request: wanted, usd };
    await quotes.keep(quote);
    try {
      await request.reply.page(quotePage(quote, labelOf(catalog, wanted.model)));
    } catch (error) {
      if (await quotes.take(jobId, { platform, id: actor.id })) await media.delete(jobId);
      throw error;
    }
  }

  return {
    accept,
    async submit(request, jobId, wanted) {
      addToLogContext({ jobId });
      const usd = estimateUsd(catalog, wanted);
      try {
        await moderate(request, jobId, wanted);
        if (usd === undefined || usd <= confirmAboveUsd) return await accept(request, jobId, wanted, usd);
      } catch (error) {
        // Its picture came before it.
        if (error instanceof UserError) await media.delete(jobId);
        throw error;
      }
      return ask(request, jobId, wanted, usd);
    },
  };
}

/** Of an extension the backend makes what is added. */
function billedSeconds(wanted: JobRequest): number {
  const added = wanted.operation === "extend" ? wanted.addSeconds : undefined;
  return Number(added ?? wanted.seconds);
}
