import PQueue from "p-queue";
import type { Metadata, Sharp } from "sharp";
import { ServiceError, UserError } from "../errors.ts";

/** A little more than the largest telephone cameras take (8064 × 6048). */
const MAX_PIXELS = 50_000_000;
/** What a picture may take while it is decoded: as many pixels with transparency, 8 bits each. */
const MAX_DECODED_BYTES = 200_000_000;
/** How many times as long as it is wide: a narrower one grows to hundreds of megapixels before it is cut to a clip's shape. */
const MAX_RATIO = 10;
/** Nothing honest takes so long on one core. */
const TIMEOUT_SECONDS = 30;

let loaded: ReturnType<typeof load> | undefined;
/** It comes with the first picture: most processes never see one, and it takes some 10 MB. */
const library = () => {
  loaded ??= load();
  return loaded;
};

/** People's files meet only the decoders of what the API takes: none for SVG, PDF or what else libvips knows. */
async function load() {
  const { default: sharp } = await import("sharp");
  sharp.block({ operation: ["VipsForeignLoad"] });
  sharp.unblock({
    operation: ["VipsForeignLoadJpegBuffer", "VipsForeignLoadPngBuffer", "VipsForeignLoadWebpBuffer"],
  });
  sharp.concurrency(1);
  sharp.cache(false);
  return sharp;
}

/** One at a time: the largest that is let through, interlaced, takes some 250 MB while it is made to fit (measured). */
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
 * @throws UserError when it is no JPEG, PNG or WebP, has more than 50 megapixels or would take more than 200 MB to
 *   decode, or is more than ten times as long as it is wide.
 */
export async function pictureShape(bytes: Uint8Array): Promise<PictureShape> {
  return (await examine(bytes)).shape;
}

/**
 * Turns a picture upright, cuts it to exactly `size` (`width x height` in pixels) around what draws the eye, and encodes
 * it anew in sRGB and without metadata (such as where it was taken): as PNG where it has transparency, else as JPEG. Of
 * a moving picture it takes the first frame.
 * @param limits.seconds how long it may take once its turn has come, whole.
 * @throws UserError as `pictureShape`, when it is damaged, and when it takes too long.
 */
export async function fitPicture(
  bytes: Uint8Array,
  size: string,
  limits: { seconds: number } = { seconds: TIMEOUT_SECONDS },
): Promise<FittedPicture> {
  const { transparent } = await examine(bytes);
  const [width = 0, height = 0] = size.split("x").map(Number);
  const { strategy } = await library();
  const fitted = (await open(bytes))
    .autoOrient()
    .resize(width, height, { fit: "cover", position: strategy.attention })
    .toColourspace("srgb");
  try {
    return transparent
      ? { bytes: await encode(fitted.png(), limits), contentType: "image/png", extension: "png" }
      : { bytes: await encode(fitted.jpeg(PHOTO), limits), contentType: "image/jpeg", extension: "jpg" };
  } catch (error) {
    throw explain(error);
  }
}

/** Near to no loss, and colours as sharp as brightness: a model looks at it closely. */
const PHOTO = { quality: 92, chromaSubsampling: "4:4:4" };

/**
 * The same picture as PNG (of a moving one the first frame), for platforms that show no WebP.
 * @throws ServiceError code `bad_picture` when it is no JPEG, PNG or WebP, is damaged, or too large to be decoded.
 */
export async function toPng(bytes: Uint8Array): Promise<Buffer> {
  try {
    const header = await readHeader(bytes);
    if (decodedBytes(header) > MAX_DECODED_BYTES) throw tooHeavy();
    return await encode((await open(bytes)).autoOrient().toColourspace("srgb").png());
  } catch (cause) {
    const message = "The picture cannot be turned into a PNG.";
    throw new ServiceError("media", "bad_picture", message, { retryable: false, cause });
  }
}

async function examine(bytes: Uint8Array): Promise<{ shape: PictureShape; transparent: boolean }> {
  const header = await readHeader(bytes);
  const { autoOrient: shape, hasAlpha: transparent } = header;
  const { width, height } = shape;
  if (width * height > MAX_PIXELS) throw tooManyPixels(shape);
  if (decodedBytes(header) > MAX_DECODED_BYTES) throw tooHeavy();
  if (Math.max(width, height) > MAX_RATIO * Math.min(width, height)) throw tooNarrow(shape);
  return { shape, transparent };
}

async function readHeader(bytes: Uint8Array): Promise<Metadata> {
  const sharp = await library();
  try {
    return await sharp(bytes, { limitInputPixels: false }).metadata();
  } catch (error) {
    throw explain(error);
  }
}

/** Samples for each pixel, where colours are stored with less detail than brightness. */
const SAMPLES: Record<string, number> = { "4:2:0": 1.5, "4:2:2": 2 };

/** The memory a picture takes when all of it is decoded at once, as it is when it is interlaced or turned. */
function decodedBytes({
  width,
  height,
  channels,
  depth,
  format,
  isProgressive,
  chromaSubsampling,
}: Metadata) {
  // Of a progressive JPEG libjpeg keeps every coefficient, with 16 bits.
  if (format === "jpeg" && isProgressive)
    return width * height * (SAMPLES[chromaSubsampling ?? ""] ?? channels) * 2;
  return width * height * channels * (depth === "uchar" ? 1 : 2);
}

async function open(bytes: Uint8Array): Promise<Sharp> {
  const sharp = await library();
  return sharp(bytes, { limitInputPixels: MAX_PIXELS, sequentialRead: true, failOn: "error" });
}

function encode(picture: Sharp, { seconds } = { seconds: TIMEOUT_SECONDS }): Promise<Buffer> {
  return turns.add(() => picture.timeout({ seconds }).toBuffer());
}

/** How libvips says that it was stopped, and in its loaders' words that it cannot read a picture. */
const STOPPED = /\btimeout\b/;
const UNREADABLE = /(jpeg|png|webp)load|Vips(Jpeg|Png|Webp)|Vips: |lib(spng|png|webp)|Input [Bb]uffer/i;

/** What somebody can do about a picture that libvips gave up; anything else is a bug and stays as it is. */
function explain(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  if (STOPPED.test(error.message)) return tooSlow();
  return UNREADABLE.test(error.message) ? damaged() : error;
}

function damaged(): UserError {
  const message =
    "The picture is damaged or not whole. Save it anew as JPEG, PNG or WebP, or choose another.";
  return new UserError("image_damaged", message, "image");
}

function tooSlow(): UserError {
  const message =
    "The picture takes too long to convert. Save it smaller or as a plain JPEG, or choose another.";
  return new UserError("image_too_slow", message, "image");
}

function tooHeavy(): UserError {
  const message =
    "The picture takes more than 200 MB once it is unpacked. Save it smaller, or with 8 bits for each colour.";
  return new UserError("image_too_heavy", message, "image");
}

function tooManyPixels({ width, height }: PictureShape): UserError {
  const message = `The picture has ${width} × ${height} pixels, more than 50 megapixels. Choose a smaller one.`;
  return new UserError("image_too_many_pixels", message, "image");
}

function tooNarrow({ width, height }: PictureShape): UserError {
  const message = `The picture of ${width} × ${height} pixels is too narrow for a video. Cut it or choose another.`;
  return new UserError("image_too_narrow", message, "image");
}
