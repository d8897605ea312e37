import { buffer } from "node:stream/consumers";
import { fileTypeFromBuffer } from "file-type";
import type { ImageAttachment } from "../chat/adapter.ts";
import { ServiceError, UserError } from "../errors.ts";
import { limitBytes } from "../media/limit-bytes.ts";
import type { MediaStore } from "../media/media-store.ts";
import type { PictureShape } from "../media/pictures.ts";
import { pixelsOf, ratioOf } from "../videos/catalog.ts";
import type { ReferenceImage } from "./job.ts";

/** What the API takes as a reference (its documentation), and a moving PNG, whose first picture is taken. */
const TYPES: ReadonlySet<string> = new Set(["image/jpeg", "image/png", "image/apng", "image/webp"]);
/** What a link claims, which tells nothing before it is opened. */
const ANY_PICTURE = "image/*";
/** What Slack's form takes at most, and plenty for any camera's picture (bytes); the same wherever it comes from. */
export const MAX_IMAGE_BYTES = 10 * 1024 ** 2;
const FETCH_TIMEOUT_MS = 30_000;
/** Of a picture whose size in pixels nothing prescribes: no video model renders more. */
const LONG_SIDE = 1920;
/** Sizes whose shapes differ by less are one shape to the eye: 720x1280 and 1024x1792 do by 1.6 %. */
const SAME_SHAPE = 1.02;

/** Loaded with the first picture: the library takes 20 MB, which a bot that is given none need not spend. */
const pictures = () => import("../media/pictures.ts");

/** A picture that was fetched and can be used; its shape is as it is seen, turned upright. */
export interface LoadedPicture extends PictureShape {
  bytes: Uint8Array;
}

/**
 * Refuses by what the platform claims, so that a wrong file costs nothing, not even its download.
 * @throws UserError
 */
export function checkImageClaims(image: ImageAttachment): void {
  const claimed = image.contentType.split(";")[0]?.trim().toLowerCase() ?? "";
  if (claimed !== ANY_PICTURE && !TYPES.has(claimed)) throw wrongType(image);
  if (image.bytes > MAX_IMAGE_BYTES) throw tooLarge(image);
}

/**
 * Fetches a picture and trusts its bytes alone.
 * @throws UserError when it is no picture the API takes, too large, or a link that leads to none; ServiceError when the
 *   platform does not give it.
 */
export async function loadPicture(image: ImageAttachment): Promise<LoadedPicture> {
  checkImageClaims(image);
  const bytes = await fetchImage(image);
  const type = await fileTypeFromBuffer(bytes);
  if (!type || !TYPES.has(type.mime)) throw wrongType(image);
  const { pictureShape } = await pictures();
  return { bytes, ...(await pictureShape(bytes)) };
}

/**
 * The size whose shape is nearest to a picture's, so that the least of it is cut off. Of sizes with the same shape it is
 * the one that is offered first, which models list from small and cheap to large.
 * @param sizes `width x height` in pixels or shapes, at least one.
 */
export function nearestSize(shape: PictureShape, sizes: readonly string[]): string {
  const ratio = shape.width / shape.height;
  const nearest = sizes.toSorted((a, b) => apart(ratio, ratioOf(a)) - apart(ratio, ratioOf(b)))[0];
  if (nearest === undefined) throw new RangeError("There is no size to choose from.");
  const alike = (size: string) => apart(ratioOf(nearest), ratioOf(size)) < Math.log(SAME_SHAPE);
  return sizes.find(alike) ?? nearest;
}

/**
 * Makes a picture fit a clip's size and keeps it in the media store under the job.
 * @throws UserError when it is damaged.
 */
export async function keepImage(
  jobId: string,
  picture: LoadedPicture,
  size: string,
  media: MediaStore,
): Promise<ReferenceImage> {
  const { fitPicture } = await pictures();
  const { bytes, contentType, extension } = await fitPicture(picture.bytes, frameFor(picture, size));
  const filename = `reference.${extension}`;
  const mediaKey = `${jobId}/${filename}`;
  await media.put(mediaKey, [bytes]);
  return { mediaKey, filename, contentType };
}

/**
 * The frame in pixels that a picture is cut to: a size's own; for a shape, or where the backend decides, the largest of
 * that shape within `LONG_SIDE`, which is even as encoders want it.
 */
function frameFor(picture: PictureShape, size: string): string {
  if (pixelsOf(size)) return size;
  const ratio = size === "" ? picture.width / picture.height : ratioOf(size);
  const long = Math.min(LONG_SIDE, Math.max(picture.width, picture.height));
  const even = (length: number) => Math.max(2, 2 * Math.round(length / 2));
  return ratio >= 1 ? `${even(long)}x${even(long / ratio)}` : `${even(long * ratio)}x${even(long)}`;
}

/** Twice as wide is as far as twice as high. */
function apart(a: number, b: number): number {
  return Math.abs(Math.log(a / b));
}

async function fetchImage(image: ImageAttachment): Promise<Buffer> {
  try {
    const body = await image.open(AbortSignal.timeout(FETCH_TIMEOUT_MS));
    return await buffer(limitBytes(body, MAX_IMAGE_BYTES));
  } catch (cause) {
    if (cause instanceof UserError) throw cause;
    if (cause instanceof ServiceError) throw cause.code === "too_large" ? tooLarge(image) : cause;
    const message = "The picture could not be fetched.";
    throw new ServiceError("chat", "image_unreachable", message, { retryable: true, cause });
  }
}

function wrongType({ filename }: ImageAttachment): UserError {
  const message = `“${filename}” is not a JPEG, PNG or WebP picture. Choose one of those.`;
  return new UserError("image_type", message, "image");
}

function tooLarge({ filename }: ImageAttachment): UserError {
  const message = `“${filename}” is larger than 10 MB. Choose a smaller picture.`;
  return new UserError("image_too_large", message, "image");
}
