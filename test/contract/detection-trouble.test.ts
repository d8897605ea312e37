import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { describe, expect, it } from "vitest";
import { detectBackend } from "../../src/videos/detection.ts";
import {
  described,
  detect,
  type Given,
  models,
  PATHS,
  startRawServer,
  startServer,
} from "../fixtures/detection.ts";
import { freePort } from "../fixtures/listening.ts";

describe("a backend that cannot be asked", () => {
  it("is not there", async () => {
    const port = await freePort();
    const found = await detectBackend({ baseUrl: `http://127.0.0.1:${port}/v1`, apiKey: "test" });
    expect(found).toEqual({
      dialect: "generic",
      reason: "it does not answer",
      reached: false,
      lacks: [],
      models: [],
    });
  });

  it("is behind a proxy that has a page of its own for everything: nothing is proven, it is asked again", async () => {
    const page: Given = { status: 404, headers: { "content-type": "text/html" }, body: "<html>404</html>" };
    const { found } = await detect(Object.fromEntries(PATHS.map((path) => [path, page])));
    expect(found).toMatchObject({ reached: false, lacks: [] });
  });

  it("refuses the key", async () => {
    const no: Given = { status: 401, body: { error: {} } };
    const answers = Object.fromEntries(
      ["/v1/models", "/v1/videos", "/v1/videos/{id}"].map((path) => [path, no]),
    );
    expect((await detect(answers)).found).toMatchObject({ reached: false, reason: "it refuses the key" });
  });

  it.each(["", "nonsense", "http://[", "ftp://127.0.0.1/v1", "http://me:secret@127.0.0.1:9/v1"])(
    "has no address: %j",
    async (baseUrl) => {
      const found = await detectBackend({ baseUrl, apiKey: "test" });
      expect(found).toMatchObject({ dialect: "generic", reached: false, lacks: [], models: [] });
    },
  );

  it("cannot be sent the key", async () => {
    const { baseUrl, asked } = await startServer({});
    expect(await detectBackend({ baseUrl, apiKey: "a\nb" })).toMatchObject({ reached: false });
    expect(asked).toEqual([]);
  });

  it("refuses the key, and is known all the same", async () => {
    const no: Given = { status: 403, headers: { "x-litellm-version": "1" }, body: { error: {} } };
    expect((await detect(Object.fromEntries(PATHS.map((path) => [path, no])))).found).toEqual({
      dialect: "litellm",
      reason: "it refuses the key",
      reached: false,
      lacks: [],
      models: [],
    });
  });

  it("does not refuse the key where one of its answers takes it", async () => {
    const answers = {
      ...models({ owned_by: "vllm" }),
      "/v1/videos": { status: 401 },
      "/v1/videos/{id}": { status: 401 },
    };
    expect((await detect(answers)).found).toMatchObject({ dialect: "vllm-omni", reached: true });
  });

  it("does not answer in time", async () => {
    const { baseUrl } = await startRawServer(() => {});
    expect(await detectBackend({ baseUrl, apiKey: "test", timeoutMs: 100 })).toMatchObject({
      reason: "it does not answer",
      reached: false,
    });
  });

  it("sends without end, and is hung up on", async () => {
    const closed: Promise<unknown>[] = [];
    const { baseUrl } = await startRawServer((_, response) => {
      closed.push(once(response, "close"));
      const more = () =>
        void response.write("x".repeat(65_536), () => !response.destroyed && setImmediate(more));
      more();
    });
    expect(await detectBackend({ baseUrl, apiKey: "test", timeoutMs: 20_000 })).toMatchObject({
      reached: false,
    });
    await Promise.all(closed);
    expect(closed).toHaveLength(5);
  });

  it.each<[string, (response: ServerResponse) => void]>([
    ["hangs up", (response) => response.destroy()],
    [
      "hangs up halfway",
      (response) => response.writeHead(200, { "content-length": 99 }).write("{", () => response.destroy()),
    ],
    ["speaks no HTTP", (response) => response.socket?.end("what?\r\n\r\n")],
    ["packs badly", (response) => response.writeHead(200, { "content-encoding": "gzip" }).end("no gzip")],
  ])("%s: the others of its answers still count", async (_, misbehave) => {
    const { baseUrl } = await startRawServer((request, response) => {
      if (request.url !== "/v1/models") return misbehave(response);
      response.end(JSON.stringify({ data: [{ id: "m", owned_by: "sglang" }] }));
    });
    expect(await detectBackend({ baseUrl, apiKey: "test" })).toEqual({
      dialect: "sglang",
      reason: "its models are owned by sglang",
      reached: true,
      lacks: [],
      models: [{ id: "m", owned_by: "sglang" }],
    });
  });

  it.each([500, 503])("answers with %i, in words of an API's own: it is asked again", async (status) => {
    const away: Given = { status, body: { error: { message: "starting" } } };
    const { found } = await detect(Object.fromEntries(PATHS.map((path) => [path, away])));
    expect(found).toMatchObject({ reached: false, lacks: [] });
  });

  it("describes itself in more than two megabytes, which are not read: the others of its answers still count", async () => {
    const tooLong = described(`vLLM ${"x".repeat(3 * 1024 ** 2)}`);
    const { found } = await detect({ ...models({ owned_by: "studio" }), "/openapi.json": tooLong });
    expect(found).toMatchObject({ dialect: "generic", reached: true, models: [{ owned_by: "studio" }] });
  });

  it.each<[string, unknown]>([
    ["no JSON", "{{{{"],
    ["an endless list", "x".repeat(3 * 1024 ** 2)],
    ["no list", { data: "many" }],
    ["nothing", ""],
    ["odd entries", { data: [null, 5, [], { owned_by: {} }] }],
    ["nothing at all", null],
    ["a list alone", [1, 2]],
    ["odd descriptions", { info: "vllm", paths: [null, "/videos", { "/videos": null }], error: 5, code: {} }],
    ["odd routes", { info: null, paths: { "/v1/videos": null, "": 1 } }],
  ])("answers with %s, and nothing breaks", async (_, body) => {
    const { found } = await detect(Object.fromEntries(PATHS.map((path) => [path, { body }])));
    expect(found.dialect).toBe("generic");
  });
});
