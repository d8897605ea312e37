import type { ReadableStream } from "node:stream/web";
import OpenAI, { APIConnectionError, APIConnectionTimeoutError, APIError } from "openai";
import { ServiceError } from "../errors.ts";
import { createRedaction } from "../redaction.ts";
import type { Fields } from "./dialect.ts";
import { field, parseJson } from "./json.ts";
import {
  causeCode,
  isBareNotFound,
  isUnclear,
  type Refusal,
  refusalCode,
  refusalText,
  retryAfter,
} from "./refusal.ts";

/** What an operation's answer holds, as the backend sent it. */
export type Answer = unknown;

/** The operations of the Videos API over the `openai` package, unread. All throw ServiceError and nothing else. */
export interface OpenAICalls {
  /** These cost money: sent once. @throws ServiceError `answer_lost` when it may have been taken. */
  create(body: Fields, as: "form" | "json"): Promise<Answer>;
  remix(videoId: string, body: { prompt: string }): Promise<Answer>;
  edit(body: Fields): Promise<Answer>;
  extend(body: Fields): Promise<Answer>;
  retrieve(videoId: string): Promise<Answer>;
  list(query: Record<string, string | number>): Promise<Answer>;
  delete(videoId: string): Promise<Answer>;
  content(
    videoId: string,
    query: Record<string, string>,
  ): Promise<{ body: ReadableStream<Uint8Array>; type: string }>;
}

const CREATE_TIMEOUT_MS = 120_000;
const READ_TIMEOUT_MS = 30_000;
const DOWNLOAD_TIMEOUT_MS = 600_000;
/** Connection errors from before anything was sent. */
const NEVER_SENT = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "UND_ERR_CONNECT_TIMEOUT"]);

/** Talks to a backend; the only file that imports the package. Redirects are not followed: their target is not configured. */
export function createOpenAICalls(options: { apiKey: string; baseUrl: string | undefined }): OpenAICalls {
  const client = new OpenAI({
    apiKey: options.apiKey,
    baseURL: options.baseUrl ?? null,
    logLevel: "off",
    fetch: createFetch(options.apiKey),
    fetchOptions: { redirect: "manual" },
  });
  const paid = { maxRetries: 0, timeout: CREATE_TIMEOUT_MS };
  const read = { maxRetries: 1, timeout: READ_TIMEOUT_MS };
  const fetched = { maxRetries: 1, timeout: DOWNLOAD_TIMEOUT_MS };

  return {
    create: (body, as) =>
      as === "json"
        ? spend(() => client.post("/videos", { body, ...paid }))
        : // The SDK's types know the hosted models' lengths and sizes only; other backends have their own.
          spend(() => client.videos.create(body as object as OpenAI.VideoCreateParams, paid)),
    remix: (videoId, body) => spend(() => client.videos.remix(videoId, body, paid)),
    // The SDK sends these two as forms; LiteLLM reads them as JSON alone.
    edit: (body) => spend(() => client.post("/videos/edits", { body, ...paid })),
    extend: (body) => spend(() => client.post("/videos/extensions", { body, ...paid })),
    retrieve: (videoId) => ask(() => client.videos.retrieve(videoId, read)),
    list: (query) => ask(() => client.get("/videos", { query, ...read })),
    delete: (videoId) => ask(() => client.videos.delete(videoId, read)),
    content: (videoId, query) =>
      ask(async () => {
        const { body, headers } = await client.videos.downloadContent(videoId, query, fetched);
        if (!body) throw new TypeError("The backend sent no file.");
        return { body: body as ReadableStream<Uint8Array>, type: headers.get("content-type") ?? "" };
      }),
  };
}

/**
 * One question to the moderations endpoint, its answer unread.
 * @param options.timeoutMs of one try; `signal` ends both. The key goes to the configured address alone, as above.
 */
export function createModerationCall(options: {
  apiKey: string;
  baseUrl?: string | undefined;
  timeoutMs: number;
}): (input: OpenAI.ModerationCreateParams["input"], signal: AbortSignal) => Promise<Answer> {
  const client = new OpenAI({
    apiKey: options.apiKey,
    baseURL: options.baseUrl ?? null,
    logLevel: "off",
    maxRetries: 1,
    timeout: options.timeoutMs,
    fetchOptions: { redirect: "manual" },
  });
  return (input, signal) =>
    ask(() => client.moderations.create({ model: "omni-moderation-latest", input }, { signal }));
}

/**
 * Reads webhooks signed as Standard Webhooks are (standardwebhooks.com): resolves to what was sent, and to undefined where
 * the signature does not hold, a header is missing, or it is more than five minutes old or ahead.
 */
export function createWebhookReader(secret: string): (body: string, headers: Headers) => Promise<unknown> {
  const { webhooks } = new OpenAI({ apiKey: "none", logLevel: "off" });
  return (body, headers) =>
    webhooks.verifySignature(body, headers, secret).then(
      () => parseJson(body),
      () => undefined,
    );
}

/**
 * Some servers answer the question for a failed video with an error status and the video as its body (vLLM-Omni), which
 * the SDK would take for a failure of the question. Refusals can quote the key, and are shown to people.
 */
function createFetch(apiKey: string): typeof fetch {
  const redact = createRedaction([apiKey]);
  return async (input, init) => {
    const answer = await fetch(input, init);
    if (answer.status < 400) return answer;
    const isJson = /\bjson\b/i.test(answer.headers.get("content-type") ?? "");
    const mayBeJob = isJson && (init?.method ?? "GET").toUpperCase() === "GET";
    // A refusal is one also when its words are cut off.
    const text = await answer.text().catch((error: unknown) => {
      if (mayBeJob) throw error;
      return "";
    });
    const status = mayBeJob && isJob(text) ? 200 : answer.status;
    return new Response(redact(text), { status, headers: answer.headers });
  };
}

function isJob(text: string): boolean {
  const body = parseJson(text);
  return [field(body, "id"), field(body, "status")].every((value) => typeof value === "string");
}

/** For calls that cost money: an error that leaves open whether the video exists becomes `answer_lost`. */
async function spend(call: () => Promise<Answer>): Promise<Answer> {
  try {
    return await call();
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
export function coded(code: string, error: unknown, retryable = false): ServiceError {
  const { message, requestId, cause } = toServiceError(error);
  return new ServiceError("videos", code, message, { retryable, requestId, cause });
}

/** What the backend answered, for an error that comes from an answer. */
export function refusalOf(error: unknown): Refusal | undefined {
  const cause = error instanceof ServiceError ? error.cause : error;
  if (!(cause instanceof APIError) || typeof cause.status !== "number") return undefined;
  const { status, error: body, message, headers } = cause;
  const asksToWait = headers?.has("retry-after") ?? false;
  const location = headers?.get("location") ?? undefined;
  // The SDK puts the status before it.
  return { status, body, text: message.replace(/^\d{3} /, ""), asksToWait, location };
}

/** Whatever a call threw, as the error that the rest of the bot knows. */
export function toServiceError(error: unknown): ServiceError {
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
    retryAfterMs: retryAfter(error.headers, Date.now()),
    requestId: error.requestID ?? undefined,
    cause: error,
  });
}

function unavailable(message: string, cause: unknown): ServiceError {
  return new ServiceError("videos", "unavailable", message, { retryable: true, cause });
}
