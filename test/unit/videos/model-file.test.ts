import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it, onTestFinished } from "vitest";
import { KNOWN_EXTRAS } from "../../../src/videos/extras.ts";
import { readModelFile } from "../../../src/videos/model-file.ts";
import { temporaryFolder } from "../../fixtures/temporary-folder.ts";

async function fileOf(content: unknown): Promise<string> {
  const path = join(temporaryFolder(onTestFinished), "models.json");
  await writeFile(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}

/** The only model of a file that says this of it. */
async function modelOf(said: object) {
  const [model] = (await readModelFile(await fileOf({ models: [{ id: "wan", ...said }] }))).models;
  return model;
}

const wan = { id: "wan" };
/** A file with one model that says this of itself. */
const one = (said: object) => ({ models: [{ ...wan, ...said }] });

describe("lengths", () => {
  it("are listed as numbers or as text, each once and as the API spells them", async () => {
    expect((await modelOf({ seconds: [4, "8", 2.5, "10.0"] }))?.seconds).toEqual(["4", "8", "2.5", "10"]);
  });

  it.each([
    [{ min: 1, max: 3 }, ["1", "2", "3"]],
    [{ min: 2, max: 9, step: 3 }, ["2", "5", "8"]],
    [{ min: 5, max: 5 }, ["5"]],
    // 0.3 is less than 0.1 + 2 * 0.1 to a computer.
    [{ min: 0.1, max: 0.3, step: 0.1 }, ["0.1", "0.2", "0.3"]],
    [{ min: 0.0001, max: 0.0003, step: 0.0001 }, ["0.0001", "0.0002", "0.0003"]],
  ])("of the range %j are %j", async (seconds, lengths) => {
    expect((await modelOf({ seconds }))?.seconds).toEqual(lengths);
  });

  it("of every range are as many as fit, from its start to its end", async () => {
    const ranges = fc.record({
      min: fc.integer({ min: 1, max: 600 }),
      step: fc.integer({ min: 1, max: 50 }),
      count: fc.integer({ min: 1, max: 100 }),
    });
    const path = await fileOf("");
    await fc.assert(
      fc.asyncProperty(ranges, async ({ min, step, count }) => {
        // In tenths, which binary numbers only come near to.
        const range = { min: min / 10, max: (min + step * (count - 1)) / 10, step: step / 10 };
        await writeFile(path, JSON.stringify(one({ seconds: range })));
        const [model] = (await readModelFile(path)).models;
        expect(model?.seconds).toEqual(
          Array.from({ length: count }, (_, at) => String((min + at * step) / 10)),
        );
      }),
      { numRuns: 50 },
    );
  });
});

describe("sizes, pictures and labels", () => {
  it("are what the file says, or left to the backend", async () => {
    expect(await modelOf({ sizes: ["832x480"], image: false, label: "Wan" })).toEqual({
      ...{ id: "wan", label: "Wan", seconds: [], sizes: ["832x480"], image: false, extras: [] },
    });
    expect(await modelOf({ aspectRatios: ["16:9", "1:1"] })).toEqual({
      ...{ id: "wan", label: "wan", seconds: [], sizes: ["16:9", "1:1"], image: true, extras: [] },
    });
  });
});

describe("extras", () => {
  it("are known by their names", async () => {
    const names = KNOWN_EXTRAS.map(({ name }) => name);
    expect((await modelOf({ extras: names }))?.extras).toEqual(KNOWN_EXTRAS);
  });

  it("are described, and have what the description has", async () => {
    const described = [
      { name: "strength", description: "How strong", type: "number", min: 0, max: 1.5 },
      { name: "steps", description: "How many", type: "number", integer: true },
      { name: "style", description: "How it looks", type: "choice", choices: ["film", "ink"] },
      { name: "camera", description: "How it moves", type: "text", maxLength: 80 },
    ];
    const open = { name: "sound", description: "What is heard", type: "text" };
    expect((await modelOf({ extras: [...described, open] }))?.extras).toEqual([
      ...described,
      { ...open, maxLength: 1_000 },
    ]);
  });
});

describe("prices", () => {
  it.each([
    [0.1, { "*": 0.1 }],
    [0, { "*": 0 }],
    [{ "832x480": 0.02 }, { "832x480": 0.02 }],
    [
      { "832x480": 0.02, "*": 0.05 },
      { "832x480": 0.02, "*": 0.05 },
    ],
  ])("of %j are %j", async (usdPerSecond, prices) => {
    expect((await modelOf({ sizes: ["832x480", "480x832"], usdPerSecond }))?.usdPerSecond).toEqual(prices);
  });

  it("are by shape where sizes are shapes, and not known where none is said", async () => {
    const prices = { "16:9": 0.4, "*": 0.5 };
    expect(await modelOf({ aspectRatios: ["16:9"], usdPerSecond: prices })).toMatchObject({
      usdPerSecond: prices,
    });
    expect(await modelOf({})).not.toHaveProperty("usdPerSecond");
  });
});

describe("what holds when nothing is chosen", () => {
  const models = [{ ...wan, seconds: [2, 4], sizes: ["832x480", "480x832"] }, { id: "free" }];
  const free = { model: "free", seconds: "", size: "" };

  it.each([
    [undefined, { model: "wan", seconds: "2", size: "832x480" }],
    [{ seconds: 4 }, { model: "wan", seconds: "4", size: "832x480" }],
    [
      { model: "wan", seconds: "2.0", size: "480x832" },
      { model: "wan", seconds: "2", size: "480x832" },
    ],
    [{ model: "free" }, free],
    [{ size: "" }, { model: "wan", seconds: "2", size: "" }],
  ])("of %j is %j", async (defaults, settled) => {
    expect((await readModelFile(await fileOf({ models, defaults }))).defaults).toEqual(settled);
  });
});
