import { buffer } from "node:stream/consumers";
import { fileTypeFromBuffer } from "file-type";
import { describe, expect, it } from "vitest";
import type { Video, VideoVariant } from "../../../src/videos/video.ts";
import type { VideosClient } from "../../../src/videos/videos-client.ts";

/** A backend without videos. */
export interface VideosClientHarness {
  client: VideosClient;
  /** Lets a video come to its end: completed, or failed where its prompt contains `failing`. */
  settle(id: string): Promise<void>;
  /** Lets time pass at the backend. */
  pass(ms: number): void;
  /** In a prompt, makes its video fail. */
  failing: string;
  /** In a prompt, keeps its video in the making. */
  endless: string;
}

/** Longer than a backend keeps a video's files (ms). */
const LONG_MS = 2 * 3_600_000;

const clip = { model: "sora-2", seconds: "8", size: "1280x720" };

/** What the core relies on, whatever the backend. */
export function videosClientSuite(kind: string, open: () => Promise<VideosClientHarness>): void {
  describe(`videos client: ${kind}`, () => {
    /** A completed video, and a client of the backend that has it. */
    async function openWithVideo() {
      const harness = await open();
      const { id } = await harness.client.create({ ...clip, prompt: "a boat" });
      await harness.settle(id);
      return { ...harness, id };
    }

    const countOf = async (client: VideosClient) => (await client.list({ limit: 100 })).videos.length;

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

    it("lists the oldest first where asked to", async () => {
      const { client } = await open();
      const ids: string[] = [];
      for (const prompt of ["one", "two", "three"]) ids.push((await client.create({ ...clip, prompt })).id);
      const first = await client.list({ limit: 2, order: "asc" });
      expect(first.videos.map(({ id }) => id)).toEqual(ids.slice(0, 2));
      const second = await client.list({ limit: 2, order: "asc", after: ids[1] ?? "" });
      expect(second).toMatchObject({ videos: [{ id: ids[2] }], more: false });
    });

    it("remixes a completed video, with all that was inherited", async () => {
      const { client, settle } = await open();
      const parent = await client.create({ ...clip, prompt: "a boat" });
      await settle(parent.id);
      const child = await client.remix(parent.id, "at night");
      expect(child).toMatchObject({ ...clip, prompt: "at night", remixedFrom: parent.id });
      expect(child.id).not.toBe(parent.id);
    });

    it("edits a completed video, which stays as it is", async () => {
      const { client, settle, id } = await openWithVideo();
      const edited = await client.edit(id, "in the snow\n“deep”");
      expect(edited).toMatchObject({ ...clip, prompt: "in the snow\n“deep”", error: undefined });
      expect(edited.id).not.toBe(id);
      await settle(edited.id);
      expect(await client.retrieve(edited.id)).toMatchObject({ ...clip, status: "completed" });
      expect(await client.retrieve(id)).toMatchObject({ ...clip, prompt: "a boat", status: "completed" });
    });

    it("extends a video again and again, to 120 seconds and no further", async () => {
      const { client, settle, id } = await openWithVideo();
      let video = await client.retrieve(id);
      for (let seconds = 8; seconds < 116; seconds += 12) {
        video = await client.extend(video.id, "on it goes", "12");
        expect(video).toMatchObject({ ...clip, prompt: "on it goes", seconds: String(seconds + 12) });
        await settle(video.id);
      }
      const count = await countOf(client);
      await expect(client.extend(video.id, "on it goes", "8")).rejects.toMatchObject({
        name: "ServiceError",
        code: expect.not.stringMatching("answer_lost"),
        retryable: false,
      });
      expect(await countOf(client)).toBe(count);
      expect(await client.extend(video.id, "on it goes", "4")).toMatchObject({ seconds: "120" });
    });

    it.each<[string, (client: VideosClient, id: string) => Promise<Video>]>([
      ["remix", (client, id) => client.remix(id, "at night")],
      ["edit", (client, id) => client.edit(id, "at night")],
      ["extend", (client, id) => client.extend(id, "at night", "4")],
    ])("refuses to %s what is not completed or not there, for certain", async (_, derive) => {
      const { client, failing, endless, settle } = await open();
      const failed = await client.create({ ...clip, prompt: `a boat ${failing}` });
      await settle(failed.id);
      const running = await client.create({ ...clip, prompt: `a boat ${endless}` });
      const refused = { name: "ServiceError", service: "videos", retryable: false };
      for (const { id } of [failed, running]) {
        await expect(derive(client, id)).rejects.toMatchObject({
          ...refused,
          code: expect.not.stringMatching("answer_lost"),
        });
      }
      await expect(derive(client, "video_none")).rejects.toMatchObject({ ...refused, code: "not_found" });
      expect(await countOf(client)).toBe(2);
    });

    it("deletes a completed video once, and says that it is gone from then on", async () => {
      const { client, id } = await openWithVideo();
      expect(await client.delete(id)).toBe("deleted");
      await expect(client.retrieve(id)).rejects.toMatchObject({ code: "not_found" });
      await expect(client.download(id, "thumbnail")).rejects.toMatchObject({ code: "not_found" });
      expect(await countOf(client)).toBe(0);
      expect(await client.delete(id)).toBe("gone");
      expect(await client.delete("video_none")).toBe("gone");
    });

    it("deletes a failed video", async () => {
      const { client, failing, settle } = await open();
      const { id } = await client.create({ ...clip, prompt: `a boat ${failing}` });
      await settle(id);
      expect(await client.delete(id)).toBe("deleted");
      expect(await countOf(client)).toBe(0);
    });

    it("keeps what was made from a video that is deleted", async () => {
      const { client, settle, id } = await openWithVideo();
      const child = await client.remix(id, "at night");
      await settle(child.id);
      expect(await client.delete(id)).toBe("deleted");
      expect(await client.retrieve(child.id)).toMatchObject({ status: "completed", remixedFrom: id });
      const bytes = await buffer(await client.download(child.id, "video"));
      expect((await fileTypeFromBuffer(bytes))?.mime).toBe("video/mp4");
    });

    it("does not delete a video in the making", async () => {
      const { client, endless } = await open();
      const { id } = await client.create({ ...clip, prompt: `a boat ${endless}` });
      await expect(client.delete(id)).rejects.toMatchObject({
        name: "ServiceError",
        code: "not_finished",
        retryable: false,
      });
      expect(["queued", "in_progress"]).toContain((await client.retrieve(id)).status);
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
      const { client, id } = await openWithVideo();
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

    it.each(["thumbnail", "spritesheet"] as const)("tells why there is no %s", async (variant) => {
      const { client, endless, pass, id } = await openWithVideo();
      const running = await client.create({ ...clip, prompt: `a boat ${endless}` });
      await expect(client.download(running.id, variant)).rejects.toMatchObject({
        code: "not_ready",
        retryable: true,
      });
      await expect(client.download("video_none", variant)).rejects.toMatchObject({
        code: "not_found",
        retryable: false,
      });
      pass(LONG_MS);
      await expect(client.download(id, variant)).rejects.toMatchObject({ code: "no_file", retryable: false });
      expect(await client.retrieve(id)).toMatchObject({ status: "completed" });
    });

    it("has every operation, and no refusal makes it doubt that", async () => {
      const { client, endless } = await open();
      const { id } = await client.create({ ...clip, prompt: `a boat ${endless}` });
      for (const unusable of [id, "video_none"]) {
        await Promise.allSettled([
          client.remix(unusable, "at night"),
          client.edit(unusable, "at night"),
          client.extend(unusable, "at night", "4"),
          client.delete(unusable),
          client.download(unusable, "thumbnail"),
          client.download(unusable, "spritesheet"),
          client.list({ limit: 1, after: unusable }),
        ]);
      }
      const operations = ["remix", "edit", "extend", "delete", "list", "thumbnail", "spritesheet"] as const;
      expect(operations.filter((operation) => !client.supports(operation))).toEqual([]);
    });
  });
}
