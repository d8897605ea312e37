import { Readable } from "node:stream";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Options } from "../../../commands/command.ts";
import { create } from "../../../commands/create.ts";
import { remix } from "../../../commands/derive.ts";
import { commands } from "../../../commands/index.ts";
import type { RawValue } from "../../../src/chat/adapter.ts";
import { formOf, parseOptions } from "../../../src/chat/options.ts";
import { defaultCatalog } from "../../../src/videos/catalog.ts";

const picture = {
  filename: "a.png",
  contentType: "image/png",
  bytes: 1,
  open: async () => Readable.from([]),
};
const parse = (raw: Record<string, RawValue>, options: Options = create.options) =>
  parseOptions(options, raw, {
    catalog: defaultCatalog,
    openLink: (address) => ({ ...picture, filename: address }),
  });

describe("parseOptions", () => {
  it("gives every declared option, those left out as undefined", () => {
    expect(parse({ prompt: "a kite" })).toEqual({
      prompt: "a kite",
      image: undefined,
      model: undefined,
      seconds: undefined,
      size: undefined,
      from: undefined,
    });
  });

  it.each([
    ["seconds", "8", "8"],
    ["seconds", " 8S ", "8"],
    ["seconds", "8 seconds", "8"],
    ["size", "landscape", "1280x720"],
    ["size", "Portrait 720x1280", "720x1280"],
    ["size", "1792x1024", "1792x1024"],
    ["model", "SORA-2-PRO", "sora-2-pro"],
    ["model", "  ", undefined],
  ])("reads %s %j as %j", (name, typed, value) => {
    expect(parse({ prompt: "a kite", [name]: typed })).toMatchObject({ [name]: value });
  });

  it("names what is allowed", () => {
    expect(() => parse({ prompt: "a kite", seconds: "5" })).toThrow(
      "“seconds” cannot be “5”. Choose one of: 4 seconds, 8 seconds, 12 seconds.",
    );
    expect(() => parse({ prompt: "a kite", size: "huge".repeat(100) })).toThrow(
      "portrait 720x1280, landscape",
    );
  });

  it("refuses what is not declared, names of every object's properties included", () => {
    expect(() => parse({ prompt: "a kite", fps: "30" })).toThrow("“--fps” is not known.");
    expect(() => parse({ prompt: "a kite", constructor: "x" })).toThrow("“--constructor” is not known.");
  });

  it("wants what is required, and leaves its content to the service", () => {
    expect(() => parse({})).toThrow("“prompt” is missing");
    expect(parse({ prompt: "  " })).toMatchObject({ prompt: "  " });
    expect(() => parse({ prompt: "night" }, remix.options)).toThrow("“video” is missing");
  });

  const number = (bounds: object) => ({ n: { type: "number", description: "How many", ...bounds } }) as const;

  it.each([
    ["42", {}, "42"],
    [" 0042 ", { integer: true }, "42"],
    ["2.5", { min: 2.5, max: 2.5 }, "2.5"],
    ["-2,5", { min: -3 }, "-2.5"],
    ["0", { min: 0, max: 1, integer: true }, "0"],
    ["9007199254740991", { integer: true }, "9007199254740991"],
    ["", {}, undefined],
  ])("reads the number %j in %j as %j", (typed, bounds, n) => {
    expect(parse({ n: typed }, number(bounds))).toEqual({ n });
  });

  it.each([
    ["four", {}, "a number."],
    ["1,000,000", {}, "a number."],
    ["Infinity", { min: 1 }, "a number, 1 at least."],
    ["1e999", {}, "a number."],
    ["-1", { min: 0, max: 9, integer: true }, "a whole number from 0 to 9."],
    ["10", { min: 0, max: 9 }, "a number from 0 to 9."],
    ["2.5", { integer: true }, "a whole number."],
    ["9007199254740993", { integer: true, max: 1e18 }, "a whole number, 1000000000000000000 at most."],
  ])("refuses %j as a number in %j", (typed, bounds, what) => {
    expect(() => parse({ n: typed }, number(bounds))).toThrow(
      `“n” cannot be “${typed}”. It has to be ${what}`,
    );
  });

  it("reads every number within its bounds and no other", () => {
    const bound = fc.option(fc.double({ noNaN: true, min: -1e6, max: 1e6 }), { nil: undefined });
    const cases = fc.tuple(fc.double(), bound, bound, fc.boolean());
    fc.assert(
      fc.property(cases, ([value, min, max, integer]) => {
        const isIn = value >= (min ?? -Infinity) && value <= (max ?? Infinity);
        const isRead = isIn && (integer ? Number.isSafeInteger(value) : Number.isFinite(value));
        const options = number({
          ...(min !== undefined && { min }),
          ...(max !== undefined && { max }),
          integer,
        });
        const read = () => Number(parse({ n: String(value) }, options).n);
        if (isRead) expect(read()).toBeCloseTo(value, 10);
        else expect(read).toThrow("It has to be");
      }),
    );
  });

  it("does not list choices without end", () => {
    const choices = () => Array.from({ length: 40 }, (_, at) => ({ value: `${at}`, label: `no. ${at}` }));
    const many = { c: { type: "choice", description: "Which", choices } } as const;
    expect(parse({ c: "No. 39" }, many)).toEqual({ c: "39" });
    expect(() => parse({ c: "40" }, many)).toThrow(/no\. 23, no\. 24, 15 more\.$/);
  });

  it("tells files and texts apart", () => {
    expect(parse({ prompt: "a kite", image: picture })).toMatchObject({ image: picture });
    expect(parse({ prompt: "a kite", image: " https://example.com/a.png " })).toMatchObject({
      image: { filename: "https://example.com/a.png" },
    });
    expect(() => parse({ prompt: picture })).toThrow("“prompt” is text");
    expect(() => parse({ prompt: "a kite", size: picture })).toThrow("“size” is text");
  });
});

describe("formOf", () => {
  it("has a field for every option, choices at their defaults", () => {
    const form = formOf(create, defaultCatalog);
    expect(form.fields.map(({ name, initial }) => [name, initial])).toEqual([
      ["prompt", undefined],
      ["image", undefined],
      ["model", "sora-2"],
      ["seconds", "4"],
      ["size", undefined],
    ]);
  });
});

describe("every command", () => {
  it.each(commands.map((command) => [command.name, command] as const))(
    "%s is declared in full",
    (name, command) => {
      expect(name).toMatch(/^[a-z]{1,32}$/);
      expect(command.description.length).toBeLessThanOrEqual(100);
      expect(Boolean(command.run ?? command.press)).toBe(true);
      if (command.button || command.shortcut?.on === "video") expect(command.press).toBeDefined();
      if (command.shortcut?.on === "picture") expect(command.pick).toBeDefined();
      expect(command.shortcut?.label.length ?? 0).toBeLessThanOrEqual(24);
      for (const [option, declared] of Object.entries(command.options)) {
        expect(option).toMatch(/^[a-z][a-z_]{0,31}$/);
        expect(declared.description.length).toBeLessThanOrEqual(100);
        if (declared.type !== "choice") continue;
        const offered = declared.choices(defaultCatalog);
        expect(offered.length).toBeLessThanOrEqual(25);
        if (declared.initial)
          expect(offered.map(({ value }) => value)).toContain(declared.initial(defaultCatalog));
      }
    },
  );
});
