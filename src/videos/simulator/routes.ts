import { randomUUID } from "node:crypto";
import { open } from "node:fs/promises";
import { Readable } from "node:stream";
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { requestId } from "hono/request-id";
import { ApiError, notFound } from "./api-error.ts";
import type { Characters } from "./characters.ts";
import { extend, revise, type SourceVideo, uploadedSource } from "./derived-videos.ts";
import { faultIn } from "./faults.ts";
import { mediaFiles } from "./renderer.ts";
import {
  allSizes,
  characterBody,
  check,
  contentQuery,
  createBody,
  editBody,
  extendBody,
  listQuery,
  readBody,
  remixBody,
} from "./requests.ts";
import type { Uploads } from "./uploads.ts";
import type { NewVideo, Video, VideoLibrary } from "./video-library.ts";
import { toResource } from "./video-record.ts";

const maxBodyBytes = 64 * 1024 ** 2;

/** The ten operations of the Videos API, under `/v1`, for whoever sends a bearer token. */
export function createRoutes(options: {
  library: VideoLibrary;
  characters: Characters;
  uploads: Uploads;
  onError: (error: unknown) => void;
}): Hono {
  const { library, characters, uploads, onError } = options;
  const app = new Hono().basePath("/v1");

  app.use(
    requestId({ headerName: "x-request-id", generator: () => `req_${randomUUID().replaceAll("-", "")}` }),
  );
  app.use(async (c, next) => {
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
    throw notFound(`Unknown request URL: ${c.req.method} ${c.req.path}.`);
  });
  app.onError((error, c) => {
    if (!(error instanceof ApiError)) onError(error);
    const told =
      error instanceof ApiError
        ? error
        : new ApiError("The simulator failed.", { status: 500, type: "server_error" });
    if (told.retryAfterSeconds !== undefined) c.header("retry-after", String(told.retryAfterSeconds));
    return c.json(told.body, told.status);
  });

  const show = ({ record, standing }: Video) => toResource(record, standing);

  async function add(video: NewVideo) {
    const refusal = faultIn(video.prompt)?.refusal;
    if (refusal) throw new ApiError(refusal.message, refusal);
    return show(await library.add(video));
  }

  function completed(id: string): SourceVideo {
    const { record, standing } = library.find(id);
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

  app.post("/videos", async (c) => {
    const { prompt, model, seconds, size, input_reference } = await readBody(c, createBody);
    const captions = [{ prompt, fromSecond: 0 }];
    const settings = {
      model,
      size,
      seconds: Number(seconds),
      prompt,
      lineage: [prompt],
      captions,
    } satisfies NewVideo;
    return c.json(
      await uploads.withPicture(input_reference, size, (backdrop) => add({ ...settings, backdrop })),
    );
  });

  app.get("/videos", (c) => {
    const { videos, more } = library.list(check(listQuery, c.req.query()));
    const data = videos.map(show);
    return c.json({
      object: "list",
      data,
      first_id: data.at(0)?.id ?? null,
      last_id: data.at(-1)?.id ?? null,
      has_more: more,
    });
  });

  app.post("/videos/edits", async (c) => {
    const { prompt, video } = await readBody(c, editBody);
    return c.json(await withSource(video, (source) => add(revise(source, prompt))));
  });

  app.post("/videos/extensions", async (c) => {
    const { prompt, video, seconds } = await readBody(c, extendBody);
    return c.json(await withSource(video, (source) => add(extend(source, prompt, seconds))));
  });

  app.post("/videos/characters", async (c) => {
    const { name, video } = await readBody(c, characterBody);
    return c.json(await uploads.withClip(video, { shortest: 2, longest: 4 }, () => characters.add(name)));
  });

  app.get("/videos/characters/:id", async (c) => c.json(await characters.get(c.req.param("id"))));

  app.get("/videos/:id", (c) => c.json(show(library.find(c.req.param("id")))));

  app.delete("/videos/:id", async (c) => {
    const id = c.req.param("id");
    await library.remove(id);
    return c.json({ object: "video.deleted", deleted: true, id });
  });

  app.post("/videos/:id/remix", async (c) => {
    const id = c.req.param("id");
    const { prompt } = await readBody(c, remixBody);
    return c.json(await add({ ...revise(completed(id), prompt), remixedFrom: id }));
  });

  app.get("/videos/:id/content", async (c) => {
    const id = c.req.param("id");
    const { variant } = check(contentQuery, c.req.query());
    const file = await open(library.media(id, variant)).catch(() => {
      throw notFound(`The files of video '${id}' are gone.`);
    });
    const { size } = await file.stat();
    const length = Math.floor(size * (faultIn(library.find(id).record.prompt)?.sent ?? 1));
    c.header("content-type", mediaFiles[variant].type);
    c.header("content-length", String(length));
    return c.body(Readable.toWeb(file.createReadStream({ end: length - 1 })));
  });

  return app;
}
