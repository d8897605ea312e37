import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { fitPicture, pictureShape, toPng } from "../../../src/media/pictures.ts";
import { thumbnailBytes } from "../../fakes/fake-videos-client.ts";
import {
  BLUE,
  type Colour,
  colourAt,
  GREEN,
  noise,
  painted,
  plain,
  promisedJpeg,
  promisedPng,
  RED,
  YELLOW,
} from "../../fixtures/pictures.ts";

const SIZE = "64x32";
const damaged = { name: "UserError", code: "image_damaged", option: "image" };

/** As it is to be seen: red and green above, blue and yellow below. */
function seen(x: number, y: number): Colour {
  if (y < 16) return x < 32 ? RED : GREEN;
  return x < 32 ? BLUE : YELLOW;
}

/** Where the stored row and column of an orientation are seen in a picture of 64x32 (Exif 3.0, 4.6.5.1.5). */
const ORIENTATIONS: [number, (row: number, column: number) => [x: number, y: number]][] = [
  [1, (row, column) => [column, row]],
  [2, (row, column) => [63 - column, row]],
  [3, (row, column) => [63 - column, 31 - row]],
  [4, (row, column) => [column, 31 - row]],
  [5, (row, column) => [row, column]],
  [6, (row, column) => [63 - row, column]],
  [7, (row, column) => [63 - row, 31 - column]],
  [8, (row, column) => [row, 31 - column]],
];

describe("a picture that its EXIF data turn", () => {
  it.each(ORIENTATIONS)("is seen and cut upright: orientation %i", async (orientation, seenAt) => {
    const [width, height] = orientation < 5 ? [64, 32] : [32, 64];
    const stored = await painted(width, height, (column, row) => seen(...seenAt(row, column)))
      .jpeg({ quality: 100, chromaSubsampling: "4:4:4" })
      .withMetadata({ orientation })
      .toBuffer();

    expect(await pictureShape(stored)).toEqual({ width: 64, height: 32 });
    const { bytes } = await fitPicture(stored, SIZE);
    expect(await sharp(bytes).metadata()).toMatchObject({ width: 64, height: 32 });
    expect(await colourAt(bytes, 8, 8)).toBe(RED);
    expect(await colourAt(bytes, 56, 8)).toBe(GREEN);
    expect(await colourAt(bytes, 8, 24)).toBe(BLUE);
    expect(await colourAt(bytes, 56, 24)).toBe(YELLOW);
  });
});

