import { field, textOf } from "./json.ts";

/** The API's status words, the only ones the rest of the bot knows. */
export type VideoStatus = "queued" | "in_progress" | "completed" | "failed";

/** A video as a backend reports it, in one shape whatever the backend. Times are Unix milliseconds. */
export interface Video {
  id: string;
  status: VideoStatus;
  /** 0 to 100; undefined where the backend reports none. */
  progress: number | undefined;
  prompt: string | undefined;
  model: string | undefined;
  seconds: string | undefined;
  size: string | undefined;
  createdAt: number | undefined;
  completedAt: number | undefined;
  /** When the backend deletes the files. */
  expiresAt: number | undefined;
  remixedFrom: string | undefined;
  error: { code: string; message: string } | undefined;
  /** Addresses of the finished file that the backend names besides its own. */
  links: readonly string[];
}

/** Some of a backend's videos, and whether there are more. */
export interface VideoPage {
  videos: Video[];
  more: boolean;
}

/** Something to download of a finished video. */
export type VideoVariant = "video" | "thumbnail" | "spritesheet";

/** What people call them. */
export const VARIANT_NAMES: Readonly<Record<VideoVariant, string>> = {
  video: "video",
  thumbnail: "thumbnail",
  spritesheet: "sprite sheet",
};

const STATUS_WORDS: Record<VideoStatus, readonly string[]> = {
  queued: ["queued", "pending", "submitted", "not_start", "unknown", "created", "starting"],
  in_progress: ["in_progress", "processing", "running", "generating", "postprocessing"],
  completed: ["completed", "complete", "succeeded", "success", "done"],
  failed: ["failed", "error", "expired", "cancelled", "canceled", "deleted"],
};

/** Words for a video that did not fail by itself, which is all that is said about it. */
const ENDED_BY = {
  cancelled: ["cancelled", "canceled", "deleted"],
  expired: ["expired"],
};

/** Reads a backend's status word without regard to case; an unknown one is not terminal. */
function readStatus(word: string): VideoStatus {
  const known = Object.entries(STATUS_WORDS).find(([, words]) => words.includes(word));
  return known ? (known[0] as VideoStatus) : "in_progress";
}

/** How servers call the id. */
const ID_FIELDS = ["id", "task_id", "video_id", "generation_id"];

/** A video's id and fields, bare or in an envelope; undefined where nothing there is a video. */
function openVideo(raw: unknown): { id: string; body: Fields } | undefined {
  if (!isRecord(raw)) return undefined;
  for (const name of ID_FIELDS) {
    const id = raw[name];
    if (typeof id === "string" && id !== "") return { id, body: raw };
  }
  return Array.isArray(raw.data) ? undefined : openVideo(raw.data);
}

/**
 * Reads a video as a backend sent it; every field but the id may be missing or of another type.
 * @throws TypeError when there is no id.
 */
export function readVideo(raw: unknown): Video {
  const video = openVideo(raw);
  if (!video) throw new TypeError("The backend's answer names no video.");
  return toVideo(video);
}

function toVideo({ id, body }: { id: string; body: Fields }): Video {
  const word = (textOf(body.status) ?? "").toLowerCase();
  const status = readStatus(word);
  return {
    id,
    status,
    progress: readNumber(body.progress),
    // A multipart form, which is how prompts are sent, turns every line break into CR LF.
    prompt: textOf(body.prompt)?.replaceAll("\r\n", "\n"),
    model: textOf(body.model),
    seconds: textOf(body.seconds ?? body.duration),
    size: textOf(body.size),
    createdAt: readTime(body.created_at ?? body.created),
    completedAt: readTime(body.completed_at),
    expiresAt: readTime(body.expires_at),
    remixedFrom: textOf(body.remixed_from_video_id),
    error: status === "failed" ? (readError(body.error) ?? endedBy(word)) : readError(body.error),
    links: readLinks(body),
  };
}

function endedBy(word: string): Video["error"] {
  const known = Object.entries(ENDED_BY).find(([, words]) => words.includes(word));
  return known && { code: known[0], message: `The backend says: ${word}.` };
}

/** The addresses that an answer names, in the order in which they are worth trying. */
export function readLinks(body: unknown): string[] {
  if (!isRecord(body)) return [];
  const named = [
    body.url,
    body.video_url,
    field(body.video, "url"),
    ...(Array.isArray(body.data) ? body.data.map((entry: unknown) => field(entry, "url")) : []),
    field(body.data, "url"),
    field(body.outputs, "video_url"),
    field(body.metadata, "url"),
    ...(Array.isArray(body.unsigned_urls) ? body.unsigned_urls : []),
  ];
  return named.filter((address) => typeof address === "string" && address !== "");
}

/**
 * Reads a page of `limit` videos after the one with the id `after`. Some backends do not say whether there is more
 * (SGLang), others send all that they have whatever was asked for (TensorRT-LLM).
 * @throws TypeError when there is no list.
 */
export function readPage(raw: unknown, limit: number, after: string | undefined): VideoPage {
  // An empty list of Go's is null.
  if (!isRecord(raw)) throw new TypeError("The backend's answer is no list.");
  const data = raw.data === null ? [] : raw.data;
  if (!Array.isArray(data)) throw new TypeError("The backend's answer is no list.");
  // One entry that cannot be read is no reason to know nothing of the others.
  const sent = data.flatMap((entry: unknown) => {
    const video = openVideo(entry);
    return video ? [toVideo(video)] : [];
  });
  const rest = sent.slice(sent.findIndex(({ id }) => id === after) + 1);
  const full = limit > 0 && rest.length === limit;
  const said = typeof raw.has_more === "boolean" ? raw.has_more : full;
  return { videos: rest.slice(0, limit), more: rest.length > limit || said };
}

type Fields = Record<string, unknown>;

function isRecord(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function readNumber(value: unknown): number | undefined {
  const number = typeof value === "string" && value !== "" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : undefined;
}

/** Seconds; milliseconds, by their size; or a date in words. */
function readTime(value: unknown): number | undefined {
  const number = readNumber(value);
  if (number !== undefined) return number > MILLISECONDS_FROM ? number : number * 1000;
  const parsed = typeof value === "string" ? Date.parse(value) : Number.NaN;
  return Number.isFinite(parsed) ? parsed : undefined;
}

/** As seconds this is the year 5138. */
const MILLISECONDS_FROM = 100_000_000_000;

function readError(value: unknown): Video["error"] {
  if (typeof value === "string" && value !== "") return { code: "unknown", message: value };
  if (!isRecord(value)) return undefined;
  return {
    code: textOf(value.code) || textOf(value.type) || "unknown",
    message: textOf(value.message) || textOf(value.detail) || "The backend gave no reason.",
  };
}
