import { text } from "node:stream/consumers";
import type { ReadableStream } from "node:stream/web";
import { limitBytes } from "../media/limit-bytes.ts";
import type { DialectName, OptionalOperation } from "./dialect.ts";
import { dialects } from "./dialects.ts";
import { field, parseJson } from "./json.ts";

/** What a backend turned out to be. */
export interface Detection {
  dialect: DialectName;
  /** What showed it, for people. */
  reason: string;
  /** Whether anything answered. */
  reached: boolean;
  /** What it was proven not to have. */
  lacks: readonly OptionalOperation[];
  /** Its models as it lists them. */
  models: readonly unknown[];
}

const TIMEOUT_MS = 5_000;
const MAX_BYTES = 2 * 1024 ** 2;
/** An id that no backend has given to a video. */
const UNKNOWN_ID = "video_showreel_unknown";

/** An answer to a question that costs nothing. */
interface Probe {
  status: number;
  headers: Headers;
  body: unknown;
}

/** All that was answered; what was not is undefined. */
interface Probes {
  /** Null where the configured address is none. */
  url: URL | null;
  models: Probe | undefined;
  list: Probe | undefined;
  unknown: Probe | undefined;
  /** The description that servers built on FastAPI publish. */
  description: Probe | undefined;
}

/** By what servers give themselves away; the first that fits wins. */
const MARKS: readonly { dialect: DialectName; reason: string; fits(probes: Probes): boolean }[] = [
  { dialect: "openai", reason: "by its address", fits: ({ url }) => url?.hostname === "api.openai.com" },
  {
    dialect: "openrouter",
    reason: "by its address",
    fits: ({ url }) => /(^|\.)openrouter\.ai$/.test(url?.hostname ?? ""),
  },
  // GET /videos/models is OpenRouter's alone, and describes each model (its documentation, "Video Generation").
  {
    dialect: "openrouter",
    reason: "by how it describes its models",
    fits: ({ models }) =>
      entriesOf(models).some((entry) => field(entry, "supported_durations") !== undefined),
  },
  // The owners that the servers themselves write into GET /models.
  { dialect: "vllm-omni", reason: "its models are owned by vllm", fits: ownedBy(/^vllm/i) },
  { dialect: "sglang", reason: "its models are owned by sglang", fits: ownedBy(/^sglang/i) },
  {
    dialect: "tensorrt-llm",
    reason: "its models are owned by tensorrt_llm",
    fits: ownedBy(/^(tensorrt|trt)[-_]?llm/i),
  },
  { dialect: "litellm", reason: "by LiteLLM's headers", fits: hasHeader(/^x-litellm-/) },
  { dialect: "new-api", reason: "by new-api's headers", fits: hasHeader(/^x-(new-api|oneapi)-/) },
  { dialect: "openai", reason: "by OpenAI's headers", fits: hasHeader(/^openai-(version|organization)/) },
  { dialect: "litellm", reason: "by its description", fits: describedAs(/litellm/i) },
  { dialect: "vllm-omni", reason: "by its description", fits: describedAs(/vllm/i) },
  { dialect: "sglang", reason: "by its description", fits: describedAs(/sglang/i) },
  { dialect: "tensorrt-llm", reason: "by its description", fits: describedAs(/tensorrt|trtllm/i) },
  {
    dialect: "new-api",
    reason: "by how it answers for an unknown video",
    fits: ({ unknown }) => unknown?.status === 400 && codeOf(unknown) === "task_not_exist",
  },
];

/** Routes as a published description names them, by the operation that they are. */
const ROUTES: readonly { operation: OptionalOperation; method: string; path: RegExp }[] = [
  { operation: "list", method: "get", path: /\/videos$/ },
  { operation: "delete", method: "delete", path: /\/videos\/\{[^/]+\}$/ },
  { operation: "remix", method: "post", path: /\/videos\/\{[^/]+\}\/remix$/ },
  { operation: "edit", method: "post", path: /\/videos\/edits$/ },
  { operation: "extend", method: "post", path: /\/videos\/extensions$/ },
];

/**
 * Finds out without cost what a backend is: by its models, its list, its answer for an unknown id and the description that
 * it may publish. Nothing is changed there, and nothing is thrown.
 */
