import { createWriteStream, openAsBlob } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { ServiceError } from "../errors.ts";

/**
 * A stream's bytes as a blob over a temporary file, which goes when the signal aborts. Not a blob of the bytes: many
 * uploads at once would hold whole videos in memory, and each form would hold them again for its next attempt.
 * @throws ServiceError as the stream does; `unreadable` where the disk takes no copy.
 */
export async function lendBlob(body: Readable, contentType: string, until: AbortSignal): Promise<Blob> {
  const directory = await mkdtemp(join(tmpdir(), "showreel-blob-")).catch(noCopy);
  const remove = () => rm(directory, { recursive: true, force: true }).catch(() => undefined);
  try {
    const path = join(directory, "blob");
    await pipeline(body, createWriteStream(path), { signal: until });
    until.addEventListener("abort", remove, { once: true });
    return await openAsBlob(path, { type: contentType });
  } catch (error) {
    await remove();
    if (error instanceof ServiceError || until.aborted) throw error;
    return noCopy(error);
  }
}

function noCopy(cause: unknown): never {
  const message = "The file could not be copied to the disk, from where it is uploaded.";
  throw new ServiceError("media", "unreadable", message, { retryable: true, cause });
}
