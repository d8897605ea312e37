import { buffer } from "node:stream/consumers";
import type { ReadableStream } from "node:stream/web";
import { fileTypeFromBuffer } from "file-type";
import type { MediaFile } from "../chat/adapter.ts";
import { ServiceError } from "../errors.ts";
import { limitBytes } from "../media/limit-bytes.ts";
import type { MediaStore } from "../media/media-store.ts";
import type { VideosClient } from "../videos/videos-client.ts";
import type { Job, StoredMedia } from "./job.ts";

/** Largest video that is fetched (bytes); a clip of 12 s is a few dozen megabytes. */
const MAX_VIDEO_BYTES = 2 * 1024 ** 3;
const MAX_THUMBNAIL_BYTES = 20 * 1024 ** 2;
/** Enough for any container's signature. */
const SIGNATURE_BYTES = 4100;

interface Dependencies {
  videos: VideosClient;
  media: MediaStore;
}

/**
 * Fetches a completed video and its thumbnail into the media store; what is there already is not fetched again.
 * @throws ServiceError code `not_a_video` when the bytes are none, `truncated` when some are missing.
 */
export async function fetchMedia(
  job: Job,
  videoId: string,
  { videos, media }: Dependencies,
): Promise<StoredMedia> {
  const key = `${job.id}/video.mp4`;
  const { bytes } =
    (await media.stat(key)) ??
    (await media.put(key, checked(arriving(await videos.download(videoId, "video"))), {
      maxBytes: MAX_VIDEO_BYTES,
    }));
  const thumbnail = await fetchThumbnail(job, videoId, { videos, media });
  return { video: { key, bytes }, ...(thumbnail && { thumbnail }) };
}

/** A thumbnail is nice to have: a backend without one, or with something else in its place, stops no delivery. */
async function fetchThumbnail(
  job: Job,
  videoId: string,
  { videos, media }: Dependencies,
): Promise<StoredMedia["thumbnail"]> {
  const key = `${job.id}/thumbnail.webp`;
  try {
    const known = await media.stat(key);
    const body = known ? media.read(key) : arriving(await videos.download(videoId, "thumbnail"));
    const picture = await buffer(limitBytes(body, MAX_THUMBNAIL_BYTES));
    const type = await fileTypeFromBuffer(picture);
    if (!type?.mime.startsWith("image/")) return undefined;
    if (!known) await media.put(key, [picture]);
    return { key, bytes: picture.length, contentType: type.mime };
  } catch (error) {
    if (error instanceof ServiceError) return undefined;
    throw error;
  }
}

/** A connection that breaks while the bytes arrive is worth another try. */
async function* arriving(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (cause) {
    const message = "The download was interrupted.";
    throw new ServiceError("videos", "truncated", message, { retryable: true, cause });
  }
}

/** Passes a download on while making sure that it is an MP4 and ends where its boxes say. */
async function* checked(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let head = Buffer.alloc(0);
  let known = false;
  const boxes = createBoxWalker();
  for await (const chunk of body) {
    if (!known) {
      head = Buffer.concat([head, chunk]);
      if (head.length >= SIGNATURE_BYTES) {
        await assertVideo(head);
        known = true;
      }
    }
    boxes.feed(chunk);
    yield chunk;
  }
  if (!known) await assertVideo(head);
  if (!boxes.whole())
    throw new ServiceError("videos", "truncated", "The download ended early.", { retryable: true });
}

async function assertVideo(head: Uint8Array): Promise<void> {
  const type = await fileTypeFromBuffer(head);
  if (type?.mime.startsWith("video/")) return;
  throw new ServiceError("videos", "not_a_video", "The download is not a video.", { retryable: true });
}

/** Follows an MP4's top-level boxes (ISO/IEC 14496-12: 32-bit size, type, 64-bit size where size is 1) through a stream. */
function createBoxWalker() {
  let header = Buffer.alloc(0);
  let skip = 0;
  let openEnded = false;
  const types = new Set<string>();
  return {
    feed(chunk: Uint8Array): void {
      let at = 0;
      while (at < chunk.length && !openEnded) {
        const passed = Math.min(skip, chunk.length - at);
        skip -= passed;
        at += passed;
        if (skip > 0 || at === chunk.length) continue;
        const needed = (header.length >= 4 && header.readUInt32BE(0) === 1 ? 16 : 8) - header.length;
        header = Buffer.concat([header, chunk.subarray(at, at + needed)]);
        at += Math.min(needed, chunk.length - at);
        const long = header.length >= 8 && header.readUInt32BE(0) === 1;
        if (header.length < (long ? 16 : 8)) continue;
        const size = long ? Number(header.readBigUInt64BE(8)) : header.readUInt32BE(0);
        types.add(header.toString("latin1", 4, 8));
        openEnded = size === 0;
        skip = Math.max(0, size - header.length);
        header = Buffer.alloc(0);
      }
    },
    /** Whether the last box ended, and both the index and the samples were among them. */
    whole: () => types.has("moov") && types.has("mdat") && (openEnded || (skip === 0 && header.length === 0)),
  };
}

/** The stored files in the shape adapters take. */
export async function mediaFiles(
  job: Job,
  media: MediaStore,
): Promise<{ video: MediaFile; thumbnail: MediaFile | undefined }> {
  const files = job.media;
  if (!files || !(await media.stat(files.video.key))) {
    throw new ServiceError("media", "not_found", "The video is no longer in the media store.", {
      retryable: false,
    });
  }
  const { video, thumbnail } = files;
  return {
    video: {
      key: video.key,
      filename: `showreel-${job.id}.mp4`,
      contentType: "video/mp4",
      bytes: video.bytes,
      open: () => media.read(video.key),
      blob: () => media.blob(video.key, "video/mp4"),
    },
    thumbnail: thumbnail && {
      key: thumbnail.key,
      filename: `showreel-${job.id}.webp`,
      contentType: thumbnail.contentType,
      bytes: thumbnail.bytes,
      open: () => media.read(thumbnail.key),
      blob: () => media.blob(thumbnail.key, thumbnail.contentType),
    },
  };
}
