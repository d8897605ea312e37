import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { settleClip } from "../../../src/videos/catalog.ts";
import { settleExtras } from "../../../src/videos/extras.ts";
import { readModelFile } from "../../../src/videos/model-file.ts";
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
