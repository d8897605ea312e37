import { buffer } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import type { OptionalOperation } from "../../src/videos/dialect.ts";
import type { VideosClient } from "../../src/videos/videos-client.ts";
import { refusalWith, startVideosBackend } from "../fixtures/videos-backend.ts";
import type { HttpAnswer } from "../servers/http-server.ts";

const completed = { status: "completed", progress: 100 };
const noRoute: HttpAnswer = { status: 404, body: { detail: "Not Found" } };
const notAllowed: HttpAnswer = { status: 405, body: { detail: "Method Not Allowed" } };
const notImplemented: HttpAnswer = { status: 501, body: "not implemented" };
/** What stands before a backend says so while that is away. */
const page: HttpAnswer = { status: 404, body: "<html><h1>404 Not Found</h1></html>" };
const content = "GET /videos/{id}/content";

/** Those that have a route of their own. */
type Routed = Exclude<OptionalOperation, "cancel">;

const calls: Record<Routed, { route: string; call: (client: VideosClient) => Promise<unknown> }> = {
  remix: { route: "POST /videos/{id}/remix", call: (client) => client.remix("video_1", "at night") },
  edit: { route: "POST /videos/edits", call: (client) => client.edit("video_1", "at night") },
  extend: { route: "POST /videos/extensions", call: (client) => client.extend("video_1", "at night", "8") },
  delete: { route: "DELETE /videos/{id}", call: (client) => client.delete("video_1") },
  list: { route: "GET /videos", call: (client) => client.list({ limit: 10 }) },
  thumbnail: { route: content, call: (client) => client.download("video_1", "thumbnail") },
  spritesheet: { route: content, call: (client) => client.download("video_1", "spritesheet") },
};
const operations = Object.keys(calls) as Routed[];
const derived = ["remix", "edit", "extend"] as const;
const extras = ["thumbnail", "spritesheet"] as const;
const supported = (client: VideosClient) => operations.filter((operation) => client.supports(operation));
const notSupported = { name: "ServiceError", service: "videos", code: "not_supported", retryable: false };

describe("what is asked of a backend to make a video from a video", () => {
  it.each([
    ["remix", { prompt: "at night" }],
    ["edit", { prompt: "at night", video: { id: "video_1" } }],
    ["extend", { prompt: "at night", video: { id: "video_1" }, seconds: "8" }],
  ] as const)("%s", async (operation, body) => {
    const backend = await startVideosBackend();
    await calls[operation].call(backend.client);
    expect(backend.requests()).toEqual([calls[operation].route]);
    expect(backend.bodies()).toEqual([body]);
  });
});

describe("an operation that a backend does not have", () => {
  const proofs = operations.flatMap((operation) =>
    [notAllowed, notImplemented, ...(extras.some((extra) => extra === operation) ? [] : [noRoute])].map(
      (answer): [Routed, number, HttpAnswer] => [operation, answer.status, answer],
    ),
  );

  it.each(proofs)("%s shows by %i, and is said once", async (operation, _, answer) => {
    const { route, call } = calls[operation];
    const backend = await startVideosBackend({ video: completed, answers: { [route]: answer } });
    expect(supported(backend.client)).toEqual(operations);
    await expect(call(backend.client)).rejects.toMatchObject(notSupported);
    await expect(call(backend.client)).rejects.toMatchObject(notSupported);
    expect(supported(backend.client)).toEqual(operations.filter((other) => other !== operation));
    expect(backend.missing).toEqual([operation]);
    expect(backend.taken()).toBe(0);
  });

  it("is asked for again after an hour", async () => {
    let time = Date.now();
    const answers: Record<string, HttpAnswer> = { "POST /videos/{id}/remix": noRoute };
    const backend = await startVideosBackend({ video: completed, answers, now: () => time });
    await expect(backend.client.remix("video_1", "at night")).rejects.toMatchObject(notSupported);
    time += 3_599_999;
    expect(backend.client.supports("remix")).toBe(false);
    time += 1;
    expect(backend.client.supports("remix")).toBe(true);
    await expect(backend.client.remix("video_1", "at night")).rejects.toMatchObject(notSupported);
    expect(backend.client.supports("remix")).toBe(false);
    expect(backend.missing).toEqual(["remix", "remix"]);
  });

  it.each(derived)("%s is sent once to find that out", async (operation) => {
    const { route, call } = calls[operation];
    const backend = await startVideosBackend({ video: completed, answers: { [route]: noRoute } });
    await expect(call(backend.client)).rejects.toMatchObject(notSupported);
    expect(backend.requests()).toEqual([route, "GET /videos/{id}"]);
  });

  it.each<[string, HttpAnswer]>([
    // SGLang takes a number for it.
    [
      "a list of what is wrong",
      {
        status: 422,
        body: { detail: [{ loc: ["query", "variant"], msg: "not an integer", type: "int_parsing" }] },
      },
    ],
    ["an error that names the parameter", refusalWith(400, "unknown_parameter", "variant")],
    [
      "sending the video",
      { status: 200, headers: { "content-type": "video/mp4" }, body: Buffer.from("mp4") },
    ],
  ])("thumbnail shows by %s", async (_, answer) => {
    const backend = await startVideosBackend({ video: completed, answers: { [content]: answer } });
    await expect(backend.client.download("video_1", "thumbnail")).rejects.toMatchObject(notSupported);
    expect(backend.missing).toEqual(["thumbnail"]);
    expect(backend.client.supports("spritesheet")).toBe(true);
  });
});

