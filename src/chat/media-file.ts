import type { Readable } from "node:stream";

/** A file to show to people. */
export interface MediaFile {
  /** Where it lies in the media store. */
  key: string;
  filename: string;
  contentType: string;
  bytes: number;
  open(): Readable;
  /** The same as a blob, for forms; its bytes are read when they are sent, which has to be before the signal aborts. */
  blob(until: AbortSignal): Promise<Blob>;
}
