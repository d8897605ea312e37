import { describe, expect, it } from "vitest";
import { API_SECONDS, API_SIZES, type Catalog, defaultCatalog } from "../../../src/videos/catalog.ts";
import { catalogFrom } from "../../../src/videos/listed-models.ts";

function listed(
  entries: readonly unknown[],
  { servesVideosOnly = false, fallback = defaultCatalog } = {},
): Catalog {
  return catalogFrom(entries, fallback, { servesVideosOnly });
}

const idsOf = ({ models }: Catalog) => models.map(({ id }) => id);

/** The only model of a list of OpenRouter's with this entry. */
function described(entry: object) {
  const catalog = listed([{ id: "vendor/m", name: "M", ...entry }], { servesVideosOnly: true });
  const [model] = catalog.models;
  if (!model) throw new Error("There is one.");
  return { ...model, defaults: catalog.defaults };
}

describe("OpenRouter's list of video models", () => {
  it("gives each its name, lengths, sizes and whether it starts from a picture", () => {
    const entry = {
      supported_durations: [4, 6, 8],
      supported_resolutions: ["720p"],
      supported_aspect_ratios: ["16:9", "9:16"],
      supported_sizes: ["1280x720", "720x1280"],
      supported_frame_images: ["first_frame", "last_frame"],
    };
    expect(described(entry)).toMatchObject({
      id: "vendor/m",
      label: "M",
      seconds: ["4", "6", "8"],
      sizes: ["1280x720", "720x1280"],
      image: true,
    });
    expect(described({ ...entry, supported_sizes: null })).toMatchObject({ sizes: ["16:9", "9:16"] });
    expect(described({ ...entry, name: undefined })).toMatchObject({ label: "vendor/m" });
  });

  it("leaves to the backend what an entry does not say", () => {
    expect(described({ supported_durations: [5], supported_sizes: null })).toMatchObject({
      seconds: ["5"],
      sizes: [],
      defaults: { model: "vendor/m", seconds: "", size: "" },
    });
    expect(described({ supported_durations: null, supported_aspect_ratios: ["1:1"] })).toMatchObject({
      seconds: [],
      sizes: ["1:1"],
    });
  });

  it.each([
    [undefined, true],
    [["first_frame"], true],
    [["last_frame"], false],
    [[], false],
    [null, false],
  ])("with frame images %j: a picture to start from is %s", (frames, image) => {
    expect(described({ supported_durations: [5], supported_frame_images: frames })).toMatchObject({ image });
  });

  it.each([
    [undefined, ["seed", "negative_prompt"]],
    [true, ["seed", "negative_prompt"]],
    [false, ["negative_prompt"]],
    [null, ["negative_prompt"]],
  ])("with a seed of %j has the extras %j", (seed, names) => {
    const { extras } = described({ supported_durations: [5], ...(seed !== undefined && { seed }) });
    expect(extras.map(({ name }) => name)).toEqual(names);
  });

  it("has no length, size or shape that is none, and none twice", () => {
    expect(
      described({
        supported_durations: [4, "8", 4, "long", 0, -1, null, {}],
        supported_sizes: ["1280x720", "0x0", "big", "1280x720", 7],
        supported_aspect_ratios: ["16:9"],
      }),
    ).toMatchObject({ seconds: ["4", "8"], sizes: ["1280x720"] });
    expect(described({ supported_aspect_ratios: ["16:9", "0:0", "wide", "16:9"] }).sizes).toEqual(["16:9"]);
  });

  it("begins with the first length and size of the first model that has a price", () => {
    const entry = { supported_durations: [6, 8], supported_aspect_ratios: ["9:16"] };
    expect(described({ ...entry, pricing_skus: { duration_seconds: "0.1" } }).defaults).toEqual({
      model: "vendor/m",
      seconds: "6",
      size: "9:16",
    });
  });
});

