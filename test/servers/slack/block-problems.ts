import type { ZodError } from "zod";
import { isObject, type JsonObject } from "./json.ts";
import type { SlackFile } from "./state.ts";

type Issue = ZodError["issues"][number];

/** Slack's sentences, each with a JSON pointer, for what a schema found wrong with `value`. */
export function problemsOf(error: ZodError, value: unknown, pointer: string): string[] {
  return error.issues.flatMap((issue) => {
    const path = issue.path.map(String);
    return sentencesOf(issue, value).map((text) => `${text} [json-pointer:${[pointer, ...path].join("/")}]`);
  });
}

function sentencesOf(issue: Issue, value: unknown): string[] {
  const found = issue.path.reduce<unknown>((node, key) => childOf(node, key), value);
  switch (issue.code) {
    case "too_big":
      if (issue.origin === "array") return [`no more than ${issue.maximum} items allowed`];
      if (issue.origin === "string") return [`must be less than ${Number(issue.maximum) + 1} characters`];
      return [`must be no more than ${issue.maximum}`];
    case "too_small":
      if (issue.origin === "array") return [`no fewer than ${issue.minimum} items allowed`];
      if (issue.origin === "string") return [`must be more than ${Number(issue.minimum) - 1} characters`];
      return [`must be no less than ${issue.minimum}`];
    case "unrecognized_keys":
      return issue.keys.map((key) => `invalid additional property: ${key}`);
    case "invalid_type":
      return [found === undefined ? `missing required field: ${String(issue.path.at(-1))}` : issue.message];
    case "invalid_union":
      return [`unsupported type: ${String(found)}`];
    default:
      return [issue.message];
  }
}

function childOf(node: unknown, key: PropertyKey): unknown {
  if (Array.isArray(node)) return node[Number(key)];
  return isObject(node) ? node[String(key)] : undefined;
}

/** File types that an image block shows; WebP is none of them. */
const imageTypes = ["image/png", "image/jpeg", "image/gif"];

/**
 * Pictures that Slack could not show: none or two sources, an address its servers do not reach, a file that is no
 * PNG, JPEG or GIF, or that Slack has not looked at yet (slackapi/python-slack-sdk#1658).
 */
export function imageProblems(
  value: unknown,
  pointer: string,
  files: ReadonlyMap<string, SlackFile>,
): string[] {
  if (Array.isArray(value)) {
    return value.flatMap((item, at) => imageProblems(item, `${pointer}/${at}`, files));
  }
  if (!isObject(value)) return [];
  const inner = Object.entries(value).flatMap(([key, child]) =>
    imageProblems(child, `${pointer}/${key}`, files),
  );
  const own = value.type === "image" ? imageProblem(value, files) : undefined;
  return own ? [`${own} [json-pointer:${pointer}]`, ...inner] : inner;
}

function imageProblem({ image_url, slack_file }: JsonObject, files: ReadonlyMap<string, SlackFile>) {
  if ((image_url === undefined) === (slack_file === undefined)) {
    return "must have either image_url or slack_file";
  }
  if (typeof image_url === "string") return isReachable(image_url) ? undefined : "downloading image failed";
  const { id, url } = isObject(slack_file) ? slack_file : {};
  if (id !== undefined && !/^F[A-Z0-9]{8,}$/.test(String(id))) {
    return "input must match regex pattern: ^[F][A-Z0-9]{8,}$";
  }
  const file = [...files.values()].find((one) => one.id === id || String(url).includes(one.id));
  const isShown = file?.status === "complete" && file.processed && imageTypes.includes(file.mimetype);
  return isShown ? undefined : "invalid slack file";
}

function isReachable(address: string): boolean {
  const url = URL.parse(address);
  const isPrivate = /^(localhost|127\.|10\.|192\.168\.|\[::1\])/.test(url?.hostname ?? "");
  return url !== null && /^https?:$/.test(url.protocol) && !isPrivate;
}
