import PQueue from "p-queue";
import sharp, { type Metadata, type Sharp } from "sharp";
import { ServiceError, UserError } from "../errors.ts";

/** A little more than the largest telephone cameras take (8064 × 6048). */
const MAX_PIXELS = 50_000_000;
/** How many times as long as it is wide: a narrower one grows to hundreds of megapixels before it is cut to a clip's shape. */
const MAX_RATIO = 10;
/** Nothing honest takes so long on one core. */
const TIMEOUT_SECONDS = 30;

// People's files meet only the decoders of what the API takes: none for SVG, PDF or what else libvips knows.
sharp.block({ operation: ["VipsForeignLoad"] });
sharp.unblock({
  operation: ["VipsForeignLoadJpegBuffer", "VipsForeignLoadPngBuffer", "VipsForeignLoadWebpBuffer"],
});
sharp.concurrency(1);
sharp.cache(false);

/** One at a time: the largest picture that is turned takes some 200 MB while it is. */
const turns = new PQueue({ concurrency: 1 });

/** Pixels. */
export interface PictureShape {
  width: number;
  height: number;
}

/** A picture made to fit. */
export interface FittedPicture {
  bytes: Buffer;
  contentType: "image/jpeg" | "image/png";
  extension: "jpg" | "png";
}

/**
 * How a picture is seen, once it is turned as its EXIF data say; reads its header alone.
 * @throws UserError when it is no JPEG, PNG or WebP, has more than 50 megapixels, or is more than ten times as
 *   long as it is wide.
 */
export async function pictureShape(bytes: Uint8Array): Promise<PictureShape> {
  return (await examine(bytes)).shape;
}

/**
 * Turns a picture upright, cuts it to exactly `size` (`width x height` in pixels) around what draws the eye, and encodes
 * it anew in sRGB and without metadata (such as where it was taken): as PNG where it has transparency, else as JPEG. Of
 * a moving picture it takes the first frame.
 * @throws UserError as `pictureShape`, and when it is damaged.
 */
export async function fitPicture(bytes: Uint8Array, size: string): Promise<FittedPicture> {
  const { transparent } = await examine(bytes);
  const [width = 0, height = 0] = size.split("x").map(Number);
  const fitted = open(bytes)
    .autoOrient()
    .resize(width, height, { fit: "cover", position: sharp.strategy.attention })
    .toColourspace("srgb");
  try {
    return transparent
      ? { bytes: await encode(fitted.png()), contentType: "image/png", extension: "png" }
      : { bytes: await encode(fitted.jpeg(PHOTO)), contentType: "image/jpeg", extension: "jpg" };
  } catch {
    throw damaged();
  }
}

/** Near to no loss, and colours as sharp as brightness: a model looks at it closely. */
const PHOTO = { quality: 92, chromaSubsampling: "4:4:4" };

/**
 * The same picture as PNG (of a moving one the first frame), for platforms that show no WebP.
 * @throws ServiceError code `bad_picture` when it is no JPEG, PNG or WebP, is damaged, or has more than 50 megapixels.
 */
export async function toPng(bytes: Uint8Array): Promise<Buffer> {
  try {
    return await encode(open(bytes).autoOrient().toColourspace("srgb").png());
  } catch (cause) {
    const message = "The picture cannot be turned into a PNG.";
    throw new ServiceError("media", "bad_picture", message, { retryable: false, cause });
  }
}

async function examine(bytes: Uint8Array): Promise<{ shape: PictureShape; transparent: boolean }> {
  const { autoOrient: shape, hasAlpha: transparent } = await readHeader(bytes);
  const { width, height } = shape;
  if (width * height > MAX_PIXELS) throw tooManyPixels(shape);
  if (Math.max(width, height) > MAX_RATIO * Math.min(width, height)) throw tooNarrow(shape);
  return { shape, transparent };
}

async function readHeader(bytes: Uint8Array): Promise<Metadata> {
  try {
    return await sharp(bytes, { limitInputPixels: false }).metadata();
  } catch {
    throw damaged();
  }
}

function open(bytes: Uint8Array): Sharp {
  return sharp(bytes, { limitInputPixels: MAX_PIXELS, sequentialRead: true, failOn: "error" });
}

function encode(picture: Sharp): Promise<Buffer> {
  return turns.add(() => picture.timeout({ seconds: TIMEOUT_SECONDS }).toBuffer());
}

function damaged(): UserError {
  const message =
    "The picture is damaged or not whole. Save it anew as JPEG, PNG or WebP, or choose another.";
  return new UserError("image_damaged", message, "image");
}

function tooManyPixels({ width, height }: PictureShape): UserError {
  const message = `The picture has ${width} × ${height} pixels, more than 50 megapixels. Choose a smaller one.`;
  return new UserError("image_too_many_pixels", message, "image");
}

function tooNarrow({ width, height }: PictureShape): UserError {
  const message = `The picture of ${width} × ${height} pixels is too narrow for a video. Cut it or choose another.`;
  return new UserError("image_too_narrow", message, "image");
}
