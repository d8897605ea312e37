import type OpenAI from "openai";
import { toFile } from "openai";
import { describe, expect, test } from "vitest";
import { drawClip, refusal, startOfTime, startSimulator } from "../fixtures/simulator.ts";

describe("videos made from videos", () => {
  test("a remix inherits the settings and names its parent", async () => {
    const { client, settled } = await startSimulator();
    const parent = await client.videos.create({
      prompt: "a kite",
      model: "sora-2-pro",
      seconds: "8",
      size: "1024x1792",
    });
    await settled(parent.id);
    const remix = await client.videos.remix(parent.id, { prompt: "the same at night" });
    expect(remix).toMatchObject({
      model: "sora-2-pro",
      seconds: "8",
      size: "1024x1792",
      prompt: "the same at night",
    });
    expect(remix.remixed_from_video_id).toBe(parent.id);
    expect(await settled(remix.id)).toMatchObject({ status: "completed" });
  });

  test("an edit takes a video by id or as a file", async () => {
    const { client, make, settled } = await startSimulator();
    const { id } = await make("a kite");
    const edit = await client.videos.edit({ prompt: "in the snow", video: { id } });
    expect(edit).toMatchObject({
      seconds: "4",
      size: "720x1280",
      prompt: "in the snow",
      remixed_from_video_id: null,
    });
    const upload = await toFile(await drawClip(3, "1280x720"), "clip.mp4");
    const editOfFile = await client.videos.edit({ prompt: "in the snow", video: upload });
    expect(editOfFile).toMatchObject({ seconds: "3", size: "1280x720" });
    expect(await settled(editOfFile.id)).toMatchObject({ status: "completed" });
  });

  test("an extension adds up to 120 seconds", async () => {
    // The official description allows steps of 16 and 20 seconds in its text, but not in its schema.
    const { client, make, settled } = await startSimulator({ recordTo: "" });
    const body = (id: string, seconds: string) => ({ body: { prompt: "on", video: { id }, seconds } });
    const extend = (id: string, seconds: string) =>
      client.post<OpenAI.Video>("/videos/extensions", body(id, seconds));
    let video = await make("a kite");
    for (let step = 0; step < 5; step += 1) video = await settled((await extend(video.id, "20")).id);
    expect(video).toMatchObject({ seconds: "104", prompt: "on" });
    expect(await refusal(extend(video.id, "20"))).toMatchObject({ status: 400, param: "seconds" });
    expect(await extend(video.id, "16")).toMatchObject({ seconds: "120" });
  });

  test("an extension takes a video by id or as a file", async () => {
    const { client, make } = await startSimulator();
    const { id } = await make("a kite");
    const byId = await client.videos.extend({ prompt: "on", video: { id }, seconds: "4" });
    expect(byId).toMatchObject({ seconds: "8", prompt: "on", remixed_from_video_id: null });
    const upload = await toFile(await drawClip(3), "clip.mp4");
    const byFile = await client.videos.extend({ prompt: "on", video: upload, seconds: "8" });
    expect(byFile).toMatchObject({ seconds: "11", prompt: "on" });
  });

  test("a source must be known and completed", async () => {
    const { client } = await startSimulator({ pace: 1 });
    const { id } = await client.videos.create({ prompt: "a kite" });
    const prompt = "more";
    for (const call of [
      client.videos.remix(id, { prompt }),
      client.videos.edit({ prompt, video: { id } }),
      client.videos.extend({ prompt, video: { id }, seconds: "4" }),
    ]) {
      expect(await refusal(call)).toMatchObject({ status: 400, code: "video_not_ready" });
    }
    expect(await refusal(client.videos.remix("video_none", { prompt }))).toMatchObject({ status: 404 });
    const text = await toFile(Buffer.from("no video"), "clip.mp4");
    expect(await refusal(client.videos.edit({ prompt, video: text }))).toMatchObject({
      status: 400,
      param: "video",
    });
  });
});

describe("characters", () => {
  test("are made from a short clip and found again", async () => {
    const { client } = await startSimulator();
    const video = await toFile(await drawClip(3, "640x360"), "mossy.mp4");
    const character = await client.videos.createCharacter({ name: "Mossy", video });
    expect(character).toEqual({
      id: expect.stringMatching(/^char_[0-9a-f]{32}$/),
      name: "Mossy",
      created_at: startOfTime / 1000,
    });
    expect(await client.videos.getCharacter(character.id ?? "")).toEqual(character);
  });

  test("need a clip of two to four seconds and a name", async () => {
    const { client } = await startSimulator();
    const long = await toFile(await drawClip(6, "320x180"), "long.mp4");
    expect(await refusal(client.videos.createCharacter({ name: "Mossy", video: long }))).toMatchObject({
      status: 400,
      param: "video",
    });
    expect(await refusal(client.videos.createCharacter({ name: "", video: long }))).toMatchObject({
      status: 400,
      param: "name",
    });
    expect(await refusal(client.videos.getCharacter("char_none"))).toMatchObject({ status: 404 });
    expect(await refusal(client.videos.getCharacter("../videos"))).toMatchObject({ status: 404 });
  });
});
