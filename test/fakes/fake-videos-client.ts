import { readFileSync } from "node:fs";
import { ReadableStream } from "node:stream/web";
import { ServiceError } from "../../src/errors.ts";
import type { OptionalOperation } from "../../src/videos/dialect.ts";
import type { ClipExtras } from "../../src/videos/extras.ts";
import type { Video, VideoVariant } from "../../src/videos/video.ts";
import type { InputReference, VideosClient } from "../../src/videos/videos-client.ts";

type Operation = Exclude<keyof VideosClient, "supports">;
type Paid = "create" | "remix" | "edit" | "extend";

/** A backend in memory whose videos a test moves by hand. */
export interface FakeVideosClient extends VideosClient {
  /** Every video there is, newest first. */
  all(): Video[];
  /** The picture that came with a video's create. */
  imageOf(id: string): InputReference | undefined;
  /** What a video was asked for besides. */
  extrasOf(id: string): ClipExtras | undefined;
  /** How often each operation was asked for, refused ones included. */
  readonly calls: Record<Operation, number>;
  /** Changes how a video stands. */
  move(id: string, change: Partial<Omit<Video, "id">>): void;
  complete(id: string): void;
  fail(id: string, error?: { code: string; message: string }): void;
  /** The backend forgets a video. */
  remove(id: string): void;
  /** Puts a video there that this bot did not ask for. */
  add(video?: Partial<Video>): Video;
  /** The next `times` calls of an operation are refused before they do anything. */
  refuse(operation: Operation, error: ServiceError, times?: number): void;
  /** The next call of a paid operation is taken, and its answer is lost. */
  loseAnswer(operation: Paid): void;
  /** From now on the backend has no such operation, which its next call shows. */
  lack(operation: OptionalOperation): void;
  /** The next download of a variant breaks off after so many bytes. */
  breakDownload(variant: VideoVariant, afterBytes: number): void;
  /** What a variant's download gives from now on. */
  serve(variant: VideoVariant, bytes: Uint8Array): void;
}

const fixture = (name: string) => readFileSync(new URL(`../fixtures/${name}`, import.meta.url));

/** A whole H.264 clip of 4 s, 180x320. */
export const clipBytes = fixture("clip.mp4");
/** Its first frame as WebP. */
export const thumbnailBytes = fixture("thumbnail.webp");

/** How long downloads can be had, as the hosted service had it (ms). */
const EXPIRES_AFTER_MS = 3_600_000;

/** Longest video that extensions may add up to, in seconds. */
const LONGEST_CLIP = 120;

/**
 * Builds a backend without videos; `now` gives their times (Unix milliseconds), with `canCancel` it deletes a video in
 * the making as well, `onMissing` hears once of each operation that it was found to lack.
 */
