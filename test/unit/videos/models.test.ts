import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { defaultCatalog, settleClip } from "../../../src/videos/catalog.ts";
import { settleExtras } from "../../../src/videos/extras.ts";
import { catalogFrom } from "../../../src/videos/listed-models.ts";
import { readModelFile } from "../../../src/videos/model-file.ts";
import { estimateUsd, formatUsd } from "../../../src/videos/prices.ts";
import { temporaryFolder } from "../../fixtures/temporary-folder.ts";

async function read(content: unknown) {
  const path = join(temporaryFolder(onTestFinished), "models.json");
  await writeFile(path, typeof content === "string" ? content : JSON.stringify(content));
  return readModelFile(path);
}

const wan = {
  id: "wan",
  seconds: { min: 1, max: 3 },
  sizes: ["832x480", "480x832"],
  image: false,
  extras: ["seed", { name: "style", description: "How it looks", type: "choice", choices: ["film", "ink"] }],
  usdPerSecond: { "832x480": 0.02, "*": 0.05 },
};

describe("a file of models", () => {
  it("is read, with a first choice where it says none", async () => {
    const { models, defaults } = await read({
      models: [wan, { id: "veo", label: "Veo", aspectRatios: ["16:9"], usdPerSecond: 0.4 }],
    });
    expect(models).toMatchObject([
      { id: "wan", label: "wan", seconds: ["1", "2", "3"], sizes: wan.sizes, image: false },
      {
        id: "veo",
        label: "Veo",
        seconds: [],
        sizes: ["16:9"],
        image: true,
        extras: [],
        usdPerSecond: { "*": 0.4 },
      },
    ]);
    expect(models[0]?.extras.map(({ name, type }) => [name, type])).toEqual([
      ["seed", "number"],
      ["style", "choice"],
    ]);
    expect(defaults).toEqual({ model: "wan", seconds: "1", size: "832x480" });
  });

  it("says what holds when nothing is chosen", async () => {
    const defaults = { model: "wan", seconds: 3, size: "480x832" };
    expect((await read({ models: [wan], defaults })).defaults).toEqual({ ...defaults, seconds: "3" });
  });

  it.each<[string, unknown, string]>([
    ["no JSON", "{", "is no valid JSON"],
    ["no models", { models: [] }, "models: names no model"],
    ["a word for a length", { models: [{ ...wan, seconds: ["long"] }] }, "models[0].seconds"],
    [
      "a range the wrong way",
      { models: [{ ...wan, seconds: { min: 3, max: 1 } }] },
      "models[0].seconds: min has to be max at most",
    ],
    [
      "a range without end",
      { models: [{ ...wan, seconds: { min: 1, max: 999 } }] },
      "has more than 100 values",
    ],
    [
      "a size that is none",
      { models: [{ ...wan, sizes: ["big"] }] },
      "models[0].sizes[0]: has to look like 1280x720",
    ],
    ["sizes and shapes", { models: [{ ...wan, aspectRatios: ["1:1"] }] }, "not both"],
    ["an unknown extra", { models: [{ ...wan, extras: ["sparkle"] }] }, "models[0].extras[0]"],
    [
      "an extra by an option's name",
      { models: [{ ...wan, extras: [{ name: "prompt", description: "x", type: "text" }] }] },
      "models[0].extras[0]",
    ],
    ["an unknown key", { models: [{ ...wan, price: 1 }] }, "price"],
    ["a price below nothing", { models: [{ ...wan, usdPerSecond: -1 }] }, "models[0].usdPerSecond"],
    ["a model twice", { models: [wan, wan] }, "is there twice"],
    [
      "a default that is not there",
      { models: [wan], defaults: { model: "sora" } },
      "defaults.model: there is no model “sora”",
    ],
    [
      "a default length that is not there",
      { models: [wan], defaults: { seconds: "9" } },
      "defaults.seconds: wan has no length of 9",
    ],
  ])("with %s is refused, and says where", async (_, content, words) => {
    const told = await read(content).catch((error: Error) => error.message);
    expect(told).toContain("VIDEO_MODELS");
    expect(told).toContain(words);
  });

  it("that is not there is named", async () => {
    await expect(readModelFile("/nowhere/models.json")).rejects.toThrow(
      "/nowhere/models.json cannot be read",
    );
  });
});

