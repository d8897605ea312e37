import { buffer } from "node:stream/consumers";
import { fileTypeFromBuffer } from "file-type";
import type { MediaFile } from "../chat/media-file.ts";
import { ServiceError } from "../errors.ts";
import { limitBytes } from "../media/limit-bytes.ts";
import type { MediaStore } from "../media/media-store.ts";
import type { VideoVariant } from "../videos/video.ts";
import type { VideosClient } from "../videos/videos-client.ts";
import { arriving, startingAs, wholeMp4 } from "./arriving-file.ts";
import type { Job, StoredMedia } from "./job.ts";

/** Largest video that is fetched (bytes); a clip of 12 s is a few dozen megabytes. */
const MAX_VIDEO_BYTES = 2 * 1024 ** 3;
const MAX_PICTURE_BYTES = 20 * 1024 ** 2;
/** What backends make the pictures of: WebP thumbnails and JPEG sprite sheets (the API's documentation), some PNG. */
const PICTURE_TYPES: Record<string, string> = { webp: "image/webp", jpg: "image/jpeg", png: "image/png" };

interface Dependencies {
  videos: VideosClient;
  media: MediaStore;
}

/**
 * Fetches all files of a completed video into the media store, before the backend deletes them; what is there already
 * is not fetched again.
 * @throws ServiceError code `not_a_video` when the bytes are none, `truncated` when some are missing.
 */
export async function fetchMedia(
  job: Job,
  videoId: string,
  { videos, media }: Dependencies,
): Promise<StoredMedia> {
  const video = await fetchVideo(job, videoId, { videos, media });
  const picture = (variant: "thumbnail" | "spritesheet") =>
    fetchPicture(job, videoId, variant, { videos, media }).catch(noneWhenRefused);
  const [thumbnail, spritesheet] = await Promise.all([picture("thumbnail"), picture("spritesheet")]);
  return { video, ...(thumbnail && { thumbnail }), ...(spritesheet && { spritesheet }) };
}

/** Fetches one of them; undefined where the backend sends something else in its place. @throws ServiceError */
export async function fetchFile(
  job: Job,
  videoId: string,
  variant: VideoVariant,
  dependencies: Dependencies,
): Promise<StoredMedia[VideoVariant]> {
  return variant === "video"
    ? fetchVideo(job, videoId, dependencies)
    : fetchPicture(job, videoId, variant, dependencies);
}

async function fetchVideo(
  job: Job,
  videoId: string,
  { videos, media }: Dependencies,
): Promise<StoredMedia["video"]> {
  const key = `${job.id}/video.mp4`;
  const known = await media.stat(key);
  if (known) return { key, bytes: known.bytes };
  const body = wholeMp4(arriving(await videos.download(videoId, "video")));
  return { key, ...(await media.put(key, body, { maxBytes: MAX_VIDEO_BYTES })) };
}

/** Pictures are nice to have: a backend without one, or with something else in its place, stops no delivery. */
function noneWhenRefused(error: unknown): undefined {
  if (!(error instanceof ServiceError)) throw error;
}

async function fetchPicture(
  job: Job,
  videoId: string,
  variant: "thumbnail" | "spritesheet",
  { videos, media }: Dependencies,
): Promise<StoredMedia["thumbnail"]> {
  for (const [extension, contentType] of Object.entries(PICTURE_TYPES)) {
    const key = `${job.id}/${variant}.${extension}`;
    const known = await media.stat(key);
    if (known) return { key, bytes: known.bytes, contentType };
  }
  const body = startingAs("image", arriving(await videos.download(videoId, variant)));
  const bytes = await buffer(limitBytes(body, MAX_PICTURE_BYTES));
  const type = await fileTypeFromBuffer(bytes);
  if (!type || PICTURE_TYPES[type.ext] !== type.mime) return undefined;
  const key = `${job.id}/${variant}.${type.ext}`;
  await media.put(key, [bytes]);
  return { key, bytes: bytes.length, contentType: type.mime };
}

/** The stored files in the shape adapters take. @throws ServiceError code `not_found` when the video is gone. */
export async function mediaFiles(
  job: Job,
  media: MediaStore,
): Promise<{
  video: MediaFile;
  fitted: MediaFile | undefined;
  thumbnail: MediaFile | undefined;
}> {
  const [video, fitted, thumbnail] = await Promise.all([
    mediaFile(job, "video", media),
    mediaFile(job, "fitted", media),
    mediaFile(job, "thumbnail", media),
  ]);
  if (video) return { video, fitted, thumbnail };
  const message = "The video is no longer in the media store.";
  throw new ServiceError("media", "not_found", message, { retryable: false });
}

/** One of a job's stored files in the shape adapters take; undefined when there never was one or it is gone. */
export async function mediaFile(
  job: Job,
  variant: keyof StoredMedia,
  media: MediaStore,
): Promise<MediaFile | undefined> {
  const file = job.media?.[variant];
  if (!file || !(await media.stat(file.key))) return undefined;
  const { key, bytes } = file;
  const contentType = "contentType" in file ? file.contentType : "video/mp4";
  const extension = Object.entries(PICTURE_TYPES).find(([, type]) => type === contentType)?.[0] ?? "mp4";
  const name = variant === "spritesheet" ? `showreel-${job.id}-sprites` : `showreel-${job.id}`;
  return {
    key,
    filename: `${name}.${extension}`,
    contentType,
    bytes,
    open: () => media.read(key),
    blob: (until) => media.blob(key, contentType, until),
  };
}
