import type { Readable } from "node:stream";
import { type Context, Hono } from "hono";
import { ServiceError } from "../errors.ts";
import type { ByteRange, MediaStore } from "../media/media-store.ts";
import type { Feed } from "./feed.ts";
import type { ShownFiles } from "./shown-files.ts";

interface Dependencies {
  feed: Feed;
  shown: ShownFiles;
  media: MediaStore;
}

/** Serves the files of the feed's messages and of private answers, and no others, in ranges as players ask for them. */
export function createMediaRoutes({ feed, shown, media }: Dependencies): Hono {
  const routes = new Hono();
  for (const file of ["video", "thumbnail"] as const) {
    routes.get(`/media/:id/${file}`, async (c) => {
      const message = await feed.get(c.req.param("id"));
      const known = message?.[file];
      return (known && (await serveFile(c, known, media))) ?? c.notFound();
    });
  }
  routes.get("/shown/:id", async (c) => {
    const file = shown.find(c.req.param("id"));
    return (file && (await serveFile(c, file, media))) ?? c.notFound();
  });
  return routes;
}

/** A stored file as an address serves it. */
export interface ServedFile {
  /** Where it lies in the media store. */
  key: string;
  contentType: string;
  filename: string;
}

/** Asked for anew each time: what somebody deleted meanwhile is not shown from a cache. */
const ASK_FIRST = "private, no-cache";
/** How long an address at the media store works (s): a paused video goes on in ranges. */
const LINK_SECONDS = 900;
/** For so long a browser goes there again without asking (s), so that what it has kept of the file still has that address. */
const LINK_KEPT = "private, max-age=300";

/**
 * Answers a request for a stored file: whole, one range of it, or that nothing changed; undefined when it is not there.
 * The file is opened before anything is said of it. Where the store can be reached by others, it sends them there.
 */
export async function serveFile(
  c: Context,
  { key, contentType, filename }: ServedFile,
  media: MediaStore,
  { download = false } = {},
): Promise<Response | undefined> {
  const info = await media.stat(key);
  if (!info) return undefined;
  const disposition = `${download ? "attachment" : "inline"}; filename="${filename}"`;
  // What is signed for GET answers no HEAD.
  if (media.links && c.req.method !== "HEAD") {
    c.header("cache-control", LINK_KEPT);
    return c.redirect(await media.links.sign(key, { contentType, disposition, seconds: LINK_SECONDS }));
  }
  const etag = `"${info.bytes}-${info.modifiedAt}"`;
  const headers = {
    "content-type": contentType,
    "content-disposition": disposition,
    "accept-ranges": "bytes",
    "cache-control": ASK_FIRST,
    etag,
  };
  if (c.req.header("if-none-match") === etag) return c.body(null, 304, headers);

  const condition = c.req.header("if-range");
  const asked = condition === undefined || condition === etag ? c.req.header("range") : undefined;
  const range = readRange(asked, info.bytes);
  if (range === "unsatisfiable")
    return c.body(null, 416, { ...headers, "content-range": `bytes */${info.bytes}` });
  const { start, end } = range ?? { start: 0, end: info.bytes - 1 };
  const sized = {
    ...headers,
    "content-length": String(end - start + 1),
    ...(range && { "content-range": `bytes ${start}-${end}/${info.bytes}` }),
  };
  const status = range ? 206 : 200;
  if (c.req.method === "HEAD") return c.body(null, status, sized);
  const body = await opened(media.read(key, { start, end }));
  return body && c.body(body, status, sized);
}

/**
 * A file's bytes once the first of them have come; undefined when the file went away meanwhile. Not by `Readable.toWeb`,
 * which throws past everybody when a reader leaves while bytes lie ready (Node 24).
 */
async function opened(file: Readable): Promise<ReadableStream<Uint8Array> | undefined> {
  const pieces: AsyncIterator<Uint8Array> = file[Symbol.asyncIterator]();
  let next: Promise<IteratorResult<Uint8Array>> | undefined = pieces.next();
  try {
    await next;
  } catch (error) {
    if (error instanceof ServiceError && error.code === "not_found") return undefined;
    throw error;
  }
  return new ReadableStream(
    {
      async pull(controller) {
        const { done, value } = await (next ?? pieces.next());
        next = undefined;
        if (done) controller.close();
        else controller.enqueue(value);
      },
      cancel: () => void file.destroy(),
    },
    { highWaterMark: 0 },
  );
}

/** One range in bytes (RFC 9110, 14.1.2); what is not understood, several ranges too, counts as not asked for. */
export function readRange(
  header: string | undefined,
  bytes: number,
): ByteRange | "unsatisfiable" | undefined {
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? "") ?? [];
  if (first === undefined || last === undefined || (first === "" && last === "")) return undefined;
  const start = first === "" ? Math.max(0, bytes - Number(last)) : Number(first);
  const end = first === "" || last === "" ? bytes - 1 : Math.min(Number(last), bytes - 1);
  if (first !== "" && last !== "" && Number(last) < start) return undefined;
  return start < bytes && start <= end ? { start, end } : "unsatisfiable";
}
