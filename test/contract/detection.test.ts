import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { detectBackend } from "../../src/videos/detection.ts";

interface Given {
  status?: number;
  headers?: Record<string, string>;
  body?: unknown;
}

/** A server that gives these answers; 404 in words of an API's own to everything else. */
async function startServer(answers: Record<string, Given>) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = (request.url ?? "").replace(/\?.*/, "").replace(/video_showreel\w*/, "{id}");
    asked.push(`${request.method} ${path}`);
    const {
      status = 200,
      headers = {},
      body,
    } = answers[path] ?? { status: 404, body: { error: { code: "nope" } } };
    response.writeHead(status, headers).end(typeof body === "string" ? body : JSON.stringify(body ?? {}));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  return { asked, baseUrl: `http://127.0.0.1:${port}/v1` };
}

async function detect(answers: Record<string, Given>) {
  const { baseUrl, asked } = await startServer(answers);
  return { asked, found: await detectBackend({ baseUrl, apiKey: "test" }) };
}

const models = (entry: object, headers = {}): Record<string, Given> => ({
  "/v1/models": { headers, body: { object: "list", data: [{ id: "m", ...entry }] } },
});
const described = (title: string, paths: object = {}): Given => ({
  body: { openapi: "3.1.0", info: { title }, paths },
});

describe("a backend gives itself away", () => {
  it.each<[string, string, Record<string, Given>]>([
    ["vllm-omni", "its models are owned by vllm", models({ owned_by: "vllm-omni" })],
    ["sglang", "its models are owned by sglang", models({ owned_by: "sglang" })],
    ["tensorrt-llm", "its models are owned by tensorrt_llm", models({ owned_by: "tensorrt_llm" })],
    ["litellm", "by LiteLLM's headers", models({ owned_by: "openai" }, { "x-litellm-version": "1" })],
    ["new-api", "by new-api's headers", models({ owned_by: "custom" }, { "x-new-api-version": "v1" })],
    ["new-api", "by new-api's headers", models({ owned_by: "custom" }, { "x-oneapi-request-id": "1" })],
    [
      "new-api",
      "by how it answers for an unknown video",
      { "/v1/videos/{id}": { status: 400, body: { code: "task_not_exist" } } },
    ],
    ["openai", "by OpenAI's headers", models({ owned_by: "openai" }, { "openai-version": "2020-10-01" })],
    [
      "openrouter",
      "by how it describes its models",
      { "/v1/videos/models": { body: { data: [{ id: "m", supported_durations: [4] }] } } },
    ],
    ["litellm", "by its description", { "/openapi.json": described("LiteLLM API") }],
    ["vllm-omni", "by its description", { "/openapi.json": described("vLLM-Omni API") }],
    ["generic", "nothing says what it is", models({ owned_by: "studio" })],
  ])("as %s: %s", async (dialect, reason, answers) => {
    const { found } = await detect(answers);
    expect(found).toMatchObject({ dialect, reason, reached: true });
  });

  it("with its models", async () => {
    const { found } = await detect(models({ owned_by: "vllm" }));
    expect(found.models).toEqual([{ id: "m", owned_by: "vllm" }]);
  });

  it("to questions that change nothing", async () => {
    const { asked } = await detect(models({}));
    expect(asked.sort()).toEqual([
      "GET /openapi.json",
      "GET /v1/models",
      "GET /v1/videos",
      "GET /v1/videos/models",
      "GET /v1/videos/{id}",
    ]);
  });
});

describe("what a backend lacks", () => {
  it.each<[string, Given]>([
    ["405", { status: 405, body: { detail: "Method Not Allowed" } }],
    ["501", { status: 501, body: "no" }],
    ["FastAPI's 404", { status: 404, body: { detail: "Not Found" } }],
    ["a page's 404", { status: 404, body: "<html>404</html>" }],
  ])("the list, by %s", async (_, list) => {
    const { found } = await detect({ ...models({}), "/v1/videos": list });
    expect(found.lacks).toEqual(["list"]);
  });

  it("is not proven by a 404 about an id, by an error, nor by a server that is away", async () => {
    expect((await detect({ ...models({}), "/v1/videos": { status: 500 } })).found.lacks).toEqual([]);
    expect((await detect({ ...models({}), "/v1/videos": { body: { data: [] } } })).found.lacks).toEqual([]);
    const away: Given = { status: 502, body: "<html>" };
    const everything = {
      "/v1/models": away,
      "/v1/videos/{id}": away,
      "/v1/videos": { status: 404, body: "<html>" },
    };
    expect((await detect(everything)).found).toMatchObject({ lacks: [] });
  });

  it("is what its own description leaves out", async () => {
    const paths = { "/v1/videos": { get: {}, post: {} }, "/v1/videos/{video_id}": { get: {}, delete: {} } };
    const { found } = await detect({ "/openapi.json": described("Studio", paths) });
    expect(found.lacks).toEqual(["remix", "edit", "extend"]);
    const other = await detect({ "/openapi.json": described("Something else", { "/chat": { post: {} } }) });
    expect(other.found.lacks).toEqual([]);
  });
});

describe("a backend that cannot be asked", () => {
  it("is not there", async () => {
    const found = await detectBackend({ baseUrl: "http://127.0.0.1:9/v1", apiKey: "test" });
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
    const paths = ["/v1/models", "/v1/videos", "/v1/videos/models", "/v1/videos/{id}", "/openapi.json"];
    const { found } = await detect(Object.fromEntries(paths.map((path) => [path, page])));
    expect(found).toMatchObject({ reached: false, lacks: [] });
  });

  it("refuses the key", async () => {
    const no: Given = { status: 401, body: { error: {} } };
    const answers = Object.fromEntries(
      ["/v1/models", "/v1/videos", "/v1/videos/{id}"].map((path) => [path, no]),
    );
    expect((await detect(answers)).found).toMatchObject({ reached: false, reason: "it refuses the key" });
  });

  it.each<[string, unknown]>([
    ["no JSON", "{{{{"],
    ["an endless list", "x".repeat(3 * 1024 ** 2)],
    ["no list", { data: "many" }],
    ["nothing", ""],
    ["odd entries", { data: [null, 5, [], { owned_by: {} }] }],
  ])("answers with %s, and nothing breaks", async (_, body) => {
    const paths = ["/v1/models", "/v1/videos", "/v1/videos/models", "/v1/videos/{id}", "/openapi.json"];
    const { found } = await detect(Object.fromEntries(paths.map((path) => [path, { body }])));
    expect(found.dialect).toBe("generic");
  });
});
