import { buffer, text } from "node:stream/consumers";
import { ReadableStream } from "node:stream/web";
import fc from "fast-check";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import type { MediaStore } from "../../../src/media/media-store.ts";

const HOUR_MS = 3_600_000;

const INVALID_KEYS = [
  "",
  "video.mp4",
  "job1",
  "job1/",
  "job1/video",
  "/job1/video.mp4",
  "job1/../video.mp4",
  "../job1/video.mp4",
  "..%2fjob1/video.mp4",
  "job1/.hidden",
  "job1/a/b.mp4",
  "job1\\video.mp4",
  "job1/video.mp4\n",
  "job1/video.mp4\0.png",
  "Job1/video.mp4",
  `${"j".repeat(200)}/video.mp4`,
];

/**
 * What every MediaStore does.
 * @param options.tickMs how exact its times are (ms): file systems take theirs from a clock that ticks every few.
 */
export function mediaSuite(
  kind: string,
  open: () => Promise<MediaStore>,
  { tickMs = 10 }: { tickMs?: number } = {},
): void {
  async function* pieces(...chunks: (string | Error)[]): AsyncGenerator<Uint8Array> {
    for (const chunk of chunks) {
      if (chunk instanceof Error) throw chunk;
      yield Buffer.from(chunk);
    }
  }

  describe(`${kind} media store`, () => {
    it("gives back what was stored, from every kind of body", async () => {
      const media = await open();
      const before = Date.now();
      expect(await media.put("job1/video.mp4", pieces("first ", "second"))).toEqual({ bytes: 12 });
      await media.put("job1/thumbnail.webp", [Buffer.from("picture")]);
      await media.put("job2/video.mp4", ReadableStream.from([Buffer.from("web")]));
      await media.put("job3/video.mp4", media.read("job1/video.mp4"));
      await media.put("job4/video.mp4", []);

      expect(await text(media.read("job1/video.mp4"))).toBe("first second");
      expect(await text(media.read("job1/thumbnail.webp"))).toBe("picture");
      expect(await text(media.read("job2/video.mp4"))).toBe("web");
      expect(await text(media.read("job3/video.mp4"))).toBe("first second");
      expect(await text(media.read("job4/video.mp4"))).toBe("");
      const info = await media.stat("job1/video.mp4");
      expect(info?.bytes).toBe(12);
      expect(info?.modifiedAt).toBeGreaterThanOrEqual(before - tickMs);
      expect(info?.modifiedAt).toBeLessThanOrEqual(Date.now() + 1);
    });

    it("gives a file as a blob of a type, and refuses one that is not there", async () => {
      const media = await open();
      await media.put("job1/video.mp4", pieces("first ", "second"));
      const until = new AbortController();
      onTestFinished(() => until.abort());
      const missing = { code: "not_found" };
      const blob = await media.blob("job1/video.mp4", "video/mp4", until.signal);
      expect([blob.size, blob.type, await blob.text()]).toEqual([12, "video/mp4", "first second"]);
      await expect(media.blob("job2/video.mp4", "video/mp4", until.signal)).rejects.toMatchObject(missing);
      await expect(media.blob("../job1/video.mp4", "video/mp4", until.signal)).rejects.toMatchObject(missing);
    });

    it("replaces what was there", async () => {
      const media = await open();
      await media.put("job1/video.mp4", pieces("a longer first one"));
      await media.put("job1/video.mp4", pieces("second"));
      expect(await text(media.read("job1/video.mp4"))).toBe("second");
      expect((await media.stat("job1/video.mp4"))?.bytes).toBe(6);
    });

    it("stores nothing of a body that breaks off, and keeps what was there", async () => {
      const media = await open();
      await media.put("job1/video.mp4", pieces("whole"));
      const reset = new Error("socket hang up");
      await expect(media.put("job1/video.mp4", pieces("half", reset))).rejects.toBe(reset);
      await expect(media.put("job2/video.mp4", pieces("half", reset))).rejects.toBe(reset);
      expect(await text(media.read("job1/video.mp4"))).toBe("whole");
      expect(await media.stat("job2/video.mp4")).toBeUndefined();
    });

    it("takes as many bytes as allowed and not one more, and lets go of the body", async () => {
      const media = await open();
      await media.put("job1/video.mp4", pieces("1234", "5678"), { maxBytes: 8 });
      const body = new ReadableStream({ pull: (controller) => controller.enqueue(Buffer.from("123")) });
      const refused = media.put("job2/video.mp4", body, { maxBytes: 8 });
      await expect(refused).rejects.toMatchObject({ service: "media", code: "too_large", retryable: false });
      expect((await media.stat("job1/video.mp4"))?.bytes).toBe(8);
      expect(await media.stat("job2/video.mp4")).toBeUndefined();
      // A cancelled stream is a closed one.
      expect(await Array.fromAsync(body)).toEqual([]);
    });

    it("reads any range", async () => {
      const media = await open();
      const bytes = fc.uint8Array({ minLength: 1, maxLength: 200_000, size: "max" });
      await fc.assert(
        fc.asyncProperty(bytes, fc.nat(250_000), fc.nat(250_000), async (body, a, b) => {
          const [start, end] = a < b ? [a, b] : [b, a];
          await media.put("job1/video.mp4", [body]);
          const part = await buffer(media.read("job1/video.mp4", { start, end }));
          expect(part.equals(body.subarray(start, end + 1))).toBe(true);
        }),
        { numRuns: 50 },
      );
    });

    it("says what is not there", async () => {
      const media = await open();
      expect(await media.stat("job1/video.mp4")).toBeUndefined();
      const missing = { service: "media", code: "not_found", retryable: false };
      await expect(text(media.read("job1/video.mp4"))).rejects.toMatchObject(missing);
    });

    it("deletes a file, or a folder with all that is in it", async () => {
      const media = await open();
      for (const key of ["job1/video.mp4", "job1/thumbnail.webp", "job10/video.mp4"]) {
        await media.put(key, pieces(key));
      }
      await media.delete("job1/thumbnail.webp");
      expect(await media.stat("job1/thumbnail.webp")).toBeUndefined();
      expect(await media.stat("job1/video.mp4")).toBeDefined();
      await media.delete("job1");
      expect(await media.stat("job1/video.mp4")).toBeUndefined();
      expect(await media.stat("job10/video.mp4")).toBeDefined();
      await media.delete("job1");
    });

    it("prunes all but the thumbnails of the folders that nothing was written to for long enough", async () => {
      const media = await open();
      const start = Date.now();
      vi.useFakeTimers({ toFake: ["Date"] });
      onTestFinished(() => void vi.useRealTimers());
      for (const file of ["video.mp4", "spritesheet.jpg", "thumbnail.webp", "reference.png"])
        await media.put(`old/${file}`, pieces(file));
      await media.put("bare/reference.jpg", pieces("of a job that failed"));
      await media.put("pictured/thumbnail.webp", pieces("all that was left"));
      vi.setSystemTime(start + 3 * HOUR_MS);
      await media.put("young/video.mp4", pieces("young"));

      expect(await media.prune(start - HOUR_MS)).toEqual({ folders: 0, bytes: 0 });
      const bytes = "video.mp4spritesheet.jpgreference.png".length + "of a job that failed".length;
      expect(await media.prune(start + HOUR_MS)).toEqual({ folders: 2, bytes });
      expect(await media.prune(start + HOUR_MS)).toEqual({ folders: 0, bytes: 0 });
      for (const gone of ["old/video.mp4", "old/spritesheet.jpg", "old/reference.png", "bare/reference.jpg"])
        expect(await media.stat(gone), gone).toBeUndefined();
      expect(await text(media.read("old/thumbnail.webp"))).toBe("thumbnail.webp");
      expect(await text(media.read("pictured/thumbnail.webp"))).toBe("all that was left");
      expect(await text(media.read("young/video.mp4"))).toBe("young");
    });

    it("prunes nothing of what was written within the hour, or of a folder with such a file", async () => {
      const media = await open();
      const start = Date.now();
      vi.useFakeTimers({ toFake: ["Date"] });
      onTestFinished(() => void vi.useRealTimers());
      await media.put("job1/reference.jpg", pieces("old by now"));
      vi.setSystemTime(start + 3 * HOUR_MS);
      await media.put("job1/video.mp4", pieces("delivered any moment"));
      expect(await media.prune(start + 4 * HOUR_MS)).toEqual({ folders: 0, bytes: 0 });
      expect(await text(media.read("job1/reference.jpg"))).toBe("old by now");
      expect(await text(media.read("job1/video.mp4"))).toBe("delivered any moment");
    });

    it.each(INVALID_KEYS)("takes %j for no key", async (key) => {
      const media = await open();
      await expect(media.put(key, pieces("x"))).rejects.toThrow(RangeError);
      expect(await media.stat(key)).toBeUndefined();
      await expect(text(media.read(key))).rejects.toMatchObject({ code: "not_found" });
    });

    it.each(["", "..", "job1/..", ".incoming", "/", "job1/"])("deletes nothing by %j", async (key) => {
      const media = await open();
      await media.put("job1/video.mp4", pieces("kept"));
      await expect(media.delete(key)).rejects.toThrow(RangeError);
      expect(await text(media.read("job1/video.mp4"))).toBe("kept");
    });
  });
}
