import type { ReadableStream } from "node:stream/web";
import { ServiceError } from "../errors.ts";
import { createRedaction } from "../redaction.ts";
import { type BackendLinks, createBackendLinks } from "./backend-links.ts";
import type { ClipSettings } from "./catalog.ts";
import type { Dialect, OptionalOperation } from "./dialect.ts";
import { dialects } from "./dialects.ts";
import { createDownloads, NO_ROUTE } from "./downloads.ts";
import type { ClipExtras } from "./extras.ts";
import { createMissingOperations } from "./missing-operations.ts";
import { coded, createOpenAICalls, refusalOf, toServiceError } from "./openai-calls.ts";
import { isBareNotFound, isRouteNotFound } from "./refusal.ts";
import { readPage, readVideo, type Video, type VideoPage, type VideoVariant } from "./video.ts";

/** A picture as the API takes it. */
export interface InputReference {
  filename: string;
  contentType: string;
  bytes: Uint8Array;
}

/** What the bot asks of a backend that speaks the Videos API. All calls throw ServiceError and nothing else. */
export interface VideosClient {
  /** Costs money: sent once, never repeated here. @throws ServiceError code `answer_lost` when it may have been taken. */
  create(
    clip: ClipSettings & { prompt: string; image?: InputReference; extras?: ClipExtras },
  ): Promise<Video>;
  /**
   * Makes a video anew with another prompt. Costs money: sent once, never repeated here.
   * @throws ServiceError code `answer_lost` when it may have been taken; `not_supported` or `not_found` when it was not.
   */
  remix(videoId: string, prompt: string): Promise<Video>;
  /** Makes a changed copy of a video. Costs money, and throws, as `remix`. */
  edit(videoId: string, prompt: string): Promise<Video>;
  /**
   * Makes a video that goes on after another one, of which it holds the whole. Costs money, and throws, as `remix`.
   * @param seconds how much longer it gets, as the API spells it: "4", "8", "12", "16" or "20", to 120 s in all.
   */
  extend(videoId: string, prompt: string, seconds: string): Promise<Video>;
  /**
   * @throws ServiceError code `not_found` when the backend does not know it (any more); a 404 that is not the backend's
   * own is `unavailable`, here as elsewhere.
   */
  retrieve(videoId: string): Promise<Video>;
  /**
   * One page, newest first unless asked otherwise; `after` is the last id of the page before.
   * @throws ServiceError code `not_supported`.
   */
  list(page: { limit: number; after?: string; order?: "asc" | "desc" }): Promise<VideoPage>;
  /**
   * Deletes a video with its files; "gone" when the backend does not know it (any more). May be repeated.
   * @throws ServiceError code `not_finished` for one in the making that the backend does not cancel; `not_supported`.
   */
  delete(videoId: string): Promise<"deleted" | "gone">;
  /**
   * @throws ServiceError code `not_ready`, retryable, while there is no such file; some backends are done before it is.
   * Thumbnail and sprite sheet: `no_file` when a completed video has none (any more), `not_found`, `not_supported`.
   */
  download(videoId: string, variant: VideoVariant): Promise<ReadableStream<Uint8Array>>;
  /**
   * Whether the backend has it: its dialect does, nothing proved it missing at the start, and no answer did within the
   * last hour.
   */
  supports(operation: OptionalOperation): boolean;
}

/** How backends say that they do not delete a video: it is not there, or in the making. */
const NOT_DELETED = [400, 404, 409, 422];