export async function detectBackend(options: {
  baseUrl: string;
  apiKey: string;
  timeoutMs?: number;
}): Promise<Detection> {
  const { baseUrl, apiKey, timeoutMs = TIMEOUT_MS } = options;
  const url = URL.parse(baseUrl);
  const signal = AbortSignal.timeout(timeoutMs);
  const ask = (address: string) => probe(address, apiKey, signal);
  const [models, videoModels, list, unknown, description] = await Promise.all([
    ask(`${baseUrl}/models`),
    ask(`${baseUrl}/videos/models`),
    ask(`${baseUrl}/videos?limit=1`),
    ask(`${baseUrl}/videos/${UNKNOWN_ID}`),
    ask(`${url?.origin}/openapi.json`),
  ]);
  // Elsewhere it is the question for a video with the id "models".
  const described = entriesOf(videoModels).length > 0;
  const probes = { url, models: described ? videoModels : models, list, unknown, description };
  const mark = MARKS.find(({ fits }) => fits(probes));
  const dialect = mark?.dialect ?? "generic";
  const answers = [models, list, unknown].filter((answer) => answer !== undefined);
  const own = dialects[dialect].models === "/models" ? models : videoModels;
  return {
    dialect,
    reason: refusesKey(answers) ? "it refuses the key" : (mark?.reason ?? reasonless(answers)),
    reached: answers.some(isOwn) && !refusesKey(answers),
    lacks: lacksOf(probes),
    models: entriesOf(own),
  };
}

/** Whether the backend itself answered: what stands before it while it is away has pages of its own. */
function isOwn({ status, body }: Probe): boolean {
  return status < 500 && typeof body !== "string";
}

function reasonless(answers: readonly Probe[]): string {
  return answers.length === 0 ? "it does not answer" : "nothing says what it is";
}

function refusesKey(answers: readonly Probe[]): boolean {
  return answers.length > 0 && answers.every(({ status }) => status === 401 || status === 403);
}

/** What its routes, or its own description of them, prove missing; a 404 about one id proves nothing. */
function lacksOf({ models, list, unknown, description }: Probes): OptionalOperation[] {
  const paths = Object.entries(Object(field(description?.body, "paths")));
  const hasVideos = paths.some(([path, methods]) => /\/videos$/.test(path) && field(methods, "post"));
  const undescribed = ROUTES.filter(
    ({ method, path }) => !paths.some(([known, methods]) => path.test(known) && field(methods, method)),
  ).map(({ operation }) => operation);
  const alive = [models, unknown].some((answer) => answer !== undefined && isOwn(answer));
  const noList = list !== undefined && ([405, 501].includes(list.status) || isRouteMissing(list));
  const lacks = new Set([...(hasVideos ? undescribed : []), ...(alive && noList ? (["list"] as const) : [])]);
  return [...lacks];
}

/** Whether a 404 says of an address that it is none: without words of the API's own, or in FastAPI's. */
function isRouteMissing({ status, body }: Probe): boolean {
  return status === 404 && (typeof body === "string" || field(body, "detail") === "Not Found");
}

async function probe(address: string, apiKey: string, signal: AbortSignal): Promise<Probe | undefined> {
  try {
    const answer = await fetch(address, {
      headers: { authorization: `Bearer ${apiKey}`, accept: "application/json" },
      redirect: "manual",
      signal,
    });
    const { status, headers } = answer;
    const body = answer.body
      ? await text(limitBytes(answer.body as ReadableStream<Uint8Array>, MAX_BYTES))
      : "";
    const parsed = parseJson(body);
    return { status, headers, body: parsed === undefined ? body : parsed };
  } catch {
    return undefined;
  }
}

function ownedBy(owner: RegExp) {
  return ({ models }: Probes) =>
    entriesOf(models).some((entry) => owner.test(String(field(entry, "owned_by") ?? "")));
}

function hasHeader(name: RegExp) {
  return ({ models, list, unknown }: Probes) =>
    [models, list, unknown].some((answer) =>
      [...(answer?.headers.keys() ?? [])].some((key) => name.test(key)),
    );
}

function describedAs(title: RegExp) {
  return ({ description }: Probes) =>
    title.test(String(field(field(description?.body, "info"), "title") ?? ""));
}

function entriesOf(answer: Probe | undefined): readonly unknown[] {
  const data = answer?.status === 200 ? field(answer.body, "data") : undefined;
  return Array.isArray(data) ? data : [];
}

function codeOf({ body }: Probe): unknown {
  return field(field(body, "error"), "code") ?? field(body, "code");
}
