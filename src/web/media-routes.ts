import { Readable } from "node:stream";
import { type Context, Hono } from "hono";
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
      return known ? serveFile(c, known, media) : c.notFound();
    });
  }
  // Asked for anew each time: what somebody deleted meanwhile is not shown from a cache.
  routes.get("/shown/:id", async (c) => {
    const file = shown.find(c.req.param("id"));
    return file ? serveFile(c, file, media, "private, no-cache") : c.notFound();
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

/** For a file that never changes under its address; `private`: no cache between server and browser keeps it. */
const KEPT_FOR_EVER = "private, max-age=31536000, immutable";

/** Answers a request for a stored file: whole, one range of it, or that nothing changed; 404 when it is not there. */
export async function serveFile(
  c: Context,
  file: ServedFile,
  media: MediaStore,
  cacheControl = KEPT_FOR_EVER,
): Promise<Response> {
  const info = await media.stat(file.key);
  if (!info) return c.notFound();
  const etag = `"${info.bytes}-${info.modifiedAt}"`;
  c.header("content-type", file.contentType);
  c.header("content-disposition", `inline; filename="${file.filename}"`);
  c.header("accept-ranges", "bytes");
  c.header("cache-control", cacheControl);
  c.header("etag", etag);
  if (c.req.header("if-none-match") === etag) return c.body(null, 304);

  const condition = c.req.header("if-range");
  const asked = condition === undefined || condition === etag ? c.req.header("range") : undefined;
  const range = readRange(asked, info.bytes);
  if (range === "unsatisfiable") return c.body(null, 416, { "content-range": `bytes */${info.bytes}` });
  const { start, end } = range ?? { start: 0, end: info.bytes - 1 };
  c.header("content-length", String(end - start + 1));
  if (range) c.header("content-range", `bytes ${start}-${end}/${info.bytes}`);
  const status = range ? 206 : 200;
  if (c.req.method === "HEAD") return c.body(null, status);
  return c.body(Readable.toWeb(media.read(file.key, { start, end })), status);
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
