import type { ReadableStream } from "node:stream/web";
import { fileTypeFromBuffer } from "file-type";
import { ServiceError } from "../errors.ts";

/** Enough for any container's signature. */
const SIGNATURE_BYTES = 4100;

/** A download's bytes. @throws ServiceError `truncated`, retryable, when the connection breaks while they arrive. */
export async function* arriving(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  try {
    yield* body;
  } catch (cause) {
    throw truncated("The download was interrupted.", cause);
  }
}

/**
 * Passes a download on while making sure that it is an MP4 and ends where its boxes say.
 * @throws ServiceError `not_a_video` or `truncated`, both retryable.
 */
export async function* wholeMp4(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  const boxes = createBoxWalker();
  for await (const chunk of startingAs("video", body)) {
    boxes.feed(chunk);
    yield chunk;
  }
  if (!boxes.whole()) throw truncated("The download ended early.");
}

/**
 * Passes a download on as soon as its first bytes are those of a video or picture, so that something else in its place
 * is not fetched to its end.
 * @throws ServiceError `not_a_video` or `not_an_image`, retryable.
 */
export async function* startingAs(
  kind: "video" | "image",
  body: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void> {
  let head: Uint8Array = new Uint8Array();
  let known = false;
  for await (const chunk of body) {
    head = known ? chunk : Buffer.concat([head, chunk]);
    if (!known && head.length < SIGNATURE_BYTES) continue;
    if (!known) await requireType(kind, head);
    known = true;
    yield head;
  }
  if (known) return;
  await requireType(kind, head);
  yield head;
}

async function requireType(kind: "video" | "image", head: Uint8Array): Promise<void> {
  const type = await fileTypeFromBuffer(head);
  if (type?.mime.startsWith(`${kind}/`)) return;
  const code = kind === "video" ? "not_a_video" : "not_an_image";
  throw new ServiceError("videos", code, "The download is something else than it should be.", {
    retryable: true,
  });
}

function truncated(message: string, cause?: unknown): ServiceError {
  return new ServiceError("videos", "truncated", message, { retryable: true, cause });
}

/** Follows an MP4's top-level boxes (ISO/IEC 14496-12: 32-bit size, type, 64-bit size where size is 1) through a stream. */
function createBoxWalker() {
  let header = Buffer.alloc(0);
  let skip = 0;
  let openEnded = false;
  const types = new Set<string>();
  return {
    feed(chunk: Uint8Array): void {
      let at = 0;
      while (at < chunk.length && !openEnded) {
        const passed = Math.min(skip, chunk.length - at);
        skip -= passed;
        at += passed;
        if (skip > 0 || at === chunk.length) continue;
        const needed = (header.length >= 4 && header.readUInt32BE(0) === 1 ? 16 : 8) - header.length;
        header = Buffer.concat([header, chunk.subarray(at, at + needed)]);
        at += Math.min(needed, chunk.length - at);
        const long = header.length >= 8 && header.readUInt32BE(0) === 1;
        if (header.length < (long ? 16 : 8)) continue;
        const size = long ? Number(header.readBigUInt64BE(8)) : header.readUInt32BE(0);
        types.add(header.toString("latin1", 4, 8));
        openEnded = size === 0;
        skip = Math.max(0, size - header.length);
        header = Buffer.alloc(0);
      }
    },
    /** Whether the last box ended, and both the index and the samples were among them. */
    whole: () => types.has("moov") && types.has("mdat") && (openEnded || (skip === 0 && header.length === 0)),
  };
}
