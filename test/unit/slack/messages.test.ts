import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Card } from "../../../src/chat/card.ts";
import type { Span } from "../../../src/chat/rich-text.ts";
import {
  cardMessage,
  deliveredMessage,
  noticeMessage,
  type SlackMessage,
  videoBlocks,
} from "../../../src/slack/messages.ts";
import { card } from "../../fixtures/slack-bot.ts";
import { checkMessageBlocks } from "../../servers/slack/blocks.ts";
import { isObject, type JsonObject, objectsIn } from "../../servers/slack/json.ts";
import { mentionsIn, nobody } from "../../servers/slack/mentions.ts";
import { buttonsOf, textOf } from "../../servers/slack/reading.ts";

const nasty = fc.oneof(
  fc.string({ unit: "binary", maxLength: 3_000, size: "max" }),
  fc.string({ unit: "grapheme", maxLength: 3_000, size: "max" }),
  fc.constantFrom(
    "<!channel>",
    "<@U1ADA> & <!subteam^S1>",
    "*bold* `code` ~x~",
    "@here",
    ":eyes:",
    "",
    " ",
    "\n\n",
  ),
  fc.constantFrom("😀", "&", "<", "\ud83d").map((character) => character.repeat(3_000)),
);
const span: fc.Arbitrary<Span> = fc.oneof(
  nasty,
  fc.record({ bold: nasty }),
  fc.record({ code: nasty }),
  fc.record({ link: fc.constant("https://workspace1.slack.com/archives/C1/p1"), text: nasty }),
  fc.record({ person: fc.constant("U1BOB"), name: nasty }),
);
const line = fc.array(span, { maxLength: 4 });
const anyCard: fc.Arbitrary<Card> = fc.record({
  jobId: fc.constant("0k3v8zq1xw"),
  revision: fc.nat(),
  kind: fc.constantFrom("progress", "final"),
  tone: fc.constantFrom("neutral", "good", "bad"),
  title: nasty,
  prompt: nasty,
  lines: fc.array(line, { maxLength: 5 }),
  progress: fc.record({
    percent: fc.option(fc.integer({ min: -10, max: 200 }), { nil: undefined }),
    label: nasty,
  }),
  footnote: line,
  altText: nasty,
  buttons: fc.uniqueArray(
    fc.record({
      action: fc.stringMatching(/^[a-z]{1,32}$/),
      argument: fc.constantFrom("0k3v8zq1xw", "newer.1", "older_2"),
      label: nasty.filter((label) => label !== ""),
      style: fc.constantFrom("primary", "secondary", "danger"),
    }),
    { maxLength: 30, selector: ({ action, argument }) => `${action}:${argument}` },
  ),
});

/** Slack refuses rich text with nothing in it, anywhere, which the blocks' limits do not say. */
function emptyParts(node: unknown): unknown[] {
  if (Array.isArray(node)) return node.flatMap(emptyParts);
  if (!isObject(node)) return [];
  const isEmpty = node.text === "" || (Array.isArray(node.elements) && node.elements.length === 0);
  return [...(isEmpty ? [node] : []), ...Object.values(node).flatMap(emptyParts)];
}

function expectSound({ text, blocks }: SlackMessage): void {
  expect(() => checkMessageBlocks(blocks, new Map())).not.toThrow();
  expect(emptyParts(blocks)).toEqual([]);
  expect(text.length).toBeLessThanOrEqual(4_000);
  expect(JSON.stringify({ text, blocks })).not.toMatch(/\\ud[89a-f]/i);
  expect(mentionsIn({ text, blocks: objectsIn(blocks) })).toEqual(nobody);
}

describe("a card", () => {
  it("holds Slack's limits and calls nobody, whatever people wrote", () => {
    fc.assert(
      fc.property(anyCard, fc.constantFrom("reply", "direct", "none"), (any, ping) => {
        expectSound(cardMessage(any));
        expectSound(deliveredMessage(any));
        const requester = { id: "U1BOB", name: any.title };
        const blocks = videoBlocks(any, { requester, ping });
        const users = ping === "reply" ? ["U1BOB"] : [];
        expect(() => checkMessageBlocks(blocks, new Map())).not.toThrow();
        expect(mentionsIn({ text: "", blocks: objectsIn(blocks) })).toEqual({ ...nobody, users });
        expect(emptyParts(blocks)).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });

  it("shows the prompt as it was typed, the bar, the lines, the footnote and the buttons", () => {
    const message = cardMessage({
      ...card,
      prompt: "a *red* <kite>",
      title: "Rendering",
      progress: { percent: 50, label: "32 s so far" },
    });
    const [header, body] = objectsIn(message.blocks);
    expect(header).toMatchObject({ type: "header", text: { text: "🎬 Rendering" } });
    expect(body).toMatchObject({
      type: "rich_text",
      elements: [
        { type: "rich_text_quote", elements: [{ type: "text", text: "a *red* <kite>" }] },
        { type: "rich_text_section" },
      ],
    });
    expect(textOf(shown(message))).toContain("██████░░░░░░ 50 % · 32 s so far");
    expect(textOf(shown(message))).toContain("Job 0k3v8zq1xw");
    expect(buttonsOf(shown(message))).toMatchObject([
      { label: "Remix", actionId: "remix", value: "v1:remix:0k3v8zq1xw", style: "primary" },
    ]);
    expect(message.text).toBe("Rendering: a *red* &lt;kite&gt;");
  });

  it("makes up no percentage", () => {
    const message = cardMessage({ ...card, progress: { percent: undefined, label: "32 s so far" } });
    expect(textOf(shown(message))).toContain("32 s so far");
    expect(textOf(shown(message))).not.toContain("%");
  });

  it("keeps neither prompt nor buttons once the video stands beside it", () => {
    const message = deliveredMessage({
      ...card,
      tone: "good",
      title: "Done in 32 s",
      lines: [["Remixed once"]],
    });
    expect(textOf(shown(message))).toBe("✅ Done in 32 s\n\n\nRemixed once");
    expect(buttonsOf(shown(message))).toEqual([]);
  });
});

describe("a private answer", () => {
  it("holds Slack's limits and calls nobody", () => {
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 20 }), (lines) => {
        const { text, blocks } = noticeMessage({ tone: "info", lines });
        expect(() => checkMessageBlocks(blocks, new Map())).not.toThrow();
        expect(emptyParts(blocks)).toEqual([]);
        expect(text.length).toBeLessThan(40_000);
        expect(mentionsIn({ text, blocks: objectsIn(blocks) })).toEqual(nobody);
      }),
      { numRuns: 100 },
    );
  });
});

function shown({ text, blocks }: SlackMessage): { text: string; blocks: JsonObject[] } {
  return { text, blocks: objectsIn(blocks) };
}
