import { Refusal, type Route, route } from "../http-server.ts";
import { isVisible } from "./files.ts";
import type { SlackContext } from "./state.ts";
import { teamOfToken, tokenOf } from "./web-api.ts";

/** The address that takes a file's bytes, and those that give them back to a token with `files:read`. */
export function createFileRoutes(context: SlackContext): Route[] {
  return [
    route("POST /upload/v1/{id}", ({ params, files, bytes }) => {
      const file = context.state.files.get(params.id);
      if (file?.status !== "announced") throw new Refusal({ status: 404, body: "not found" });
      const [part] = files;
      const content = part?.bytes ?? bytes;
      if (content.length !== file.size) {
        throw new Refusal({ status: 400, body: `announced ${file.size} bytes, got ${content.length}` });
      }
      file.bytes = content;
      file.status = "uploaded";
      context.changed();
      return { status: 200, body: `OK - ${content.length}` };
    }),
    route("GET /files-pri/{key}/{name}", (request) =>
      download(context, request.params.key, tokenOf(request)),
    ),
    route("GET /files-pri/{key}/download/{name}", (request) =>
      download(context, request.params.key, tokenOf(request)),
    ),
    route("GET /signin", () => ({
      status: 200,
      headers: { "content-type": "text/html; charset=utf-8" },
      body: "<!DOCTYPE html><title>Sign in | Slack</title>",
    })),
  ];
}

/** Without a good token Slack sends the browser to its sign-in page, which answers 200 with HTML. */
function download(context: SlackContext, key: string, token: string) {
  const file = context.state.files.get(key.slice(key.indexOf("-") + 1));
  const team = teamOfToken(context, token);
  if (!team?.scopes.has("files:read") || !file || !isVisible(context, file, team)) {
    return { status: 302, headers: { location: `${context.origin()}/signin` } };
  }
  if (file.status === "deleted" || !file.bytes) return { status: 404, body: "file not found" };
  return { status: 200, headers: { "content-type": file.mimetype }, body: file.bytes };
}
