import type { ReadableStream } from "node:stream/web";
import OpenAI, { APIConnectionError, APIConnectionTimeoutError, APIError, toFile } from "openai";
import { ServiceError } from "../errors.ts";
import type { ClipSettings } from "./catalog.ts";
import { createMissingOperations } from "./missing-operations.ts";
import {
  causeCode,
  isBareNotFound,
  isRouteNotFound,
  isUnclear,
  type Refusal,
  refusalCode,
  refusalText,
  refusesParameter,
  retryAfter,
} from "./refusal.ts";
import { readPage, readVideo, type Video, type VideoPage, type VideoVariant } from "./video.ts";

/** A picture as the API takes it. */
export interface InputReference {
  filename: string;
  contentType: string;
  bytes: Uint8Array;
}

/** What some backends do not have. */
export type OptionalOperation =
  | "remix"
  | "edit"
  | "extend"
  | "delete"
  | "list"
  | Exclude<VideoVariant, "video">;

/** What the bot asks of a backend that speaks the Videos API. All calls throw ServiceError and nothing else. */
export interface VideosClient {
  /** Costs money: sent once, never repeated here. @throws ServiceError code `answer_lost` when it may have been taken. */
  create(clip: ClipSettings & { prompt: string; image?: InputReference }): Promise<Video>;
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
  /** False for an hour from when an answer has shown that the backend does not have it. */
  supports(operation: OptionalOperation): boolean;
}

const CREATE_TIMEOUT_MS = 120_000;
const READ_TIMEOUT_MS = 30_000;
const DOWNLOAD_TIMEOUT_MS = 600_000;
/** Connection errors from before anything was sent. */
const NEVER_SENT = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "UND_ERR_CONNECT_TIMEOUT"]);
/** How backends say that there is no such operation, whatever it is about. */
const NO_ROUTE = [405, 501];
/** How backends say that a file is not there (yet). */
const NO_FILE = [400, 404, 409, 422, 425];
/** How backends say that they do not delete a video: it is not there, or in the making. */
const NOT_DELETED = [400, 404, 409, 422];

