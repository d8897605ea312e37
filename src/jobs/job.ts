import type { Destination, Ping } from "../chat/adapter.ts";
import type { LogFields } from "../log-context.ts";
import type { ClipSettings } from "../videos/catalog.ts";
import type { ClipExtras } from "../videos/extras.ts";
import type { Video, VideoStatus } from "../videos/video.ts";

/** A picture that guides the generation; a retry needs it again, so it stays as long as the media store keeps it. */
export interface ReferenceImage {
  mediaKey: string;
  filename: string;
  contentType: string;
}

/** What is made from a finished video. */
export type Derivation = "remix" | "edit" | "extend";

/** What to ask the backend for. Of an extension `seconds` is the whole length, `addSeconds` what comes to it. */
export type JobRequest = ClipSettings & { prompt: string } & (
    | { operation: "create"; image?: ReferenceImage; extras?: ClipExtras }
    | { operation: Derivation; parentJobId: string; sourceVideoId: string; addSeconds?: string }
  );

/**
 * Where a job stands with us. Each is written down before what it names is tried:
 * `accepted` the card is to be posted, `posted` the video is to be created, `creating` a create was sent and its
 * answer is not known, `rendering` the backend works, `downloading` files are fetched, `delivering` they are
 * uploaded, `delivered` it is all done; `failing` the card has yet to say why, `failed` it has; `deleting` it is to
 * vanish everywhere, `deleted` its card is a tombstone.
 */
export type Phase =
  | "accepted"
  | "posted"
  | "creating"
  | "rendering"
  | "downloading"
  | "delivering"
  | "delivered"
  | "failing"
  | "failed"
  | "deleting"
  | "deleted";

/** Why a job failed: a stable code, the backend's own words and its request id for the log. */
export interface Failure {
  code: string;
  message: string;
  requestId?: string;
}

/** What was stored of a finished video. */
export interface StoredMedia {
  video: { key: string; bytes: number };
  thumbnail?: { key: string; bytes: number; contentType: string };
  spritesheet?: { key: string; bytes: number; contentType: string };
  /** The video once more, small enough to be uploaded. */
  fitted?: { key: string; bytes: number };
}

/** Our record of one request by one person in one channel. Times are Unix milliseconds. */
export interface Job {
  id: string;
  /** Grows by one with each change. */
  revision: number;
  createdAt: number;
  updatedAt: number;
  phase: Phase;
  /** The card's address; `message` is there from `posted` on. */
  destination: Destination;
  receipt?: string;
  /** The platform's id of the request, for the log. */
  requestId?: string;
  requester: { id: string; name: string };
  uploadLimitBytes?: number;
  /** How the requester is told that the video is there; absent: where it stands, by name. */
  ping?: Ping;
  /** The video is shown to those alone who want to see it. */
  spoiler?: boolean;
  request: JobRequest;
  /** What it was estimated to cost when it was asked for; absent where the price is not known. */
  costUsd?: number;
  /** When the create was sent, and when the first one was that the backend refused for now. */
  createSentAt?: number;
  firstSentAt?: number;
  /** When its video was found to be completed. */
  completedAt?: number;
  video?: {
    id: string;
    status: VideoStatus;
    progress?: number;
    createdAt?: number;
    completedAt?: number;
    expiresAt?: number;
  };
  failure?: Failure;
  media?: StoredMedia;
  /** The adapter's note of how far its delivery went. */
  deliveryCheckpoint?: string;
  /** The message with the video, where that is not the card itself. */
  result?: Destination;
  deliveredAt?: number;
  /** Why the card can be edited no more. */
  cardLost?: string;
  /** How often the video was made smaller, and what stands for one that is too large all the same. */
  fits?: number;
  shownAs?: "link" | "words";
  /**
   * Its message is gone, or the bot cannot post there any more, so the video goes to whoever asked for it: `to` is its card
   * there. `kept`: they cannot be reached, and it is nowhere in the chat.
   */
  moved?: { why: "gone" | "no_access"; to?: Destination; kept?: true };
  /** Its place in the channel's gallery, written down before it is put there. */
  gallery?: { page: number; at: number };
  /** Why no gallery shows it, though it is delivered; a forgotten one is erased once nothing of it is under way. */
  unlisted?: "hidden" | "message_deleted" | "forgotten";
  /** Somebody wants it stopped: the backend is being asked. */
  stopping?: { by: { id: string; name: string }; at: number };
  /** Who wanted it gone (not kept once it is), and whether it was stopped before it was finished. */
  deletion?: { by?: { id: string; name: string }; at: number; cancelled: boolean };
  /** Jobs that were made from it, the oldest first. */
  remixes: string[];
}

