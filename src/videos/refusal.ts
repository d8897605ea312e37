/** A backend's answer that is an error. */
export interface Refusal {
  status: number;
  /** What JSON it sent: the object in its `error` where it has one. */
  body: unknown;
  /** Its words where it sent no JSON. */
  text: string;
}

/** 429 codes that no waiting mends. */
const OUT_OF_MONEY = new Set(["insufficient_quota", "billing_hard_limit_reached", "quota_exceeded"]);
/** How backends say, by other statuses than 404, that they do not know a video (new-api). */
const UNKNOWN_VIDEO = new Set(["task_not_exist"]);

/** Whether an answer leaves open if the request was taken: behind a proxy any 5xx does but the two that say no. */
export function isUnclear(status: number): boolean {
  return status === 408 || status === 409 || (status >= 500 && status !== 501 && status !== 503);
}

/** The backend's own code where it has one; it may be a number or empty. */
export function refusalCode({ status, body }: Refusal): string {
  const named = String(field(body, "code") ?? "");
  if (status === 402 || OUT_OF_MONEY.has(named)) return "insufficient_quota";
  if (status === 404 || status === 410 || UNKNOWN_VIDEO.has(named)) return "not_found";
  return named === "" ? `http_${status}` : named;
}

/** The backend's own sentence: in `message`, in FastAPI's `detail` (a text or a list), or all that it said. */
export function refusalText({ body, text }: Refusal): string {
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

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}
