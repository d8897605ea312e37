import { buffer } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { ServiceError } from "../../src/errors.ts";
import type { BackendLinks } from "../../src/videos/backend-links.ts";
import { dialects } from "../../src/videos/dialects.ts";
import { startVideosBackend } from "../fixtures/videos-backend.ts";

const content = "GET /videos/{id}/content";
const notHere = { status: 400, body: { detail: "The video was uploaded elsewhere." } };
const completed = { status: "completed", progress: 100 };

/** A backend with one completed video, and links of which each gives its own address as the file. */
async function startScene(options: { video?: object; answer?: object; broken?: readonly string[] } = {}) {
  const { video = {}, answer = notHere, broken = [] } = options;
  const opened: string[] = [];
  const links: BackendLinks = {
    async open(address) {
      opened.push(address);
      if (broken.includes(address)) throw new ServiceError("videos", "http_403", "No.", { retryable: false });
      return { body: ReadableStream.from([Buffer.from(address)]), type: "video/mp4" };
    },
  };
  const backend = await startVideosBackend({
    video: { ...completed, ...video },
    answers: { [content]: { status: 200, ...answer } },
    links,
  });
  const download = async () => String(await buffer(await backend.client.download("video_1", "video")));
  return { ...backend, opened, download };
}

describe("the bytes of a video", () => {
  it("come from its own address first, without a variant", async () => {
    const { download, opened, requests } = await startScene({
      answer: { body: Buffer.from("bytes") },
      video: { url: "https://files.example/a" },
    });
    expect(await download()).toBe("bytes");
    expect(requests()).toEqual([content]);
    expect(opened).toEqual([]);
  });

  const named: [string, object][] = [
    ["url", { url: "https://files.example/1" }],
    ["video.url", { video: { url: "https://files.example/1" } }],
    ["data[].url", { data: [{ url: "https://files.example/1" }] }],
    ["outputs.video_url", { outputs: { video_url: "https://files.example/1" } }],
    ["unsigned_urls", { unsigned_urls: ["https://files.example/1"] }],
  ];

  it.each(named)("come from the address that the video names: %s", async (_, video) => {
    const { download } = await startScene({ video });
    expect(await download()).toBe("https://files.example/1");
  });

  it("come from the first of several that gives them", async () => {
    const video = {
      unsigned_urls: ["https://files.example/5"],
      outputs: { video_url: "https://files.example/4" },
      data: [{ url: "https://files.example/3" }],
      video: { url: "https://files.example/2" },
      url: "https://files.example/1",
    };
    const broken = [1, 2, 3, 4].map((n) => `https://files.example/${n}`);
    const { download, opened } = await startScene({ video, broken });
    expect(await download()).toBe("https://files.example/5");
    expect(opened).toEqual([...broken, "https://files.example/5"]);
  });

  it.each([405, 501, 404])("come from there also where there is no such route (%i)", async (status) => {
    const { download } = await startScene({
      answer: { status, body: { detail: "Not Found" } },
      video: { url: "https://files.example/1" },
    });
    expect(await download()).toBe("https://files.example/1");
  });

  it("come from where a redirect leads, by the guarded way alone", async () => {
    const { download, opened } = await startScene({
      answer: { status: 302, headers: { location: "https://files.example/r?sig=1" } },
    });
    expect(await download()).toBe("https://files.example/r?sig=1");
    expect(opened).toEqual(["https://files.example/r?sig=1"]);
  });

  it("come from the address in an answer that is no file", async () => {
    const { download } = await startScene({
      answer: { body: { video: { url: "https://files.example/j" } } },
    });
    expect(await download()).toBe("https://files.example/j");
  });

  it.each([400, 404, 409, 422, 425])("are waited for while nothing names them (%i)", async (status) => {
    const { download } = await startScene({
      answer: { status, body: { error: { message: "not yet", code: "x" } } },
    });
    await expect(download()).rejects.toMatchObject({ code: "not_ready", retryable: true });
  });

  it("fail as their address does when none gives them", async () => {
    const { download } = await startScene({
      video: { url: "https://files.example/1" },
      broken: ["https://files.example/1"],
    });
    await expect(download()).rejects.toMatchObject({ code: "http_403" });
  });
});