describe("a 404 proves nothing", () => {
  const hourAgo = Math.floor(Date.now() / 1000) - 3600;
  const cases = derived.flatMap((operation) =>
    [
      ["is not there", undefined],
      ["is in the making", { status: "in_progress" }],
      ["failed", { status: "failed" }],
      ["has expired", { ...completed, expires_at: hourAgo }],
    ].map(([why, video]) => [operation, why, video] as [typeof operation, string, object | undefined]),
  );

  it.each(cases)("to a %s of a video that %s", async (operation, _, video) => {
    const { route, call } = calls[operation];
    const backend = await startVideosBackend({ video, answers: { [route]: noRoute } });
    await expect(call(backend.client)).rejects.toMatchObject({ code: "not_found", retryable: false });
    expect(supported(backend.client)).toEqual(operations);
    expect(backend.taken()).toBe(0);
  });

  it.each(derived)("to a %s while the backend cannot say whether the video is there", async (operation) => {
    const { route, call } = calls[operation];
    const answers = { [route]: noRoute, "GET /videos/{id}": refusalWith(500, null) };
    const backend = await startVideosBackend({ answers });
    await expect(call(backend.client)).rejects.toMatchObject({ code: "not_found", retryable: false });
    expect(supported(backend.client)).toEqual(operations);
  });

  it("to a list after a video that is not there", async () => {
    const backend = await startVideosBackend({ answers: { "GET /videos": refusalWith(404, null) } });
    await expect(backend.client.list({ limit: 10, after: "video_0" })).rejects.toMatchObject({
      code: "not_found",
    });
    expect(backend.client.supports("list")).toBe(true);
  });

  it.each(derived)("to a %s that names another cause", async (operation) => {
    const { route } = calls[operation];
    for (const answer of [refusalWith(404, "model_not_found"), refusalWith(404, null, "video")]) {
      const backend = await startVideosBackend({ video: completed, answers: { [route]: answer } });
      await expect(calls[operation].call(backend.client)).rejects.toMatchObject({ retryable: false });
      expect(supported(backend.client)).toEqual(operations);
    }
  });

  it.each(operations)("to a %s from what stands before the backend", async (operation) => {
    const { route, call } = calls[operation];
    const answers = { [route]: page, "GET /videos/{id}": page };
    const backend = await startVideosBackend({ video: completed, answers });
    await expect(call(backend.client)).rejects.toMatchObject({ code: "unavailable", retryable: true });
    expect(supported(backend.client)).toEqual(operations);
  });

  it("to a download from what stands before the backend", async () => {
    const { client } = await startVideosBackend({ video: completed, answers: { [content]: page } });
    await expect(client.download("video_1", "video")).rejects.toMatchObject({
      code: "unavailable",
      retryable: true,
    });
  });

  it.each(extras)("to a %s", async (variant) => {
    const answers = { [content]: refusalWith(404, null) };
    const expired = await startVideosBackend({ video: completed, answers });
    await expect(expired.client.download("video_1", variant)).rejects.toMatchObject({ code: "no_file" });
    const running = await startVideosBackend({ video: { status: "in_progress" }, answers });
    const notReady = { code: "not_ready", retryable: true };
    await expect(running.client.download("video_1", variant)).rejects.toMatchObject(notReady);
    const unknown = await startVideosBackend({ video: undefined, answers });
    await expect(unknown.client.download("video_1", variant)).rejects.toMatchObject({ code: "not_found" });
    expect([expired, running, unknown].flatMap(({ missing }) => missing)).toEqual([]);
  });
});

