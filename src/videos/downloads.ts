import { text } from "node:stream/consumers";
import type { ReadableStream } from "node:stream/web";
import { ServiceError } from "../errors.ts";
import { limitBytes } from "../media/limit-bytes.ts";
import type { BackendLinks } from "./backend-links.ts";
import type { Dialect } from "./dialect.ts";
import { parseJson } from "./json.ts";
import { coded, type OpenAICalls, refusalOf } from "./openai-calls.ts";
import { isBareNotFound, refusesParameter } from "./refusal.ts";
import { readLinks, type Video, type VideoVariant } from "./video.ts";

/** How backends say that there is no such operation, whatever it is about. */
export const NO_ROUTE = [405, 501];
/** How backends say that a file is not there (yet). */
const NO_FILE = [400, 404, 409, 422, 425];
/** Most of an answer that names a link in the place of the file (bytes). */
const MAX_ANSWER_BYTES = 1024 ** 2;

type Body = ReadableStream<Uint8Array>;

/** Fetches the files of videos from wherever a backend has them. */
export interface Downloads {
  /** @throws ServiceError `not_ready`, retryable, while there is no such file. */
  video(videoId: string): Promise<Body>;
  /** @throws ServiceError `no_file`, `not_found`, `not_ready`, `not_supported` */
  extra(videoId: string, variant: Exclude<VideoVariant, "video">): Promise<Body>;
}

/** The content's own address first, then those that the video names. */
export function createDownloads(options: {
  calls: Pick<OpenAICalls, "content">;
  dialect: () => Dialect;
  links: BackendLinks;
  /** How a video stands; undefined when it is not there. */
  look: (videoId: string) => Promise<Video | undefined>;
  lacking: (variant: Exclude<VideoVariant, "video">, error: unknown) => ServiceError;
}): Downloads {
  const { calls, dialect, links, look, lacking } = options;

  /** The first of some addresses that gives a file; none is as good as a file that is not there yet. */
  async function linked(addresses: readonly string[], missing: unknown): Promise<Body> {
    let last = missing;
    for (const address of addresses) {
      try {
        return (await links.open(address)).body;
      } catch (error) {
        last = error;
      }
    }
    if (last instanceof ServiceError && last !== missing) throw last;
    throw coded("not_ready", missing, true);
  }

  async function video(videoId: string): Promise<Body> {
    try {
      // Left out, the variant means the video, to backends without variants as well.
      const { body, type } = await calls.content(videoId, dialect().content.query ?? {});
      if (!/\bjson\b/i.test(type)) return body;
      return await linked(readLinks(await readAnswer(body)), notAFile());
    } catch (error) {
      const refusal = refusalOf(error);
      if (!refusal) throw error;
      const { status, location } = refusal;
      if (status >= 300 && status < 400) return linked(location === undefined ? [] : [location], error);
      const noFile = NO_FILE.includes(status) && !isBareNotFound(refusal);
      if (!noFile && !NO_ROUTE.includes(status) && status !== 404) throw error;
      const named = [
        ...readLinks(refusal.body),
        ...((await look(videoId).catch(() => undefined))?.links ?? []),
      ];
      if (named.length > 0) return linked(named, error);
      throw noFile ? coded("not_ready", error, true) : error;
    }
  }

  /** A backend without variants refuses the parameter, or knows none and sends the video. */
  async function extra(videoId: string, variant: Exclude<VideoVariant, "video">): Promise<Body> {
    try {
      const { body, type } = await calls.content(videoId, { variant });
      if (!type.startsWith("video/")) return body;
      await body.cancel();
    } catch (error) {
      const refusal = refusalOf(error);
      if (!refusal) throw error;
      if (NO_ROUTE.includes(refusal.status) || refusesParameter(refusal, "variant"))
        throw lacking(variant, error);
      if (!NO_FILE.includes(refusal.status) || isBareNotFound(refusal)) throw error;
      const found = await look(videoId);
      if (!found) throw coded("not_found", error);
      throw found.status === "completed" ? coded("no_file", error) : coded("not_ready", error, true);
    }
    const message = `The backend sent the video in place of its ${variant}.`;
    throw lacking(variant, new ServiceError("videos", "not_supported", message, { retryable: false }));
  }

  return { video, extra };
}

/** Undefined where it breaks off, is too long or no JSON. */
async function readAnswer(body: Body): Promise<unknown> {
  return parseJson(await text(limitBytes(body, MAX_ANSWER_BYTES)).catch(() => ""));
}

function notAFile(): ServiceError {
  const message = "The backend answered with something else than the file.";
  return new ServiceError("videos", "not_ready", message, { retryable: true });
}
