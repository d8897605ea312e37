import type { ReadableStream } from "node:stream/web";
import OpenAI, { APIConnectionError, APIConnectionTimeoutError, APIError, toFile } from "openai";
import { ServiceError } from "../errors.ts";
import type { ClipSettings } from "./catalog.ts";
import { readVideo, type Video, type VideoVariant } from "./video.ts";

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
  retrieve(videoId: string): Promise<Video>;
  /** One page, newest first; `after` is the last id of the page before. */
  list(page: { limit: number; after?: string }): Promise<{ videos: Video[]; more: boolean }>;
  download(videoId: string, variant: VideoVariant): Promise<ReadableStream<Uint8Array>>;
}

const CREATE_TIMEOUT_MS = 120_000;
const READ_TIMEOUT_MS = 30_000;
const DOWNLOAD_TIMEOUT_MS = 600_000;
/** Answers after which the request has certainly not been taken and may be sent again. */
const NOT_TAKEN = new Set([429, 503]);
/** Answers that leave open whether the request was taken. */
const UNCLEAR = new Set([408, 409, 500, 502, 504]);
/** Connection errors from before anything was sent. */
const NEVER_SENT = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN"]);
/** 429 codes that no waiting mends. */
const OUT_OF_MONEY = new Set(["insufficient_quota", "billing_hard_limit_reached", "quota_exceeded"]);

/** Talks to a backend through the `openai` package; the only file that imports it. */
export function createVideosClient(options: { apiKey: string; baseUrl: string | undefined }): VideosClient {
  const client = new OpenAI({ apiKey: options.apiKey, baseURL: options.baseUrl ?? null, logLevel: "off" });
  const paid = { maxRetries: 0, timeout: CREATE_TIMEOUT_MS };
  const read = { maxRetries: 1, timeout: READ_TIMEOUT_MS };

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
        const page = await client.videos.list(
          { limit, order: "desc", ...(after !== undefined && { after }) },
          read,
        );
        return { videos: page.data.map(readVideo), more: page.has_more };
      }),
    download: (videoId, variant) =>
      ask(async () => {
        const response = await client.videos.downloadContent(
          videoId,
          { variant },
          { maxRetries: 1, timeout: DOWNLOAD_TIMEOUT_MS },
        );
        if (!response.body) throw new TypeError("The backend sent no file.");
        return response.body as ReadableStream<Uint8Array>;
      }),
  };
}

/** For calls that cost money: an error that leaves open whether the video exists becomes `answer_lost`. */
async function spend(call: () => Promise<unknown>): Promise<Video> {
  try {
    return readVideo(await call());
  } catch (error) {
    const refused =
      error instanceof APIError && typeof error.status === "number" && !UNCLEAR.has(error.status);
    const neverSent = error instanceof APIConnectionError && NEVER_SENT.has(causeCode(error));
    if (refused || neverSent) throw toServiceError(error);
    const { message, requestId } = toServiceError(error);
    throw new ServiceError("videos", "answer_lost", message, { retryable: false, requestId, cause: error });
  }
}

async function ask<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw toServiceError(error);
  }
}

function toServiceError(error: unknown): ServiceError {
  if (error instanceof APIConnectionTimeoutError)
    return unavailable("The backend took too long to answer.", error);
  if (error instanceof APIConnectionError) return unavailable("The backend cannot be reached.", error);
  if (!(error instanceof APIError)) return unavailable("The backend's answer cannot be read.", error);
  const { status } = error;
  const code = error.code ?? (status === 404 ? "not_found" : `http_${status}`);
  const outOfMoney = status === 402 || OUT_OF_MONEY.has(code);
  return new ServiceError("videos", outOfMoney ? "insufficient_quota" : code, errorText(error), {
    retryable:
      !outOfMoney &&
      typeof status === "number" &&
      (NOT_TAKEN.has(status) || UNCLEAR.has(status) || status > 504),
    retryAfterMs: retryAfter(error.headers),
    requestId: error.requestID ?? undefined,
    cause: error,
  });
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
