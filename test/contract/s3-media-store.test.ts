import { execFile } from "node:child_process";
import { createReadStream } from "node:fs";
import { readdir } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { ReadableStream } from "node:stream/web";
import { promisify } from "node:util";
import { expect, it, onTestFinished, vi } from "vitest";
import type { MediaStore } from "../../src/media/media-store.ts";
import { makeNoisyClip } from "../fixtures/noisy-clip.ts";
import { openS3, PREFIX, startS3 } from "../fixtures/s3.ts";
import { temporaryFolder } from "../fixtures/temporary-folder.ts";
import { fitVideos } from "../fixtures/video-fitting.ts";
import type { S3Server } from "../servers/s3/s3-server.ts";
import { s3Error } from "../servers/s3/xml.ts";

const MB = 1024 ** 2;
const HOUR_MS = 3_600_000;
const KEY = "job1/video.mp4";

const keysOf = ({ objects }: S3Server) => [...objects.keys()].sort();
const put = (media: MediaStore, key: string, bytes: number) => media.put(key, [Buffer.alloc(bytes)]);
const denied = s3Error(403, "AccessDenied", "No.");

it("shows a large file once all its parts are there, and what was there until then", async () => {
  const server = await startS3();
  const media = await openS3(server);
  await media.put(KEY, [Buffer.from("the first one")]);
  const first = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  async function* body() {
    for (let piece = 0; piece < 12; piece++) {
      yield Buffer.alloc(MB, piece);
      if (piece === 10) {
        first.resolve();
        await gate.promise;
      }
    }
  }
  const stored = media.put(KEY, body());
  await first.promise;
  await expect.poll(() => server.asked.filter((name) => name === "UploadPart").length).toBe(2);
  expect(server.uploads.size).toBe(1);
  expect(await text(media.read(KEY))).toBe("the first one");
  gate.resolve();
  expect(await stored).toEqual({ bytes: 12 * MB });
  expect(server.uploads.size).toBe(0);
  const { body: kept } = server.objects.get(PREFIX + KEY) ?? {};
  expect(kept?.equals(Buffer.concat(Array.from({ length: 12 }, (_, piece) => Buffer.alloc(MB, piece))))).toBe(
    true,
  );
});

it("leaves no part of a large body that breaks off, or of one that is larger than allowed", async () => {
  const server = await startS3();
  const media = await openS3(server);
  const reset = new Error("socket hang up");
  async function* body() {
    for (let piece = 0; piece < 12; piece++) yield Buffer.alloc(MB);
    throw reset;
  }
  await expect(media.put(KEY, body())).rejects.toBe(reset);
  await expect(media.put(KEY, body(), { maxBytes: 11 * MB })).rejects.toMatchObject({ code: "too_large" });
  expect(server.asked.filter((name) => name === "AbortMultipartUpload")).toHaveLength(2);
  expect([server.uploads.size, server.objects.size]).toEqual([0, 0]);
});

it("says what broke the body also where the parts cannot be removed", async () => {
  const server = await startS3();
  const media = await openS3(server);
  const reset = new Error("socket hang up");
  async function* body() {
    yield Buffer.alloc(6 * MB);
    server.inject({ method: "DELETE", path: /./, fault: denied });
    throw reset;
  }
  await expect(media.put(KEY, body())).rejects.toBe(reset);
});

it("lets go of the body and of the parts when one of them is refused", async () => {
  const server = await startS3();
  const media = await openS3(server);
  let sent = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      controller.enqueue(Buffer.alloc(MB));
      // The second part has begun.
      if (++sent === 8) server.inject({ method: "PUT", path: /./, fault: denied });
    },
  });
  await expect(media.put(KEY, body)).rejects.toMatchObject({
    service: "media",
    code: "unwritable",
    retryable: true,
    message: expect.stringContaining("does not let the bot do that"),
  });
  expect(sent).toBeLessThan(20);
  expect(await Array.fromAsync(body)).toEqual([]);
  expect([server.uploads.size, server.objects.size]).toEqual([0, 0]);
});

it("lends a blob over a temporary file, which goes when that is over", async () => {
  const folder = temporaryFolder(onTestFinished);
  vi.stubEnv("TMPDIR", folder);
  onTestFinished(() => void vi.unstubAllEnvs());
  const media = await openS3(await startS3());
  await media.put(KEY, [Buffer.from("whole")]);
  const until = new AbortController();
  const blob = await media.blob(KEY, "video/mp4", until.signal);
  expect([await blob.text(), await blob.slice(1, 3).text()]).toEqual(["whole", "ho"]);
  expect(await readdir(folder)).toHaveLength(1);
  until.abort();
  await expect.poll(() => readdir(folder)).toEqual([]);
  await expect(media.blob(KEY, "video/mp4", until.signal)).rejects.toThrow();
  await expect(media.blob("job2/video.mp4", "video/mp4", new AbortController().signal)).rejects.toThrow();
  expect(await readdir(folder)).toEqual([]);
});

