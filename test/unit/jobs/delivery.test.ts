import { buffer } from "node:stream/consumers";
import sharp from "sharp";
import { beforeEach, describe, expect, it } from "vitest";
import { ServiceError } from "../../../src/errors.ts";
import { fetchMedia, mediaFile, mediaFiles } from "../../../src/jobs/delivery.ts";
import type { Job } from "../../../src/jobs/job.ts";
import type { MediaStore } from "../../../src/media/media-store.ts";
import {
  clipBytes,
  createFakeVideosClient,
  type FakeVideosClient,
  thumbnailBytes,
} from "../../fakes/fake-videos-client.ts";
import { createMemoryMediaStore } from "../../fakes/memory-media-store.ts";
import { aJob } from "../../fixtures/jobs.ts";

let media: MediaStore;
let videos: FakeVideosClient;
let videoId: string;
beforeEach(() => {
  media = createMemoryMediaStore();
  videos = createFakeVideosClient();
  videoId = videos.add().id;
  videos.complete(videoId);
});

const fetchOnce = () => fetchMedia(aJob({ id: "job1" }), videoId, { videos, media });
const afterwards = async (): Promise<Job> => aJob({ id: "job1", media: await fetchOnce() });
const stored = (key: string) => buffer(media.read(key));

describe("fetchMedia", () => {
  it("keeps all that the backend has of a video", async () => {
    const files = await fetchOnce();
    expect(files).toEqual({
      video: { key: "job1/video.mp4", bytes: clipBytes.length },
      thumbnail: { key: "job1/thumbnail.webp", bytes: thumbnailBytes.length, contentType: "image/webp" },
      spritesheet: {
        key: "job1/spritesheet.jpg",
        bytes: (await stored("job1/spritesheet.jpg")).length,
        contentType: "image/jpeg",
      },
    });
    expect(await stored("job1/video.mp4")).toEqual(clipBytes);
    expect(await stored("job1/thumbnail.webp")).toEqual(thumbnailBytes);
  });

  it("fetches nothing again that is there", async () => {
    const files = await fetchOnce();
    videos.remove(videoId);
    expect(await fetchOnce()).toEqual(files);
  });

  it("names a picture after what it is, not after what it should be", async () => {
    const png = await sharp(thumbnailBytes).png().toBuffer();
    videos.serve("thumbnail", png);
    videos.serve("spritesheet", png);
    const files = await fetchOnce();
    expect(files.thumbnail).toMatchObject({ key: "job1/thumbnail.png", contentType: "image/png" });
    expect(files.spritesheet).toMatchObject({ key: "job1/spritesheet.png", contentType: "image/png" });
    expect(await fetchOnce()).toEqual(files);
  });

  it.each(["thumbnail", "spritesheet"] as const)("does without a %s that is none", async (variant) => {
    for (const bytes of [clipBytes, Buffer.from("<!doctype html>"), Buffer.alloc(0)]) {
      videos.serve(variant, bytes);
      const files = await fetchOnce();
      expect(files.video.bytes).toBe(clipBytes.length);
      expect(files[variant]).toBeUndefined();
    }
    for (const extension of ["webp", "jpg", "png", "mp4"])
      expect(await media.stat(`job1/${variant}.${extension}`)).toBeUndefined();
  });

  it("does without pictures that the backend has not or that do not arrive whole", async () => {
    videos.breakDownload("thumbnail", 100);
    const { video, thumbnail, spritesheet } = await fetchOnce();
    expect([video.bytes, thumbnail]).toEqual([clipBytes.length, undefined]);
    expect(spritesheet).toBeDefined();

    media = createMemoryMediaStore();
    await media.put("job1/video.mp4", [clipBytes]);
    const none = new ServiceError("videos", "not_ready", "There is none.", { retryable: true });
    videos.refuse("download", none, 2);
    expect(await fetchOnce()).toEqual({ video: { key: "job1/video.mp4", bytes: clipBytes.length } });
  });

  it.each([
    ["no video", thumbnailBytes, "not_a_video"],
    ["nothing", Buffer.alloc(0), "not_a_video"],
    ["less than a signature", Buffer.from("<p>"), "not_a_video"],
    ["half a video", clipBytes.subarray(0, clipBytes.length / 2), "truncated"],
    ["not much more than a beginning", clipBytes.subarray(0, 64), "truncated"],
  ])("does not keep %s", async (_, bytes, code) => {
    videos.serve("video", bytes);
    await expect(fetchOnce()).rejects.toMatchObject({ name: "ServiceError", code, retryable: true });
    expect(await media.stat("job1/video.mp4")).toBeUndefined();
  });
});

describe("mediaFile", () => {
  it("gives each file with a name and type of its own", async () => {
    const job = await afterwards();
    const { video, thumbnail } = await mediaFiles(job, media);
    const spritesheet = await mediaFile(job, "spritesheet", media);
    expect([video, thumbnail, spritesheet].map((file) => [file?.filename, file?.contentType])).toEqual([
      ["showreel-job1.mp4", "video/mp4"],
      ["showreel-job1.webp", "image/webp"],
      ["showreel-job1-sprites.jpg", "image/jpeg"],
    ]);
    const file = await mediaFile(job, "spritesheet", media);
    expect(file && (await buffer(file.open()))).toEqual(await stored("job1/spritesheet.jpg"));
    const blob = await file?.blob(new AbortController().signal);
    expect([blob?.type, blob?.size]).toEqual(["image/jpeg", file?.bytes]);
  });

  it("gives none that is gone or never was", async () => {
    const job = await afterwards();
    await media.delete("job1/spritesheet.jpg");
    expect(await mediaFile(job, "spritesheet", media)).toBeUndefined();
    expect(await mediaFile(aJob(), "video", media)).toBeUndefined();
    await media.delete("job1/video.mp4");
    expect(await mediaFile(job, "video", media)).toBeUndefined();
    expect((await mediaFile(job, "thumbnail", media))?.bytes).toBe(thumbnailBytes.length);
    await expect(mediaFiles(job, media)).rejects.toMatchObject({ code: "not_found", retryable: false });
  });
});
