import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { isMediaKey, isThumbnail } from "./media-key.ts";

/** What is known of the files in a job's folder. */
export interface MediaFolder {
  /** When the newest of them was written (Unix milliseconds). */
  writtenAt: number;
  /** Bytes by file name. */
  files: Map<string, number>;
}

/** Folders by name, those first that were not written to for the longest time. */
export interface MediaFolders {
  thumbnails: Map<string, MediaFolder>;
  /** Everything but thumbnails. */
  rest: Map<string, MediaFolder>;
}

/** Bytes of all files together. */
export function sizeOf({ files }: MediaFolder): number {
  let sum = 0;
  for (const bytes of files.values()) sum += bytes;
  return sum;
}

/** Looks through a media folder. What is no media, or goes away meanwhile, does not count. */
export async function scanMediaFolders(directory: string): Promise<MediaFolders> {
  const names = await readdir(directory);
  const found = await Promise.all(names.map((name) => scanFolder(directory, name)));
  return {
    thumbnails: oldestFirst(found.map(({ name, thumbnails }) => [name, thumbnails])),
    rest: oldestFirst(found.map(({ name, rest }) => [name, rest])),
  };
}

function oldestFirst(folders: [name: string, folder: MediaFolder][]): Map<string, MediaFolder> {
  const counted = folders.filter(([, folder]) => folder.files.size > 0);
  return new Map(counted.sort(([, a], [, b]) => a.writtenAt - b.writtenAt));
}

async function scanFolder(directory: string, name: string) {
  const thumbnails: MediaFolder = { writtenAt: 0, files: new Map() };
  const rest: MediaFolder = { writtenAt: 0, files: new Map() };
  for (const file of await readdir(join(directory, name)).catch(() => [])) {
    const key = `${name}/${file}`;
    const info = isMediaKey(key) ? await stat(join(directory, key)).catch(() => undefined) : undefined;
    if (!info) continue;
    const folder = isThumbnail(file) ? thumbnails : rest;
    folder.files.set(file, info.size);
    folder.writtenAt = Math.max(folder.writtenAt, info.mtimeMs);
  }
  return { name, thumbnails, rest };
}
