import type { ReadableStream } from "node:stream/web";
import OpenAI, { APIConnectionError, APIConnectionTimeoutError, APIError, toFile } from "openai";
import { ServiceError } from "../errors.ts";
import type { ClipSettings } from "./catalog.ts";
import { isVideo, readVideo, type Video, type VideoVariant } from "./video.ts";

/** A picture as the API takes it. */
export interface InputReference {
  filename: string;
  contentType: string;
  bytes: Uint8Array;
}

/** What the bot asks of a backend that speaks the Videos API. All calls throw ServiceError and nothing else. */
export interface VideosClient {
  /** Costs money: sent once, never repeated here. @throws ServiceError code `answer_lost` when it may have been taken. */
  create(clip: ClipSettings & { prompt: string; image?: InputReference }): Promise<Video>;
  /** Costs money: sent once, never repeated here. @throws ServiceError code `answer_lost` when it may have been taken. */
  remix(videoId: string, prompt: string): Promise<Video>;
  /** @throws ServiceError code `not_found` when the backend does not know it (any more). */
  retrieve(videoId: string): Promise<Video>;
  /** One page, newest first; `after` is the last id of the page before. @throws ServiceError code `not_supported`. */
  list(page: { limit: number; after?: string }): Promise<{ videos: Video[]; more: boolean }>;
  /** @throws ServiceError code `not_ready`, retryable, while there is no such file; some backends are done before it is. */
  download(videoId: string, variant: VideoVariant): Promise<ReadableStream<Uint8Array>>;
}

const CREATE_TIMEOUT_MS = 120_000;
const READ_TIMEOUT_MS = 30_000;
const DOWNLOAD_TIMEOUT_MS = 600_000;
/** Connection errors from before anything was sent. */
const NEVER_SENT = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "UND_ERR_CONNECT_TIMEOUT"]);
/** 429 codes that no waiting mends. */
const OUT_OF_MONEY = new Set(["insufficient_quota", "billing_hard_limit_reached", "quota_exceeded"]);
/** How backends say that they cannot list. */
const NO_LIST = { statuses: [404, 405, 501], code: "not_supported", retryable: false };
/** How backends say that a completed video's file is not there yet. */
const NO_FILE = { statuses: [400, 404, 409, 422, 425], code: "not_ready", retryable: true };

/** Talks to a backend through the `openai` package; the only file that imports it. */
export function createVideosClient(options: { apiKey: string; baseUrl: string | undefined }): VideosClient {
  const client = new OpenAI({ apiKey: options.apiKey, baseURL: options.baseUrl ?? null, logLevel: "off" });
  const paid = { maxRetries: 0, timeout: CREATE_TIMEOUT_MS };
  const read = { maxRetries: 1, timeout: READ_TIMEOUT_MS };
  const fetched = { maxRetries: 1, timeout: DOWNLOAD_TIMEOUT_MS };

  return {
    async create({ prompt, model, seconds, size, image }) {
      const input_reference =
        image && (await toFile(image.bytes, image.filename, { type: image.contentType }));
      const body = { prompt, model, seconds, size, ...(input_reference && { input_reference }) };
      // The SDK types know the hosted models' lengths and sizes only; other backends have their own.
      return spend(() => client.videos.create(body as OpenAI.VideoCreateParams, paid));
    },
    remix: (videoId, prompt) => spend(() => client.videos.remix(videoId, { prompt }, paid)),
    retrieve: (videoId) => ask(async () => readVideo(await client.videos.retrieve(videoId, read))),
    list: ({ limit, after }) =>
      ask(async () => {
        const query = { limit, order: "desc", ...(after !== undefined && { after }) } as const;
        const page = await client.videos.list(query, read);
        // One entry that cannot be read is no reason to know nothing of the others.
        return { videos: page.data.filter(isVideo).map(readVideo), more: page.has_more };
      }, NO_LIST),
    download: (videoId, variant) =>
      ask(async () => {
        // Left out, it means the video, to backends without variants as well.
        const query = variant === "video" ? {} : { variant };
        const { body } = await client.videos.downloadContent(videoId, query, fetched);
        if (!body) throw new TypeError("The backend sent no file.");
        return body as ReadableStream<Uint8Array>;
      }, NO_FILE),
  };
}

/** For calls that cost money: an error that leaves open whether the video exists becomes `answer_lost`. */
async function spend(call: () => Promise<unknown>): Promise<Video> {
  try {
    return readVideo(await call());
  } catch (error) {
    const status = statusOf(error);
    const refused = status !== undefined && !isUnclear(status);
    const neverSent = error instanceof APIConnectionError && NEVER_SENT.has(causeCode(error));
    const general = toServiceError(error);
    if (refused || neverSent) throw general;
    const { message, requestId } = general;
    throw new ServiceError("videos", "answer_lost", message, { retryable: false, requestId, cause: error });
  }
}

/** @param special statuses that mean more in this operation than they say. */
async function ask<T>(
  call: () => Promise<T>,
  special?: { statuses: readonly number[]; code: string; retryable: boolean },
): Promise<T> {
  try {
    return await call();
  } catch (error) {
    const general = toServiceError(error);
    if (!special?.statuses.includes(statusOf(error) ?? 0)) throw general;
    const { message, requestId } = general;
    const { code, retryable } = special;
    throw new ServiceError("videos", code, message, { retryable, requestId, cause: error });
  }
}

function statusOf(error: unknown): number | undefined {
  return error instanceof APIError && typeof error.status === "number" ? error.status : undefined;
}

/** Whether an answer leaves open if the request was taken: behind a proxy any 5xx does but the two that say no. */
function isUnclear(status: number): boolean {
  return status === 408 || status === 409 || (status >= 500 && status !== 501 && status !== 503);
}

function toServiceError(error: unknown): ServiceError {
  if (error instanceof APIConnectionTimeoutError)
    return unavailable("The backend took too long to answer.", error);
  if (error instanceof APIConnectionError) return unavailable("The backend cannot be reached.", error);
  if (!(error instanceof APIError)) return unavailable("The backend's answer cannot be read.", error);
  const status = statusOf(error) ?? 0;
  const code = errorCode(error, status);
  return new ServiceError("videos", code, errorText(error), {
    retryable: code !== "insufficient_quota" && (status === 429 || status === 503 || isUnclear(status)),
    retryAfterMs: retryAfter(error.headers),
    requestId: error.requestID ?? undefined,
    cause: error,
  });
}

/** The backend's own code where it has one; it may be a number or empty. */
function errorCode(error: APIError, status: number): string {
  const named = String(error.code ?? "");
  if (status === 402 || OUT_OF_MONEY.has(named)) return "insufficient_quota";
  if (status === 404) return "not_found";
  return named === "" ? `http_${status}` : named;
}

function unavailable(message: string, cause: unknown): ServiceError {
  return new ServiceError("videos", "unavailable", message, { retryable: true, cause });
}

/** The backend's own sentence, without the status the SDK puts before it. */
function errorText(error: APIError): string {
  const body = error.error;
  if (typeof body === "object" && body !== null && "message" in body && typeof body.message === "string")
    return body.message;
  return error.message;
}

function retryAfter(headers: Headers | undefined): number | undefined {
  const seconds = Number(headers?.get("retry-after") ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined;
}

/** The system's error code below the SDK's and fetch's own errors. */
function causeCode(error: unknown): string {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
    if ("code" in at && typeof at.code === "string") return at.code;
  }
  return "";
}