export function createFakeVideosClient(
  options: {
    now?: () => number;
    canCancel?: boolean;
    onMissing?: (operation: OptionalOperation) => void;
  } = {},
): FakeVideosClient {
  const { now = Date.now, canCancel = false, onMissing = () => {} } = options;
  const videos = new Map<string, Video>();
  const images = new Map<string, InputReference>();
  const given = new Map<string, ClipExtras>();
  const refusals = new Map<Operation, ServiceError[]>();
  const losing = new Set<Paid>();
  const lacked = new Set<OptionalOperation>();
  const found = new Set<OptionalOperation>();
  let made = 0;
  const files = new Map<VideoVariant, Uint8Array>([
    ["video", clipBytes],
    ["thumbnail", thumbnailBytes],
    ["spritesheet", fixture("spritesheet.jpg")],
  ]);
  const breaks = new Map<VideoVariant, number>();
  const calls: Record<Operation, number> = {
    create: 0,
    remix: 0,
    edit: 0,
    extend: 0,
    retrieve: 0,
    list: 0,
    delete: 0,
    download: 0,
  };

  function enter(operation: Operation, needed?: OptionalOperation): void {
    calls[operation]++;
    const refusal = refusals.get(operation)?.shift();
    if (refusal) throw refusal;
    if (!needed || !lacked.has(needed)) return;
    if (!found.has(needed)) onMissing(needed);
    found.add(needed);
    throw problem("not_supported", `This backend has no ${needed}.`);
  }

  function known(id: string): Video {
    const video = videos.get(id);
    if (!video) throw problem("not_found", `Video with id '${id}' not found.`);
    return video;
  }

  function add(video: Partial<Video> = {}): Video {
    const added: Video = {
      id: `video_${String(++made).padStart(4, "0")}`,
      status: "queued",
      progress: 0,
      prompt: undefined,
      model: "sora-2",
      seconds: "4",
      size: "720x1280",
      createdAt: Math.floor(now() / 1000) * 1000,
      completedAt: undefined,
      expiresAt: undefined,
      remixedFrom: undefined,
      error: undefined,
      links: [],
      ...video,
    };
    videos.set(added.id, added);
    return { ...added };
  }

  function move(id: string, change: Partial<Omit<Video, "id">>): void {
    videos.set(id, { ...known(id), ...change });
  }

  /** A completed video, for what is made from one. */
  function source(id: string): Video {
    const video = known(id);
    if (video.status === "completed") return video;
    throw problem("invalid_request", `Video with id '${id}' is not completed.`);
  }

  function answer(operation: Paid, video: Video): Video {
    if (!losing.delete(operation)) return video;
    throw problem("answer_lost", "The answer was lost.");
  }

  const all = () => [...videos.values()].reverse();

  return {
    calls,
    all: () => all().map((video) => ({ ...video })),
    imageOf: (id) => images.get(id),
    extrasOf: (id) => given.get(id),
    add,
    move,
    complete: (id) =>
      move(id, {
        status: "completed",
        progress: 100,
        completedAt: now(),
        expiresAt: now() + EXPIRES_AFTER_MS,
      }),
    fail: (id, error = { code: "generation_failed", message: "The generation failed." }) =>
      move(id, { status: "failed", error }),
    remove: (id) => void videos.delete(id),
    refuse: (operation, error, times = 1) =>
      void refusals.set(operation, [
        ...(refusals.get(operation) ?? []),
        ...Array.from({ length: times }, () => error),
      ]),
    loseAnswer: (operation) => void losing.add(operation),
    breakDownload: (variant, afterBytes) => void breaks.set(variant, afterBytes),
    serve: (variant, bytes) => void files.set(variant, bytes),
    lack: (operation) => void lacked.add(operation),
    supports: (operation) => !found.has(operation),

    async create({ prompt, model, seconds, size, image, extras }) {
      enter("create");
      const video = add({ prompt, model, seconds, size });
      if (image) images.set(video.id, image);
      if (extras) given.set(video.id, extras);
      return answer("create", video);
    },
    async remix(videoId, prompt) {
      enter("remix", "remix");
      const { model, seconds, size } = source(videoId);
      return answer("remix", add({ prompt, model, seconds, size, remixedFrom: videoId }));
    },
    async edit(videoId, prompt) {
      enter("edit", "edit");
      const { model, seconds, size } = source(videoId);
      return answer("edit", add({ prompt, model, seconds, size }));
    },
    async extend(videoId, prompt, step) {
      enter("extend", "extend");
      const { model, seconds = "0", size } = source(videoId);
      const total = Number(seconds) + Number(step);
      if (total > LONGEST_CLIP) throw problem("invalid_value", `A video of ${total} seconds is too long.`);
      return answer("extend", add({ prompt, model, seconds: String(total), size }));
    },
    async retrieve(videoId) {
      enter("retrieve");
      return { ...known(videoId) };
    },
    async list({ limit, after, order = "desc" }) {
      enter("list", "list");
      const listed = order === "desc" ? all() : all().reverse();
      const from = after === undefined ? 0 : listed.indexOf(known(after)) + 1;
      const page = listed.slice(from, from + limit);
      return { videos: page.map((video) => ({ ...video })), more: from + limit < listed.length };
    },
    async delete(videoId) {
      enter("delete", "delete");
      const video = videos.get(videoId);
      if (!video) return "gone";
      const finished = video.status === "completed" || video.status === "failed";
      if (!finished && !canCancel) throw problem("not_finished", "The video is in the making.");
      videos.delete(videoId);
      return "deleted";
    },
    async download(videoId, variant) {
      enter("download", variant === "video" ? undefined : variant);
      const { status, expiresAt } = variant === "video" ? { ...videos.get(videoId) } : known(videoId);
      const completed = status === "completed";
      const bytes = (expiresAt ?? Number.POSITIVE_INFINITY) > now() ? files.get(variant) : undefined;
      if (!completed || !bytes) {
        const gone = completed && variant !== "video";
        throw problem(gone ? "no_file" : "not_ready", `There is no ${variant} of it.`, !gone);
      }
      const breakAt = breaks.get(variant);
      breaks.delete(variant);
      return ReadableStream.from(arriving(bytes, breakAt));
    },
  };
}

async function* arriving(bytes: Uint8Array, breakAt: number | undefined): AsyncGenerator<Uint8Array> {
  yield bytes.subarray(0, breakAt);
  if (breakAt !== undefined) throw new TypeError("terminated");
}

function problem(code: string, message: string, retryable = false): ServiceError {
  return new ServiceError("videos", code, message, { retryable });
}
