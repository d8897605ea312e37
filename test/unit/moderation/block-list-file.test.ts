import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readBlockList } from "../../../src/moderation/block-list.ts";
import { blockListFile, blockListOf } from "../../fixtures/block-lists.ts";

describe("the file", () => {
  it("is read with a byte order mark, any line ends, comments and blank lines", async () => {
    const list = await readBlockList(await blockListFile("\ufeff# one\r\n\r\n  foo  \r  # two\nbar\n"));
    expect(list.check("foo")).toEqual({ verdict: "blocked", line: 3 });
    expect(list.check("bar")).toEqual({ verdict: "blocked", line: 5 });
    expect(list.check("one two")).toEqual({ verdict: "clear" });
  });

  it("may be empty", async () => {
    expect((await blockListOf([])).check("foo")).toEqual({ verdict: "clear" });
  });

  it("is refused with every line that does not hold", async () => {
    const path = await blockListFile(["foo", "++", "/foo", "/(/", "/", "a".repeat(201)].join("\n"));
    const refused = expect(readBlockList(path)).rejects;
    await refused.toMatchObject({ name: "UserError", code: "settings_file" });
    await refused.toThrow(`BLOCK_LIST: ${path} does not hold:`);
    await refused.toThrow(
      /line 2 has no letter.*\n.*line 3 begins with.*\n.*line 4 is no regular.*\n.*line 5 begins.*\n.*line 6 is longer/,
    );
  });

  it("that is not there, and one that is no text, are named", async () => {
    await expect(readBlockList("/nowhere/list.txt")).rejects.toThrow(
      "BLOCK_LIST: the file /nowhere/list.txt cannot be read.",
    );
    const binary = await blockListFile(new Uint8Array([0x66, 0xff, 0xfe]));
    await expect(readBlockList(binary)).rejects.toMatchObject({
      code: "settings_file",
      message: `BLOCK_LIST: ${binary} is no text in UTF-8.`,
    });
  });
});

describe("any text", () => {
  const anything = fc.string({ unit: "binary", maxLength: 300 });
  const seen = fc.constantFrom(".", " ", "-", "*", ". ", "\n", "。", "🔥", " \u0301");
  const unseen = fc.constantFrom("\u200b", "\u0301", "\u00ad", "\ufe0f", "\u{e0061}", "\u0000");

  it("gets an answer, and an entry in any text of words is found", async () => {
    const list = await blockListOf(["foo", "炸弹", "foo bar", "/ba[rz]\\b/"]);
    fc.assert(
      fc.property(anything, anything, (before, after) => {
        expect(list.check(before)).toHaveProperty("verdict");
        expect(list.check(`${before} \n foo \n ${after}`).verdict).toBe("blocked");
      }),
    );
  });

  it("that takes a word apart, by what is seen or by what is not, hides nothing", async () => {
    const list = await blockListOf(["foo"]);
    const pairs = fc.oneof(fc.tuple(seen, seen), fc.tuple(unseen, unseen));
    fc.assert(
      fc.property(pairs, ([first, second]) => {
        expect(list.check(`a f${first}o${second}o here`)).toEqual({ verdict: "blocked", line: 1 });
      }),
    );
  });

  it("as an entry is either refused by its line or finds itself", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 }), async (entry) => {
        fc.pre(!/^\s*[#/]|[\r\n]/.test(entry) && entry.trim() !== "");
        const list = await blockListOf([entry]).catch((error: unknown) => error);
        if (list instanceof Error) expect(list.message).toContain("line 1 has no letter");
        else expect(list).toSatisfy(({ check }) => check(entry).verdict === "blocked");
      }),
      { numRuns: 50 },
    );
  });

  it("of 32,000 characters ends with 20,000 entries that all but match everywhere", async () => {
    const words = Array.from({ length: 20_000 }, (_, n) => `${"a".repeat(n % 100)}b${n}`);
    const list = await blockListOf([...words, "the end"]);
    expect(list.check("a ".repeat(16_000))).toEqual({ verdict: "clear" });
    expect(list.check("a".repeat(32_000))).toEqual({ verdict: "clear" });
    expect(list.check(`${"\ufdfa".repeat(31_990)} the end`)).toEqual({ verdict: "blocked", line: 20_001 });
  });
});
