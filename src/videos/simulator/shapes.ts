import type { ApiError } from "./api-error.ts";
import type { ErrorAnswer } from "./server-dialect.ts";
import type { Video } from "./video-library.ts";
import { type Standing, toResource } from "./video-record.ts";

/** Answers as several kinds of servers give them. */

/** A video as OpenAI's API has it. */
export const openAIVideo = ({ record, standing }: Video) => toResource(record, standing);

/** The same with other words for the states. */
export function inWords(video: Video, words: Partial<Record<Standing["status"], string>>) {
  const { status } = video.standing;
  return { ...openAIVideo(video), status: words[status] ?? status };
}

/** Without what is null: Go leaves such fields out. */
export function withoutNulls(fields: object): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
}

export function openAIPage(data: object[], more: boolean): object {
  const idOf = (entry: object | undefined) => (entry ? Reflect.get(entry, "id") : null);
  return { object: "list", data, first_id: idOf(data.at(0)), last_id: idOf(data.at(-1)), has_more: more };
}

export const openAIDeleted = (id: string) => ({ object: "video.deleted", deleted: true, id });

export const openAIRefusal = (error: ApiError): ErrorAnswer => ({ status: error.status, body: error.body });

export function openAINoRoute(method: string, path: string): ErrorAnswer {
  const message = `Unknown request URL: ${method} ${path}.`;
  return {
    status: 404,
    body: { error: { message, type: "invalid_request_error", param: null, code: "not_found" } },
  };
}

/** FastAPI's `detail`. */
export const fastApiRefusal = (error: ApiError): ErrorAnswer => ({
  status: error.status,
  body: { detail: error.message },
});

/** A known address with another method is 405. */
export function fastApiNoRoute(method: string, path: string): ErrorAnswer {
  const known = /^\/v1\/videos(\/[^/]+)?$/.test(path) && method !== "POST";
  return known
    ? { status: 405, body: { detail: "Method Not Allowed" } }
    : { status: 404, body: { detail: "Not Found" } };
}

/** The description that FastAPI makes of some routes. */
export function fastApiDescription(title: string, has: readonly string[]): object {
  const post = { post: {} };
  return {
    openapi: "3.1.0",
    info: { title, version: "1" },
    paths: {
      "/v1/models": { get: {} },
      "/v1/videos": { post: {}, ...(has.includes("list") && { get: {} }) },
      "/v1/videos/{video_id}": { get: {}, ...(has.includes("delete") && { delete: {} }) },
      "/v1/videos/{video_id}/content": { get: {} },
      ...(has.includes("remix") && { "/v1/videos/{video_id}/remix": post }),
      ...(has.includes("edit") && { "/v1/videos/edits": post }),
      ...(has.includes("extend") && { "/v1/videos/extensions": post }),
    },
  };
}