describe("fitPicture", () => {
  it.each([
    ["wider", 300, 40],
    ["higher", 40, 300],
    ["larger", 640, 320],
    ["smaller", 16, 8],
    ["one pixel", 1, 1],
    ["one row", 10, 1],
  ])("makes a picture that is %s exactly fit", async (_, width, height) => {
    const { bytes, contentType, extension } = await fitPicture(
      await plain(width, height).png().toBuffer(),
      SIZE,
    );
    expect(await sharp(bytes).metadata()).toMatchObject({
      format: "jpeg",
      width: 64,
      height: 32,
      space: "srgb",
    });
    expect([contentType, extension]).toEqual(["image/jpeg", "jpg"]);
    expect(await colourAt(bytes, 32, 16)).toBe(BLUE);
  });

  it("cuts around what draws the eye", async () => {
    const grey: Colour = [128, 128, 128];
    const wide = painted(800, 100, (x, y) => (x > 600 && x < 680 && y > 10 && y < 90 ? RED : grey));
    const { bytes } = await fitPicture(await wide.jpeg().toBuffer(), "100x100");
    const { channels } = await sharp(bytes).stats();
    expect(channels[0]?.max).toBeGreaterThan(200);
  });

  it("leaves out who took it and where, also where it fits already", async () => {
    const exif = {
      IFD0: { Artist: "Somebody" },
      IFD3: { GPSLatitudeRef: "N", GPSLatitude: "52/1 31/1 0/1" },
    };
    const private_ = await plain(64, 32).jpeg().withExif(exif).toBuffer();
    expect(private_.includes("Somebody")).toBe(true);
    const { bytes } = await fitPicture(private_, SIZE);
    expect(bytes.includes("Somebody")).toBe(false);
    const { exif: left, xmp, icc } = await sharp(bytes).metadata();
    expect([left, xmp, icc]).toEqual([undefined, undefined, undefined]);
  });

  it("keeps what is transparent", async () => {
    const half = await plain(64, 32, RED).ensureAlpha(0.5).webp({ lossless: true }).toBuffer();
    const { bytes, contentType, extension } = await fitPicture(half, SIZE);
    expect([contentType, extension]).toEqual(["image/png", "png"]);
    const { channels } = await sharp(bytes).stats();
    expect(channels[3]?.mean).toBeCloseTo(128, -1);
  });

  it.each([
    ["a print's", () => plain(64, 32, RED).toColourspace("cmyk").jpeg().toBuffer()],
    ["with 16 bits", () => plain(64, 32, RED).toColourspace("rgb16").png().toBuffer()],
    ["of a palette", () => plain(64, 32, RED).png({ palette: true }).toBuffer()],
    ["of a wider space", () => plain(64, 32, RED).withIccProfile("p3").jpeg().toBuffer()],
  ])("makes colours %s those of a screen", async (_, encoded) => {
    const { bytes } = await fitPicture(await encoded(), SIZE);
    expect(await sharp(bytes).metadata()).toMatchObject({ space: "srgb", channels: 3, depth: "uchar" });
    expect(await colourAt(bytes, 32, 16)).toBe(RED);
  });

  it("gives a grey picture three colours", async () => {
    const grey = await plain(64, 32, [90, 90, 90]).toColourspace("b-w").png().toBuffer();
    expect(await sharp(grey).metadata()).toMatchObject({ channels: 1 });
    const { bytes } = await fitPicture(grey, SIZE);
    expect(await sharp(bytes).metadata()).toMatchObject({ space: "srgb", channels: 3 });
  });

  it("takes the first frame of a moving picture", async () => {
    const frames = await Promise.all([RED, GREEN].map((colour) => plain(64, 32, colour).png().toBuffer()));
    const moving = await sharp(frames, { join: { animated: true } })
      .webp()
      .toBuffer();
    expect(await sharp(moving).metadata()).toMatchObject({ pages: 2 });
    expect(await pictureShape(moving)).toEqual({ width: 64, height: 32 });
    const { bytes } = await fitPicture(moving, SIZE);
    expect(await colourAt(bytes, 32, 16)).toBe(RED);
  });
});

