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

/** Reads a backend's status word without regard to case; an unknown one is not terminal. */
function readStatus(word: unknown): VideoStatus {
  const wanted = readText(word)?.toLowerCase() ?? "";
  const known = Object.entries(STATUS_WORDS).find(([, words]) => words.includes(wanted));
  return known ? (known[0] as VideoStatus) : "in_progress";
}

/** Whether it can be read as a video: it has an id. */
function isVideo(raw: unknown): raw is { id: string } {
  return isRecord(raw) && typeof raw.id === "string" && raw.id !== "";
}

/**
 * Reads a video as a backend sent it; every field but `id` may be missing or of another type.
 * @throws TypeError when there is no id.
 */
export function readVideo(raw: unknown): Video {
  if (!isVideo(raw)) throw new TypeError("The backend's answer names no video.");
  const body: Record<string, unknown> & { id: string } = { ...raw };
  return {
    id: body.id,
    status: readStatus(body.status),
    progress: readNumber(body.progress),
    // A multipart form, which is how prompts are sent, turns every line break into CR LF.
    prompt: readText(body.prompt)?.replaceAll("\r\n", "\n"),
    model: readText(body.model),
    seconds: readText(body.seconds ?? body.duration),
    size: readText(body.size),
    createdAt: readTime(body.created_at ?? body.created),
    completedAt: readTime(body.completed_at),
    expiresAt: readTime(body.expires_at),
    remixedFrom: readText(body.remixed_from_video_id),
    error: readError(body.error),
  };
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
  const sent = data.filter(isVideo).map(readVideo);
  const rest = sent.slice(sent.findIndex(({ id }) => id === after) + 1);
  const full = limit > 0 && rest.length === limit;
  const said = typeof raw.has_more === "boolean" ? raw.has_more : full;
  return { videos: rest.slice(0, limit), more: rest.length > limit || said };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function readText(value: unknown): string | undefined {
  return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
}

function readNumber(value: unknown): number | undefined {
  const number = typeof value === "string" && value !== "" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : undefined;
}

function readTime(value: unknown): number | undefined {
  const seconds = readNumber(value);
  return seconds === undefined ? undefined : seconds * 1000;
}

function readError(value: unknown): Video["error"] {
  if (typeof value === "string" && value !== "") return { code: "unknown", message: value };
  if (!isRecord(value)) return undefined;
  return {
    code: readText(value.code) ?? "unknown",
    message: readText(value.message) ?? "The backend gave no reason.",
  };
}
