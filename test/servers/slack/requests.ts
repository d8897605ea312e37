import type { Injection } from "../faults.ts";
import type { HttpAnswer, HttpRequest, RecordedRequest } from "../http-server.ts";
import { decodeBody } from "./arguments.ts";
import { isObject, type JsonObject, stringIn } from "./json.ts";
import type { SlackContext } from "./state.ts";
import { teamOfToken, tokenOf } from "./web-api.ts";

/** One request of the bot. */
export interface SlackRequest {
  /** A Web API method, or `upload`, `download`, `response_url`. */
  method: string;
  body: JsonObject;
  /** HTTP status, undefined where the connection was dropped. */
  status: number | undefined;
}

/** A fault for the next calls of one method. */
export interface SlackInjection extends Pick<Injection, "times" | "fault"> {
  /** A Web API method, or `upload`, `download`, `response_url`. */
  method: string;
}

const folders: Record<string, string> = {
  upload: "/upload/",
  download: "/files-pri/",
  response_url: "/hooks/",
};

/** A recorded request with its method's name and its body decoded. */
export function slackRequest({ path, body, status }: RecordedRequest): SlackRequest {
  const folder = Object.entries(folders).find(([, prefix]) => path.startsWith(prefix));
  return { method: folder?.[0] ?? path.replace("/api/", ""), body: decodeBody(body), status };
}

/** The same fault by path, as the HTTP server takes it. */
export function injectionByPath({ method, ...rest }: SlackInjection): Injection {
  const path = folders[method] ?? `/api/${method}$`;
  return { ...rest, path: new RegExp(`^${path.replaceAll(".", "\\.")}`) };
}

/** Notes every call that got an error word. */
export function noteRefusals(context: SlackContext) {
  return async (request: HttpRequest, next: () => Promise<HttpAnswer>): Promise<HttpAnswer> => {
    const answer = await next();
    if (request.path.startsWith("/api/") && isObject(answer.body) && answer.body.ok === false) {
      const method = request.path.replace("/api/", "");
      const team = teamOfToken(context, tokenOf(request))?.id;
      context.state.refused.push({ method, team, error: stringIn(answer.body, "error") });
    }
    return answer;
  };
}
