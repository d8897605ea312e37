import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { escapeMrkdwn, mrkdwnLines, typedText } from "../../../src/slack/mrkdwn.ts";
import { mentionsIn, nobody } from "../../servers/slack/mentions.ts";

describe("escapeMrkdwn", () => {
  it("leaves nothing that Slack reads as markup", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom("<", "!", "@", "&", ">", "U1", "channel", "|", "x") }),
        (text) => {
          const escaped = escapeMrkdwn(text);
          expect(mentionsIn({ text: escaped, blocks: [] })).toEqual(nobody);
          expect(escaped).not.toMatch(/[<>]/);
        },
      ),
    );
  });
});

describe("typedText", () => {
  it("undoes what Slack escaped, for any text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        expect(typedText(escapeMrkdwn(text))).toBe(text);
      }),
    );
  });

  it.each([
    ["tell <@U123|ada> about it", "tell @ada about it"],
    ["tell <@U123> about it", "tell @U123 about it"],
    ["in <#C123|general>", "in #general"],
    ["<!here> and <!channel|channel> and <!subteam^S1|@artists>", "@here and @channel and @artists"],
    ["see <https://example.com/a?b=1&amp;c=2>", "see https://example.com/a?b=1&c=2"],
    ["see <http://example.com|example.com>", "see example.com"],
    ["<mailto:ada@example.com|ada@example.com>", "ada@example.com"],
    ["1 &lt; 2 &amp;&amp; 3 &gt; 2", "1 < 2 && 3 > 2"],
    ["&amp;lt; stays an entity", "&lt; stays an entity"],
    ["“smart” — quotes\nand 🎬", "“smart” — quotes\nand 🎬"],
  ])("gives back what was typed: %s", (sent, typed) => {
    expect(typedText(sent)).toBe(typed);
  });
});

describe("mrkdwnLines", () => {
  it("writes the marks that the core means, and keeps those that people typed from working", () => {
    const z = "\u200b";
    expect(
      mrkdwnLines([
        [{ bold: "a *red* kite" }, " & <co>"],
        [{ code: "0k3v" }, " by ", { person: "U1BOB", name: "bob_b" }],
        [{ link: "https://a.example/?a=1&b=|", text: "go to it" }],
        [{ bold: " " }, "~no~"],
      ]),
    ).toBe(
      [
        `*a ${z}*red${z}* kite* &amp; &lt;co&gt;`,
        `\`0k3v\` by *bob${z}_b*`,
        "<https://a.example/?a=1&amp;b=%7C|go to it>",
        `${z}~no${z}~`,
      ].join("\n"),
    );
  });
});
