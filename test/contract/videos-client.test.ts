import { buffer } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { createVideosClient, type VideosClient } from "../../src/videos/videos-client.ts";
import { createFakeVideosClient } from "../fakes/fake-videos-client.ts";
import { freePort } from "../fixtures/listening.ts";
import { startOfTime, startSimulator } from "../fixtures/simulator.ts";
import { refusalWith, startVideosBackend } from "../fixtures/videos-backend.ts";
import type { Fault } from "../servers/faults.ts";
import { videosClientSuite } from "./suites/videos-client-suite.ts";

videosClientSuite("openai on the simulator", async () => {
  const { simulator, settled, pass } = await startSimulator();
  return {
    client: createVideosClient({ apiKey: "test", baseUrl: simulator.baseUrl }),
    settle: async (id) => void (await settled(id)),
    pass,
    failing: "[fail]",
    endless: "[stuck]",
  };
});

videosClientSuite("fake", async () => {
  let now = startOfTime;
  const client = createFakeVideosClient({ now: () => now });
  return {
    client,
    failing: "[fail]",
    endless: "",
    pass(ms) {
      now += ms;
    },
    async settle(id) {
      const { prompt } = await client.retrieve(id);
      if (prompt?.includes("[fail]")) client.fail(id);
      else client.complete(id);
    },
  };
});

const clip = { prompt: "a boat", model: "sora-2", seconds: "4", size: "720x1280" };

const refusal = (status: number, code: string | null, headers: Record<string, string> = {}): Fault => {
  const answer = refusalWith(status, code);
  return { ...answer, headers: { ...answer.headers, ...headers } };
};

const paid = {
  create: (client: VideosClient) => client.create(clip),
  remix: (client: VideosClient) => client.remix("video_1", "at night"),
  edit: (client: VideosClient) => client.edit("video_1", "at night"),
  extend: (client: VideosClient) => client.extend("video_1", "at night", "8"),
};

describe.each(Object.entries(paid))("%s", (operation, send) => {
  it.each<[string, Fault, number]>([
    ["a dropped connection", "drop", 0],
    ["a connection that drops after it was taken", { after: "drop" }, 1],
    ["half an answer", "malformed", 1],
    ["a 500", refusal(500, null), 0],
    ["a 502", { status: 502, body: "<html>bad gateway</html>" }, 0],
    ["a 504", { status: 504, body: "<html>gateway time-out</html>" }, 0],
    ["a 524", { status: 524, body: "<html>a time-out occurred</html>" }, 0],
    ["a 503 of what stands before it", { status: 503, body: "upstream connect error" }, 0],
    [
      "a 503 with a page and a wait",
      { status: 503, body: "<html>Backend fetch failed</html>", headers: { "retry-after": "5" } },
      0,
    ],
    ["a 408", refusal(408, null), 0],
    ["a 409", refusal(409, null), 0],
    ["an answer that names no video", { status: 200, body: { object: "video" } }, 0],
    ["an answer that is no JSON", { status: 200, body: "OK" }, 0],
  ])("met by %s may have been taken, and is sent once", async (_, fault, taken) => {
    const backend = await startVideosBackend();
    backend.spoil(fault);
    await expect(send(backend.client)).rejects.toMatchObject({
      name: "ServiceError",
      service: "videos",
      code: "answer_lost",
      retryable: false,
    });
    expect(backend.requests()).toHaveLength(1);
    expect(backend.taken()).toBe(taken);
  });

  it.each<[string, Fault, object]>([
    ["a 429", refusal(429, "rate_limit_exceeded"), { code: "rate_limited", retryable: true }],
    [
      "a 429 with a wait",
      refusal(429, null, { "retry-after": "7" }),
      { code: "rate_limited", retryAfterMs: 7000 },
    ],
    ["a 503", refusal(503, null), { code: "http_503", retryable: true }],
    [
      "a 503 with a wait",
      { status: 503, body: "busy", headers: { "retry-after": "7" } },
      { code: "http_503", retryable: true, retryAfterMs: 7000 },
    ],
    ["an unknown model", refusal(404, "model_not_found"), { code: "model_not_found", retryable: false }],
    [
      "an empty account",
      refusal(429, "insufficient_quota"),
      { code: "insufficient_quota", retryable: false },
    ],
    ["a 402", refusal(402, null), { code: "insufficient_quota", retryable: false }],
    ["a bad request", refusal(400, "invalid_size"), { code: "invalid_size", retryable: false }],
    ["a refused key", refusal(401, "invalid_api_key"), { code: "invalid_api_key", retryable: false }],
    [
      "a 501",
      { status: 501, body: "no" },
      { code: operation === "create" ? "http_501" : "not_supported", retryable: false },
    ],
    [
      "a code that is a number",
      { status: 422, body: { error: { code: 42, message: "no" } } },
      { code: "42" },
    ],
  ])("refused by %s was certainly not taken, and is sent once", async (_, fault, error) => {
    const backend = await startVideosBackend();
    backend.spoil(fault);
    await expect(send(backend.client)).rejects.toMatchObject({
      name: "ServiceError",
      service: "videos",
      ...error,
    });
    expect(backend.requests()).toHaveLength(1);
    expect(backend.taken()).toBe(0);
  });

  it("to a backend that is not there was certainly not taken", async () => {
    const port = await freePort();
    const client = createVideosClient({ apiKey: "test", baseUrl: `http://127.0.0.1:${port}/v1` });
    await expect(send(client)).rejects.toMatchObject({ code: "unavailable", retryable: true });
  });

  it("answered slowly is waited for", async () => {
    const backend = await startVideosBackend();
    backend.spoil({ delayMs: 300 });
    expect((await send(backend.client)).id).toBe("video_1");
    expect(backend.taken()).toBe(1);
  });
});