describe("a redirect of anything else", () => {
  it("is not followed: a create is refused for certain, with what to set", async () => {
    const answer = { status: 307, headers: { location: "https://elsewhere.example/v1/videos" }, body: {} };
    const backend = await startVideosBackend({
      answers: { "POST /videos": answer, "GET /videos/{id}": answer },
    });
    const clip = { model: "m", seconds: "4", size: "720x1280", prompt: "a kite" };
    await expect(backend.client.create(clip)).rejects.toMatchObject({
      code: "redirected",
      retryable: false,
      message: expect.stringContaining("https://elsewhere.example"),
    });
    await expect(backend.client.retrieve("video_1")).rejects.toMatchObject({ code: "redirected" });
    expect(backend.requests()).toEqual(["POST /videos", "GET /videos/{id}"]);
  });
});

describe("a create, as each kind of server wants it", () => {
  const picture = { filename: "reference.png", contentType: "image/png", bytes: new Uint8Array([1, 2, 3]) };
  const clip = { model: "m", seconds: "8", size: "1280x720", prompt: "a kite", extras: { seed: 5 } };

  it.each(["openai", "vllm-omni", "sglang", "tensorrt-llm", "litellm", "new-api", "generic"] as const)(
    "%s: a form with a file",
    async (name) => {
      const backend = await startVideosBackend({ dialect: dialects[name] });
      await backend.client.create({ ...clip, image: picture });
      expect(backend.bodies()).toEqual([
        {
          model: "m",
          prompt: "a kite",
          seconds: "8",
          size: "1280x720",
          seed: "5",
        },
      ]);
      expect(backend.files).toMatchObject([
        { field: "input_reference", filename: "reference.png", contentType: "image/png" },
      ]);
    },
  );

  it("openrouter: JSON with a first frame", async () => {
    const backend = await startVideosBackend({ dialect: dialects.openrouter });
    await backend.client.create({ ...clip, image: picture });
    const url = "data:image/png;base64,AQID";
    expect(backend.bodies()).toEqual([
      {
        model: "m",
        prompt: "a kite",
        duration: 8,
        resolution: "720p",
        aspect_ratio: "16:9",
        seed: 5,
        frame_images: [{ type: "image_url", image_url: { url }, frame_type: "first_frame" }],
      },
    ]);
  });

  it("leaves out what the backend decides, and sends a shape as one", async () => {
    const backend = await startVideosBackend();
    await backend.client.create({ model: "m", prompt: "a kite", seconds: "", size: "" });
    await backend.client.create({ model: "m", prompt: "a kite", seconds: "", size: "9:16" });
    expect(backend.bodies()).toEqual([
      { model: "m", prompt: "a kite" },
      { model: "m", prompt: "a kite", aspect_ratio: "9:16" },
    ]);
  });
});

it("a failed video is read from an answer with an error status", async () => {
  const body = {
    id: "video_1",
    object: "video",
    status: "failed",
    error: { code: 500, message: "CUDA out of memory" },
  };
  const backend = await startVideosBackend({ answers: { "GET /videos/{id}": { status: 500, body } } });
  expect(await backend.client.retrieve("video_1")).toMatchObject({
    status: "failed",
    error: { code: "500", message: "CUDA out of memory" },
  });
  expect(backend.requests()).toHaveLength(1);
});

it("where a DELETE does not stop a running video, none is sent", async () => {
  const backend = await startVideosBackend({ video: { status: "in_progress" }, dialect: dialects.sglang });
  await expect(backend.client.delete("video_1")).rejects.toMatchObject({ code: "not_finished" });
  expect(backend.requests()).toEqual(["GET /videos/{id}"]);
});

it("what a dialect does not have is not asked for", async () => {
  const backend = await startVideosBackend({ dialect: dialects.openrouter });
  await expect(backend.client.list({ limit: 10 })).rejects.toMatchObject({ code: "not_supported" });
  await expect(backend.client.remix("video_1", "x")).rejects.toMatchObject({ code: "not_supported" });
  await expect(backend.client.download("video_1", "thumbnail")).rejects.toMatchObject({
    code: "not_supported",
  });
  expect(backend.requests()).toEqual([]);
});
