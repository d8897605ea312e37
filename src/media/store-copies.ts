import { createReadStream, createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { ServiceError } from "../errors.ts";
import type { MediaStore } from "./media-store.ts";

/**
 * Writes a stored file to a path outside the store; resolves to its bytes.
 * @throws ServiceError where the store fails; other errors are the disk's, and the signal's.
 */
export async function copyFromStore(
  media: MediaStore,
  key: string,
  path: string,
  signal: AbortSignal,
): Promise<number> {
  const body = media.read(key);
  const file = createWriteStream(path);
  async function* chunks(): AsyncGenerator<Uint8Array, void> {
    try {
      yield* body;
    } catch (error) {
      throw storeFailure(error);
    }
  }
  try {
    await pipeline(chunks, file, { signal });
    return file.bytesWritten;
  } finally {
    body.destroy();
  }
}

/** Stores a file, whole or not at all. @throws ServiceError where the store fails, and the signal's reason. */
export async function copyToStore(
  media: MediaStore,
  key: string,
  path: string,
  signal: AbortSignal,
): Promise<{ bytes: number }> {
  // Opened when it is read, and closed when nobody reads on.
  async function* chunks(): AsyncGenerator<Uint8Array, void> {
    yield* createReadStream(path, { signal });
  }
  try {
    return await media.put(key, chunks());
  } catch (error) {
    signal.throwIfAborted();
    throw storeFailure(error);
  }
}

function storeFailure(cause: unknown): ServiceError {
  if (cause instanceof ServiceError) return cause;
  const message = "The media store failed.";
  return new ServiceError("media", "store_failed", message, { retryable: true, cause });
}