/** Speaks to a backend in its dialect, and reads whatever it answers. */
export function createVideosClient(options: {
  apiKey: string;
  baseUrl: string | undefined;
  /** How the backend speaks, asked with each call. Default: tolerantly, as nobody knows. */
  dialect?: () => Dialect;
  /** What was proven missing before anything was asked of it. */
  lacks?: () => readonly OptionalOperation[];
  /** Opens the addresses that it names. */
  links?: BackendLinks;
  /** Hears of each operation that the backend turned out not to have. */
  onMissing?: (operation: OptionalOperation) => void;
  /** The time in Unix milliseconds. */
  now?: () => number;
}): VideosClient {
  const {
    dialect = () => dialects.generic,
    lacks = () => [],
    onMissing = () => {},
    now = Date.now,
  } = options;
  const calls = createOpenAICalls(options);
  const redact = createRedaction([options.apiKey]);
  const missing = createMissingOperations({ onMissing, now });
  const downloads = createDownloads({
    calls,
    dialect,
    links: options.links ?? createBackendLinks(options),
    look,
    lacking,
  });

  async function retrieve(videoId: string): Promise<Video> {
    return discreet(read(readVideo, await calls.retrieve(videoId)));
  }

  /** The reason of a failed video is shown to people, and may quote what the backend was sent. */
  function discreet(video: Video): Video {
    const { error } = video;
    return error ? { ...video, error: { ...error, message: redact(error.message) } } : video;
  }

  function supports(operation: OptionalOperation): boolean {
    // What cannot be deleted cannot be stopped that way.
    if (operation === "cancel" && !supports("delete")) return false;
    return isKnownToHave(operation) && !missing.has(operation);
  }

  function isKnownToHave(operation: OptionalOperation): boolean {
    return dialect().has.includes(operation) && !lacks().includes(operation);
  }

  /** Takes note that the backend does not have an operation, and gives the error that says so. */
  function lacking(operation: OptionalOperation, error: unknown): ServiceError {
    missing.note(operation);
    return coded("not_supported", error);
  }

  /** Asks for nothing that its dialect does not have. */
  function ensure(operation: OptionalOperation): void {
    if (isKnownToHave(operation)) return;
    const message = `${dialect().label} has no ${operation}.`;
    throw new ServiceError("videos", "not_supported", message, { retryable: false });
  }

  /** How a video stands, asked to understand why something was refused; undefined when it is not there. */
  async function look(videoId: string): Promise<Video | undefined> {
    try {
      return await retrieve(videoId);
    } catch (error) {
      if (error instanceof ServiceError && error.code === "not_found") return undefined;
      throw error;
    }
  }

  /** Makes a video from another one; a refusal may be about the video or the operation. */
  async function derive(
    operation: "remix" | "edit" | "extend",
    videoId: string,
    call: () => Promise<unknown>,
  ): Promise<Video> {
    ensure(operation);
    try {
      return discreet(readPaid(await call()));
    } catch (error) {
      const refusal = refusalOf(error);
      if (!refusal) throw error;
      if (NO_ROUTE.includes(refusal.status) || (isRouteNotFound(refusal) && (await isUsable(videoId))))
        throw lacking(operation, error);
      throw error;
    }
  }

  /** Whether a video is there with all that a new one can be made from; false where that cannot be told. */
  async function isUsable(videoId: string): Promise<boolean> {
    const video = await look(videoId).catch(() => undefined);
    return video?.status === "completed" && (video.expiresAt ?? Number.POSITIVE_INFINITY) > now();
  }

  return {
    async create({ prompt, model, seconds, size, extras, image }) {
      const { create } = dialect();
      const body = {
        ...extras,
        prompt,
        model,
        ...(seconds !== "" && create.seconds(seconds)),
        ...(size !== "" && create.size(size)),
        ...(image && create.image(image)),
      };
      return discreet(readPaid(await calls.create(body, create.body)));
    },
    remix: (videoId, prompt) => derive("remix", videoId, () => calls.remix(videoId, { prompt })),
    edit: (videoId, prompt) => derive("edit", videoId, () => calls.edit({ prompt, video: { id: videoId } })),
    extend: (videoId, prompt, seconds) =>
      derive("extend", videoId, () => calls.extend({ prompt, seconds, video: { id: videoId } })),
    retrieve,
    async list({ limit, after, order = "desc" }) {
      ensure("list");
      try {
        const answer = await calls.list({ limit, order, ...(after !== undefined && { after }) });
        const page = read((raw) => readPage(raw, limit, after), answer);
        return { ...page, videos: page.videos.map(discreet) };
      } catch (error) {
        // With a cursor, a 404 may be about the cursor.
        const refusal = refusalOf(error);
        const noList = refusal && isRouteNotFound(refusal) && !isBareNotFound(refusal) && after === undefined;
        if (noList || NO_ROUTE.includes(refusal?.status ?? 0)) throw lacking("list", error);
        throw error;
      }
    },
    async delete(videoId) {
      ensure("delete");
      await sparesRunning(videoId);
      try {
        // SGLang answers with the video, others with nothing.
        const answer = (await calls.delete(videoId)) ?? {};
        if (Reflect.get(Object(answer), "deleted") !== false) return "deleted";
      } catch (error) {
        const refusal = refusalOf(error);
        if (!refusal) throw error;
        if (NO_ROUTE.includes(refusal.status)) throw lacking("delete", error);
        if (!NOT_DELETED.includes(refusal.status) || isBareNotFound(refusal)) throw error;
        const video = await look(videoId);
        if (!video) return "gone";
        if (isRouteNotFound(refusal)) throw lacking("delete", error);
        throw isOver(video) ? error : coded("not_finished", error);
      }
      const message = "The backend did not delete the video.";
      throw new ServiceError("videos", "not_deleted", message, { retryable: true });
    },
    download: (videoId, variant) =>
      variant === "video" ? downloads.video(videoId) : extra(videoId, variant),
    supports,
  };

  async function extra(videoId: string, variant: Exclude<VideoVariant, "video">) {
    ensure(variant);
    return downloads.extra(videoId, variant);
  }

  /** Where a DELETE forgets a running video without stopping it, it is not sent: the video would go on unseen. */
  async function sparesRunning(videoId: string): Promise<void> {
    if (dialect().has.includes("cancel")) return;
    const video = await look(videoId);
    if (!video || isOver(video)) return;
    const message = `${dialect().label} does not stop a video that is being made.`;
    throw new ServiceError("videos", "not_finished", message, { retryable: false });
  }
}

const isOver = ({ status }: Video) => status === "completed" || status === "failed";

/** Reads an answer. @throws ServiceError `unavailable`, retryable, when it is none. */
function read<T>(reader: (raw: unknown) => T, answer: unknown): T {
  try {
    return reader(answer);
  } catch (error) {
    throw toServiceError(error);
  }
}

/** Reads the answer to what costs money: one that names no video leaves open whether there is one. */
function readPaid(answer: unknown): Video {
  try {
    return readVideo(answer);
  } catch (error) {
    throw coded("answer_lost", error);
  }
}