describe("a list of all kinds of models", () => {
  it("of new-api has those whose endpoints are for videos, and those that are known by name", () => {
    expect(
      idsOf(
        listed([
          { id: "gpt-5", supported_endpoint_types: ["openai", "openai-response"] },
          { id: "dall-e-3", supported_endpoint_types: ["image-generation", "openai"] },
          { id: "house-model", supported_endpoint_types: ["openai-video"] },
          // Channels of some providers say "openai" of everything.
          { id: "kling-v1", supported_endpoint_types: ["openai"] },
          { id: "text-embedding-3-small", supported_endpoint_types: ["embeddings"] },
        ]),
      ),
    ).toEqual(["house-model", "kling-v1"]);
  });

  it("of LiteLLM has those whose mode is for videos, wherever it stands", () => {
    expect(
      idsOf(
        listed([
          { id: "claude", mode: "chat" },
          { id: "house-model", mode: "video_generation" },
          { id: "other-model", model_info: { mode: "video_generation" } },
          { id: "video-summaries", model_info: { mode: "chat" } },
        ]),
      ),
    ).toEqual(["house-model", "other-model"]);
  });

  it("has those that put out videos, where it says what they put out", () => {
    const outputs = (...output_modalities: string[]) => ({ architecture: { output_modalities } });
    expect(
      idsOf(
        listed([
          { id: "a", ...outputs("text") },
          { id: "b", ...outputs("video") },
          { id: "c", ...outputs("text", "video") },
          { id: "video-reader", ...outputs("text") },
        ]),
      ),
    ).toEqual(["b", "c"]);
  });

  it.each([
    "sora-2",
    "azure/sora-2",
    "veo3",
    "vertex_ai/veo-3.0-generate-preview",
    "Wan-AI/Wan2.2-T2V-A14B-Diffusers",
    "alibaba/wan-2.6",
    "wan2.5-i2v-preview",
    "wan/v2-image-to-video",
    "kling-v1",
    "hunyuanvideo",
    "Lightricks/LTX-Video",
    "THUDM/CogVideoX-5b",
    "genmo/mochi-1-preview",
    "doubao-seedance-1-0-pro",
    "MiniMax-Hailuo-02",
    "pixverse-v5",
    "viduq2",
    "gen4_turbo",
    "runwayml/gen3a_turbo",
    "luma/ray-2",
    "grok-imagine-video",
    "amazon.nova-reel-v1:0",
    "stable-video-diffusion-img2vid",
  ])("has %s by its name", (id) => {
    expect(idsOf(listed([{ id }]))).toEqual([id]);
  });

  it.each([
    "gpt-4o",
    "claude-sonnet-4-5",
    "gemini-2.5-pro",
    "imagen-4.0-generate-001",
    "vertex_ai/imagen-3",
    "wan2.5-t2i-preview",
    "wan2.5-i2i-preview",
    "runwayml/gen4_image",
    "runwayml/eleven_multilingual_v2",
    "grok-imagine-image",
    "video-llama-7b",
    "LLaVA-Video-7B-Qwen2",
    "qwen3-vl-235b",
    "Salesforce/codegen-3",
    "individual-8b",
    "array-2",
    "sora-tts",
    "video-embedding-1",
    "video-understanding-pro",
    "whisper-large-v3",
    "hunyuan-chat",
  ])("does not have %s", (id) => {
    expect(listed([{ id }])).toBe(defaultCatalog);
  });
});

describe("a model that only has a name", () => {
  it("takes the API's lengths and sizes, which are sent when somebody chooses them", () => {
    const { models, defaults } = listed([{ id: "my-finetune", owned_by: "vllm" }], {
      servesVideosOnly: true,
    });
    expect(models).toEqual([
      {
        id: "my-finetune",
        label: "my-finetune",
        seconds: API_SECONDS,
        sizes: API_SIZES,
        image: true,
        extras: [
          expect.objectContaining({ name: "seed" }),
          expect.objectContaining({ name: "negative_prompt" }),
        ],
      },
    ]);
    expect(defaults).toEqual({ model: "my-finetune", seconds: "", size: "" });
  });
});

describe("a hosted model", () => {
  const pro = defaultCatalog.models[1];

  it("keeps the prices, lengths and sizes of the default catalogue, whoever it goes through", () => {
    for (const id of ["sora-2-pro", "openai/sora-2-pro", "azure/eu/sora-2-pro"])
      expect(listed([{ id, supported_durations: [1] }]).models).toEqual([{ ...pro, id, label: id }]);
  });

  it("is what nothing chosen means, where it does by default", () => {
    const { models, defaults } = listed([{ id: "kling-v1" }, { id: "sora-2" }]);
    expect(models.map(({ id }) => id)).toEqual(["kling-v1", "sora-2"]);
    expect(defaults).toEqual(defaultCatalog.defaults);
    expect(listed([{ id: "openai/sora-2-pro" }]).defaults).toEqual({
      model: "openai/sora-2-pro",
      seconds: "4",
      size: "720x1280",
    });
  });

  it("is none that merely ends alike", () => {
    expect(listed([{ id: "not-sora-2" }]).models[0]).not.toHaveProperty("usdPerSecond");
  });
});

describe("a list", () => {
  it.each<[string, unknown[]]>([
    ["nothing", []],
    ["no video model", [{ id: "gpt-5" }, { id: "claude" }]],
    ["what is no model", [null, 5, "sora-2", [], {}, { id: "" }, { id: null }, { id: { sora: 2 } }]],
    ["a name longer than any platform takes", [{ id: `sora-${"2".repeat(100)}` }]],
  ])("of %s is the default catalogue", (_, entries) => {
    expect(listed(entries)).toBe(defaultCatalog);
  });

  it("has twenty-five models at most, each once and in its order", () => {
    const ids = Array.from({ length: 40 }, (_, n) => `wan-2.${n}`);
    const catalog = listed(ids.flatMap((id) => [{ id }, { id }]));
    expect(idsOf(catalog)).toEqual(ids.slice(0, 25));
    expect(catalog.defaults.model).toBe("wan-2.0");
  });
});
