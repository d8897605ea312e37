import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { UserError } from "../../../src/errors.ts";
import { KNOWN_EXTRAS } from "../../../src/videos/extras.ts";
import { readModelFile } from "../../../src/videos/model-file.ts";
import { temporaryFolder } from "../../fixtures/temporary-folder.ts";

async function fileOf(content: unknown): Promise<string> {
  const path = join(temporaryFolder(onTestFinished), "models.json");
  await writeFile(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}

/** What is told to be wrong with a file, a line each. */
async function problemsOf(content: unknown): Promise<string[]> {
  const path = await fileOf(content);
  const error: unknown = await readModelFile(path).catch((thrown: unknown) => thrown);
  if (!(error instanceof UserError)) throw new Error("It was read.");
  expect(error.code).toBe("settings_file");
  const [first, ...problems] = error.message.split("\n");
  expect(first).toBe(`VIDEO_MODELS: ${path} does not hold:`);
  return problems.map((line) => line.replace(/^ {2}/, ""));
}

const wan = { id: "wan" };
/** A file with one model that says this of itself. */
const one = (said: object) => ({ models: [{ ...wan, ...said }] });
const extra = (said: object) => one({ extras: [{ name: "style", description: "How it looks", ...said }] });

describe("a problem is told with its place", () => {
  it.each<[unknown, string]>([
    [[], "Invalid input: expected object, received array"],
    [{}, "models: Invalid input: expected array, received undefined"],
    [{ models: [] }, "models: names no model"],
    [
      { models: Array.from({ length: 26 }, (_, n) => ({ id: `m${n}` })) },
      "models: names more than 25 models",
    ],
    [{ models: [wan], default: {} }, 'Unrecognized key: "default"'],
    [{ models: [wan, {}] }, "models[1].id: Invalid input: expected string, received undefined"],
    [one({ sise: [] }), 'models[0]: Unrecognized key: "sise"'],
    [one({ label: "" }), "models[0].label: Too small: expected string to have >=1 characters"],
    [one({ image: "no" }), "models[0].image: Invalid input: expected boolean, received string"],
    [one({ seconds: "4" }), "models[0].seconds: has to be a list of lengths, or a range with min and max"],
    [one({ seconds: [4, "long"] }), "models[0].seconds[1]: has to be a number of seconds above 0"],
    [one({ seconds: [0] }), "models[0].seconds[0]: has to be a number of seconds above 0"],
    [one({ seconds: ["0"] }), "models[0].seconds[0]: has to be a number of seconds above 0"],
    [one({ seconds: [true] }), "models[0].seconds[0]: has to be a number of seconds above 0"],
    [one({ seconds: [4, "4.0"] }), "models[0].seconds: has the same twice"],
    [one({ seconds: { min: 3, max: 1 } }), "models[0].seconds: min has to be max at most"],
    [one({ seconds: { min: 1, max: 101 } }), "models[0].seconds: has more than 100 values"],
    [
      one({ seconds: Array.from({ length: 101 }, (_, n) => n + 1) }),
      "models[0].seconds: has more than 100 values",
    ],
    [
      one({ seconds: { min: 1, max: 2, step: 0 } }),
      "models[0].seconds.step: Too small: expected number to be >0",
    ],
    [one({ seconds: { min: 1, max: 2, stp: 1 } }), 'models[0].seconds: Unrecognized key: "stp"'],
    [one({ sizes: ["832x480", "big"] }), "models[0].sizes[1]: has to look like 1280x720"],
    [one({ sizes: ["0x0"] }), "models[0].sizes[0]: has to look like 1280x720"],
    [one({ sizes: ["832x480", "832x480"] }), "models[0].sizes: has the same twice"],
    [one({ aspectRatios: ["16x9"] }), "models[0].aspectRatios[0]: has to look like 16:9"],
    [one({ aspectRatios: ["1:1", "1:1"] }), "models[0].aspectRatios: has the same twice"],
    [one({ sizes: [], aspectRatios: [] }), "models[0]: has sizes or aspectRatios, not both"],
    [
      one({ extras: ["seed", "sparkle"] }),
      `models[0].extras[1]: has to be one of ${KNOWN_EXTRAS.map(({ name }) => name).join(", ")}, or an object that describes it`,
    ],
    [
      one({ extras: [5] }),
      "models[0].extras[0]: has to be the name of an extra, or an object that describes it",
    ],
    [one({ extras: ["seed", "seed"] }), "models[0].extras: has the same twice"],
    [
      one({ extras: ["seed", { name: "seed", description: "x", type: "text" }] }),
      "models[0].extras: has the same twice",
    ],
    [
      extra({ name: "Style", type: "text" }),
      "models[0].extras[0].name: has to be small letters, digits, _ and -, 32 at most",
    ],
    [extra({ name: "prompt", type: "text" }), "models[0].extras[0].name: is an option of its own"],
    [
      extra({ description: "", type: "text" }),
      "models[0].extras[0].description: Too small: expected string to have >=1 characters",
    ],
    [
      extra({}),
      "models[0].extras[0].type: Invalid discriminator value. Expected 'number' | 'text' | 'choice'",
    ],
    [extra({ type: "number", min: 5, max: 1 }), "models[0].extras[0]: min has to be max at most"],
    [
      extra({ type: "number", min: "0" }),
      "models[0].extras[0].min: Invalid input: expected number, received string",
    ],
    [
      extra({ type: "text", maxLength: 0 }),
      "models[0].extras[0].maxLength: Too small: expected number to be >=1",
    ],
    [
      extra({ type: "choice", choices: [] }),
      "models[0].extras[0].choices: Too small: expected array to have >=1 items",
    ],
    [extra({ type: "choice", choices: ["a", "a"] }), "models[0].extras[0].choices: has the same twice"],
    // Platforms cut longer ones off, and then cannot tell them apart.
    [
      extra({ type: "choice", choices: ["a".repeat(76)] }),
      "models[0].extras[0].choices[0]: Too big: expected string to have <=75 characters",
    ],
    [
      one({ usdPerSecond: "0.1" }),
      "models[0].usdPerSecond: has to be a number of dollars, or one for each size",
    ],
    [one({ usdPerSecond: -1 }), "models[0].usdPerSecond: Too small: expected number to be >=0"],
    [one({ usdPerSecond: { "*": -1 } }), "models[0].usdPerSecond.*: Too small: expected number to be >=0"],
    [
      one({ usdPerSecond: { "*": "1" } }),
      "models[0].usdPerSecond.*: Invalid input: expected number, received string",
    ],
    // A price that never holds would leave the size without one, and dollar limits with nothing to count.
    [
      one({ sizes: ["1280x720"], usdPerSecond: { "1280x702": 1 } }),
      "models[0].usdPerSecond.1280x702: the model has no such size",
    ],
    [{ models: [wan, wan] }, "models[1]: “wan” (wan) is there twice"],
    [
      {
        models: [
          { id: "a", label: "W" },
          { id: "b", label: "W" },
        ],
      },
      "models[1]: “W” (b) is there twice",
    ],
    [{ models: [wan], defaults: { model: "sora" } }, "defaults.model: there is no model “sora”"],
    [
      { models: [wan], defaults: { seconds: "soon" } },
      "defaults.seconds: has to be a number of seconds above 0",
    ],
    [{ models: [wan], defaults: { seconds: 9 } }, "defaults.seconds: wan has no length of 9"],
    [{ models: [wan], defaults: { size: "16:9" } }, "defaults.size: wan has no size 16:9"],
    [{ models: [wan], defaults: { length: 4 } }, 'defaults: Unrecognized key: "length"'],
  ])("%j", async (content, problem) => {
    expect(await problemsOf(content)).toEqual([problem]);
  });

  it("and all that is wrong is told at once", async () => {
    expect(
      await problemsOf({
        models: [
          { id: 5, sizes: ["big"] },
          { id: "b", extras: ["sparkle"], usdPerSecond: -1 },
        ],
        defaults: { model: 1 },
      }),
    ).toEqual([
      "models[0].id: Invalid input: expected string, received number",
      "models[0].sizes[0]: has to look like 1280x720",
      expect.stringMatching(/^models\[1\]\.extras\[0\]: has to be one of /),
      "models[1].usdPerSecond: Too small: expected number to be >=0",
      "defaults.model: Invalid input: expected string, received number",
    ]);
    const defaults = { seconds: 9, size: "1:1" };
    expect(await problemsOf({ models: [wan, { id: "b", label: "wan" }], defaults })).toHaveLength(3);
  });
});

describe("a file that cannot be read", () => {
  it("is named", async () => {
    const folder = temporaryFolder(onTestFinished);
    for (const path of [join(folder, "none.json"), folder]) {
      await expect(readModelFile(path)).rejects.toMatchObject({
        name: "UserError",
        code: "settings_file",
        message: `VIDEO_MODELS: the file ${path} cannot be read.`,
      });
    }
  });

  it.each(["", "{", '{ "models": [ ] ', "{ models: [] }", "[1,]"])("is no JSON: %j", async (content) => {
    const path = await fileOf(content);
    await expect(readModelFile(path)).rejects.toMatchObject({
      name: "UserError",
      code: "settings_file",
      message: expect.stringContaining(`VIDEO_MODELS: ${path} is no valid JSON. `),
    });
  });
});