describe("deleting", () => {
  it.each<[string, HttpAnswer]>([
    ["OpenAI", { status: 200, body: { id: "video_1", object: "video.deleted", deleted: true } }],
    ["SGLang", { status: 200, body: { id: "video_1", object: "video", status: "deleted" } }],
    ["a backend without words", { status: 204 }],
  ])("is done when %s says so", async (_, answer) => {
    const { client } = await startVideosBackend({ answers: { "DELETE /videos/{id}": answer } });
    expect(await client.delete("video_1")).toBe("deleted");
  });

  it("is repeated once, and the video is gone when the first time did it", async () => {
    const backend = await startVideosBackend({ video: undefined });
    backend.spoil({ after: "drop" });
    expect(await backend.client.delete("video_1")).toBe("gone");
    expect(backend.requests()).toEqual(["DELETE /videos/{id}", "DELETE /videos/{id}", "GET /videos/{id}"]);
  });

  it.each<[string, HttpAnswer]>([
    ["404", refusalWith(404, null)],
    ["SGLang's 404", { status: 404, body: { detail: "Video not found" } }],
    ["new-api's 400", refusalWith(400, "task_not_exist")],
  ])("finds nothing by %s", async (_, answer) => {
    const answers = { "DELETE /videos/{id}": answer, "GET /videos/{id}": answer };
    const backend = await startVideosBackend({ answers });
    expect(await backend.client.delete("video_1")).toBe("gone");
    expect(backend.missing).toEqual([]);
  });

  it.each([completed, { status: "in_progress" }, undefined])(
    "is to be tried again after a 404 from what stands before the backend: %j",
    async (video) => {
      const backend = await startVideosBackend({ video, answers: { "DELETE /videos/{id}": page } });
      await expect(backend.client.delete("video_1")).rejects.toMatchObject({
        code: "unavailable",
        retryable: true,
      });
      expect(backend.missing).toEqual([]);
    },
  );

  it.each([400, 409, 422])("is refused by %i while the video is in the making", async (status) => {
    const answers = { "DELETE /videos/{id}": refusalWith(status, "invalid_state") };
    const { client } = await startVideosBackend({ video: { status: "in_progress" }, answers });
    await expect(client.delete("video_1")).rejects.toMatchObject({
      name: "ServiceError",
      code: "not_finished",
      retryable: false,
    });
  });

  it.each<[string, HttpAnswer, object]>([
    ["of a finished video", refusalWith(400, "locked"), { code: "locked", retryable: false }],
    ["of the key", refusalWith(403, null), { code: "http_403", retryable: false }],
    ["for now", refusalWith(503, null), { code: "http_503", retryable: true }],
    [
      "without an error",
      { status: 200, body: { id: "video_1", object: "video.deleted", deleted: false } },
      { code: "not_deleted", retryable: true },
    ],
  ])("shows a refusal %s as it is", async (_, answer, error) => {
    const answers = { "DELETE /videos/{id}": answer };
    const backend = await startVideosBackend({ video: completed, answers });
    await expect(backend.client.delete("video_1")).rejects.toMatchObject({ name: "ServiceError", ...error });
    expect(backend.missing).toEqual([]);
  });
});

describe("listing", () => {
  const videos = ["a", "b", "c", "d"].map((id) => ({ id, status: "completed" }));
  const idsOf = async (client: VideosClient) => {
    const ids: string[] = [];
    for (let after: string | undefined; ; after = ids.at(-1)) {
      const page = await client.list({ limit: 2, ...(after !== undefined && { after }) });
      ids.push(...page.videos.map(({ id }) => id));
      if (!page.more) return ids;
    }
  };

  it("goes page by page through a backend that sends all it has every time", async () => {
    const answers = { "GET /videos": { status: 200, body: { object: "list", data: videos } } };
    const { client, requests } = await startVideosBackend({ answers });
    expect(await idsOf(client)).toEqual(["a", "b", "c", "d"]);
    expect(requests().length).toBeLessThanOrEqual(3);
  });
});

describe("downloading", () => {
  it.each(extras)("gives a %s, whatever the backend calls it", async (variant) => {
    const picture = { status: 200, headers: { "content-type": "application/octet-stream" } };
    const answers = { [content]: { ...picture, body: Buffer.from([0, 1, 255]) } };
    const { client } = await startVideosBackend({ video: completed, answers });
    expect(await buffer(await client.download("video_1", variant))).toEqual(Buffer.from([0, 1, 255]));
  });

  it("of a thumbnail fails as all reading does", async () => {
    const backend = await startVideosBackend({ answers: { [content]: refusalWith(500, null) } });
    await expect(backend.client.download("video_1", "thumbnail")).rejects.toMatchObject({
      code: "http_500",
      retryable: true,
    });
  });
});
