import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileTypeFromBuffer } from "file-type";
import type OpenAI from "openai";
import { toFile } from "openai";
import { describe, expect, onTestFinished, test } from "vitest";
import { bytesOf, drawPicture, refusal, startOfTime, startSimulator } from "../fixtures/simulator.ts";
import { temporaryFolder } from "../fixtures/temporary-folder.ts";

describe("life of a video", () => {
  test("goes from queued through rising progress to completed as time passes", async () => {
    const { client, pass, begin } = await startSimulator({ pace: 1 });
    const id = await begin("a paper boat");
    const seen: OpenAI.Video[] = [];
    for (let step = 0; step < 12; step += 1) {
      seen.push(await client.videos.retrieve(id));
      pass(500);
    }
    const progress = seen.map((video) => video.progress);
    expect(progress).toEqual(progress.toSorted((a, b) => a - b));
    expect(new Set(progress).size).toBeGreaterThan(8);
    expect(new Set(seen.map((video) => video.status))).toEqual(new Set(["in_progress", "completed"]));
    expect(seen.at(-1)).toMatchObject({
      status: "completed",
      progress: 100,
      completed_at: startOfTime / 1000 + 7,
      expires_at: startOfTime / 1000 + 3600,
      error: null,
    });
  });

  test("an unknown video is not found", async () => {
    const { client } = await startSimulator();
    expect(await refusal(client.videos.retrieve("video_none"))).toMatchObject({
      status: 404,
      code: "not_found",
    });
  });
});

describe("list", () => {
  test("pages through all videos in both orders", async () => {
    const { client } = await startSimulator();
    const ids: string[] = [];
    for (const prompt of ["one", "two", "three", "four", "five"])
      ids.push((await client.videos.create({ prompt })).id);

    const page = (query: object) => client.get("/videos", { query });
    expect(await page({ limit: 2 })).toEqual({
      object: "list",
      data: [expect.objectContaining({ id: ids[4] }), expect.objectContaining({ id: ids[3] })],
      first_id: ids[4],
      last_id: ids[3],
      has_more: true,
    });
    const newestFirst = await Array.fromAsync(client.videos.list({ limit: 2 }), (video) => video.id);
    const oldestFirst = await Array.fromAsync(
      client.videos.list({ limit: 3, order: "asc" }),
      (video) => video.id,
    );
    expect(newestFirst).toEqual(ids.toReversed());
    expect(oldestFirst).toEqual(ids);
    const none = { object: "list", data: [], first_id: null, last_id: null };
    expect(await page({ after: ids[0] })).toEqual({ ...none, has_more: false });
    expect(await page({ limit: 0 })).toEqual({ ...none, has_more: true });
  });

  test.each([
    [{ limit: 101 }, "limit"],
    [{ limit: -1 }, "limit"],
    [{ after: "video_none" }, "after"],
  ])("refuses %o", async (query, param) => {
    const { client } = await startSimulator();
    expect(await refusal(client.get("/videos", { query }))).toMatchObject({ status: 400, param });
  });
});

describe("delete", () => {
  test("removes a finished video and its files", async () => {
    const dataDir = temporaryFolder(onTestFinished);
    const { client, make } = await startSimulator({ dataDir });
    const { id } = await make("a paper boat");
    expect(await client.videos.delete(id)).toEqual({ id, deleted: true, object: "video.deleted" });
    expect(await refusal(client.videos.retrieve(id))).toMatchObject({ status: 404 });
    expect(await refusal(client.videos.downloadContent(id))).toMatchObject({ status: 404 });
    expect(await readdir(join(dataDir, "videos"))).toEqual([]);
  });

  test("removes a failed video, and the picture that one was drawn on", async () => {
    const dataDir = temporaryFolder(onTestFinished);
    const { client, make, settled } = await startSimulator({ dataDir });
    const failed = await make("a paper boat [fail]");
    const input_reference = await toFile(await drawPicture("720x1280"), "photo.png");
    const drawn = await client.videos.create({ prompt: "a paper boat", input_reference });
    await settled(drawn.id);
    expect(await readdir(join(dataDir, "videos", drawn.id))).toContain("backdrop");
    for (const { id } of [failed, drawn]) await client.videos.delete(id);
    expect(await readdir(join(dataDir, "videos"))).toEqual([]);
    expect(await refusal(client.videos.delete(failed.id))).toMatchObject({ status: 404 });
  });

  test("refuses a running one until it is finished", async () => {
    const { client, begin, pass } = await startSimulator({ pace: 1 });
    const queued = await client.videos.create({ prompt: "a paper boat" });
    const rendering = await begin("a red kite");
    expect(await client.videos.retrieve(rendering)).toMatchObject({ status: "in_progress" });
    for (const id of [queued.id, rendering]) {
      expect(await refusal(client.videos.delete(id))).toMatchObject({
        status: 400,
        code: "video_not_finished",
      });
      expect(await client.videos.retrieve(id)).toMatchObject({ id });
    }
    pass(8000);
    expect(await client.videos.delete(rendering)).toMatchObject({ deleted: true });
  });
});

describe("content", () => {
  test("is a video, a thumbnail or a sprite sheet", async () => {
    const { client, make } = await startSimulator();
    const { id } = await make("a paper boat");
    for (const [variant, type] of [
      [undefined, "video/mp4"],
      ["video", "video/mp4"],
      ["thumbnail", "image/webp"],
      ["spritesheet", "image/jpeg"],
    ] as const) {
      const response = await client.videos.downloadContent(id, variant === undefined ? {} : { variant });
      const bytes = await bytesOf(response);
      expect(response.headers.get("content-type")).toBe(type);
      expect(response.headers.get("content-length")).toBe(String(bytes.length));
      expect((await fileTypeFromBuffer(bytes))?.mime).toBe(type);
    }
  });

  test("is refused while the video is not ready", async () => {
    const { client } = await startSimulator({ pace: 1 });
    const { id } = await client.videos.create({ prompt: "a paper boat" });
    expect(await refusal(client.videos.downloadContent(id))).toMatchObject({
      status: 400,
      code: "video_not_ready",
    });
  });

  test("expires after an hour and leaves the disk, the video stays known", async () => {
    const dataDir = temporaryFolder(onTestFinished);
    const { client, make, pass } = await startSimulator({ dataDir });
    const { id } = await make("a paper boat");
    pass(3_600_000);
    expect(await refusal(client.videos.downloadContent(id))).toMatchObject({ status: 404 });
    expect(await client.videos.retrieve(id)).toMatchObject({ status: "completed" });
    await client.videos.create({ prompt: "the next one sweeps" });
    expect(await readdir(join(dataDir, "videos", id))).toEqual(["video.json"]);
    pass(8 * 24 * 3_600_000);
    await client.videos.create({ prompt: "and so does this" });
    expect(await refusal(client.videos.retrieve(id))).toMatchObject({ status: 404 });
  });
});

describe("every answer", () => {
  test("carries a request id", async () => {
    const { client } = await startSimulator();
    const { request_id } = await client.videos.list().withResponse();
    expect(request_id).toMatch(/^req_/);
    expect((await refusal(client.videos.retrieve("video_none"))).requestID).toMatch(/^req_/);
  });

  test("asks for a key", async () => {
    const { simulator } = await startSimulator();
    const response = await fetch(`${simulator.baseUrl}/videos`);
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ error: { code: "invalid_api_key" } });
  });

  test("says so when there is no such operation", async () => {
    const { client } = await startSimulator();
    expect(await refusal(client.get("/images"))).toMatchObject({ status: 404 });
    expect(await refusal(client.put("/videos"))).toMatchObject({ status: 404 });
  });
});
