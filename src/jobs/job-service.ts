import type { Logger } from "pino";
import type { ChatAdapter, ChatRequest, ImageAttachment, PlatformName } from "../chat/adapter.ts";
import { UserError } from "../errors.ts";
import type { MediaStore } from "../media/media-store.ts";
import type { WorkQueue } from "../queue/work-queue.ts";
import type { SettingsStore } from "../settings/settings.ts";
import { type Catalog, type ClipSettings, extendSteps, settleClip } from "../videos/catalog.ts";
import type { VideosClient } from "../videos/videos-client.ts";
import type { CardBoard } from "./card-board.ts";
import {
  type Derivation,
  isDeleted,
  isEnded,
  type Job,
  type JobRequest,
  type ReferenceImage,
} from "./job.ts";
import type { JobAccess } from "./job-access.ts";
import { createJobId, type JobStore } from "./job-store.ts";
import type { Permissions } from "./permissions.ts";
import { keepImage, loadPicture, nearestSize } from "./reference-image.ts";

/** What Slack's form holds, and what every platform therefore takes (characters). */
export const PROMPT_MAX = 3000;

/** White space, control and format characters (Unicode): a prompt of nothing else says nothing. */
const INVISIBLE = /[\s\p{C}]/gu;

/** What people may leave open. */
export type WantedClip = Partial<Record<keyof ClipSettings, string | undefined>>;

/** Takes requests for videos. Everything a person can mend is a UserError, thrown before anything is paid. */
export interface JobService {
  /** @param wanted.imageOf a job whose picture is used where none is given. */
  create(
    request: ChatRequest,
    wanted: WantedClip & {
      prompt: string;
      image?: ImageAttachment | undefined;
      imageOf?: string | undefined;
    },
  ): Promise<Job>;
  /** Makes something new from a finished video; an extension needs `addSeconds`. */
  derive(
    request: ChatRequest,
    wanted: { operation: Derivation; parentJobId: string; prompt: string; addSeconds?: string },
  ): Promise<Job>;
  /** Runs an ended job's request again, for whoever asks. @throws UserError while it is under way. */
  retry(request: ChatRequest, jobId: string): Promise<Job>;
}

interface Dependencies {
  jobs: JobStore;
  access: JobAccess;
  permissions: Permissions;
  settings: SettingsStore;
  adapters: ReadonlyMap<PlatformName, ChatAdapter>;
  board: CardBoard;
  queue: WorkQueue;
  media: MediaStore;
  videos: VideosClient;
  catalog: Catalog;
  now: () => number;
  logger: Logger;
}

