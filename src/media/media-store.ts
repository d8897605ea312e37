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
  stat(key: string): Promise<MediaInfo | undefined>;
  /** Opens nothing before it is read; fails with ServiceError `not_found` when the file is not there. */
  read(key: string, range?: ByteRange): Readable;
  /** A file as a blob whose bytes are read when they are used; fails with ServiceError `not_found` when it is not there. */
  blob(key: string, contentType: string): Promise<Blob>;
  /** Removes a file, or a folder with all that is in it; absent already is fine. */
  delete(keyOrFolder: string): Promise<void>;
  /**
   * Removes all but the thumbnails of each folder to which nothing else was written since `before` (Unix milliseconds).
   * What was written within the last hour stays: somebody may be about to read it.
   */
  prune(before: number): Promise<{ folders: number; bytes: number }>;
}
