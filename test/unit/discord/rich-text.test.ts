import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Line, type Span, visibleText } from "../../../src/chat/rich-text.ts";
import { escapeText, fitLines, quote, renderLine, renderLines } from "../../../src/discord/rich-text.ts";

/** Text made of all that means something to Discord, beside any other. */
const nasty = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ...[
          "@everyone",
          "@here",
          "<@123456789012345678>",
          "<@&1>",
          "<#1>",
          "<:blob:123>",
          "<t:1:R>",
          "</video:1>",
        ],
        ...[
          "[text](https://evil.example)",
          "https://evil.example/a_b",
          ":smile:",
          "# big",
          "-# small",
          "- item",
          "1. one",
        ],
        ...[
          "> quote",
          ">>> all",
          "||spoiler||",
          "`code`",
          "```js\nx\n```",
          "**bold**",
          "__under__",
          "~~gone~~",
          "\\",
          "\\*",
        ],
        ...[
          "\n",
          "\r\n",
          "\u2028",
          "\t",
          "  ",
          "\0",
          "\u202E",
          "\u2067",
          "\u200B",
          "\u200D",
          "\u{E0041}",
          "שלום",
          "é",
          "👩‍👩‍👧‍👦",
          "\uD83D",
        ],
      ),
      fc.string({ unit: "binary" }),
      fc.string({ unit: "grapheme-ascii" }),
    ),
    { maxLength: 40 },
  )
  .map((parts) => parts.join(""));

/** The text behind all escapes, each replaced by a character that means nothing. */
function unescaped(markdown: string): string {
  return markdown.replaceAll(/\\[^0-9A-Za-z\s]/gu, "·");
}

