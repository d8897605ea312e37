import fc from "fast-check";
import { expect, it } from "vitest";
import type { PageButton } from "../../../src/chat/page.ts";
import type { Line, Span } from "../../../src/chat/rich-text.ts";
import { pageMessage, pageView, picturesOf } from "../../../src/slack/pages.ts";
import { pageOf, pictureOf } from "../../fixtures/slack-pages.ts";
import { modalBlocks } from "../../servers/slack/blocks.ts";
import { objectsIn } from "../../servers/slack/json.ts";
import { mentionsIn, nobody } from "../../servers/slack/mentions.ts";
import { buttonsOf, picturesShown } from "../../servers/slack/reading.ts";

const place = { channel: "C1", thread: "1.2" };
const words = fc.oneof(
  fc.string({ unit: "binary", maxLength: 800 }),
  fc.constantFrom(
    "<!channel>",
    "<@U1ADA> & co",
    "*bold* _it_ ~no~ `code`",
    "@here",
    "😀".repeat(400),
    "",
    "\n",
  ),
);
const span: fc.Arbitrary<Span> = fc.oneof(
  words,
  fc.record({ bold: words }),
  fc.record({ code: words }),
  fc.record({ link: fc.constant("https://a.example/?a=1&b=2|3"), text: words }),
  fc.record({ person: fc.constant("U1BOB"), name: words }),
);
const lines: fc.Arbitrary<Line[]> = fc.array(fc.array(span, { maxLength: 3 }), { maxLength: 3 });
const label = words.filter((text) => text !== "");
const style = fc.constantFrom("primary", "secondary", "danger");
const button: fc.Arbitrary<PageButton> = fc.oneof(
  fc.record({ action: fc.constant("list"), argument: fc.constantFrom("a", "b"), label, style }),
  fc.record({ link: fc.constant("https://a.example/"), label, style }),
);
const page = fc.record({
  title: label,
  lines,
  rows: fc.array(
    fc.record({ lines, picture: fc.constant(pictureOf("a1")), buttons: fc.array(button, { maxLength: 2 }) }),
    { maxLength: 5 },
  ),
  buttons: fc.array(button, { maxLength: 5 }),
});

it("holds Slack's limits and calls nobody, whatever people wrote, with pictures and without", () => {
  fc.assert(
    fc.property(page, fc.boolean(), (any, pictured) => {
      const ids = new Map(pictured ? [["a1/thumbnail.webp", "F00000001"]] : []);
      const view = pageView(any, place, ids);
      expect(modalBlocks.safeParse(view.blocks).error?.issues ?? []).toEqual([]);
      expect(view.title.text.length).toBeLessThanOrEqual(24);
      const { text, blocks } = pageMessage(any, ids);
      expect(modalBlocks.safeParse(blocks).error?.issues ?? []).toEqual([]);
      expect(blocks.length).toBeLessThanOrEqual(50);
      expect(mentionsIn({ text, blocks: objectsIn(blocks) })).toEqual(nobody);
      const actions = buttonsOf({ blocks: objectsIn(view.blocks) }).map(({ actionId }) => actionId);
      expect(new Set(actions).size).toBe(actions.length);
    }),
    { numRuns: 60 },
  );
});

it("asks for each picture once, and shows those that Slack holds", () => {
  const twice = pageOf(["a1", "a1", "b2"]);
  expect(picturesOf(twice).map(({ key }) => key)).toEqual(["a1/thumbnail.webp", "b2/thumbnail.webp"]);
  const view = pageView(twice, place, new Map([["a1/thumbnail.webp", "F00000001"]]));
  expect(picturesShown(objectsIn(view.blocks))).toEqual(["F00000001", "F00000001"]);
});