describe("errors", () => {
  it("carry the backend's own sentence and the id of the request", async () => {
    const { client, spoil } = await startVideosBackend();
    spoil(refusal(400, "invalid_size"));
    await expect(client.create(clip)).rejects.toMatchObject({ message: "It said no.", requestId: "req_1" });
  });

  it("never show the key", async () => {
    const { client, spoil } = await startVideosBackend();
    spoil(refusal(401, "invalid_api_key"));
    const error: unknown = await client.create(clip).catch((thrown: unknown) => thrown);
    expect(error instanceof Error && `${error.message} ${error.stack}`).not.toContain("sk-test");
  });
});

describe("reading", () => {
  it.each<[string, Fault]>([
    ["a dropped connection", "drop"],
    ["a 500", refusal(500, null)],
    ["a 429", refusal(429, null, { "retry-after": "0" })],
  ])("is repeated once after %s", async (_, fault) => {
    const { client, spoil, requests } = await startVideosBackend();
    spoil(fault);
    expect((await client.retrieve("video_1")).id).toBe("video_1");
    spoil(fault);
    expect((await client.list({ limit: 10 })).videos).toHaveLength(1);
    expect(requests()).toHaveLength(4);
  });

  it.each<[string, Fault, object]>([
    ["dropped connections", "drop", { code: "unavailable", retryable: true }],
    ["500s", refusal(500, null), { code: "http_500", retryable: true }],
    ["half answers", "malformed", { code: "unavailable", retryable: true }],
    ["a 404 by any code", refusal(404, "video_missing"), { code: "not_found", retryable: false }],
    [
      "a 404 of what stands before it",
      { status: 404, body: "<html>404</html>" },
      { code: "unavailable", retryable: true },
    ],
    ["a refused key", refusal(403, null), { code: "http_403", retryable: false }],
  ])("fails in one way after %s", async (_, fault, error) => {
    const { client, spoil } = await startVideosBackend();
    spoil(fault, 2);
    await expect(client.retrieve("video_1")).rejects.toMatchObject({ name: "ServiceError", ...error });
  });

  it.each([404, 405, 501])("a list says that a backend has none by %i", async (status) => {
    const { client, spoil } = await startVideosBackend();
    spoil(refusal(status, "no_such_route"), 2);
    await expect(client.list({ limit: 10 })).rejects.toMatchObject({
      code: "not_supported",
      retryable: false,
    });
  });

  it.each([400, 404, 409, 422])("a download says that the file is not there yet by %i", async (status) => {
    const { client, spoil } = await startVideosBackend();
    spoil(refusal(status, "not_done"), 2);
    await expect(client.download("video_1", "video")).rejects.toMatchObject({
      code: "not_ready",
      retryable: true,
    });
  });

  it("a list leaves out what cannot be read", async () => {
    const data = [{ id: "a", status: "DONE", progress: null }, null, {}, { id: 7 }, { id: "b" }];
    const { client } = await startVideosBackend({
      answers: { "GET /videos": { status: 200, body: { data } } },
    });
    const { videos, more } = await client.list({ limit: 10 });
    expect(videos.map(({ id, status }) => [id, status])).toEqual([
      ["a", "completed"],
      ["b", "in_progress"],
    ]);
    expect(more).toBe(false);
  });

  it("a download gives the bytes as they are", async () => {
    const content = { status: 200, body: Buffer.from([0, 1, 2, 255]) };
    const { client } = await startVideosBackend({ answers: { "GET /videos/{id}/content": content } });
    expect(await buffer(await client.download("video_1", "video"))).toEqual(Buffer.from([0, 1, 2, 255]));
  });
});
