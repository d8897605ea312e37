import { describe, expect, it } from "vitest";
import { detectBackend } from "../../src/videos/detection.ts";
import { described, detect, type Given, models, PATHS, startServer } from "../fixtures/detection.ts";

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
    ["sglang", "by its description", { "/openapi.json": described("SGLang Diffusion") }],
    ["tensorrt-llm", "by its description", { "/openapi.json": described("TensorRT-LLM server") }],
    ["tensorrt-llm", "its models are owned by tensorrt_llm", models({ owned_by: "trt-llm" })],
    ["openai", "by OpenAI's headers", models({}, { "openai-organization": "org" })],
    // Headers tell as much on a refusal, and on any of the answers.
    [
      "litellm",
      "by LiteLLM's headers",
      { "/v1/videos": { status: 400, headers: { "x-litellm-call-id": "1" } } },
    ],
    [
      "new-api",
      "by new-api's headers",
      { "/v1/videos/{id}": { status: 404, headers: { "x-oneapi-request-id": "1" } } },
    ],
    [
      "new-api",
      "by how it answers for an unknown video",
      { "/v1/videos/{id}": { status: 400, body: { error: { code: "task_not_exist" } } } },
    ],
    // What a server says of its models counts before what its framework says of it.
    [
      "vllm-omni",
      "its models are owned by vllm",
      { ...models({ owned_by: "vllm" }), "/openapi.json": described("LiteLLM API") },
    ],
    ["generic", "nothing says what it is", models({ owned_by: "studio" })],
    ["generic", "nothing says what it is", models({ owned_by: "not-vllm" })],
    [
      "generic",
      "nothing says what it is",
      { "/v1/videos/{id}": { status: 404, body: { code: "task_not_exist" } } },
    ],
    ["generic", "nothing says what it is", { "/openapi.json": described("FastAPI") }],
  ])("as %s: %s", async (dialect, reason, answers) => {
    const { found } = await detect(answers);
    expect(found).toMatchObject({ dialect, reason, reached: true });
  });

  it("with its models", async () => {
    const { found } = await detect(models({ owned_by: "vllm" }));
    expect(found.models).toEqual([{ id: "m", owned_by: "vllm" }]);
  });

  it.each([
    ["openai", "https://api.openai.com:9/v1"],
    ["openrouter", "https://openrouter.ai:9/api/v1"],
    ["openrouter", "https://eu.openrouter.ai:9/api/v1"],
    ["generic", "https://openrouter.ai.example:9/api/v1"],
    ["generic", "https://notopenrouter.ai:9/api/v1"],
    ["generic", "https://api.openai.com.example:9/v1"],
  ])("as %s by its address %s, where nothing needs to answer", async (dialect, baseUrl) => {
    // Port 9 is one that fetch refuses to ask: no name is looked up.
    const found = await detectBackend({ baseUrl, apiKey: "test" });
    expect(found).toMatchObject({ dialect, reached: false });
  });

  it("with the models that OpenRouter describes, in the place of its list of all kinds", async () => {
    const entry = { id: "vendor/m", supported_durations: [4] };
    const { found } = await detect({ ...models({}), "/v1/videos/models": { body: { data: [entry] } } });
    expect(found).toMatchObject({ dialect: "openrouter", models: [entry] });
  });

  it("to whoever has the key, which goes nowhere else", async () => {
    const other = await startServer({});
    const moved: Given = {
      status: 302,
      headers: { location: `${other.baseUrl}/models` },
      body: "<html>moved</html>",
    };
    const { baseUrl, keys } = await startServer(Object.fromEntries(PATHS.map((path) => [path, moved])));
    const found = await detectBackend({ baseUrl, apiKey: "test" });
    expect(found).toMatchObject({ dialect: "generic", reached: false, models: [] });
    expect([keys, other.asked]).toEqual([Array(5).fill("Bearer test"), []]);
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

  it("is not proven by a 404 about one id, in whatever words", async () => {
    const words = [
      { detail: "Not Found" },
      "<html>404</html>",
      { error: { code: "not_found" } },
      { code: "task_not_exist" },
    ];
    for (const body of words) {
      const answers = {
        ...models({}),
        "/v1/videos": { body: { data: [] } },
        "/v1/videos/{id}": { status: 404, body },
      };
      expect((await detect(answers)).found).toMatchObject({ reached: true, lacks: [] });
    }
  });

  it.each([400, 401, 429, 500, 502])(
    "is not proven by a page with %i in the place of the list",
    async (status) => {
      const { found } = await detect({ ...models({}), "/v1/videos": { status, body: "<html>" } });
      expect(found.lacks).toEqual([]);
    },
  );

  it("is not proven by a 404 of the list in the API's own words", async () => {
    const list: Given = { status: 404, body: { error: { message: "No videos yet", code: "not_found" } } };
    expect((await detect({ ...models({}), "/v1/videos": list })).found.lacks).toEqual([]);
  });

  it("is told once, though the list's answer and the description both show it", async () => {
    const paths = {
      "/videos": { post: {} },
      "/videos/{id}": { get: {} },
      "/videos/{id}/remix": { post: {} },
    };
    const list: Given = { status: 405, body: { detail: "Method Not Allowed" } };
    const { found } = await detect({ "/v1/videos": list, "/openapi.json": described("Studio", paths) });
    expect(found.lacks).toEqual(["list", "delete", "edit", "extend"]);
  });

  it("is nothing where the description has every route", async () => {
    const paths = {
      "/v1/videos": { get: {}, post: {} },
      "/v1/videos/{video_id}": { get: {}, delete: {} },
      "/v1/videos/{video_id}/remix": { post: {} },
      "/v1/videos/edits": { post: {} },
      "/v1/videos/extensions": { post: {} },
    };
    expect((await detect({ "/openapi.json": described("Studio", paths) })).found.lacks).toEqual([]);
  });

  it("is what its own description leaves out", async () => {
    const paths = { "/v1/videos": { get: {}, post: {} }, "/v1/videos/{video_id}": { get: {}, delete: {} } };
    const { found } = await detect({ "/openapi.json": described("Studio", paths) });
    expect(found.lacks).toEqual(["remix", "edit", "extend"]);
    const other = await detect({ "/openapi.json": described("Something else", { "/chat": { post: {} } }) });
    expect(other.found.lacks).toEqual([]);
  });
});
