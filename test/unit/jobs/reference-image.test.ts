import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import type { ImageAttachment } from "../../../src/chat/adapter.ts";
import { checkImageClaims, keepImage } from "../../../src/jobs/reference-image.ts";
import { thumbnailBytes } from "../../fakes/fake-videos-client.ts";
import { createMemoryMediaStore } from "../../fakes/memory-media-store.ts";

const MIB = 1024 ** 2;
const png = Buffer.concat([Buffer.from("89504e470d0a1a0a0000000d49484452", "hex"), Buffer.alloc(100)]);

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
  it.each(["image/jpeg", "image/png", "image/webp", "IMAGE/PNG", "image/png; charset=x"])(
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

describe("keepImage", () => {
  it("keeps the picture as what its first bytes say it is", async () => {
    const media = createMemoryMediaStore();
    const kept = await keepImage("job1", anImage([png]), media);
    expect(kept).toEqual({
      mediaKey: "job1/reference.png",
      filename: "reference.png",
      contentType: "image/png",
    });
    expect(await buffer(media.read(kept.mediaKey))).toEqual(png);
  });

  it.each([
    ["no picture", [Buffer.from("<svg>")], "not a JPEG, PNG or WebP"],
    ["empty", [], "not a JPEG, PNG or WebP"],
    ["a GIF by another name", [Buffer.from("GIF89a----------")], "not a JPEG, PNG or WebP"],
    ["larger than it said", endless(), "larger than 10 MB"],
  ])("refuses and does not keep what is %s", async (_, body, words) => {
    const media = createMemoryMediaStore();
    const refused = keepImage("job1", anImage(body), media);
    await expect(refused).rejects.toMatchObject({ name: "UserError" });
    await expect(refused).rejects.toThrow(words);
    expect(await media.stat("job1/reference.webp")).toBeUndefined();
  });

  it("tells a platform that does not give it from a wrong picture", async () => {
    const media = createMemoryMediaStore();
    const unreachable = { name: "ServiceError", code: "image_unreachable", retryable: true };
    await expect(keepImage("job1", anImage(broken()), media)).rejects.toMatchObject(unreachable);
    const open = () => Promise.reject(new DOMException("The operation timed out.", "TimeoutError"));
    await expect(keepImage("job1", anImage([], { open }), media)).rejects.toMatchObject(unreachable);
  });
});
