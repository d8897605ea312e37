import type { Logger } from "pino";
import { isMediaKey, isThumbnail } from "./media-key.ts";
import { KEPT_FOR_MS } from "./media-quota.ts";
import type { S3Bucket } from "./s3-bucket.ts";

/** All of a job's files but its thumbnail. */
interface Folder {
  /** When the newest of them was written (Unix milliseconds). */
  writtenAt: number;
  bytes: number;
}

interface Options {
  bucket: Pick<S3Bucket, "list" | "remove">;
  /** Bytes of all files together, thumbnails too. */
  maxTotalBytes: number;
  logger: Logger;
}

/**
 * Prunes as `MediaStore.prune` says, and goes on with the oldest folders while all take more than `maxTotalBytes`. That
 * is looked at here alone: it takes a list of the whole bucket, which would be too dear with each file that is stored.
 */
export async function pruneBucket(
  before: number,
  { bucket, maxTotalBytes, logger }: Options,
): Promise<{ folders: number; bytes: number }> {
  const { folders, bytes } = await scan(bucket);
  const limit = Date.now() - KEPT_FOR_MS;
  const removed = { folders: 0, bytes: 0 };
  for (const [name, { writtenAt }] of folders) {
    const isDue = writtenAt <= before || bytes - removed.bytes > maxTotalBytes;
    if (writtenAt > limit || !isDue) break;
    const gone = await removeFolder(name, writtenAt, bucket);
    if (gone === undefined) continue;
    removed.folders++;
    removed.bytes += gone;
  }
  const left = bytes - removed.bytes;
  if (left > maxTotalBytes) logger.warn({ bytes: left, maxTotalBytes }, "media take more room than allowed");
  return removed;
}

/** The folders, those first that were not written to for the longest time, and the bytes of everything. */
async function scan(bucket: Options["bucket"]): Promise<{ folders: [string, Folder][]; bytes: number }> {
  const folders = new Map<string, Folder>();
  let total = 0;
  for await (const { key, bytes, modifiedAt } of bucket.list()) {
    if (!isMediaKey(key)) continue;
    total += bytes;
    if (isThumbnail(key)) continue;
    const [name = ""] = key.split("/");
    const folder = folders.get(name) ?? { writtenAt: 0, bytes: 0 };
    const writtenAt = Math.max(folder.writtenAt, modifiedAt);
    folders.set(name, { writtenAt, bytes: folder.bytes + bytes });
  }
  return { folders: [...folders].sort(([, a], [, b]) => a.writtenAt - b.writtenAt), bytes: total };
}

/** Removes all but the thumbnail; undefined where somebody has written to it since it was listed. */
async function removeFolder(
  name: string,
  writtenAt: number,
  bucket: Options["bucket"],
): Promise<number | undefined> {
  const files = await Array.fromAsync(bucket.list(`${name}/`));
  const rest = files.filter(({ key }) => isMediaKey(key) && !isThumbnail(key));
  if (rest.length === 0 || rest.some(({ modifiedAt }) => modifiedAt > writtenAt)) return undefined;
  await Promise.all(rest.map(({ key }) => bucket.remove(key)));
  return rest.reduce((sum, { bytes }) => sum + bytes, 0);
}
