import { Readable } from "node:stream";
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