const ENDED: readonly Phase[] = ["delivered", "failed", "deleted"];

/** Whether its video is in the channel, or about to be seen there. */
export function isFinished({ phase, video }: Job): boolean {
  return video !== undefined && (phase === "delivered" || phase === "delivering");
}

/** Ends after which the backend may have made the video, or may yet. */
const UNCERTAIN: readonly string[] = ["answer_lost", "timed_out"];

/**
 * Whether it counts as paid for: the backend made the video, or may have made it. What failed there, was stopped or was
 * never begun does not.
 */
export function isCharged({ video, failure }: Job): boolean {
  return video?.status === "completed" || (failure !== undefined && UNCERTAIN.includes(failure.code));
}

/** Whether it is gone, or on its way out. */
export function isDeleted({ phase }: Job): boolean {
  return phase === "deleting" || phase === "deleted";
}

/** Whether nothing is left to do. */
export function isEnded(job: Job): boolean {
  return ENDED.includes(job.phase);
}

/** Whether nothing keeps it out of its channel's gallery. */
export function isListed(job: Job): boolean {
  return job.unlisted === undefined && !isDeleted(job);
}

/** The card is in the channel. */
export function posted(job: Job, destination: Destination): Job {
  return job.phase === "accepted" ? { ...job, phase: "posted", destination } : job;
}

/** A create is about to be sent. */
export function creating(job: Job, now: number): Job {
  if (job.phase !== "posted") return job;
  return { ...job, phase: "creating", createSentAt: now, firstSentAt: job.firstSentAt ?? now };
}

/** The backend refused the create for certain: nothing was made, it may be sent again. */
export function refused(job: Job): Job {
  return job.phase === "creating" ? { ...job, phase: "posted" } : job;
}

/** The backend has taken the video. */
export function created(job: Job, video: Video): Job {
  return job.phase === "creating" ? observed({ ...job, phase: "rendering" }, video) : job;
}

/** The backend told how the video stands; progress never goes back. */
export function observed(job: Job, video: Video): Job {
  if (job.phase !== "rendering" || (job.video && job.video.id !== video.id)) return job;
  const progress = Math.max(video.progress ?? -1, job.video?.progress ?? -1);
  const next: Job = {
    ...job,
    video: {
      id: video.id,
      status: video.status,
      ...(progress >= 0 && { progress: Math.min(100, Math.round(progress)) }),
      ...(video.createdAt !== undefined && { createdAt: video.createdAt }),
      ...(video.completedAt !== undefined && { completedAt: video.completedAt }),
      ...(video.expiresAt !== undefined && { expiresAt: video.expiresAt }),
    },
  };
  if (video.status === "completed") return { ...next, phase: "downloading" };
  if (video.status === "failed") {
    return failing(next, video.error ?? { code: "unknown", message: "The backend gave no reason." });
  }
  return same(job.video, next.video) ? job : next;
}

/** The files are in the media store. */
export function stored(job: Job, media: StoredMedia): Job {
  return job.phase === "downloading" ? { ...job, phase: "delivering", media } : job;
}

/** What the log wants of a job. */
export type LogSource = Pick<Job, "id" | "requestId"> & { destination: Pick<Destination, "platform"> };

/** What a log line about it carries. */
export function logFieldsOf({ id, destination, requestId }: LogSource): LogFields {
  return { jobId: id, platform: destination.platform, ...(requestId !== undefined && { requestId }) };
}

/** Where the card of a job stands now. */
export function cardOf({ destination, moved }: Job): Destination {
  return moved?.to ?? destination;
}

