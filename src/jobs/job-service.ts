import type { Logger } from "pino";
import {
  type ChatAdapter,
  type ChatRequest,
  type Destination,
  DIRECT_MESSAGES,
  type ImageAttachment,
  type PlatformName,
} from "../chat/adapter.ts";
import { UserError } from "../errors.ts";
import type { MediaStore } from "../media/media-store.ts";
import type { WorkQueue } from "../queue/work-queue.ts";
import { type Catalog, type ClipSettings, settleClip } from "../videos/catalog.ts";
import type { CardBoard } from "./card-board.ts";
import { isEnded, type Job, type JobRequest } from "./job.ts";
import { createJobId, type JobStore } from "./job-store.ts";
import { checkImageClaims, keepImage } from "./reference-image.ts";

/** What Slack's form holds, and what every platform therefore takes (characters). */
export const PROMPT_MAX = 3000;

/** White space, control and format characters (Unicode): a prompt of nothing else says nothing. */
const INVISIBLE = /[\s\p{C}]/gu;

/** What commands can do with videos. Everything a person can mend is a UserError, thrown before anything is paid. */
export interface JobService {
  create(
    request: ChatRequest,
    wanted: Partial<Record<keyof ClipSettings, string | undefined>> & {
      prompt: string;
      image?: ImageAttachment | undefined;
    },
  ): Promise<Job>;
  remix(request: ChatRequest, parentJobId: string, prompt: string): Promise<Job>;
  /** Runs a failed job's request again, for whoever asks. @throws UserError when it did not fail. */
  retry(request: ChatRequest, jobId: string): Promise<Job>;
  /** A job of the same server or workspace. @throws UserError when there is none. */
  find(destination: Destination, jobId: string): Promise<Job>;
  /** A job whose video is there to be remixed. @throws UserError */
  findFinished(destination: Destination, jobId: string): Promise<Job>;
  /** The person's jobs there that are not ended, oldest first. */
  running(destination: Destination, personId: string): Promise<Job[]>;
  /** The person's newest finished jobs there whose id or prompt contains `text`; at most `limit`. */
  suggest(destination: Destination, personId: string, text: string, limit: number): Promise<Job[]>;
  /** Where people can see a job. */
  link(job: Job): string | undefined;
}

interface Dependencies {
  jobs: JobStore;
  adapters: ReadonlyMap<PlatformName, ChatAdapter>;
  board: CardBoard;
  queue: WorkQueue;
  media: MediaStore;
  catalog: Catalog;
  now: () => number;
  logger: Logger;
}

/** Takes requests up: checks them, writes the job, posts its card and hands it to the queue. */
export function createJobService({
  jobs,
  adapters,
  board,
  queue,
  media,
  catalog,
  now,
  logger,
}: Dependencies): JobService {
  async function submit(request: ChatRequest, id: string, wanted: JobRequest): Promise<Job> {
    const { destination, actor, uploadLimitBytes, receipt } = request;
    const at = now();
    const job: Job = {
      id,
      revision: 1,
      createdAt: at,
      updatedAt: at,
      phase: "accepted",
      destination,
      ...(receipt !== undefined && { receipt }),
      requester: { id: actor.id, name: actor.name },
      ...(uploadLimitBytes !== undefined && { uploadLimitBytes }),
      request: wanted,
      remixes: [],
    };
    await jobs.insert(job);
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

  function checkPrompt(prompt: string): string {
    const text = prompt.replaceAll("\r\n", "\n").trim();
    if (text.replace(INVISIBLE, "") === "")
      throw new UserError("prompt_empty", "The prompt is empty. Say what the video should show.", "prompt");
    const length = Array.from(text).length;
    if (length > PROMPT_MAX) {
      throw new UserError(
        "prompt_too_long",
        `The prompt has ${length} characters; ${PROMPT_MAX} is the most. Shorten it.`,
        "prompt",
      );
    }
    return text;
  }

  async function checkAccess(destination: Destination): Promise<void> {
    await adapters.get(destination.platform)?.checkAccess(destination);
  }

  async function find(destination: Destination, jobId: string): Promise<Job> {
    const id = jobId.trim().toLowerCase();
    const job = /^[a-z0-9]{1,40}$/.test(id) ? await jobs.get(id) : undefined;
    if (!job || !isNear(job.destination, destination)) {
      throw new UserError(
        "unknown_job",
        `There is no video “${jobId.slice(0, 40)}” here. Its id stands at the foot of its card.`,
      );
    }
    return job;
  }

  async function findFinished(destination: Destination, jobId: string): Promise<Job> {
    const job = await find(destination, jobId);
    // People may see the video before its delivery is written down.
    if (job.video && (job.phase === "delivered" || job.phase === "delivering")) return job;
    const state = isEnded(job)
      ? "failed, so there is no video to remix"
      : "is not finished yet; try again when it is";
    throw new UserError("not_finished", `Video ${job.id} ${state}.`);
  }

  return {
    async create(request, { prompt, image, ...settings }) {
      const clip = { prompt: checkPrompt(prompt), ...settleClip(catalog, settings) };
      if (image) checkImageClaims(image);
      await checkAccess(request.destination);
      const id = createJobId();
      const reference = image && (await keepImage(id, image, media));
      return submit(request, id, { operation: "create", ...clip, ...(reference && { image: reference }) });
    },

    async remix(request, parentJobId, prompt) {
      const text = checkPrompt(prompt);
      const parent = await findFinished(request.destination, parentJobId);
      await checkAccess(request.destination);
      const { model, seconds, size } = parent.request;
      const sourceVideoId = parent.video?.id ?? "";
      return submit(request, createJobId(), {
        operation: "remix",
        prompt: text,
        model,
        seconds,
        size,
        parentJobId: parent.id,
        sourceVideoId,
      });
    },

    async retry(request, jobId) {
      const { id, phase, request: wanted } = await find(request.destination, jobId);
      if (phase !== "failed" && phase !== "failing")
        throw new UserError("not_failed", `Video ${id} did not fail, so there is nothing to make again.`);
      await checkAccess(request.destination);
      return submit(request, createJobId(), wanted);
    },

    find,
    findFinished,

    async running(destination, personId) {
      return (await jobs.active()).filter((job) => isOf(job, destination, personId));
    },

    async suggest(destination, personId, text, limit) {
      const wanted = text.trim().toLowerCase();
      const recent = await jobs.recentOf(destination, personId);
      const fitting = recent.filter(({ id, phase, request }) => {
        return (
          phase === "delivered" && (id.includes(wanted) || request.prompt.toLowerCase().includes(wanted))
        );
      });
      return fitting.slice(0, limit);
    },

    link(job) {
      const at = job.result ?? job.destination;
      return at.message === undefined ? undefined : adapters.get(at.platform)?.link(at);
    },
  };
}

function isOf(job: Job, destination: Destination, personId: string): boolean {
  return job.requester.id === personId && isNear(job.destination, destination);
}

/** Of the same server or workspace; direct messages are a place for each person. */
function isNear(a: Destination, b: Destination): boolean {
  const together = a.workspace !== DIRECT_MESSAGES || a.channel === b.channel;
  return a.platform === b.platform && a.workspace === b.workspace && together;
}
