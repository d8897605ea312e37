import { pino } from "pino";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { createMediaRetention } from "../../../src/media/media-retention.ts";
import type { MediaStore } from "../../../src/media/media-store.ts";
import { createRepetition } from "../../../src/repeat.ts";
import { createMemoryMediaStore } from "../../fakes/memory-media-store.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function retentionOf(media: MediaStore) {
  return createRepetition(
    createMediaRetention({
      media,
      keepMs: 30 * DAY_MS,
      now: Date.now,
      logger: pino({ level: "silent" }),
    }),
  );
}

it("keeps a video for as long as it should, then its thumbnail alone", async () => {
  const media = createMemoryMediaStore();
  for (const file of ["video.mp4", "spritesheet.jpg", "thumbnail.webp"])
    await media.put(`job1/${file}`, [Buffer.from(file)]);
  const retention = retentionOf(media);
  retention.start();
  await vi.advanceTimersByTimeAsync(30 * DAY_MS - HOUR_MS);
  expect(await media.stat("job1/video.mp4")).toBeDefined();
  await vi.advanceTimersByTimeAsync(HOUR_MS);
  await retention.stop();
  expect(await media.stat("job1/video.mp4")).toBeUndefined();
  expect(await media.stat("job1/spritesheet.jpg")).toBeUndefined();
  expect(await media.stat("job1/thumbnail.webp")).toBeDefined();
});

it("goes on after a failure", async () => {
  const media = createMemoryMediaStore();
  await media.put("job1/video.mp4", [Buffer.from("video")]);
  let failures = 0;
  const failing: MediaStore = {
    ...media,
    prune: (before) => (failures++ < 1 ? Promise.reject(new Error("EIO")) : media.prune(before)),
  };
  vi.setSystemTime(Date.now() + 31 * DAY_MS);
  const retention = retentionOf(failing);
  retention.start();
  await vi.advanceTimersByTimeAsync(HOUR_MS);
  await retention.stop();
  expect(await media.stat("job1/video.mp4")).toBeUndefined();
});
