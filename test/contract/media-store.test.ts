import { mkdir, readdir, rename, rm, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { pino } from "pino";
import { describe, expect, it, onTestFinished } from "vitest";
import { createFileMediaStore } from "../../src/media/file-media-store.ts";
import type { MediaStore } from "../../src/media/media-store.ts";
import { createMemoryMediaStore } from "../fakes/memory-media-store.ts";
import { openS3, startS3 } from "../fixtures/s3.ts";
import { temporaryFolder } from "../fixtures/temporary-folder.ts";
import { mediaSuite } from "./suites/media-suite.ts";

const HOUR_MS = 3_600_000;

function openFiles(directory: string, maxTotalBytes = Number.POSITIVE_INFINITY): Promise<MediaStore> {
  return createFileMediaStore({ directory, maxTotalBytes, logger: pino({ level: "silent" }) });
}

mediaSuite("file", () => openFiles(join(temporaryFolder(onTestFinished), "made")));
mediaSuite("memory", async () => createMemoryMediaStore());
mediaSuite("s3", async () => openS3(await startS3({ pageSize: 2 })), { tickMs: 1000 });

describe("file media store", () => {
  /** Lays down a file of `bytes` as an earlier run would have left it. */
  async function layDown(path: string, { bytes, ageMs }: { bytes: number; ageMs: number }): Promise<void> {
    await mkdir(join(path, ".."), { recursive: true });
    await writeFile(path, Buffer.alloc(bytes));
    const writtenAt = new Date(Date.now() - ageMs);
    await utimes(path, writtenAt, writtenAt);
  }

  const folders = async (directory: string) =>
    (await readdir(directory)).filter((name) => name !== ".incoming").sort();

  it("leaves nothing behind where bytes arrive", async () => {
    const directory = temporaryFolder(onTestFinished);
    const media = await openFiles(directory);
    await media.put("job1/video.mp4", [Buffer.from("whole")]);
    await expect(media.put("job2/video.mp4", [Buffer.alloc(9)], { maxBytes: 8 })).rejects.toThrow();
    expect(await readdir(join(directory, ".incoming"))).toEqual([]);
    expect(await folders(directory)).toEqual(["job1"]);
  });

  it("removes what a killed process left behind, but nothing that is still arriving", async () => {
    const directory = temporaryFolder(onTestFinished);
    await layDown(join(directory, ".incoming/dead"), { bytes: 10, ageMs: HOUR_MS });
    await layDown(join(directory, ".incoming/arriving"), { bytes: 10, ageMs: 1000 });
    await openFiles(directory);
    expect(await readdir(join(directory, ".incoming"))).toEqual(["arriving"]);
  });

  it("is there again after a restart", async () => {
    const directory = temporaryFolder(onTestFinished);
    await (await openFiles(directory)).put("job1/video.mp4", [Buffer.from("kept")]);
    expect(await text((await openFiles(directory)).read("job1/video.mp4"))).toBe("kept");
  });

  it("removes the oldest jobs' folders when it grows too large", async () => {
    const directory = temporaryFolder(onTestFinished);
    await layDown(join(directory, "oldest/video.mp4"), { bytes: 40, ageMs: 5 * HOUR_MS });
    await layDown(join(directory, "older/video.mp4"), { bytes: 30, ageMs: 4 * HOUR_MS });
    await layDown(join(directory, "touched/video.mp4"), { bytes: 20, ageMs: 6 * HOUR_MS });
    await layDown(join(directory, "touched/remuxed.mp4"), { bytes: 10, ageMs: 3 * HOUR_MS });
    const media = await openFiles(directory, 100);

    await media.put("new1/video.mp4", [Buffer.alloc(10)]);
    expect(await folders(directory)).toEqual(["new1", "older", "touched"]);
    await media.put("new2/video.mp4", [Buffer.alloc(35)]);
    expect(await folders(directory)).toEqual(["new1", "new2", "touched"]);
  });

  it("leaves the thumbnails when it makes room, as long as it may take more", async () => {
    const directory = temporaryFolder(onTestFinished);
    for (const [job, hours] of [
      ["oldest", 5],
      ["older", 4],
      ["old", 3],
    ] as const) {
      await layDown(join(directory, job, "video.mp4"), { bytes: 30, ageMs: hours * HOUR_MS });
      await layDown(join(directory, job, "spritesheet.jpg"), { bytes: 3, ageMs: hours * HOUR_MS });
      await layDown(join(directory, job, "thumbnail.webp"), { bytes: 2, ageMs: hours * HOUR_MS });
    }
    const media = await openFiles(directory, 100);
    const files = (job: string) => readdir(join(directory, job));

    await media.put("new/video.mp4", [Buffer.alloc(15)]);
    expect(await files("oldest")).toEqual(["thumbnail.webp"]);
    expect((await files("older")).sort()).toEqual(["spritesheet.jpg", "thumbnail.webp", "video.mp4"]);
    await media.put("newer/video.mp4", [Buffer.alloc(80)]);
    expect(await files("older")).toEqual(["thumbnail.webp"]);
    expect(await files("old")).toEqual(["thumbnail.webp"]);
    expect((await media.stat("new/video.mp4"))?.bytes).toBe(15);
  });

  it("finds what an earlier run left when it prunes, and counts it no more", async () => {
    const directory = temporaryFolder(onTestFinished);
    await layDown(join(directory, "old/video.mp4"), { bytes: 60, ageMs: 50 * HOUR_MS });
    await layDown(join(directory, "old/thumbnail.webp"), { bytes: 10, ageMs: 50 * HOUR_MS });
    await layDown(join(directory, "kept/video.mp4"), { bytes: 30, ageMs: 20 * HOUR_MS });
    await layDown(join(directory, "noted/video.mp4"), { bytes: 1, ageMs: 50 * HOUR_MS });
    await layDown(join(directory, "noted/Not Media.txt"), { bytes: 40, ageMs: 50 * HOUR_MS });
    await layDown(join(directory, "bare/reference.jpg"), { bytes: 1, ageMs: 50 * HOUR_MS });
    const media = await openFiles(directory, 100);
    expect(await media.prune(Date.now() - 24 * HOUR_MS)).toEqual({ folders: 3, bytes: 62 });
    expect(await folders(directory)).toEqual(["kept", "noted", "old"]);
    expect(await readdir(join(directory, "old"))).toEqual(["thumbnail.webp"]);
    await media.put("new/video.mp4", [Buffer.alloc(60)]);
    expect((await media.stat("kept/video.mp4"))?.bytes).toBe(30);
    await media.delete("old");
    expect(await folders(directory)).toEqual(["kept", "new", "noted"]);
  });

  it("keeps what was written within the hour, however large", async () => {
    const directory = temporaryFolder(onTestFinished);
    await layDown(join(directory, "recent/video.mp4"), { bytes: 90, ageMs: HOUR_MS / 2 });
    await layDown(join(directory, "old/video.mp4"), { bytes: 90, ageMs: 2 * HOUR_MS });
    const media = await openFiles(directory, 100);
    await media.put("new/video.mp4", [Buffer.alloc(90)]);
    expect(await folders(directory)).toEqual(["new", "recent"]);
  });

  it("counts what was replaced or deleted no more", async () => {
    const directory = temporaryFolder(onTestFinished);
    await layDown(join(directory, "old/video.mp4"), { bytes: 40, ageMs: 2 * HOUR_MS });
    await layDown(join(directory, "old/Not Media.txt"), { bytes: 40, ageMs: 2 * HOUR_MS });
    await layDown(join(directory, "gone/video.mp4"), { bytes: 40, ageMs: 3 * HOUR_MS });
    const media = await openFiles(directory, 100);
    await media.delete("gone");
    await media.put("new/video.mp4", [Buffer.alloc(60)]);
    await media.put("new/video.mp4", [Buffer.alloc(50)]);
    await media.put("new/thumbnail.webp", [Buffer.alloc(10)]);
    await media.delete("new/thumbnail.webp");
    await media.put("new/sprites.jpg", [Buffer.alloc(10)]);
    expect(await folders(directory)).toEqual(["new", "old"]);
  });

  it("reports a full disk as one that may have room later", async () => {
    const directory = temporaryFolder(onTestFinished);
    const media = await openFiles(directory);
    const body = async function* () {
      yield Buffer.alloc(1);
      throw Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
    };
    const full = media.put("job1/video.mp4", body());
    await expect(full).rejects.toMatchObject({ service: "media", code: "disk_full", retryable: true });
  });

  it("that cannot be written says so, and goes on when it can", async () => {
    const directory = join(temporaryFolder(onTestFinished), "media");
    const media = await openFiles(directory);
    await media.check();
    await rename(directory, `${directory}-away`);
    await writeFile(directory, "in the way");
    const unwritable = { service: "media", code: "unwritable", retryable: true };
    await expect(media.check()).rejects.toMatchObject(unwritable);
    await expect(media.put("job1/video.mp4", [Buffer.alloc(1)])).rejects.toMatchObject(unwritable);
    await rm(directory);
    await media.check();
    await media.put("job1/video.mp4", [Buffer.alloc(1)]);
    expect(await readdir(join(directory, ".incoming"))).toEqual([]);
  });
});