/** The video is small enough now, as far as is known. */
export function fitted(job: Job, file: { key: string; bytes: number }): Job {
  if (job.phase !== "delivering" || !job.media) return job;
  return { ...job, media: { ...job.media, fitted: file }, fits: (job.fits ?? 0) + 1 };
}

/** The video cannot be uploaded: a thumbnail with a link stands for it, and where that is too large, words. */
export function tooLarge(job: Job): Job {
  if (job.phase !== "delivering") return job;
  const { deliveryCheckpoint: _, ...rest } = job;
  return { ...rest, shownAs: job.shownAs === undefined ? "link" : "words" };
}

/** It cannot be shown where it belongs. A message that somebody deleted stays deleted, and no gallery shows its video. */
export function moving(job: Job, why: "gone" | "no_access"): Job {
  if (job.phase !== "delivering") return job;
  if (job.moved) return kept(job);
  const { deliveryCheckpoint: _, ...rest } = job;
  const unlisted = job.unlisted ?? (why === "gone" ? "message_deleted" : undefined);
  return { ...rest, moved: { why }, ...(unlisted && { unlisted }) };
}

/** Its card stands with whoever asked for it. */
export function atCard(job: Job, to: Destination): Job {
  if (job.phase !== "delivering" || !job.moved) return job;
  const { cardLost: _, ...rest } = job;
  return { ...rest, moved: { ...job.moved, to } };
}

/** Nobody can be shown it in the chat. */
export function kept(job: Job): Job {
  if (job.phase !== "delivering" || !job.moved) return job;
  return { ...job, moved: { why: job.moved.why, kept: true } };
}

/** Video and card stand in the channel; without `result` nothing does, and the video is kept. */
export function delivered(job: Job, result: Destination | undefined, now: number): Job {
  if (job.phase !== "delivering") return job;
  // What was shown just now can be edited.
  const { stopping: _, cardLost: __, ...rest } = job;
  return { ...rest, phase: "delivered", ...(result && { result }), deliveredAt: now };
}

/** It will not come to anything; the card has yet to say so. */
export function failing(job: Job, failure: Failure): Job {
  const over = isEnded(job) || job.phase === "failing" || job.phase === "deleting";
  return over ? job : { ...job, phase: "failing", failure };
}

/** The card says why. */
export function failed(job: Job): Job {
  return job.phase === "failing" ? { ...job, phase: "failed" } : job;
}

/** Phases in which nothing of a job is under way that could cross its deletion. */
const DELETABLE: readonly Phase[] = ["posted", "rendering", "delivered", "failing", "failed"];

/**
 * Whether it can be deleted right now: not while a create, an upload or another deletion is under way. One that the
 * backend was asked to stop can have reached its end meanwhile.
 */
export function isDeletable({ phase, stopping }: Job): boolean {
  return DELETABLE.includes(phase) || (stopping !== undefined && phase === "downloading");
}

/** Somebody wants it gone; the rest is the worker's. */
export function deleting(job: Job, by: { id: string; name: string }, now: number): Job {
  if (!isDeletable(job)) return job;
  const cancelled = job.stopping !== undefined || job.phase === "posted" || job.phase === "rendering";
  const { failure: _, stopping: __, ...rest } = job;
  return { ...rest, phase: "deleting", deletion: { by, at: now, cancelled } };
}

/** Nothing is left of it but that it was there. */
export function deleted(job: Job): Job {
  if (job.phase !== "deleting") return job;
  const { media: _, receipt: __, deletion, ...rest } = job;
  const { model, seconds, size } = job.request;
  const clip = { model, seconds, size, prompt: "" };
  const request: JobRequest =
    job.request.operation === "create" ? { ...clip, operation: "create" } : { ...job.request, ...clip };
  const { at, cancelled } = deletion ?? { at: job.updatedAt, cancelled: false };
  return { ...rest, phase: "deleted", request, deletion: { at, cancelled } };
}

/** Something made from it was taken by the backend. */
export function remixed(job: Job, childId: string): Job {
  return job.remixes.includes(childId) ? job : { ...job, remixes: [...job.remixes, childId] };
}

function same(a: Job["video"], b: Job["video"]): boolean {
  return a?.status === b?.status && a?.progress === b?.progress && a?.expiresAt === b?.expiresAt;
}
