import { randomUUID } from "node:crypto";
import { open } from "node:fs/promises";
import { Readable } from "node:stream";
import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { requestId } from "hono/request-id";
import { ApiError, notFound } from "./api-error.ts";
import type { Characters } from "./characters.ts";
import { extend, revise, type SourceVideo, uploadedSource } from "./derived-videos.ts";
import { faultIn } from "./faults.ts";
import { mediaFiles, type Variant } from "./renderer.ts";
import {
  allSizes,
  characterBody,
  check,
  contentQuery,
  editBody,
  extendBody,
  listQuery,
  readBody,
  remixBody,
} from "./requests.ts";
import type { Route, ServerDialect } from "./server-dialect.ts";
import { fastApiDescription } from "./shapes.ts";
import type { Uploads } from "./uploads.ts";
import type { NewVideo, Video, VideoLibrary } from "./video-library.ts";

const maxBodyBytes = 64 * 1024 ** 2;

/** The operations of the Videos API that a kind of server has, under `/v1`, for whoever sends a bearer token. */
export function createRoutes(options: {
  dialect: ServerDialect;
  library: VideoLibrary;
  characters: Characters;
  uploads: Uploads;
  onError: (error: unknown) => void;
}): Hono {
  const { dialect, library, characters, uploads, onError } = options;
  const { ids, content, create } = dialect;
  const app = new Hono();
  const isOffered = (route: Route) => dialect.has.includes(route);

  app.use(
    requestId({ headerName: "x-request-id", generator: () => `req_${randomUUID().replaceAll("-", "")}` }),
  );
  app.use(async (c, next) => {
    await next();
    for (const [name, value] of Object.entries(dialect.headers ?? {})) c.res.headers.set(name, value);
  });
  app.use("/v1/*", async (c, next) => {
    // Pages in a browser can reach a loopback port but cannot send this header across origins.
    if (!/^Bearer \S/.test(c.req.header("authorization") ?? "")) {
      throw new ApiError("You didn't provide an API key.", { status: 401, code: "invalid_api_key" });
    }
    await next();
  });
  app.use(
    bodyLimit({
      maxSize: maxBodyBytes,
      onError: () => {
        throw new ApiError("The body is too large.", { status: 413, code: "request_too_large" });
      },
    }),
  );
  app.notFound((c) => {
    const { status, body } = dialect.noRoute(c.req.method, c.req.path);
    return typeof body === "string" ? c.html(body, status) : c.json(body, status);
  });
  app.onError((error, c) => {
    if (!(error instanceof ApiError)) onError(error);
    const told =
      error instanceof ApiError
        ? error
        : new ApiError("The simulator failed.", { status: 500, type: "server_error" });
    const { status, body } = dialect.refuse(told);
    if (told.retryAfterSeconds !== undefined) c.header("retry-after", String(told.retryAfterSeconds));
    return c.json(body, status);
  });

  /** A video in the dialect's words, under the dialect's id. */
  function show(c: Context, video: Video): object {
    const shown = dialect.show(video, new URL(c.req.url).origin);
    return { ...shown, id: ids.out(video.record.id) };
  }

  async function add(c: Context, video: NewVideo) {
    const refusal = faultIn(video.prompt)?.refusal;
    if (refusal) throw new ApiError(refusal.message, refusal);
    return show(c, await library.add(video));
  }

  function completed(id: string): SourceVideo {
    const { record, standing } = library.find(ids.in(id));
    if (standing.status !== "completed") {
      throw new ApiError(`Video with id '${id}' is ${standing.status}, not completed.`, {
        code: "video_not_ready",
      });
    }
    return { ...record, backdrop: library.backdropOf(record) };
  }

  function withSource<T>(video: File | { id: string }, use: (source: SourceVideo) => Promise<T>): Promise<T> {
    if (!(video instanceof File)) return use(completed(video.id));
    const range = { shortest: 1, longest: 20, sizes: allSizes };
    return uploads.withClip(video, range, (clip) => use(uploadedSource(clip)));
  }

  const videoId = (c: Context) => ids.in(c.req.param("id") ?? "");

  app.get(`/v1${dialect.models.path}`, (c) => c.json({ object: "list", data: dialect.models.entries }));

  const { title } = dialect;
  if (title !== undefined) app.get("/openapi.json", (c) => c.json(fastApiDescription(title, dialect.has)));

  app.post("/v1/videos", async (c) => {
    const wish = await readBody(c, create.body, create.bodies);
    const { prompt, model, seconds, size, input_reference } = wish;
    const captions = [{ prompt, fromSecond: 0 }];
    const settings = { model, size, seconds: Number(seconds), prompt, lineage: [prompt], captions };
    const exact = create.exactPicture ? size : undefined;
    const made = await uploads.withPicture(input_reference, exact, (backdrop) =>
      add(c, { ...settings, lineage: [prompt], backdrop }),
    );
    return c.json(made, create.status);
  });

  if (isOffered("list"))
    app.get("/v1/videos", (c) => {
      const query = dialect.pages ? c.req.query() : { limit: "100" };
      const asked = check(listQuery, query);
      const after = asked.after === undefined ? undefined : ids.in(asked.after);
      const { videos, more } = library.list({ ...asked, after });
      const data = videos.map((video) => show(c, video));
      return c.json(dialect.page(data, more));
    });

  if (isOffered("edit"))
    app.post("/v1/videos/edits", async (c) => {
      const { prompt, video } = await readBody(c, editBody);
      return c.json(await withSource(video, (source) => add(c, revise(source, prompt))));
    });

  if (isOffered("extend"))
    app.post("/v1/videos/extensions", async (c) => {
      const { prompt, video, seconds } = await readBody(c, extendBody);
      return c.json(await withSource(video, (source) => add(c, extend(source, prompt, seconds))));
    });

  if (isOffered("characters")) {
    app.post("/v1/videos/characters", async (c) => {
      const { name, video } = await readBody(c, characterBody);
      return c.json(await uploads.withClip(video, { shortest: 2, longest: 4 }, () => characters.add(name)));
    });
    app.get("/v1/videos/characters/:id", async (c) => c.json(await characters.get(c.req.param("id"))));
  }

  app.get("/v1/videos/:id", (c) => {
    const video = library.find(videoId(c));
    const failed = video.standing.status === "failed";
    return c.json(show(c, video), failed ? dialect.failedStatus(video) : 200);
  });

  if (isOffered("delete"))
    app.delete("/v1/videos/:id", async (c) => {
      const id = videoId(c);
      const video = show(c, library.find(id));
      await library.remove(id, { running: dialect.deletesRunning });
      return c.json(dialect.deleted(ids.out(id), video));
    });

  if (isOffered("remix"))
    app.post("/v1/videos/:id/remix", async (c) => {
      const id = videoId(c);
      const { prompt } = await readBody(c, remixBody);
      return c.json(await add(c, { ...revise(completed(ids.out(id)), prompt), remixedFrom: id }));
    });

  app.get("/v1/videos/:id/content", async (c) => {
    const id = videoId(c);
    const variant = content.variants ? check(contentQuery, c.req.query()).variant : "video";
    const { record, standing } = library.find(id);
    const isLate = library.isLate(id);
    if (standing.status !== "completed" || isLate) {
      const status = standing.status === "failed" ? content.failed : content.pending;
      const message = `Video with id '${ids.out(id)}' is ${isLate ? "not ready" : standing.status}.`;
      throw new ApiError(message, { status, code: "video_not_ready" });
    }
    if (content.by === "redirect") return c.redirect(`/files/${record.id}.mp4`);
    if (content.by === "link")
      throw new ApiError("The video was uploaded: use its url.", { status: 400, code: "use_url" });
    return send(c, id, variant);
  });

  // Addresses that videos name need no key: they are as good as signed.
  app.get("/files/:file", (c) => send(c, c.req.param("file").replace(/\.mp4$/, ""), "video"));

  async function send(c: Context, id: string, variant: Variant) {
    if (library.isLate(id)) throw notFound(`The file of video '${ids.out(id)}' is not there yet.`);
    const file = await open(library.media(id, variant)).catch(() => {
      throw notFound(`The files of video '${ids.out(id)}' are gone.`);
    });
    const { size } = await file.stat();
    const length = Math.floor(size * (faultIn(library.find(id).record.prompt)?.sent ?? 1));
    c.header("content-type", mediaFiles[variant].type);
    c.header("content-length", String(length));
    return c.body(Readable.toWeb(file.createReadStream({ end: length - 1 })) as ReadableStream);
  }

  return app;
}