describe("a picture that cannot be used", () => {
  it.each([
    ["of 10 billion pixels", promisedPng(100_000, 100_000)],
    ["of just too many", promisedPng(10_000, 5_001)],
  ])("is refused %s before any is decoded", async (_, bomb) => {
    const refused = { name: "UserError", code: "image_too_many_pixels", option: "image" };
    await expect(pictureShape(bomb)).rejects.toMatchObject(refused);
    await expect(fitPicture(bomb, SIZE)).rejects.toMatchObject(refused);
    await expect(toPng(bomb)).rejects.toMatchObject({ name: "ServiceError", code: "bad_picture" });
  });

  it.each([
    [11, 1],
    [1, 11],
    [900_000, 1],
  ])("is refused when it is a mere line: %i × %i", async (width, height) => {
    const narrow = { name: "UserError", code: "image_too_narrow", option: "image" };
    await expect(pictureShape(promisedPng(width, height))).rejects.toMatchObject(narrow);
  });

  it.each([
    ["16 bits for each colour", async () => promisedPng(7000, 7000, { bits: 16 })],
    ["16 bits and transparency", async () => promisedPng(5100, 5100, { bits: 16, alpha: true })],
    [
      "all its coefficients",
      () => promisedJpeg(7000, 7000, { progressive: true, chromaSubsampling: "4:4:4" }),
    ],
  ])("is refused when it takes too much memory for %s", async (_, make) => {
    const heavy = { name: "UserError", code: "image_too_heavy", option: "image" };
    const bytes = await make();
    await expect(pictureShape(bytes)).rejects.toMatchObject(heavy);
    await expect(fitPicture(bytes, SIZE)).rejects.toMatchObject(heavy);
    await expect(toPng(bytes)).rejects.toMatchObject({ code: "bad_picture", cause: heavy });
  });

  it.each([
    ["with transparency", async () => promisedPng(7000, 7000, { alpha: true })],
    ["in several passes", () => promisedJpeg(7000, 7000, { progressive: true, chromaSubsampling: "4:2:0" })],
    [
      "from above to below",
      () => promisedJpeg(7000, 7000, { progressive: false, chromaSubsampling: "4:4:4" }),
    ],
  ])("may be large %s", async (_, make) => {
    expect(await pictureShape(await make())).toEqual({ width: 7000, height: 7000 });
  });

  it("is not called damaged when it takes too long", async () => {
    const picture = await plain(64, 64, RED).ensureAlpha(0.5).png().toBuffer();
    await expect(fitPicture(picture, "9000x9000", { seconds: 1 })).rejects.toMatchObject({
      name: "UserError",
      code: "image_too_slow",
      option: "image",
    });
  });

  it("is not called damaged when the fault is ours", async () => {
    const picture = await plain(64, 32).jpeg().toBuffer();
    await expect(fitPicture(picture, "-1x-1")).rejects.not.toMatchObject({ name: "UserError" });
  });

  it("may have as many pixels as a telephone's", async () => {
    expect(await pictureShape(promisedPng(8064, 6048))).toEqual({ width: 8064, height: 6048 });
  });

  it.each(["jpeg", "png", "webp"] as const)("is refused when it ends early: %s", async (format) => {
    const whole = await noise(200, 100).toFormat(format).toBuffer();
    await expect(fitPicture(whole, SIZE)).resolves.toBeDefined();
    for (const part of [0.02, 0.5, 0.98]) {
      const cut = whole.subarray(0, Math.floor(whole.length * part));
      await expect(fitPicture(cut, SIZE), `${part}`).rejects.toMatchObject(damaged);
    }
  });

  it.each([
    ["nothing", Buffer.alloc(0)],
    ["no picture", Buffer.from("<!doctype html>")],
    [
      "a drawing that could load other files",
      Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'),
    ],
    ["a PNG without pixels", promisedPng(10, 10)],
  ])("is refused when it is %s", async (_, bytes) => {
    await expect(fitPicture(bytes, SIZE)).rejects.toMatchObject(damaged);
  });

  it.each(["gif", "tiff", "avif"] as const)("is refused when only others can show it: %s", async (format) => {
    const bytes = await plain(64, 32).toFormat(format).toBuffer();
    await expect(pictureShape(bytes)).rejects.toMatchObject(damaged);
  });
});

describe("toPng", () => {
  it("makes a PNG of the same picture", async () => {
    const before = await sharp(thumbnailBytes).metadata();
    const after = await sharp(await toPng(thumbnailBytes)).metadata();
    expect(after).toMatchObject({ format: "png", width: before.width, height: before.height });
    const red = await toPng(await plain(9, 9, RED).jpeg().toBuffer());
    expect(await colourAt(red, 4, 4)).toBe(RED);
  });

  it("fails on what is none", async () => {
    const failure = { name: "ServiceError", code: "bad_picture", retryable: false };
    await expect(toPng(Buffer.from("none"))).rejects.toMatchObject(failure);
    await expect(toPng(thumbnailBytes.subarray(0, 200))).rejects.toMatchObject(failure);
  });
});
