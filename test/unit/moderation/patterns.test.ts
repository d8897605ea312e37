import { describe, expect, it } from "vitest";
import { blockListOf } from "../../fixtures/block-lists.ts";

describe("a regular expression", () => {
  it.each([
    ["a word in any case", "/\\bfo+\\b/", "a FOOO"],
    ["signs as they are", "/\\$\\d+/", "for $20"],
    ["properties of Unicode", "/\\p{Emoji_Presentation}/", "a 🔫"],
    ["without characters that show nothing", "/foo/", "f\u200bo\u200bo"],
    ["the words without diacritics", "/foo bar/", "fóó, BÄR"],
    ["slashes", "/a/b/", "a/b"],
    ["repetition beside repetition", "/(?:fo+|ba?)x+y{2,}/", "fooxyy"],
    ["repetition in a group that is there once", "/(fo+)?bar/", "foobar"],
    ["a fixed number of repetitions", "/(?:fo+ ?){2}/", "fo foo"],
    ["brackets and stars as characters", "/(?:[(*+)]|\\)\\*)+x/", "(*x"],
  ])("finds %s", async (_, entry, text) => {
    const list = await blockListOf(["# patterns", entry]);
    expect(list.check(text)).toEqual({ verdict: "blocked", line: 2 });
    expect(list.check("nothing")).toEqual({ verdict: "clear" });
  });

  it.each([
    ["with what is none", "/fo(o/", "line 1 is no regular expression"],
    ["with flags", "/foo/i", "line 1 begins with a slash and does not end with one"],
    ["with nothing in it", "//", "line 1 begins with a slash"],
    ["for everything", "/fo*|/", "line 1 matches the empty text"],
    ["(a+)+", "/(a+)+b/", "line 1 repeats something that repeats"],
    ["(?:a*)*", "/x(?:a*)*/", "line 1 repeats something that repeats"],
    ["a named group", "/(?<word>\\w+ ?){2,}!/", "line 1 repeats something that repeats"],
    ["groups in groups", "/((?:a|(b){1,9})c)+/", "line 1 repeats something that repeats"],
  ])("is refused %s", async (_, entry, problem) => {
    await expect(blockListOf([entry])).rejects.toThrow(problem);
    await expect(blockListOf([entry])).rejects.toMatchObject({ name: "UserError", code: "settings_file" });
  });

  it("that does not come to an end is stopped, named, and blocks no other prompt", async () => {
    const list = await blockListOf(["/foo/", "/(?:a|a)+b/", "/bar/"], 100);
    expect(list.check("a".repeat(100))).toEqual({ verdict: "undecided", line: 2 });
    expect(list.check("bar")).toEqual({ verdict: "blocked", line: 3 });
    expect(list.check("fine")).toEqual({ verdict: "clear" });
  });
});