it("touches nothing of the bucket but its own, and tries whether it can write with one object", async () => {
  const server = await startS3();
  const others = await openS3(server, { prefix: "" });
  await put(others, "show/notes.txt", 1);
  const media = await openS3(server);
  const start = Date.now();
  await put(media, KEY, 1);
  await media.check();
  await media.check();
  vi.useFakeTimers({ toFake: ["Date"], now: start + 5 * HOUR_MS });
  onTestFinished(() => void vi.useRealTimers());
  await media.prune(start + HOUR_MS);
  expect(keysOf(server)).toEqual(["show/notes.txt", `${PREFIX}.check`]);
});

it("makes room when it prunes: the oldest go, as long as all take more than allowed, and thumbnails stay", async () => {
  const server = await startS3({ pageSize: 3 });
  const media = await openS3(server, { maxTotalBytes: 100 });
  const start = Date.now();
  vi.useFakeTimers({ toFake: ["Date"] });
  onTestFinished(() => void vi.useRealTimers());
  for (const [hour, job] of ["oldest", "older", "old"].entries()) {
    vi.setSystemTime(start + hour * HOUR_MS);
    await put(media, `${job}/video.mp4`, 40);
    await put(media, `${job}/spritesheet.jpg`, 5);
    await put(media, `${job}/thumbnail.webp`, 2);
  }
  vi.setSystemTime(start + 5 * HOUR_MS);
  await put(media, "new/video.mp4", 20);
  expect(await media.prune(0)).toEqual({ folders: 2, bytes: 90 });
  expect(keysOf(server).map((key) => key.slice(PREFIX.length))).toEqual([
    "new/video.mp4",
    "old/spritesheet.jpg",
    "old/thumbnail.webp",
    "old/video.mp4",
    "older/thumbnail.webp",
    "oldest/thumbnail.webp",
  ]);
  await put(media, "newer/video.mp4", 500);
  expect(await media.prune(0)).toEqual({ folders: 1, bytes: 45 });
  expect((await media.stat("newer/video.mp4"))?.bytes).toBe(500);
});

it("signs links that answer with the file, and no longer than they say", async () => {
  const server = await startS3();
  const { links, ...media } = await openS3(server);
  await media.put(KEY, [Buffer.from("0123456789")]);
  const answer = {
    contentType: "video/mp4",
    disposition: 'attachment; filename="showreel-ä.mp4"',
    seconds: 60,
  };
  const link = (await links?.sign(KEY, answer)) ?? "";
  expect(new URL(link).origin).toBe(links?.origin);
  const whole = await fetch(link);
  expect([whole.status, await whole.text()]).toEqual([200, "0123456789"]);
  expect(whole.headers.get("content-type")).toBe("video/mp4");
  expect(whole.headers.get("cache-control")).toBe("private, no-cache");
  const part = await fetch(link, { headers: { range: "bytes=2-4" } });
  expect([part.status, part.headers.get("content-range"), await part.text()]).toEqual([
    206,
    "bytes 2-4/10",
    "234",
  ]);
  await put(await openS3(server), "job2/video.mp4", 1);
  expect((await fetch(link.replace("job1", "job2"))).status).toBe(403);
  expect((await fetch(link, { method: "DELETE" })).status).toBe(403);
  server.wait(61_000);
  expect((await fetch(link)).status).toBe(403);
  expect(server.objects.has(PREFIX + KEY)).toBe(true);
});

it("has videos made to fit, though ffmpeg works on files", async () => {
  const media = await openS3(await startS3());
  const folder = temporaryFolder(onTestFinished);
  const clip = await makeNoisyClip(folder, { name: "clip.mp4", size: "270x480", seconds: 1 });
  await media.put(KEY, createReadStream(clip));
  const fitting = await fitVideos();
  const made = await fitting.fit(150_000, { media });
  expect(made?.bytes).toBeLessThanOrEqual(150_000);
  expect((await media.stat("job1/fitted.mp4"))?.bytes).toBe(made?.bytes);
  expect(await fitting.left()).toEqual([]);
});

it("holds little of a large file, whichever way it goes", { timeout: 120_000 }, async () => {
  const server = await startS3();
  const bytes = 200 * MB;
  const options = { ...server.keys, bucket: server.bucket, endpoint: server.endpoint, prefix: PREFIX, bytes };
  const copier = new URL("../fixtures/s3-copier.ts", import.meta.url).pathname;
  const { stdout } = await promisify(execFile)(process.execPath, [copier, JSON.stringify(options)]);
  const { copied, grownBytes } = JSON.parse(stdout);
  expect(copied).toEqual([bytes, bytes, bytes]);
  expect(grownBytes).toBeLessThan(bytes / 2);
});
