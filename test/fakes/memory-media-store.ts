import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { limitBytes } from "../../src/media/limit-bytes.ts";
import {
  isThumbnail,
  mediaNotFound,
  requireMediaKey,
  requireMediaKeyOrFolder,
} from "../../src/media/media-key.ts";
import { KEPT_FOR_MS } from "../../src/media/media-quota.ts";
import type { ByteRange, MediaStore } from "../../src/media/media-store.ts";

/** A media store that keeps everything in memory until it is pruned; it has room for everything. */
export function createMemoryMediaStore(): MediaStore {
  const files = new Map<string, { body: Buffer; modifiedAt: number }>();

  async function* chunks(key: string, range: ByteRange | undefined): AsyncGenerator<Buffer, void> {
    const file = files.get(key);
    if (!file) throw mediaNotFound(key);
    yield range ? file.body.subarray(range.start, range.end + 1) : file.body;
  }

  return {
    async put(key, body, { maxBytes = Number.POSITIVE_INFINITY } = {}) {
      requireMediaKey(key);
      const whole = await buffer(limitBytes(body, maxBytes));
      files.set(key, { body: whole, modifiedAt: Date.now() });
      return { bytes: whole.length };
    },
    async check() {},
    async stat(key) {
      const file = files.get(key);
      return file && { bytes: file.body.length, modifiedAt: file.modifiedAt };
    },
    read: (key, range) => Readable.from(chunks(key, range), { objectMode: false }),
    async blob(key, contentType) {
      const file = files.get(key);
      if (!file) throw mediaNotFound(key);
      return new Blob([new Uint8Array(file.body)], { type: contentType });
    },
    async delete(keyOrFolder) {
      requireMediaKeyOrFolder(keyOrFolder);
      for (const key of files.keys()) {
        if (key === keyOrFolder || key.startsWith(`${keyOrFolder}/`)) files.delete(key);
      }
    },
    async prune(before) {
      const limit = Math.min(before, Date.now() - KEPT_FOR_MS);
      const removable = [...files].filter(([key]) => !isThumbnail(key));
      const folders = Map.groupBy(removable, ([key]) => key.split("/")[0]);
      const removed = { folders: 0, bytes: 0 };
      for (const inFolder of folders.values()) {
        if (inFolder.some(([, { modifiedAt }]) => modifiedAt > limit)) continue;
        removed.folders++;
        for (const [key, { body }] of inFolder) {
          removed.bytes += body.length;
          files.delete(key);
        }
      }
      return removed;
    },
  };
}