/** Checks requests, writes their jobs, posts their cards and hands them to the queue. */
export function createJobService(dependencies: Dependencies): JobService {
  const { jobs, access, permissions, settings, adapters, board, queue, media, videos, catalog, now, logger } =
    dependencies;

  async function submit(request: ChatRequest, id: string, wanted: JobRequest): Promise<Job> {
    const { destination, actor, uploadLimitBytes, receipt } = request;
    const { ping, spoiler } = await settings.effective(actor.id, destination);
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
      ping,
      ...(spoiler === "on" && { spoiler: true }),
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

  /** All that can be wrong with a request whatever it is for. */
  async function admit({ actor, destination }: ChatRequest, parent?: Job): Promise<void> {
    await permissions.require("create", actor, destination);
    if (parent) await permissions.require("remix", actor, destination, parent);
    await adapters.get(destination.platform)?.checkAccess(destination);
  }

  /** Every job has its picture to itself, so that none loses it with another. */
  async function copyImage(
    id: string,
    image: ReferenceImage | undefined,
  ): Promise<ReferenceImage | undefined> {
    if (!image) return undefined;
    const mediaKey = image.mediaKey.replace(/^[^/]+/, id);
    if (!(await media.stat(image.mediaKey))) throw imageGone();
    await media.put(mediaKey, media.read(image.mediaKey));
    return { ...image, mediaKey };
  }

  async function createFrom(request: ChatRequest, picture: ImageAttachment | undefined, wanted: WantedClip) {
    const loaded = picture && (await loadPicture(picture));
    const offered = await settings.catalogFor(request.actor.id, request.destination);
    const clip = settleClip(offered, wanted);
    if (!loaded) return { clip, loaded };
    const sizes = catalog.models.find(({ id }) => id === clip.model)?.sizes ?? [clip.size];
    return { clip: { ...clip, size: wanted.size ?? nearestSize(loaded, sizes) }, loaded };
  }

  return {
    async create(request, { prompt, image, imageOf, ...wanted }) {
      const text = checkPrompt(prompt);
      await admit(request);
      const id = createJobId();
      const before = imageOf === undefined || image ? undefined : await access.find(request, imageOf);
      const { clip, loaded } = await createFrom(request, image, wanted);
      const old = before?.request.operation === "create" ? before.request.image : undefined;
      // Deleted while the form was open: without its picture it would be another video.
      if (before && !old) throw imageGone();
      const reference = loaded
        ? await keepImage(id, loaded, clip.size, media)
        : await refit(id, old, before, clip);
      return submit(request, id, {
        operation: "create",
        prompt: text,
        ...clip,
        ...(reference && { image: reference }),
      });
    },

    async derive(request, { operation, parentJobId, prompt, addSeconds }) {
      const text = checkPrompt(prompt);
      const parent = await access.findFinished(request, parentJobId);
      if (!videos.supports(operation)) throw notOffered(operation);
      const { model, seconds, size } = parent.request;
      const length = operation === "extend" ? checkStep(seconds, addSeconds) : undefined;
      await admit(request, parent);
      return submit(request, createJobId(), {
        operation,
        prompt: text,
        model,
        seconds: length ?? seconds,
        size,
        parentJobId: parent.id,
        sourceVideoId: parent.video?.id ?? "",
        ...(addSeconds !== undefined && operation === "extend" && { addSeconds }),
      });
    },

    async retry(request, jobId) {
      const job = await access.find(request, jobId);
      if (!isEnded(job) && job.phase !== "failing")
        throw new UserError("not_ended", `Video ${job.id} is still being made.`, "video");
      if (isDeleted(job))
        throw new UserError("deleted", `Video ${job.id} was deleted with its prompt.`, "video");
      const wanted = job.request;
      if (wanted.operation === "create") {
        await admit(request);
        const id = createJobId();
        const { image: old, ...rest } = wanted;
        const image = await copyImage(id, old);
        return submit(request, id, { ...rest, ...(image && { image }) });
      }
      if (!videos.supports(wanted.operation)) throw notOffered(wanted.operation);
      await admit(request, await access.findFinished(request, wanted.parentJobId));
      return submit(request, createJobId(), wanted);
    },
  };

  /** The picture of an earlier job, for the new clip's size. */
  async function refit(
    id: string,
    image: ReferenceImage | undefined,
    before: Job | undefined,
    { size }: ClipSettings,
  ): Promise<ReferenceImage | undefined> {
    if (!image || before?.request.size === size) return copyImage(id, image);
    const { filename, contentType, mediaKey } = image;
    const info = await media.stat(mediaKey);
    if (!info) throw imageGone();
    const kept = { filename, contentType, bytes: info.bytes, open: async () => media.read(mediaKey) };
    return keepImage(id, await loadPicture(kept), size, media);
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

/** The length of a video after an extension. */
function checkStep(seconds: string, step: string | undefined): string {
  const steps = extendSteps(seconds);
  if (step !== undefined && steps.includes(step)) return String(Number(seconds) + Number(step));
  const message =
    steps.length === 0
      ? `This video has ${seconds} seconds, and 120 is the most. Extend a shorter one.`
      : `This video of ${seconds} seconds can be extended by ${steps.join(", ")} seconds.`;
  throw new UserError("unsupported_step", message, "seconds");
}

function imageGone(): UserError {
  return new UserError("image_gone", "The picture is no longer kept here. Attach it again.", "image");
}

function notOffered(operation: Derivation): UserError {
  return new UserError(
    "not_offered",
    `The video service that this bot uses cannot ${operation} videos. /video create makes a new one.`,
  );
}
