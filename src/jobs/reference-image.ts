import { buffer } from "node:stream/consumers";
import { fileTypeFromBuffer } from "file-type";
import type { ImageAttachment } from "../chat/adapter.ts";
import { ServiceError, UserError } from "../errors.ts";
import { limitBytes } from "../media/limit-bytes.ts";
import type { MediaStore } from "../media/media-store.ts";
import type { ReferenceImage } from "./job.ts";

/** What the API takes as a reference (its documentation). */
const TYPES: Record<string, string> = { "image/jpeg": "jpg", "image/png": "png", "image/webp": "webp" };
/** What Slack's form takes at most, and plenty for a picture of the clip's size (bytes). */
const MAX_BYTES = 10 * 1024 ** 2;
const FETCH_TIMEOUT_MS = 30_000;

/**
 * Refuses by what the platform claims, so that a wrong file costs nothing, not even its download.
 * @throws UserError
 */
export function checkImageClaims(image: ImageAttachment): void {
  const claimed = image.contentType.split(";")[0]?.trim().toLowerCase() ?? "";
  if (!Object.hasOwn(TYPES, claimed)) throw wrongType(image);
  if (image.bytes > MAX_BYTES) throw tooLarge(image);
}

/**
 * Fetches a picture, trusts its first bytes alone, and keeps it in the media store under the job.
 * @throws UserError when it is no picture the API takes or too large; ServiceError when the platform does not give it.
 */
export async function keepImage(
  jobId: string,
  image: ImageAttachment,
  media: MediaStore,
): Promise<ReferenceImage> {
  checkImageClaims(image);
  const bytes = await fetchImage(image);
  const type = await fileTypeFromBuffer(bytes);
  const extension = type && TYPES[type.mime];
  if (!extension) throw wrongType(image);
  const mediaKey = `${jobId}/reference.${extension}`;
  await media.put(mediaKey, [bytes]);
  return { mediaKey, filename: `reference.${extension}`, contentType: type.mime };
}

async function fetchImage(image: ImageAttachment): Promise<Buffer> {
  try {
    return await buffer(limitBytes(await image.open(AbortSignal.timeout(FETCH_TIMEOUT_MS)), MAX_BYTES));
  } catch (cause) {
    if (cause instanceof ServiceError) throw cause.code === "too_large" ? tooLarge(image) : cause;
    const message = "The picture could not be fetched.";
    throw new ServiceError("chat", "image_unreachable", message, { retryable: true, cause });
  }
}

function wrongType(image: ImageAttachment): UserError {
  return new UserError(
    "image_type",
    `“${image.filename}” is not a JPEG, PNG or WebP picture. Choose one of those.`,
    "image",
  );
}

function tooLarge(image: ImageAttachment): UserError {
  return new UserError(
    "image_too_large",
    `“${image.filename}” is larger than 10 MB. Choose a smaller picture.`,
    "image",
  );
}
