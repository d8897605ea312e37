import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { limitBytes } from "../../src/media/limit-bytes.ts";
import { mediaNotFound, requireMediaKey, requireMediaKeyOrFolder } from "../../src/media/media-key.ts";
import type { ByteRange, MediaStore } from "../../src/media/media-store.ts";

/** A media store that keeps everything in memory, and for ever. */
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
  };
}
