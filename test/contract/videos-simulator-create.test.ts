import { toFile } from "openai";
import { describe, expect, test } from "vitest";
import { drawPicture, refusal, startOfTime, startSimulator } from "../fixtures/simulator.ts";

describe("create", () => {
  test("answers with a queued video and the defaults", async () => {
    const { client } = await startSimulator({ pace: 1 });
    expect(await client.videos.create({ prompt: "a paper boat" })).toEqual({
      id: expect.stringMatching(/^video_[0-9a-f]{32}$/),
      object: "video",
      model: "sora-2",
      status: "queued",
      progress: 0,
      created_at: startOfTime / 1000,
      completed_at: null,
      expires_at: null,
      prompt: "a paper boat",
      size: "720x1280",
      seconds: "4",
      remixed_from_video_id: null,
      error: null,
    });
  });

  test("takes JSON and every setting as well", async () => {
    const { client } = await startSimulator();
    const body = { prompt: "dunes", model: "sora-2-pro", seconds: "12", size: "1792x1024" };
    expect(await client.post("/videos", { body })).toMatchObject(body);
  });

  test.each([
    ["empty prompt", { prompt: " " }, "prompt"],
    ["over-long prompt", { prompt: "x".repeat(32_001) }, "prompt"],
    ["missing prompt", {}, "prompt"],
    ["unknown model", { prompt: "x", model: "sora-9" }, "model"],
    ["unknown length", { prompt: "x", seconds: "5" }, "seconds"],
    ["length as a number", { prompt: "x", seconds: 4 }, "seconds"],
    ["unknown size", { prompt: "x", size: "1x1" }, "size"],
    ["a size of the other model", { prompt: "x", model: "sora-2", size: "1792x1024" }, "size"],
    ["unknown parameter", { prompt: "x", fps: 24 }, "fps"],
    [
      "a picture by both ways",
      { prompt: "x", input_reference: { image_url: "a", file_id: "b" } },
      "input_reference",
    ],
    [
      "a picture by link",
      { prompt: "x", input_reference: { image_url: "https://example.com/a.png" } },
      "input_reference.image_url",
    ],
    [
      "a picture by file id",
      { prompt: "x", input_reference: { file_id: "file-1" } },
      "input_reference.file_id",
    ],
  ])("refuses: %s", async (_, body, param) => {
    const { client } = await startSimulator();
    const error = await refusal(client.post("/videos", { body }));
    expect(error).toMatchObject({ status: 400, type: "invalid_request_error", param });
    expect((await client.videos.list()).data).toEqual([]);
  });

  test("refuses a body that is neither JSON nor a form", async () => {
    const { simulator } = await startSimulator();
    const headers = { authorization: "Bearer test", "content-type": "application/json" };
    const response = await fetch(`${simulator.baseUrl}/videos`, { method: "POST", headers, body: "{" });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { code: "invalid_body" } });
  });
});

describe("reference picture", () => {
  test.each(["picture.png", "picture.jpg", "picture.webp"])(
    "takes %s of the size that is asked for",
    async (name) => {
      const { client, settled } = await startSimulator();
      const input_reference = await toFile(await drawPicture("1280x720", name), "photo");
      const { id } = await client.videos.create({ prompt: "x", size: "1280x720", input_reference });
      expect(await settled(id)).toMatchObject({ status: "completed", size: "1280x720" });
    },
  );

  test("takes a data: URL", async () => {
    const { client } = await startSimulator();
    const image_url = `data:image/png;base64,${(await drawPicture("720x1280")).toString("base64")}`;
    expect(await client.videos.create({ prompt: "x", input_reference: { image_url } })).toMatchObject({
      object: "video",
    });
  });

  test("refuses another size and names both", async () => {
    const { client } = await startSimulator();
    const input_reference = await toFile(await drawPicture("640x480"), "photo.png");
    const error = await refusal(client.videos.create({ prompt: "x", input_reference }));
    expect(error).toMatchObject({ status: 400, param: "input_reference" });
    expect(error.message).toMatch(/640x480.*720x1280/);
  });

  test("refuses what only calls itself a picture", async () => {
    const { client } = await startSimulator();
    const input_reference = await toFile(Buffer.from("GIF89a, or not"), "photo.png", { type: "image/png" });
    expect(await refusal(client.videos.create({ prompt: "x", input_reference }))).toMatchObject({
      status: 400,
    });
  });
});
