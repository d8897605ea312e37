import { buffer } from "node:stream/consumers";
import { fileTypeFromBuffer } from "file-type";
import type { ImageAttachment } from "../chat/adapter.ts";
import { ServiceError, UserError } from "../errors.ts";
import { limitBytes } from "../media/limit-bytes.ts";
import type { MediaStore } from "../media/media-store.ts";
import type { PictureShape } from "../media/pictures.ts";
import type { ReferenceImage } from "./job.ts";

/** What the API takes as a reference (its documentation), and a moving PNG, whose first picture is taken. */
const TYPES: ReadonlySet<string> = new Set(["image/jpeg", "image/png", "image/apng", "image/webp"]);
/** What a link claims, which tells nothing before it is opened. */
const ANY_PICTURE = "image/*";
/** What Slack's form takes at most, and plenty for any camera's picture (bytes); the same wherever it comes from. */
export const MAX_IMAGE_BYTES = 10 * 1024 ** 2;
const FETCH_TIMEOUT_MS = 30_000;
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
 * @param sizes `width x height` in pixels, at least one.
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
  const { bytes, contentType, extension } = await fitPicture(picture.bytes, size);
  const filename = `reference.${extension}`;
  const mediaKey = `${jobId}/${filename}`;
  await media.put(mediaKey, [bytes]);
  return { mediaKey, filename, contentType };
}

/** How many times as wide as high. */
function ratioOf(size: string): number {
  const [width = 0, height = 0] = size.split("x").map(Number);
  return width / height;
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