describe("the models that a backend lists", () => {
  const listed = (entries: unknown[], servesVideosOnly = false) =>
    catalogFrom(entries, defaultCatalog, { servesVideosOnly });

  it("are those that make videos, by what they say or by their names", () => {
    const { models } = listed([
      { id: "gpt-5", object: "model" },
      { id: "text-embedding-3", mode: "embedding" },
      { id: "house-model", mode: "video_generation" },
      { id: "studio", supported_endpoint_types: ["openai-video"] },
      { id: "google/veo-3.1" },
      { id: "qwen2.5-vl", architecture: { output_modalities: ["text"] } },
      { id: "movie-1", architecture: { output_modalities: ["video"] } },
      { id: 7 },
      null,
    ]);
    expect(models.map(({ id }) => id)).toEqual(["house-model", "studio", "google/veo-3.1", "movie-1"]);
  });

  it("are all of them where a server makes nothing else", () => {
    const { models, defaults } = listed([{ id: "my-finetune", owned_by: "vllm" }], true);
    expect(models).toMatchObject([{ id: "my-finetune", image: true }]);
    // The length and the size are the server's to decide, unless somebody chooses them.
    expect(defaults).toEqual({ model: "my-finetune", seconds: "", size: "" });
  });

  it("have the prices, lengths and sizes that they declare", () => {
    const { models, defaults } = listed(
      [
        {
          id: "google/veo-3.1",
          name: "Veo 3.1",
          supported_durations: [4, 6, 8],
          supported_sizes: ["1280x720", "1920x1080"],
          supported_aspect_ratios: ["16:9"],
          supported_frame_images: [],
          pricing_skus: { "per-video-second": "0.50", "per-video-second-1080p": "0.75" },
        },
      ],
      true,
    );
    expect(models).toMatchObject([
      {
        label: "Veo 3.1",
        seconds: ["4", "6", "8"],
        sizes: ["1280x720", "1920x1080"],
        image: false,
        usdPerSecond: { "*": 0.5, "1920x1080": 0.75 },
      },
    ]);
    expect(defaults).toEqual({ model: "google/veo-3.1", seconds: "4", size: "1280x720" });
  });

  it("are known where they are the hosted ones, also behind a provider's name", () => {
    const { models, defaults } = listed([{ id: "openai/sora-2-pro" }, { id: "sora-2" }]);
    expect(models.map(({ id, usdPerSecond }) => [id, usdPerSecond?.["*"]])).toEqual([
      ["openai/sora-2-pro", 0.3],
      ["sora-2", 0.1],
    ]);
    expect(defaults).toEqual(defaultCatalog.defaults);
  });

  it("are the default ones where none makes videos, and twenty-five at most", () => {
    expect(listed([{ id: "gpt-5" }])).toBe(defaultCatalog);
    expect(listed([])).toBe(defaultCatalog);
    expect(listed(Array.from({ length: 40 }, (_, n) => ({ id: `wan-2.${n}` }))).models).toHaveLength(25);
  });
});

describe("what a clip costs", () => {
  const clip = { model: "sora-2-pro", seconds: "12", size: "1024x1792" };

  it("is its length at the price of its size", () => {
    expect(estimateUsd(defaultCatalog, clip)).toBe(6);
    expect(estimateUsd(defaultCatalog, { ...clip, size: "720x1280" })).toBe(3.6);
    expect(estimateUsd(defaultCatalog, { ...clip, addSeconds: "4" })).toBe(2);
  });

  it("is not known where the price or the length is not", () => {
    expect(estimateUsd(defaultCatalog, { ...clip, model: "other" })).toBeUndefined();
    expect(estimateUsd(defaultCatalog, { ...clip, seconds: "" })).toBeUndefined();
  });

  it.each([
    [0, "$0.00"],
    [0.4, "$0.40"],
    [12, "$12.00"],
    [0.1 + 0.2, "$0.30"],
    [0.005, "$0.005"],
    [0.00012, "$0.00012"],
  ])("%d is written %s", (usd, written) => {
    expect(formatUsd(usd)).toBe(written);
  });
});

describe("what a model leaves to the backend", () => {
  it("cannot be chosen, and says so", async () => {
    const catalog = await read({ models: [{ id: "free", seconds: [], sizes: [] }] });
    expect(settleClip(catalog, {})).toEqual({ model: "free", seconds: "", size: "" });
    expect(() => settleClip(catalog, { seconds: "4" })).toThrow(
      "free has a length of its own. Leave “seconds” open.",
    );
    expect(() => settleClip(catalog, { size: "1x1" })).toThrow(
      "free has a size of its own. Leave “size” open.",
    );
  });
});

describe("what a model has besides", () => {
  it("is checked against what it takes", async () => {
    const catalog = await read({ models: [wan, { id: "bare" }] });
    const [model, bare] = catalog.models;
    if (!model || !bare) throw new Error("There are two models.");
    const settle = (wanted: Record<string, string>) => settleExtras(catalog, model, wanted);
    expect(settle({ seed: " 7 ", style: "ink" })).toEqual({ seed: 7, style: "ink" });
    for (const seed of ["", "x", "1.5", "-1", "Infinity", "99999999999"])
      expect(() => settle({ seed })).toThrow("“seed” has to be a whole number from 0 to 4294967295.");
    expect(() => settle({ style: "oil" })).toThrow("Choose one of: film, ink.");
    expect(() => settleExtras(catalog, bare, { seed: "7" })).toThrow("bare has no “seed”. These have: wan.");
  });
});
