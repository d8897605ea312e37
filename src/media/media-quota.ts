import { rm, rmdir } from "node:fs/promises";
import { join } from "node:path";
import type { Logger } from "pino";
import { type MediaFolder, scanMediaFolders, sizeOf } from "./media-folders.ts";
import { isThumbnail } from "./media-key.ts";

/** What was written this recently stays, even above the limit: it is paid for and may yet have to be delivered. */
export const KEPT_FOR_MS = 3_600_000;

/** Removes what was not written to for the longest time; thumbnails stay, they are small and what galleries keep. */
export interface MediaQuota {
  /** A file is in its place: it counts from now on, and older ones go if it takes too much. Never rejects: it is there. */
  wrote(key: string, bytes: number): Promise<void>;
  /** A file or folder is gone. Never rejects. */
  removed(keyOrFolder: string): Promise<void>;
  /** As `MediaStore.prune`. */
  prune(before: number): Promise<{ folders: number; bytes: number }>;
}

/** Looks through the media folder when it is first needed; then it counts what this process writes and removes. */
export function createMediaQuota(options: {
  directory: string;
  /** Bytes; exceeded rather than lose thumbnails or what was written within the last hour. */
  maxTotalBytes: number;
  logger: Logger;
}): MediaQuota {
  const { directory, maxTotalBytes, logger } = options;
  let scan: ReturnType<typeof load> | undefined;
  let total = 0;

  /** Thumbnails apart from the rest, so that looking for what can go passes over nothing that stays. */
  async function load() {
    const found = await scanMediaFolders(directory);
    for (const files of [found.thumbnails, found.rest])
      for (const folder of files.values()) total += sizeOf(folder);
    return found;
  }

  /** A scan that failed is forgotten: the next one may get through. */
  function index() {
    scan ??= load().catch((error: unknown) => {
      scan = undefined;
      throw error;
    });
    return scan;
  }

  /** Of the folders written to before then, the oldest first, as long as it `goesOn`. */
  async function remove(before: number, goesOn: () => boolean): Promise<{ folders: number; bytes: number }> {
    const { rest, thumbnails } = await index();
    const removed = { folders: 0, bytes: 0 };
    const limit = Math.min(before, Date.now() - KEPT_FOR_MS);
    for (const [name, folder] of rest) {
      if (!goesOn() || folder.writtenAt > limit) break;
      const bytes = sizeOf(folder);
      // Before anything is awaited, so that writes that end at the same time do not remove a folder each.
      rest.delete(name);
      total -= bytes;
      await removeFiles(join(directory, name), {
        files: [...folder.files.keys()],
        whole: !thumbnails.has(name),
      });
      removed.folders++;
      removed.bytes += bytes;
    }
    return removed;
  }

  async function makeRoom(): Promise<void> {
    const removed = await remove(Number.POSITIVE_INFINITY, () => total > maxTotalBytes);
    if (removed.folders > 0) logger.info(removed, "old media removed to make room");
    if (total > maxTotalBytes)
      logger.warn({ bytes: total, maxTotalBytes }, "media take more room than allowed");
  }

  async function count(key: string, bytes: number): Promise<void> {
    const [name, file] = parts(key);
    const folders = ofKind(await index(), file);
    const files = folders.get(name)?.files ?? new Map<string, number>();
    total += bytes - (files.get(file) ?? 0);
    // Set anew, it comes last: the map stays in the order of the last write.
    folders.delete(name);
    folders.set(name, { writtenAt: Date.now(), files: files.set(file, bytes) });
  }

  async function discount(keyOrFolder: string): Promise<void> {
    const found = await scan;
    if (!found) return;
    const [name, file] = parts(keyOrFolder);
    for (const folders of file === "" ? [found.thumbnails, found.rest] : [ofKind(found, file)]) {
      const folder = folders.get(name);
      if (!folder) continue;
      const before = sizeOf(folder);
      if (file === "") folder.files.clear();
      else folder.files.delete(file);
      if (folder.files.size === 0) folders.delete(name);
      total -= before - sizeOf(folder);
    }
  }

  return {
    async wrote(key, bytes) {
      try {
        await count(key, bytes);
        await makeRoom();
      } catch (err) {
        logger.error({ err }, "media could not be counted, or old ones not removed");
      }
    },
    async removed(keyOrFolder) {
      try {
        await discount(keyOrFolder);
      } catch (err) {
        logger.error({ err }, "removed media could not be discounted");
      }
    },
    prune: (before) => remove(before, () => true),
  };
}

function ofKind(
  { thumbnails, rest }: { thumbnails: Map<string, MediaFolder>; rest: Map<string, MediaFolder> },
  file: string,
): Map<string, MediaFolder> {
  return isThumbnail(file) ? thumbnails : rest;
}

function parts(keyOrFolder: string): [folder: string, file: string] {
  const [folder = "", file = ""] = keyOrFolder.split("/");
  return [folder, file];
}

async function removeFiles(
  path: string,
  { files, whole }: { files: string[]; whole: boolean },
): Promise<void> {
  for (const file of files) await rm(join(path, file), { force: true });
  if (!whole) return;
  // What is no media, or has just arrived, keeps its folder.
  await rmdir(path).catch(() => undefined);
}
