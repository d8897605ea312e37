import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { fileTypeFromBuffer } from "file-type";
import { describe, expect, it } from "vitest";
import type { ImageAttachment } from "../../../src/chat/adapter.ts";
import { UserError } from "../../../src/errors.ts";
import { checkImageClaims, keepImage, loadPicture, nearestSize } from "../../../src/jobs/reference-image.ts";
import { pictureShape } from "../../../src/media/pictures.ts";
import { thumbnailBytes } from "../../fakes/fake-videos-client.ts";
import { createMemoryMediaStore } from "../../fakes/memory-media-store.ts";
import { noise, plain, promisedPng } from "../../fixtures/pictures.ts";

const MIB = 1024 ** 2;

const anImage = (
  body: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  claims: Partial<ImageAttachment> = {},
) => ({
  filename: "me.webp",
  contentType: "image/webp",
  bytes: 1000,
  open: async () => Readable.from(body),
  ...claims,
});

async function* endless() {
  yield thumbnailBytes;
  for (;;) yield Buffer.alloc(MIB);
}
async function* broken() {
  yield thumbnailBytes;
  throw new TypeError("terminated");
}

describe("checkImageClaims", () => {
  it.each(["image/jpeg", "image/png", "image/webp", "IMAGE/PNG", "image/png; charset=x", "image/*"])(
    "takes %s",
    (contentType) => {
      expect(() => checkImageClaims(anImage([], { contentType }))).not.toThrow();
    },
  );

  it.each(["image/gif", "image/svg+xml", "video/mp4", "", "constructor"])("refuses %j", (contentType) => {
    expect(() => checkImageClaims(anImage([], { contentType }))).toThrow(
      "“me.webp” is not a JPEG, PNG or WebP picture.",
    );
  });

  it("refuses what says that it is too large", () => {
    expect(() => checkImageClaims(anImage([], { bytes: 10 * MIB }))).not.toThrow();
    expect(() => checkImageClaims(anImage([], { bytes: 10 * MIB + 1 }))).toThrow("larger than 10 MB");
  });
});

describe("loadPicture", () => {
  it("loads the picture and its shape, whatever it was called", async () => {
    const png = await plain(30, 20).png().toBuffer();
    const picture = await loadPicture(anImage([png.subarray(0, 50), png.subarray(50)]));
    expect(picture).toEqual({ bytes: png, width: 30, height: 20 });
  });

  it("takes a link's picture, of which nothing is known before", async () => {
    const link = { contentType: "image/*", bytes: 0 };
    expect(await loadPicture(anImage([thumbnailBytes], link))).toMatchObject({ bytes: thumbnailBytes });
  });

  it.each([
    ["no picture", [Buffer.from("<svg>")], "not a JPEG, PNG or WebP"],
    ["empty", [], "not a JPEG, PNG or WebP"],
    ["a GIF by another name", [Buffer.from("GIF89a----------")], "not a JPEG, PNG or WebP"],
    ["larger than it said", endless(), "larger than 10 MB"],
    ["a bomb", [promisedPng(50_000, 50_000)], "more than 50 megapixels"],
    ["cut off in its header", [thumbnailBytes.subarray(0, 20)], "damaged"],
  ])("refuses what is %s", async (_, body, words) => {
    const refused = loadPicture(anImage(body));
    await expect(refused).rejects.toMatchObject({ name: "UserError", option: "image" });
    await expect(refused).rejects.toThrow(words);
  });

  it("tells a platform that does not give it from a wrong picture", async () => {
    const unreachable = { name: "ServiceError", code: "image_unreachable", retryable: true };
    await expect(loadPicture(anImage(broken()))).rejects.toMatchObject(unreachable);
    const open = () => Promise.reject(new DOMException("The operation timed out.", "TimeoutError"));
    await expect(loadPicture(anImage([], { open }))).rejects.toMatchObject(unreachable);
  });

  it("passes on what is wrong with a link", async () => {
    const wrong = new UserError("image_link_missing", "There is nothing at the link.", "image");
    const open = () => Promise.reject(wrong);
    await expect(loadPicture(anImage([], { open }))).rejects.toBe(wrong);
  });
});

describe("nearestSize", () => {
  const BOTH = ["720x1280", "1280x720"];
  const ALL = [...BOTH, "1024x1792", "1792x1024"];

  it.each([
    [1080, 1920, ALL, "720x1280"],
    [1920, 1080, ALL, "1280x720"],
    [3000, 4000, ALL, "720x1280"],
    [4000, 3000, BOTH, "1280x720"],
    [1001, 1000, BOTH, "1280x720"],
    [1000, 1001, BOTH, "720x1280"],
    [5000, 1000, ALL, "1280x720"],
    [1000, 1000, ["1280x720", "480x480", "720x1280"], "480x480"],
    [1000, 1200, ["1280x720", "480x480", "720x1280"], "480x480"],
  ])("for a picture of %i × %i out of %j is %s", (width, height, sizes, size) => {
    expect(nearestSize({ width, height }, sizes)).toBe(size);
  });

  it("is the first of those with one shape, so that nobody pays for a larger one unasked", () => {
    expect(nearestSize({ width: 1024, height: 1792 }, ALL)).toBe("720x1280");
    expect(nearestSize({ width: 1000, height: 1000 }, ALL)).toBe("720x1280");
    expect(nearestSize({ width: 1000, height: 1000 }, ["1280x720", "720x1280"])).toBe("1280x720");
  });
});

describe("keepImage", () => {
  it("keeps a photograph in the clip's size", async () => {
    const media = createMemoryMediaStore();
    const photo = await loadPicture(anImage([await plain(400, 300).jpeg().toBuffer()]));
    const kept = await keepImage("job1", photo, "64x112", media);
    expect(kept).toEqual({
      mediaKey: "job1/reference.jpg",
      filename: "reference.jpg",
      contentType: "image/jpeg",
    });
    const stored = await buffer(media.read(kept.mediaKey));
    expect(await fileTypeFromBuffer(stored)).toMatchObject({ mime: kept.contentType });
    expect(await pictureShape(stored)).toEqual({ width: 64, height: 112 });
  });

  it("keeps what is transparent as PNG", async () => {
    const media = createMemoryMediaStore();
    const cutOut = await loadPicture(anImage([await plain(40, 30).ensureAlpha(0.5).webp().toBuffer()]));
    const kept = await keepImage("job1", cutOut, "64x112", media);
    expect(kept).toMatchObject({ mediaKey: "job1/reference.png", contentType: "image/png" });
    const stored = await buffer(media.read(kept.mediaKey));
    expect(await fileTypeFromBuffer(stored)).toMatchObject({ mime: kept.contentType });
  });

  it("does not keep a picture that turns out to be damaged", async () => {
    const media = createMemoryMediaStore();
    const whole = await noise(200, 100).jpeg().toBuffer();
    const half = await loadPicture(anImage([whole.subarray(0, whole.length / 2)]));
    const refused = { name: "UserError", code: "image_damaged" };
    await expect(keepImage("job1", half, "64x112", media)).rejects.toMatchObject(refused);
    expect(await media.stat("job1/reference.jpg")).toBeUndefined();
  });
});
