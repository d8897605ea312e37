import { field } from "./json.ts";

/** A backend's answer that is an error. */
export interface Refusal {
  status: number;
  /** What JSON it sent: the object in its `error` where it has one. */
  body: unknown;
  /** Its words where it sent no JSON. */
  text: string;
  /** Whether it said with Retry-After when to come again. */
  asksToWait?: boolean;
  /** Where it sends whoever asked, for a redirect. */
  location?: string | undefined;
}

/**
 * Codes and types by which backends say that there is no money left, which no waiting mends: OpenAI's, new-api's
 * (`insufficient_user_quota`, `pre_consume_token_quota_failed`), LiteLLM's (`budget_exceeded`).
 */
const OUT_OF_MONEY =
  /insufficient_(quota|user_quota|balance|credits|funds)|billing|quota_(exceeded|failed|not_enough)|budget_exceeded|payment_required/i;
/** How backends say, by other statuses than 404, that they do not know a video (new-api). */
const UNKNOWN_VIDEO = new Set(["task_not_exist"]);

/** Fields of an error object; proxies' own JSON has a `message` alone (Kong, AWS). */
const ERROR_FIELDS = ["code", "type", "param", "detail"];
/** Codes by which backends say that they do not know an address, beside none at all. */
const ROUTE_CODE = /^(404|not_?found|.*(route|url|path|endpoint).*|)$/i;

/**
 * Whether an answer leaves open if the request was taken: behind a proxy any 5xx does but a 501, and a 503 that is the
 * backend's own. Envoy, Heroku and Varnish answer 503 also when the connection broke after the request was passed on,
 * Varnish with a Retry-After on its page.
 */
export function isUnclear(refusal: Refusal): boolean {
  const { status, text, asksToWait } = refusal;
  if (status === 503) return !isApiError(refusal) && (asksToWait !== true || isMarkup(text));
  return status === 408 || status === 409 || (status >= 500 && status !== 501);
}

/** Whether nothing says that a 404 is the backend's: what stands before it has a page of its own while it is away. */
export function isBareNotFound(refusal: Refusal): boolean {
  return refusal.status === 404 && !isApiError(refusal);
}

/** Whether a 404 can be about the address that was asked for, and not about something that its body names. */
export function isRouteNotFound({ status, body }: Refusal): boolean {
  return (
    status === 404 &&
    ROUTE_CODE.test(String(field(body, "code") ?? "")) &&
    String(field(body, "param") ?? "") === ""
  );
}

/**
 * The backend's own code where it has one; it may be a number or empty. "not_found" is a video's, and "unavailable" a
 * 404 that is not the backend's.
 */
export function refusalCode(refusal: Refusal): string {
  const { status, body } = refusal;
  const named = String(field(body, "code") ?? "");
  if (status === 402 || OUT_OF_MONEY.test(named) || OUT_OF_MONEY.test(String(field(body, "type") ?? "")))
    return "insufficient_quota";
  if (status === 429) return "rate_limited";
  if (status >= 300 && status < 400) return "redirected";
  if (isBareNotFound(refusal)) return "unavailable";
  if (status === 404 && isAboutModel(refusal)) return named === "" ? "no_such_model" : named;
  if (status === 404 || status === 410 || UNKNOWN_VIDEO.has(named)) return "not_found";
  return named === "" ? `http_${status}` : named;
}

/** What to do about a redirect, which is not followed: its target is not what was configured. */
function redirectText(location: string | undefined): string {
  const target = URL.parse(location ?? "");
  const where = target ? `${target.origin}${target.pathname}` : "another address";
  return `The backend redirects to ${where}. Set OPENAI_BASE_URL to the address where it is.`;
}

/** The backend's own sentence: in `message`, in FastAPI's `detail` (a text or a list), or all that it said. */
export function refusalText({ status, body, text, location }: Refusal): string {
  if (status >= 300 && status < 400) return redirectText(location);
  const detail = field(body, "detail");
  const [first] = Array.isArray(detail) ? detail : [detail];
  const said = [field(body, "message"), first, field(first, "msg"), body];
  return said.find((word) => typeof word === "string" && word !== "") ?? text;
}

/** Whether it is about one parameter: named in `param`, or in a `loc` of FastAPI's `detail`. */
export function refusesParameter({ body }: Refusal, parameter: string): boolean {
  const detail = field(body, "detail");
  const places = (Array.isArray(detail) ? detail : []).map((entry: unknown) => field(entry, "loc"));
  return (
    field(body, "param") === parameter ||
    places.some((place) => Array.isArray(place) && place.includes(parameter))
  );
}

/** Whether it is JSON that says what is wrong: OpenAI's error object, a text in its place, FastAPI's `detail`, a code. */
function isApiError({ body }: Refusal): boolean {
  if (typeof body === "string") return body !== "";
  return ERROR_FIELDS.some((name) => field(body, name) !== undefined);
}

function isAboutModel({ body }: Refusal): boolean {
  return field(body, "param") === "model" || /model/i.test(String(field(body, "code") ?? ""));
}

function isMarkup(text: string): boolean {
  return text.trimStart().startsWith("<");
}

/** How long a backend asks to wait, in milliseconds: a number of them, of seconds, or a date. */
export function retryAfter(headers: Headers | undefined, now: number): number | undefined {
  const ms = Number(headers?.get("retry-after-ms") ?? Number.NaN);
  const said = headers?.get("retry-after") ?? "";
  const seconds = said === "" ? Number.NaN : Number(said);
  const wait = [ms, seconds * 1000, Date.parse(said) - now].find(Number.isFinite);
  return wait === undefined ? undefined : Math.max(0, wait);
}

/** The system's error code below the SDK's and fetch's own errors. */
export function causeCode(error: unknown): string {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
    if ("code" in at && typeof at.code === "string") return at.code;
  }
  return "";
}
