import { randomUUID } from "node:crypto";
import { createReadStream, createWriteStream, openAsBlob } from "node:fs";
import { mkdir, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Logger } from "pino";
import { ServiceError } from "../errors.ts";
import { limitBytes } from "./limit-bytes.ts";
import { isMediaKey, mediaNotFound, requireMediaKey, requireMediaKeyOrFolder } from "./media-key.ts";
import { createMediaQuota } from "./media-quota.ts";
import type { ByteRange, MediaStore } from "./media-store.ts";

/** No key begins with a dot. */
const INCOMING = ".incoming";
/** A download that wrote nothing for so long is dead; younger ones may be another process's. */
const LEFTOVER_AFTER_MS = 600_000;
const FULL = new Set(["ENOSPC", "EDQUOT"]);
/** Enough to need a block of its own: an empty file can be made on a disk that is full. */
const PROBE = Buffer.alloc(4096, 1);

/**
 * Media as files in a folder. Bytes arrive in a folder of their own and are renamed into place once they are on the
 * disk; what a killed process left there is removed at the start. Above `maxTotalBytes` all but the thumbnails goes from
 * the folders that were not written to for the longest time, but from none that was written to within the last hour.
 */
export async function createFileMediaStore(options: {
  directory: string;
  maxTotalBytes: number;
  logger: Logger;
}): Promise<MediaStore> {
  const { directory } = options;
  const incoming = join(directory, INCOMING);
  await mkdir(incoming, { recursive: true });
  await removeLeftovers(incoming);
  const quota = createMediaQuota(options);

  async function* chunks(key: string, range: ByteRange | undefined): AsyncGenerator<Buffer, void> {
    if (!isMediaKey(key)) throw mediaNotFound(key);
    try {
      yield* createReadStream(join(directory, key), range);
    } catch (error) {
      throw codeOf(error) === "ENOENT" ? mediaNotFound(key) : error;
    }
  }

  return {
    async put(key, body, { maxBytes = Number.POSITIVE_INFINITY } = {}) {
      requireMediaKey(key);
      const path = join(directory, key);
      const temporary = join(incoming, randomUUID());
      try {
        await mkdir(incoming, { recursive: true });
        const file = createWriteStream(temporary, { flush: true });
        await pipeline(limitBytes(body, maxBytes), file);
        await mkdir(dirname(path), { recursive: true });
        await rename(temporary, path);
        await quota.wrote(key, file.bytesWritten);
        return { bytes: file.bytesWritten };
      } catch (error) {
        await rm(temporary, { force: true }).catch(() => undefined);
        throw asServiceError(error);
      }
    },
    async check() {
      const probe = join(incoming, randomUUID());
      try {
        await mkdir(incoming, { recursive: true });
        await writeFile(probe, PROBE);
        await rm(probe);
      } catch (error) {
        await rm(probe, { force: true }).catch(() => undefined);
        throw asServiceError(error);
      }
    },
    async stat(key) {
      if (!isMediaKey(key)) return undefined;
      try {
        const { size, mtimeMs } = await stat(join(directory, key));
        return { bytes: size, modifiedAt: Math.round(mtimeMs) };
      } catch (error) {
        if (codeOf(error) === "ENOENT") return undefined;
        throw error;
      }
    },
    read: (key, range) => Readable.from(chunks(key, range), { objectMode: false }),
    async blob(key, contentType) {
      if (!isMediaKey(key)) throw mediaNotFound(key);
      const path = join(directory, key);
      const there = await stat(path).catch(() => undefined);
      if (!there) throw mediaNotFound(key);
      return openAsBlob(path, { type: contentType });
    },
    async delete(keyOrFolder) {
      requireMediaKeyOrFolder(keyOrFolder);
      await rm(join(directory, keyOrFolder), { recursive: true, force: true });
      await quota.removed(keyOrFolder);
    },
    prune: quota.prune,
  };
}

async function removeLeftovers(incoming: string): Promise<void> {
  for (const name of await readdir(incoming)) {
    const path = join(incoming, name);
    const info = await stat(path).catch(() => undefined);
    if (info && info.mtimeMs < Date.now() - LEFTOVER_AFTER_MS) await rm(path, { force: true });
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}

/** What the file system refuses, somebody can mend; anything else is passed on. */
function asServiceError(cause: unknown): unknown {
  const full = FULL.has(String(codeOf(cause)));
  if (!full && !(cause instanceof Error && "syscall" in cause)) return cause;
  const message = full
    ? "The disk that holds the media is full."
    : `The media folder cannot be written (${codeOf(cause)}).`;
  return new ServiceError("media", full ? "disk_full" : "unwritable", message, { retryable: true, cause });
}
