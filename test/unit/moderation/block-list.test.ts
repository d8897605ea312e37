import { describe, expect, it } from "vitest";
import { blockListOf } from "../../fixtures/block-lists.ts";

describe("a word", () => {
  it.each([
    ["as it is", "a foo here"],
    ["in other case", "A FOO!"],
    ["at both ends", "foo"],
    ["between signs", "“foo”—and"],
    ["beside an underscore", "my_foo_2"],
    ["full-width", "ｆｏｏ"],
    ["in mathematical letters", "𝒇𝒐𝒐"],
    ["in circles", "ⓕⓞⓞ"],
    ["with diacritics", "f\u00f6\u00f3"],
    ["with stacked marks", "f\u0336o\u0327\u0315\u0489o\u20dd"],
    ["with a Japanese mark", "fo\u3099o"],
    ["with zero-width spaces", "f\u200bo\u200do"],
    ["with a soft hyphen", "fo\u00ado"],
    ["with a variation selector", "f\ufe0foo\u{e0101}"],
    ["with a Hangul filler", "f\u3164oo"],
    ["with control characters", "f\u0001o\u007fo"],
    ["with direction marks", "\u202efoo\u202c"],
    ["with points", "f.o.o"],
    ["spaced", "f o o"],
    ["spaced after another letter", "a f o o here"],
    ["with mixed signs", "f - o ** o"],
    ["with a hyphen", "fo-o"],
    ["with an emoji inside", "f🔥oo"],
    ["with Cyrillic letters", "fоо"],
    ["with Greek letters", "fοο"],
    ["among Chinese", "我爱foo了"],
  ])("is found %s", async (_, text) => {
    const list = await blockListOf(["# words", "", "foo"]);
    expect(list.check(text)).toEqual({ verdict: "blocked", line: 3 });
  });

  it.each([
    ["in a longer word", "food and afoo"],
    ["beside a digit", "foo2"],
    ["spread over two words", "fo o, f oo"],
    ["over a sign and a space", "fo. o"],
    ["over several signs", "fo...o"],
    ["over a comma", "fo,o"],
    ["in look-alikes of one script", "ѕех fоот"],
    ["with digits for letters", "f00"],
    ["not at all", ""],
  ])("is not found %s", async (_, text) => {
    const list = await blockListOf(["foo", "sex"]);
    expect(list.check(text)).toEqual({ verdict: "clear" });
  });

  it("of two letters is not found in two letters apart", async () => {
    const list = await blockListOf(["ab"]);
    expect(list.check("vitamin a b complex")).toEqual({ verdict: "clear" });
    expect(list.check("an AB here")).toEqual({ verdict: "blocked", line: 1 });
  });

  it.each([
    ["ß", "strasse", "Straße"],
    ["a dotless i", "title", "TıTLE"],
    ["a final sigma", "λόγος", "ΛΟΓΟΣ"],
    ["Arabic vowels and a longer letter", "محمد", "مُحَمَّـــد"],
    ["a voiced kana in half width", "ガス", "ｶﾞｽ"],
  ])("is found by its letters: %s", async (_, entry, text) => {
    const list = await blockListOf([entry]);
    expect(list.check(text)).toEqual({ verdict: "blocked", line: 1 });
  });

  it("keeps the marks that make it another word", async () => {
    const list = await blockListOf(["か", "क"]);
    expect(list.check("が कि")).toEqual({ verdict: "clear" });
  });
});

describe("a phrase", () => {
  it.each(["Foo Bar", "foo,\n bar", "foo-bar", "foo - bar", "the f.o.o bar"])(
    "is found as %j",
    async (text) => {
      const list = await blockListOf(["foo bar", "foo baz"]);
      expect(list.check(text)).toEqual({ verdict: "blocked", line: 1 });
    },
  );

  it.each(["foo", "foo the bar", "bar foo", "foobar", "foo bars"])("is not found in %j", async (text) => {
    const list = await blockListOf(["foo bar"]);
    expect(list.check(text)).toEqual({ verdict: "clear" });
  });
});

describe("scripts without spaces", () => {
  it.each([
    ["Chinese", "炸弹", "他在做炸弹吗"],
    ["Chinese, spaced", "炸弹", "做 炸 弹"],
    ["Chinese, in two halves by a sign", "炸弹", "做炸*弹吗"],
    ["Japanese", "爆弾", "爆弾を作る"],
    ["Korean with a particle", "폭탄", "폭탄을 만들다"],
    ["Korean by its single letters", "폭탄", "폭탄"],
    ["Thai", "ระเบิด", "ทำระเบิดที่บ้าน"],
    ["a character beyond the first plane", "𠀀𠀁", "我𠀀𠀁你"],
  ])("are searched anywhere: %s", async (_, entry, text) => {
    const list = await blockListOf([entry]);
    expect(list.check(text)).toEqual({ verdict: "blocked", line: 1 });
  });

  it("are not joined over what ends a word", async () => {
    const list = await blockListOf(["폭탄", "炸弹"]);
    expect(list.check("대폭 탄력, 爆炸。弹琴")).toEqual({ verdict: "clear" });
  });
});
