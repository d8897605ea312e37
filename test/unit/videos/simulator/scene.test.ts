import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { plainText } from "../../../../src/videos/simulator/scene/caption.ts";
import { compose } from "../../../../src/videos/simulator/scene/composition.ts";
import { readScene } from "../../../../src/videos/simulator/scene/scene.ts";

function draw(...lineage: [string, ...string[]]) {
  const prompt = lineage.at(-1) ?? "";
  return compose(
    { width: 720, height: 1280, seconds: 1, lineage, captions: [{ prompt, fromSecond: 0 }] },
    false,
  );
}

describe("readScene", () => {
  test.each([
    ["a paper boat in the rain", { subject: "boat", ground: "sea", weather: "rain", mood: "storm" }],
    ["A BLACK CAT on a rooftop in Paris at night", { subject: "cat", ground: "city", mood: "night" }],
    ["a red kite over dunes", { subject: "kite", ground: "dunes", accentHue: 4, skyHue: undefined }],
    ["emerald mountains", { ground: "mountains", skyHue: 150 }],
  ])("finds in “%s” what it names", (prompt, scene) => {
    expect(readScene([prompt])).toMatchObject(scene);
  });

  test("a remix keeps the parent's scene but for what it names", () => {
    const parent = readScene(["a red kite over dunes at noon"]);
    const remix = readScene(["a red kite over dunes at noon", "the same at night, in the snow"]);
    expect(remix).toEqual({ ...parent, mood: "night", weather: "snow" });
  });

  test("a remix that names nothing new turns the colours, and its remix turns them on", () => {
    const parent = readScene(["a red kite"]);
    const remix = readScene(["a red kite", "dancing"]);
    expect(remix).toEqual({ ...parent, hueShift: expect.any(Number) });
    expect(remix.hueShift).not.toBe(parent.hueShift);
    expect(readScene(["a red kite", "dancing", "again"]).hueShift).toBe(2 * remix.hueShift);
  });
});

describe("compose", () => {
  test("draws the same prompt alike and another one differently", () => {
    expect(draw("a red kite")).toEqual(draw("a red kite"));
    expect(draw("a red kite").script).not.toBe(draw("a green kite").script);
    expect(draw("a field of wheat").script).not.toBe(draw("a field of barley").script);
  });

  test("whatever a prompt holds, the script and the filters hold", () => {
    const settings = { width: 72, height: 128, seconds: 1 };
    fc.assert(
      fc.property(fc.string({ unit: "binary", minLength: 1 }), (prompt) => {
        const clip = { ...settings, captions: [{ prompt, fromSecond: 0 }] };
        const { script, source, filter } = compose({ ...clip, lineage: [prompt] }, true);
        const events = script.slice(script.indexOf("[Events]")).trim().split("\n").slice(2);
        for (const line of events)
          expect(line).toMatch(/^Dialogue: [\d:.,]+(drawing|caption|mark),\{[^{}]*\}[^{}\\]*$/);
        expect(source + filter).not.toMatch(/NaN|undefined|Infinity/);
      }),
      { numRuns: 50 },
    );
  });

  test("a caption gives way to the next one", () => {
    const captions = [
      { prompt: "first", fromSecond: 0 },
      { prompt: "second", fromSecond: 4 },
    ];
    const { script } = compose({ width: 1280, height: 720, seconds: 8, lineage: ["first"], captions }, true);
    expect(script).toMatch(/0:00:00\.00,0:00:04\.00,caption,.*first\n/);
    expect(script).toMatch(/0:00:04\.00,0:00:08\.00,caption,.*second\n/);
  });
});

describe("plainText", () => {
  test.each([
    ["a  cat\n\tand a dog", "a cat and a dog"],
    ["tags {\\b1}stay\\N out", "tags b1stayN out"],
    ["Grüße, Привет, שלום, مرحبا", "Grüße, Привет, שלום, مرحبا"],
    ["cat 🐈‍⬛ on \u0007the 屋根 roof", "cat on the roof"],
    ["日本語 🎉", ""],
    ["one two three four five six seven eight nine ten", "one two three four five six…"],
    ["x".repeat(30), `${"x".repeat(20)} ${"x".repeat(10)}`],
  ])("%j becomes %j", (prompt, text) => {
    expect(plainText(prompt, 32)).toBe(text);
  });

  test("is never longer than asked and has no word that cannot be wrapped", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (prompt) => {
        const text = plainText(prompt, 40);
        expect(text.length).toBeLessThanOrEqual(41);
        expect(text).not.toMatch(/[{}\\\p{Cc}]|\S{22}/u);
      }),
    );
  });
});