/** Talks to a backend through the `openai` package; the only file that imports it. */
export function createVideosClient(options: {
  apiKey: string;
  baseUrl: string | undefined;
  /** Hears of each operation that the backend turned out not to have. */
  onMissing?: (operation: OptionalOperation) => void;
  /** The time in Unix milliseconds. */
  now?: () => number;
}): VideosClient {
  const { onMissing = () => {}, now = Date.now } = options;
  const client = new OpenAI({ apiKey: options.apiKey, baseURL: options.baseUrl ?? null, logLevel: "off" });
  const paid = { maxRetries: 0, timeout: CREATE_TIMEOUT_MS };
  const read = { maxRetries: 1, timeout: READ_TIMEOUT_MS };
  const fetched = { maxRetries: 1, timeout: DOWNLOAD_TIMEOUT_MS };
  const missing = createMissingOperations({ onMissing, now });

  const retrieve = (videoId: string) =>
    ask(async () => readVideo(await client.videos.retrieve(videoId, read)));

  /** Takes note that the backend does not have an operation, and gives the error that says so. */
  function lacking(operation: OptionalOperation, error: unknown): ServiceError {
    missing.note(operation);
    return coded("not_supported", error);
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
    try {
      return await spend(call);
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

  /** Thumbnail or sprite sheet; a backend without them refuses the parameter, or knows none and sends the video. */
  async function downloadExtra(videoId: string, variant: Exclude<VideoVariant, "video">) {
    try {
      const { body, type } = await ask(() => open(videoId, { variant }));
      if (!type.startsWith("video/")) return body;
      await body.cancel();
    } catch (error) {
      const refusal = refusalOf(error);
      if (!refusal) throw error;
      if (NO_ROUTE.includes(refusal.status) || refusesParameter(refusal, "variant"))
        throw lacking(variant, error);
      if (!NO_FILE.includes(refusal.status) || isBareNotFound(refusal)) throw error;
      const video = await look(videoId);
      if (!video) throw coded("not_found", error);
      throw video.status === "completed" ? coded("no_file", error) : coded("not_ready", error, true);
    }
    const message = `The backend sent the video in place of its ${variant}.`;
    throw lacking(variant, new ServiceError("videos", "not_supported", message, { retryable: false }));
  }

  async function open(videoId: string, query: { variant?: VideoVariant }) {
    const { body, headers } = await client.videos.downloadContent(videoId, query, fetched);
    if (!body) throw new TypeError("The backend sent no file.");
    return { body: body as ReadableStream<Uint8Array>, type: headers.get("content-type") ?? "" };
  }

  return {
    async create({ prompt, model, seconds, size, image }) {
      const input_reference =
        image && (await toFile(image.bytes, image.filename, { type: image.contentType }));
      const body = { prompt, model, seconds, size, ...(input_reference && { input_reference }) };
      // The SDK types know the hosted models' lengths and sizes only; other backends have their own.
      return spend(() => client.videos.create(body as OpenAI.VideoCreateParams, paid));
    },
    remix: (videoId, prompt) =>
      derive("remix", videoId, () => client.videos.remix(videoId, { prompt }, paid)),
    // The SDK sends these two as forms; LiteLLM reads them as JSON alone.
    edit: (videoId, prompt) =>
      derive("edit", videoId, () =>
        client.post("/videos/edits", { body: { prompt, video: { id: videoId } }, ...paid }),
      ),
    extend: (videoId, prompt, seconds) =>
      derive("extend", videoId, () =>
        client.post("/videos/extensions", { body: { prompt, seconds, video: { id: videoId } }, ...paid }),
      ),
    retrieve,
    async list({ limit, after, order = "desc" }) {
      try {
        const query = { limit, order, ...(after !== undefined && { after }) };
        return await ask(async () => readPage(await client.get("/videos", { query, ...read }), limit, after));
      } catch (error) {
        // With a cursor, a 404 may be about the cursor.
        const refusal = refusalOf(error);
        const noList = refusal && isRouteNotFound(refusal) && !isBareNotFound(refusal) && after === undefined;
        if (NO_ROUTE.includes(statusOf(error)) || noList) throw lacking("list", error);
        throw error;
      }
    },
    async delete(videoId) {
      try {
        // SGLang answers with the video, others with nothing.
        const answer = await ask(async () => (await client.videos.delete(videoId, read)) ?? {});
        if (answer.deleted !== false) return "deleted";
      } catch (error) {
        const refusal = refusalOf(error);
        if (!refusal) throw error;
        if (NO_ROUTE.includes(refusal.status)) throw lacking("delete", error);
        if (!NOT_DELETED.includes(refusal.status) || isBareNotFound(refusal)) throw error;
        const video = await look(videoId);
        if (!video) return "gone";
        if (isRouteNotFound(refusal)) throw lacking("delete", error);
        const finished = video.status === "completed" || video.status === "failed";
        throw finished ? error : coded("not_finished", error);
      }
      const message = "The backend did not delete the video.";
      throw new ServiceError("videos", "not_deleted", message, { retryable: true });
    },
    async download(videoId, variant) {
      if (variant !== "video") return downloadExtra(videoId, variant);
      try {
        // Left out, the variant means the video, to backends without variants as well.
        return (await ask(() => open(videoId, {}))).body;
      } catch (error) {
        const refusal = refusalOf(error);
        const noFile = refusal && NO_FILE.includes(refusal.status) && !isBareNotFound(refusal);
        throw noFile ? coded("not_ready", error, true) : error;
      }
    },
    supports: (operation) => !missing.has(operation),
  };
}

/** For calls that cost money: an error that leaves open whether the video exists becomes `answer_lost`. */
async function spend(call: () => Promise<unknown>): Promise<Video> {
  try {
    return readVideo(await call());
  } catch (error) {
    const refusal = refusalOf(error);
    const refused = refusal && !isUnclear(refusal);
    const neverSent = error instanceof APIConnectionError && NEVER_SENT.has(causeCode(error));
    const general = toServiceError(error);
    throw refused || neverSent ? general : coded("answer_lost", general);
  }
}

async function ask<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw toServiceError(error);
  }
}

/** The same error by a code that says what it means in one operation. */
function coded(code: string, error: unknown, retryable = false): ServiceError {
  const { message, requestId, cause } = toServiceError(error);
  return new ServiceError("videos", code, message, { retryable, requestId, cause });
}

/** What the backend answered, for an error that comes from an answer. */
function refusalOf(error: unknown): Refusal | undefined {
  const cause = error instanceof ServiceError ? error.cause : error;
  if (!(cause instanceof APIError) || typeof cause.status !== "number") return undefined;
  const { status, error: body, message, headers } = cause;
  const asksToWait = headers?.has("retry-after") ?? false;
  // The SDK puts the status before it.
  return { status, body, text: message.replace(/^\d{3} /, ""), asksToWait };
}

/** 0 where there was no answer. */
function statusOf(error: unknown): number {
  return refusalOf(error)?.status ?? 0;
}

function toServiceError(error: unknown): ServiceError {
  if (error instanceof ServiceError) return error;
  if (error instanceof APIConnectionTimeoutError)
    return unavailable("The backend took too long to answer.", error);
  if (error instanceof APIConnectionError) return unavailable("The backend cannot be reached.", error);
  const refusal = refusalOf(error);
  if (!(error instanceof APIError && refusal))
    return unavailable("The backend's answer cannot be read.", error);
  const passing = [429, 503].includes(refusal.status) || isUnclear(refusal) || isBareNotFound(refusal);
  const code = refusalCode(refusal);
  return new ServiceError("videos", code, refusalText(refusal), {
    retryable: code !== "insufficient_quota" && passing,
    retryAfterMs: retryAfter(error.headers),
    requestId: error.requestID ?? undefined,
    cause: error,
  });
}

function unavailable(message: string, cause: unknown): ServiceError {
  return new ServiceError("videos", "unavailable", message, { retryable: true, cause });
}