/** What Discord's markdown would find in a text that has no escapes left. */
const MARKUP = /[\\*_~|`<>[\]@#]|:\/\/|:[^\s:]+:|^\s*[-+]\s|^\s*\d+\.\s/mu;
const HIDDEN = /[\u202A-\u202E\u2066\u2067\u200B\u2060\uFEFF\u00AD\u{E0000}-\u{E007F}]|(?!\n)\p{Cc}/u;

describe("escapeText", () => {
  it("leaves no markup in whatever was typed", () => {
    fc.assert(
      fc.property(nasty, (text) => {
        expect(unescaped(escapeText(text))).not.toMatch(MARKUP);
        expect(escapeText(text)).not.toMatch(HIDDEN);
      }),
      { numRuns: 500 },
    );
  });

  it("shows every visible character of it", () => {
    fc.assert(
      fc.property(nasty, (text) => {
        const shown = escapeText(text)
          .replaceAll(/[\u2068\u2069]/gu, "")
          .replaceAll(/\\([^0-9A-Za-z\s])/gu, "$1");
        expect(shown).toBe(visibleText(text));
      }),
    );
  });

  it("keeps within its room, without half a character and still without markup", () => {
    fc.assert(
      fc.property(nasty, fc.integer({ min: 0, max: 60 }), (text, max) => {
        const escaped = escapeText(text, max);
        expect(escaped.length).toBeLessThanOrEqual(max);
        expect(escaped.isWellFormed()).toBe(true);
        expect(unescaped(escaped)).not.toMatch(MARKUP);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ["a red kite, 3.5 m wide: calm", "a red kite, 3.5 m wide: calm"],
    ["sci-fi", "sci-fi"],
    ["1. first", "1\\. first"],
    ["- item", "\\- item"],
    ["-# small", "\\-\\# small"],
    ["a\n  - item\n\t2. two", "a\n  \\- item\n 2\\. two"],
    ["snake_case", "snake\\_case"],
    ["https://x.example", "https\\://x.example"],
    ["[here](https://x.example)", "\\[here\\](https\\://x.example)"],
    ["@everyone", "\\@everyone"],
    ["<@1>", "\\<\\@1\\>"],
    ["C:\\", "C\\:\\\\"],
  ])("writes %j as %j", (text, markdown) => {
    expect(escapeText(text)).toBe(markdown);
  });

  it("isolates text that runs from right to left from what surrounds it", () => {
    expect(escapeText("שלום")).toBe("\u2068שלום\u2069");
    expect(escapeText("abc \u202Edef")).toBe("abc def");
  });

  it("keeps emoji of several parts and drops joiners that hide between letters", () => {
    expect(visibleText("👩‍👩‍👧‍👦 ❤️‍🔥 می‌خواهم")).toBe("👩‍👩‍👧‍👦 ❤️‍🔥 می‌خواهم");
    expect(visibleText("a\u200Db\u200B\u00ADc\uFEFF")).toBe("abc");
    expect(visibleText(`é${"\u200D".repeat(50)}`)).toBe("é");
  });

  it("keeps accents and takes towers of them down", () => {
    expect(visibleText("e\u0301")).toBe("e\u0301");
    expect(visibleText(`z${"\u0336".repeat(90)}`)).toBe(`z${"\u0336".repeat(4)}`);
  });
});

describe("quote", () => {
  it("begins every line as a quote, within its room", () => {
    fc.assert(
      fc.property(nasty, fc.integer({ min: 1, max: 300 }), (text, max) => {
        const quoted = quote(text, { max, maxLines: 5 });
        const lines = quoted.split("\n").filter(Boolean);
        expect(quoted.length).toBeLessThanOrEqual(max);
        expect(lines.length).toBeLessThanOrEqual(5);
        for (const line of lines) {
          expect(line.startsWith("> ")).toBe(true);
          expect(unescaped(line.slice(2))).not.toMatch(MARKUP);
        }
      }),
      { numRuns: 500 },
    );
  });

  it("leaves empty lines out and marks the lines it cuts", () => {
    expect(quote("one\n\n\n two \nthree", { max: 100, maxLines: 3 })).toBe("> one\n> two\n> three");
    expect(quote("1\n2\n3\n4", { max: 100, maxLines: 3 })).toBe("> 1\n> 2\n> …");
  });
});

describe("renderLine", () => {
  const span: fc.Arbitrary<Span> = fc.oneof(
    nasty,
    nasty.map((bold) => ({ bold })),
    nasty.map((code) => ({ code })),
    nasty.map((text) => ({ link: "https://discord.com/channels/1/2/3", text })),
    fc.record({ person: fc.constantFrom("123456789012345678", "ada"), name: nasty }),
  );

  it("keeps any line and any lines within their room", () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(span, { maxLength: 6 })),
        fc.integer({ min: 0, max: 400 }),
        (lines, max) => {
          expect(renderLines(lines, max).length).toBeLessThanOrEqual(max);
          for (const line of lines) expect(renderLine(line, max).length).toBeLessThanOrEqual(max);
        },
      ),
    );
  });

  it.each<[string, Line, string]>([
    ["plain and bold", ["by ", { bold: "*me*" }], "by **\\*me\\***"],
    ["code", [{ code: "a`b\nc" }], "`aˋb c`"],
    [
      "a link",
      [{ link: "https://discord.com/channels/1/2/3", text: "abc[1]" }],
      "[abc\\[1\\]](https://discord.com/channels/1/2/3)",
    ],
    ["a link that could break out", [{ link: "https://x.example/)[y](z", text: "abc" }], "abc"],
    ["a link of another kind", [{ link: "javascript:alert(1)", text: "abc" }], "abc"],
    ["a person", [{ person: "123456789012345678", name: "Ada" }], "<@123456789012345678>"],
    ["a person of another platform", [{ person: "U0123", name: "A_da" }], "A\\_da"],
  ])("writes %s", (_name, line, markdown) => {
    expect(renderLine(line)).toBe(markdown);
  });
});

describe("fitLines", () => {
  it("shows everything where it fits", () => {
    expect(fitLines([["one"], [], [{ bold: "two" }]], 100)).toBe("one\n**two**");
    expect(fitLines([], 100)).toBe("");
  });

  it("cuts the longest lines, so that the short ones stay whole", () => {
    expect(fitLines([["x".repeat(90)], ["by ada"], ["y".repeat(20)]], 50)).toBe(
      `${"x".repeat(20)}…\nby ada\n${"y".repeat(20)}`,
    );
  });

  it("never takes more room than it has", () => {
    const lines = fc.array(fc.array(nasty, { maxLength: 3 }), { maxLength: 30 });
    fc.assert(
      fc.property(lines, fc.integer({ min: 0, max: 300 }), (some, max) => {
        expect(fitLines(some, max).length).toBeLessThanOrEqual(max);
      }),
    );
  });
});
