import type { Readable } from "node:stream";

/** What is known of a stored file. */
interface MediaInfo {
  bytes: number;
  /** Unix milliseconds. */
  modifiedAt: number;
}

/** An inclusive byte range, as in HTTP's Range; an `end` past the file's is cut to it. */
export interface ByteRange {
  start: number;
  end: number;
}

/** Addresses at the store itself, so that a browser gets a file's bytes without the bot in between. */
export interface MediaLinks {
  /** What all of them begin with, for the Content-Security-Policy of pages. */
  origin: string;
  /** An address that answers GET, ranges as well, for so long; it is a secret. Nothing is asked of the store. */
  sign(key: string, answer: { contentType: string; disposition: string; seconds: number }): Promise<string>;
}

/**
 * Finished videos and the pictures that go with them, under keys like "0k3v8zq1xw/video.mp4": one folder for a job, then
 * a file with an extension, of lower-case letters, digits, "-" and "_". What could be no key is never there.
 */
export interface MediaStore {
  /**
   * Stores all of a stream or nothing, in the place of what was there.
   * @throws ServiceError `too_large` when more than `maxBytes` come; retryable, `disk_full` when the disk holds no more,
   *   `unwritable` when nothing can be written there; what the body throws is passed on.
   */
  put(
    key: string,
    body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
    limits?: { maxBytes?: number },
  ): Promise<{ bytes: number }>;
  /** Rejects as `put` does while nothing can be written. */
  check(): Promise<void>;
  /** A store that cannot be asked rejects, here and below, with a retryable ServiceError. */
  stat(key: string): Promise<MediaInfo | undefined>;
  /** Opens nothing before it is read; fails with ServiceError `not_found` when the file is not there. */
  read(key: string, range?: ByteRange): Readable;
  /**
   * A file as a blob, for forms: its bytes are on the disk and read when they are used, until the signal aborts. Fails
   * with ServiceError `not_found` when it is not there.
   */
  blob(key: string, contentType: string, until: AbortSignal): Promise<Blob>;
  /** Removes a file, or a folder with all that is in it; absent already is fine. */
  delete(keyOrFolder: string): Promise<void>;
  /**
   * Removes all but the thumbnails of each folder to which nothing else was written since `before` (Unix milliseconds).
   * What was written within the last hour stays: somebody may be about to read it.
   */
  prune(before: number): Promise<{ folders: number; bytes: number }>;
  /** Where the store can be reached by others than the bot. */
  readonly links?: MediaLinks;
}
