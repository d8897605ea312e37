import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { commands } from "../../../commands/index.ts";
import { parseCommandLine } from "../../../src/chat/command-line.ts";

const parse = (line: string) => {
  const { command, values } = parseCommandLine(line, commands);
  return { command: command.name, values };
};

describe("parseCommandLine", () => {
  it("means create when no subcommand is named", () => {
    expect(parse("a red kite over dunes --seconds 8 --size landscape")).toEqual({
      command: "create",
      values: { prompt: "a red kite over dunes", seconds: "8", size: "landscape" },
    });
  });

  it("wants a form for an empty line and for a bare “create”", () => {
    expect(parse("  \n ")).toEqual({ command: "create", values: undefined });
    expect(parse("create")).toEqual({ command: "create", values: undefined });
  });

  it("takes a first word that is a subcommand as that, whatever its case", () => {
    expect(parse("create a kite")).toEqual({ command: "create", values: { prompt: "a kite" } });
    expect(parse("Status")).toEqual({ command: "status", values: {} });
    expect(parse("status 0k3v8zq1xw")).toEqual({ command: "status", values: { video: "0k3v8zq1xw" } });
    expect(parse("remix 0k3v8zq1xw make it\nnight")).toEqual({
      command: "remix",
      values: { video: "0k3v8zq1xw", prompt: "make it\nnight" },
    });
    expect(parse("create create a statue")).toMatchObject({ values: { prompt: "create a statue" } });
    expect(parse("creative chaos")).toMatchObject({
      command: "create",
      values: { prompt: "creative chaos" },
    });
  });

  it("knows no subcommand that is a button only", () => {
    expect(parse("star over me")).toEqual({ command: "create", values: { prompt: "star over me" } });
  });

  it.each([
    [
      "--seconds 8 a kite --size landscape in wind",
      { seconds: "8", size: "landscape", prompt: "a kite in wind" },
    ],
    ["a kite --seconds=8", { seconds: "8", prompt: "a kite" }],
    ["a kite —seconds 8 –size landscape", { seconds: "8", size: "landscape", prompt: "a kite" }],
    ['a kite --size "portrait 720x1280"', { size: "portrait 720x1280", prompt: "a kite" }],
    ["a kite --size “portrait 720x1280”", { size: "portrait 720x1280", prompt: "a kite" }],
    ["a kite —size „portrait 720x1280“", { size: "portrait 720x1280", prompt: "a kite" }],
    ["--SECONDS 8 a kite", { seconds: "8", prompt: "a kite" }],
    ['--prompt "status of a queen"', { prompt: "status of a queen" }],
  ])("reads the flags of %s", (line, values) => {
    expect(parse(line)).toEqual({ command: "create", values });
  });

  it.each([
    'a sign that says "open"',
    "a sign that says “open”",
    "a kite — a red one — over dunes",
    "a kite —red, of course— over dunes",
    "line one\nline two\n\nline four",
    "👩‍🚀 on the 🌕, 🇺🇳",
    "well-known, state-of-the-art - really",
    "5 --> 6",
  ])("keeps a prompt as it was typed: %s", (line) => {
    expect(parse(line)).toEqual({ command: "create", values: { prompt: line } });
  });

  it("names the flags there are when one is unknown", () => {
    expect(() => parse("a kite --fps 30")).toThrow(
      "“--fps” is not known. There is: --prompt, --image, --model",
    );
    expect(() => parse("help --me")).toThrow("This command takes none.");
  });

  it.each([
    "a kite --seconds",
    "a kite --seconds --size landscape",
    "--seconds —size landscape a kite",
    "--seconds=",
  ])("misses the value in %s", (line) => {
    expect(() => parse(line)).toThrow("“--seconds” needs a value behind it.");
  });

  it("refuses words that nothing takes, saying how such a prompt can be written", () => {
    expect(() => parse("help me find my dog")).toThrow("write /video create help …");
    expect(() => parse("--prompt one two")).toThrow("“two”");
    expect(() => parse("--prompt one two")).not.toThrow("begins with");
  });

  it("gives words to the first text alone, and to none of those that models add", () => {
    const negative = { type: "text", description: "What not to show", maxLength: 100 } as const;
    const [create] = commands;
    const options = { ...create?.options, negative_prompt: negative };
    const own = [{ name: "create", description: "", options, run: async () => {} }];
    const values = (line: string) => parseCommandLine(line, own).values;
    expect(values("a kite --negative_prompt rain over dunes")).toEqual({
      prompt: "a kite over dunes",
      negative_prompt: "rain",
    });
    expect(() => values("--prompt one two")).toThrow("“two”");
  });

  it("knows the name of what cannot be done, whatever stands behind it", () => {
    const offered = commands.filter(({ name }) => name !== "remix");
    const withheld = commands.filter(({ name }) => name === "remix");
    for (const line of ["remix", "Remix 0k3v8zq1xw at night", "remix --fps 30", "remix --prompt"]) {
      expect(parseCommandLine(line, offered, withheld)).toMatchObject({
        command: { name: "remix" },
        values: {},
      });
    }
    expect(parseCommandLine("remixes of songs", offered, withheld).command.name).toBe("create");
  });

  it("finds prompt and flags again wherever the flags stand", () => {
    const word = fc
      .stringMatching(/^[\p{L}\p{Emoji_Presentation}“”"',.!?-]{1,12}$/u)
      .filter(
        (text) => !/^(--|[—–])/u.test(text) && !commands.some(({ name }) => name === text.toLowerCase()),
      );
    const dash = fc.constantFrom("--", "—", "–");
    const flag = fc.record({
      name: fc.constantFrom("seconds", "size", "model"),
      dash,
      value: fc.stringMatching(/^[a-z0-9]{1,10}( [a-z0-9]{1,5})?$/),
      quotes: fc.constantFrom('""', "“”", "„“"),
      equals: fc.boolean(),
    });
    const flags = fc.uniqueArray(flag, { selector: ({ name }) => name, maxLength: 3 });
    fc.assert(
      fc.property(fc.array(word, { minLength: 1 }), flags, fc.nat(), (words, given, seed) => {
        const parts = [...words];
        given.forEach(({ name, dash: typed, value, quotes, equals }, index) => {
          const quoted = value.includes(" ") ? `${quotes[0]}${value}${quotes[1]}` : value;
          parts.splice(
            (seed + index * 7) % (parts.length + 1),
            0,
            `${typed}${name}${equals ? "=" : " "}${quoted}`,
          );
        });
        expect(parse(parts.join(" "))).toEqual({
          command: "create",
          values: {
            prompt: words.join(" "),
            ...Object.fromEntries(given.map(({ name, value }) => [name, value])),
          },
        });
      }),
    );
  });

  it("answers any line, with values or with a sentence for people", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 200 }), (line) => {
        try {
          expect(parse(line).command).toBeTypeOf("string");
        } catch (error) {
          expect(error).toMatchObject({ name: "UserError" });
        }
      }),
    );
  });
});
