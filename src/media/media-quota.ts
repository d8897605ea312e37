import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Logger } from "pino";
import { isMediaKey } from "./media-key.ts";

/** What was written this recently stays, even above the limit: it is paid for and may yet have to be delivered. */
const KEPT_FOR_MS = 3_600_000;

/** Removes the folders that were not written to for the longest time when all together grow too large. */
export interface MediaQuota {
  /** A file is in its place: it counts from now on, and older ones go if it takes too much. */
  wrote(key: string, bytes: number): Promise<void>;
  /** A file or folder is gone. */
  removed(keyOrFolder: string): Promise<void>;
}

interface Folder {
  writtenAt: number;
  /** Bytes by file name. */
  files: Map<string, number>;
}

/** Looks through the media folder at the first write; from then on it counts what this process writes and removes. */
export function createMediaQuota(options: {
  directory: string;
  /** Bytes; exceeded rather than lose what was written within the last hour. */
  maxTotalBytes: number;
  logger: Logger;
}): MediaQuota {
  const { directory, maxTotalBytes, logger } = options;
  let scan: Promise<Map<string, Folder>> | undefined;
  let total = 0;

  async function load(): Promise<Map<string, Folder>> {
    const folders = await scanFolders(directory);
    for (const folder of folders.values()) total += sizeOf(folder);
    return folders;
  }

  async function makeRoom(folders: Map<string, Folder>): Promise<void> {
    for (const [name, folder] of folders) {
      if (total <= maxTotalBytes) return;
      if (folder.writtenAt > Date.now() - KEPT_FOR_MS) break;
      const bytes = sizeOf(folder);
      // Before anything is awaited, so that writes that end at the same time do not remove a folder each.
      folders.delete(name);
      total -= bytes;
      await rm(join(directory, name), { recursive: true, force: true });
      logger.info({ folder: name, bytes }, "old media removed to make room");
    }
    if (total > maxTotalBytes)
      logger.warn({ bytes: total, maxTotalBytes }, "media take more room than allowed");
  }

  return {
    async wrote(key, bytes) {
      scan ??= load();
      const folders = await scan;
      const [name, file] = parts(key);
      const files = folders.get(name)?.files ?? new Map<string, number>();
      total += bytes - (files.get(file) ?? 0);
      // Set anew, it comes last: the map stays in the order of the last write.
      folders.delete(name);
      folders.set(name, { writtenAt: Date.now(), files: files.set(file, bytes) });
      await makeRoom(folders).catch((err) => logger.error({ err }, "old media could not be removed"));
    },
    async removed(keyOrFolder) {
      const folders = await scan;
      const [name, file] = parts(keyOrFolder);
      const folder = folders?.get(name);
      if (!folders || !folder) return;
      const before = sizeOf(folder);
      if (file === "") folder.files.clear();
      else folder.files.delete(file);
      if (folder.files.size === 0) folders.delete(name);
      total -= before - sizeOf(folder);
    },
  };
}

function parts(keyOrFolder: string): [folder: string, file: string] {
  const [folder = "", file = ""] = keyOrFolder.split("/");
  return [folder, file];
}

function sizeOf({ files }: Folder): number {
  let sum = 0;
  for (const bytes of files.values()) sum += bytes;
  return sum;
}

/** Oldest first. What is no media, or goes away meanwhile, does not count. */
async function scanFolders(directory: string): Promise<Map<string, Folder>> {
  const names = await readdir(directory);
  const found = await Promise.all(
    names.map(async (name): Promise<[string, Folder]> => [name, await scanFolder(directory, name)]),
  );
  const counted = found.filter(([, folder]) => folder.files.size > 0);
  return new Map(counted.sort(([, a], [, b]) => a.writtenAt - b.writtenAt));
}

async function scanFolder(directory: string, name: string): Promise<Folder> {
  const folder: Folder = { writtenAt: 0, files: new Map() };
  for (const file of await readdir(join(directory, name)).catch(() => [])) {
    const key = `${name}/${file}`;
    const info = isMediaKey(key) ? await stat(join(directory, key)).catch(() => undefined) : undefined;
    if (!info) continue;
    folder.files.set(file, info.size);
    folder.writtenAt = Math.max(folder.writtenAt, info.mtimeMs);
  }
  return folder;
}
