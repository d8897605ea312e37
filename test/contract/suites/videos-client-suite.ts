import { buffer } from "node:stream/consumers";
import { fileTypeFromBuffer } from "file-type";
import { describe, expect, it } from "vitest";
import type { VideoVariant } from "../../../src/videos/video.ts";
import type { VideosClient } from "../../../src/videos/videos-client.ts";

/** A backend without videos. */
export interface VideosClientHarness {
  client: VideosClient;
  /** Lets a video come to its end: completed, or failed where its prompt contains `failing`. */
  settle(id: string): Promise<void>;
  /** In a prompt, makes its video fail. */
  failing: string;
}

const clip = { model: "sora-2", seconds: "8", size: "1280x720" };

/** What the core relies on, whatever the backend. */
export function videosClientSuite(kind: string, open: () => Promise<VideosClientHarness>): void {
  describe(`videos client: ${kind}`, () => {
    it("creates a video as it was asked for", async () => {
      const { client } = await open();
      const video = await client.create({ ...clip, prompt: "a paper boat “in the rain” 🌧\nat dusk" });
      expect(video).toMatchObject({
        ...clip,
        prompt: "a paper boat “in the rain” 🌧\nat dusk",
        remixedFrom: undefined,
        error: undefined,
      });
      expect(["queued", "in_progress"]).toContain(video.status);
      expect(Math.abs((video.createdAt ?? 0) % 1000)).toBe(0);
      expect(await client.retrieve(video.id)).toMatchObject({ id: video.id, ...clip });
    });

    it("shows a completed video with its times", async () => {
      const { client, settle } = await open();
      const { id, createdAt = 0 } = await client.create({ ...clip, prompt: "a boat" });
      await settle(id);
      const video = await client.retrieve(id);
      expect(video).toMatchObject({ status: "completed", progress: 100, error: undefined });
      expect(video.completedAt).toBeGreaterThanOrEqual(createdAt);
      expect(video.expiresAt).toBeGreaterThan(video.completedAt ?? 0);
    });

    it("shows a failed video with its reason", async () => {
      const { client, settle, failing } = await open();
      const { id } = await client.create({ ...clip, prompt: `a boat ${failing}` });
      await settle(id);
      const video = await client.retrieve(id);
      expect(video.status).toBe("failed");
      expect(video.error).toEqual({ code: expect.stringMatching(/./), message: expect.stringMatching(/./) });
    });

    it("lists the newest first, page by page, as retrieve shows them", async () => {
      const { client } = await open();
      expect(await client.list({ limit: 100 })).toEqual({ videos: [], more: false });
      const ids: string[] = [];
      for (const prompt of ["one", "two", "three"])
        ids.unshift((await client.create({ ...clip, prompt })).id);
      const first = await client.list({ limit: 2 });
      expect(first.videos.map(({ id }) => id)).toEqual(ids.slice(0, 2));
      expect(first.more).toBe(true);
      const second = await client.list({ limit: 2, after: first.videos.at(-1)?.id ?? "" });
      expect(second.videos.map(({ id }) => id)).toEqual(ids.slice(2));
      expect(second.more).toBe(false);
      expect(second.videos[0]).toMatchObject({ prompt: "one", ...clip });
    });

    it("remixes a completed video, with all that was inherited", async () => {
      const { client, settle } = await open();
      const parent = await client.create({ ...clip, prompt: "a boat" });
      await settle(parent.id);
      const child = await client.remix(parent.id, "at night");
      expect(child).toMatchObject({ ...clip, prompt: "at night", remixedFrom: parent.id });
      expect(child.id).not.toBe(parent.id);
    });

    it("refuses to remix what is not completed or not there, for certain", async () => {
      const { client, failing, settle } = await open();
      const { id } = await client.create({ ...clip, prompt: `a boat ${failing}` });
      await settle(id);
      const refused = { name: "ServiceError", service: "videos", retryable: false };
      await expect(client.remix(id, "at night")).rejects.toMatchObject(refused);
      await expect(client.remix("video_none", "at night")).rejects.toMatchObject({
        ...refused,
        code: "not_found",
      });
      expect((await client.list({ limit: 100 })).videos).toHaveLength(1);
    });

    it("says when a video is not there", async () => {
      const { client } = await open();
      const refused = { name: "ServiceError", service: "videos", code: "not_found", retryable: false };
      await expect(client.retrieve("video_none")).rejects.toMatchObject(refused);
    });

    it.each<[VideoVariant, string]>([
      ["video", "video/mp4"],
      ["thumbnail", "image/webp"],
      ["spritesheet", "image/jpeg"],
    ])("downloads the %s", async (variant, type) => {
      const { client, settle } = await open();
      const { id } = await client.create({ ...clip, prompt: "a boat" });
      await settle(id);
      const bytes = await buffer(await client.download(id, variant));
      expect((await fileTypeFromBuffer(bytes))?.mime).toBe(type);
    });

    it("says that a file is not there yet, and may be later", async () => {
      const { client, failing, settle } = await open();
      const { id } = await client.create({ ...clip, prompt: `a boat ${failing}` });
      await settle(id);
      const refused = { name: "ServiceError", service: "videos", code: "not_ready", retryable: true };
      await expect(client.download(id, "video")).rejects.toMatchObject(refused);
      await expect(client.download("video_none", "video")).rejects.toMatchObject(refused);
    });
  });
}
