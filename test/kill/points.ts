/** Where a process can be killed, relative to an effect: `during` a request is on the wire, or its answer is. */
export type When = "before" | "during" | "after";

/** One moment of one process: the nth time (from 1) that this happens in it. */
export interface Point {
  kind: string;
  when: When;
  nth: number;
}

/** As the kill switch takes and writes it: "create during 2". */
export function wordsOf({ kind, when, nth }: Point): string {
  return `${kind} ${when} ${nth}`;
}

/** A request as undici tells of it. */
export interface WireRequest {
  method: string;
  path: string;
  headers: unknown;
  /** A form whose type is not among the headers yet, or anything else. */
  body: unknown;
}

/** What stands for an effect in the table, by the namespace of the document that is written; others are not counted. */
const NAMESPACES: Record<string, string> = {
  seen: "seen",
  active: "active",
  hold: "hold",
  place: "history",
  history: "history",
  "history-page": "history",
  job: "job",
  message: "message",
  "video-owner": "owner",
  gallery: "gallery",
  "gallery-page": "gallery",
  "slack-shared-file": "shared-file",
};

/** The first that fits names the effect. */
const REQUESTS: readonly [RegExp, string][] = [
  [/^POST \/v1\/videos\/[^/]+\/remix$/, "create"],
  [/^POST \/v1\/videos$/, "create"],
  [/^GET \/v1\/videos\/[^/]+\/content/, "download"],
  // What stands in the list is polled and, after a lost answer, looked for; one by itself is asked for at the start.
  [/^GET \/v1\/videos\?.*limit=100/, "poll"],
  [/^DELETE \/v1\/videos\//, "backend-delete"],
  [/^POST \S*\/interactions\/\S+\/callback/, "callback"],
  [/^GET \S*\/webhooks\/\S+\/@original/, "find-card"],
  [/^PATCH \S*\/webhooks\//, "callback"],
  [/^POST \S*\/channels\/\d+\/messages$/, "post"],
  [/^PATCH \S*\/channels\/\d+\/messages\//, "edit"],
  [/^DELETE \S*\/channels\/\d+\/messages\//, "remove"],
  [/^POST \/api\/chat\.postMessage/, "post"],
  [/^POST \/api\/chat\.update/, "edit"],
  [/^POST \/api\/chat\.delete/, "remove"],
  [/^POST \/api\/files\.getUploadURLExternal/, "upload-url"],
  [/^POST \/upload\/v1\//, "upload"],
  [/^POST \/api\/files\.completeUploadExternal/, "share"],
  [/^POST \/api\/files\.info/, "look"],
  [/^POST \/api\/files\.delete/, "remove"],
];

/** The effect that a request has; undefined where it is none that is counted. */
export function effectOfRequest({ method, path, headers, body }: WireRequest): string | undefined {
  const kind = REQUESTS.find(([form]) => form.test(`${method} ${path}`))?.[1];
  const hasFile = Object.prototype.toString.call(body) === "[object FormData]";
  const isForm = hasFile || JSON.stringify(headers).includes("multipart/form-data");
  return kind === "edit" && isForm ? "upload" : kind;
}

/** The effect of one statement that writes, by its parameters; undefined where it is none that is counted. */
export function effectOfWrite(parameters: unknown): string | undefined {
  if (typeof parameters !== "object" || parameters === null || !("namespace" in parameters)) return undefined;
  if (parameters.namespace === "account") {
    const before = "expected" in parameters ? parameters.expected : undefined;
    return effectOnAccount(before, "value" in parameters ? parameters.value : undefined);
  }
  return NAMESPACES[String(parameters.namespace)];
}

/** More reservations than before: reserved; fewer, and more videos counted: charged. */
function effectOnAccount(before: unknown, after: unknown): string {
  const [was, is] = [countsIn(before), countsIn(after)];
  if (is.open > was.open) return "reserve";
  return is.charged > was.charged ? "charge" : "refund";
}

function countsIn(text: unknown): { open: number; charged: number } {
  if (typeof text !== "string") return { open: 0, charged: 0 };
  const { doc } = JSON.parse(text).value;
  const charged = Object.values<{ videos: number }>(doc.month.models).map(({ videos }) => videos);
  return { open: Object.keys(doc.open).length, charged: charged.reduce((sum, count) => sum + count, 0) };
}
