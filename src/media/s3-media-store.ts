import { Readable } from "node:stream";
import type { Logger } from "pino";
import { lendBlob } from "./lent-blob.ts";
import { limitBytes } from "./limit-bytes.ts";
import { isMediaKey, mediaNotFound, requireMediaKey, requireMediaKeyOrFolder } from "./media-key.ts";
import type { ByteRange, MediaStore } from "./media-store.ts";
import { openS3Bucket, type S3Options } from "./s3-bucket.ts";
import { pruneBucket } from "./s3-retention.ts";

/**
 * Media as objects of a bucket, a file of up to 5 MiB in one request, a larger one in parts. A process that is killed
 * leaves parts that nobody sees; a rule of the bucket removes them (docs/media.md). `prune` also holds `maxTotalBytes`.
 */
export async function createS3MediaStore(
  options: S3Options & { maxTotalBytes: number; logger: Logger },
): Promise<MediaStore> {
  const { maxTotalBytes, logger } = options;
  const bucket = await openS3Bucket(options);

  async function* chunks(key: string, range: ByteRange | undefined): AsyncGenerator<Uint8Array, void> {
    if (!isMediaKey(key) || !(yield* bucket.get(key, range))) throw mediaNotFound(key);
  }
  const read = (key: string, range?: ByteRange) => Readable.from(chunks(key, range), { objectMode: false });

  return {
    async put(key, body, { maxBytes = Number.POSITIVE_INFINITY } = {}) {
      requireMediaKey(key);
      let bytes = 0;
      const failures: unknown[] = [];
      async function* arriving(): AsyncGenerator<Uint8Array, void> {
        for await (const chunk of noting(failures, limitBytes(body, maxBytes))) {
          bytes += chunk.length;
          yield chunk;
        }
      }
      try {
        await bucket.upload(key, Readable.from(arriving()));
        return { bytes };
      } catch (error) {
        // The body's own failure, whatever became of the upload behind it.
        throw failures.length > 0 ? failures[0] : error;
      }
    },
    check: bucket.probe,
    stat: async (key) => (isMediaKey(key) ? bucket.head(key) : undefined),
    read,
    blob: (key, contentType, until) => lendBlob(read(key), contentType, until),
    async delete(keyOrFolder) {
      requireMediaKeyOrFolder(keyOrFolder);
      if (isMediaKey(keyOrFolder)) return bucket.remove(keyOrFolder);
      for await (const { key } of bucket.list(`${keyOrFolder}/`)) await bucket.remove(key);
    },
    prune: (before) => pruneBucket(before, { bucket, maxTotalBytes, logger }),
    links: bucket.links,
  };
}

/** Passes a body on and keeps what it fails with; not what its reader gives up with. */
async function* noting(
  failures: unknown[],
  body: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void> {
  try {
    yield* body;
  } catch (error) {
    failures.push(error);
    throw error;
  }
}
