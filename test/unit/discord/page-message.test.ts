import { ComponentType } from "discord.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Page, PageButton } from "../../../src/chat/page.ts";
import { pageMessage } from "../../../src/discord/page-message.ts";
import { fullPage, galleryPage, mediaFile, row } from "../../fixtures/discord-page.ts";

type Body = ReturnType<typeof pageMessage>["body"];

/** Every object of a payload that says what type of component it is. */
function components(value: unknown): Record<string, unknown>[] {
  if (Array.isArray(value)) return value.flatMap(components);
  if (typeof value !== "object" || value === null) return [];
  const inner = Object.values(value).flatMap(components);
  return "type" in value ? [{ ...value }, ...inner] : inner;
}

function texts(body: Body): string[] {
  return components(body.components).flatMap(({ type, content }) =>
    type === ComponentType.TextDisplay ? String(content) : [],
  );
}

const any = fc.oneof(
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.constantFrom(..."*_`>#@|\\\n\u{1F600}م").map((char) => char.repeat(3_000)),
);
const line = fc.array(
  fc.oneof(
    any,
    any.map((bold) => ({ bold })),
  ),
  { maxLength: 3 },
);
const style = fc.constantFrom("primary" as const, "secondary" as const, "danger" as const);
const button: fc.Arbitrary<PageButton> = fc.oneof(
  fc.record({
    action: fc.constantFrom("play", "a".repeat(32)),
    argument: fc.constantFrom("1", "2", "0".repeat(64)),
    label: fc.constantFrom("Play", "😀".repeat(99)),
    style,
  }),
  fc.record({ label: fc.constant("Open"), style, link: fc.constantFrom("https://x.example/a", "/a", "x:y") }),
);
const picture = any.map((altText) => ({
  file: mediaFile("thumbnail.webp", "image/webp", Buffer.from("x")),
  altText,
}));
const video = fc.record(
  {
    file: fc.constant(mediaFile("video.mp4", "video/mp4", Buffer.from("xx"))),
    picture,
    altText: any,
    spoiler: fc.boolean(),
    link: fc.constant("https://x.example/a"),
  },
  { requiredKeys: ["file", "altText", "spoiler"] },
);
const pages: fc.Arbitrary<Page> = fc.record(
  {
    title: any,
    lines: fc.array(line, { maxLength: 20 }),
    rows: fc.array(
      fc.record(
        { lines: fc.array(line, { maxLength: 6 }), picture, buttons: fc.array(button, { maxLength: 3 }) },
        { requiredKeys: ["lines", "buttons"] },
      ),
      { maxLength: 7 },
    ),
    video,
    buttons: fc.array(button, { maxLength: 7 }),
  },
  { requiredKeys: ["title", "lines", "rows", "buttons"] },
);

function expectWithinLimits({ body, uploads }: ReturnType<typeof pageMessage>): void {
  const all = components(body.components);
  expect(all.length).toBeLessThanOrEqual(40);
  expect(texts(body).join("").length).toBeLessThanOrEqual(4_000);
  expect(texts(body).every((content) => content.length > 0 && content.isWellFormed())).toBe(true);
  const ids = all.flatMap(({ custom_id }) => (custom_id === undefined ? [] : [String(custom_id)]));
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.every((id) => id.length <= 100)).toBe(true);
  const rows = all.filter(({ type }) => type === ComponentType.ActionRow);
  for (const { components: row } of rows)
    expect(row).toHaveProperty(
      "length",
      expect.toSatisfy((n) => n > 0),
    );
  const names = body.attachments?.map(({ filename }) => filename);
  expect(new Set(names).size).toBe(uploads.length);
}

describe("pageMessage", () => {
  it("keeps within Discord's limits whatever a page holds", () => {
    fc.assert(
      fc.property(pages, fc.boolean(), (page, plays) => {
        expectWithinLimits(pageMessage(page, ({ bytes }) => plays || bytes < 2));
      }),
      { numRuns: 40 },
    );
  });

  it("keeps within Discord's limits at its fullest, whether the video plays or not", () => {
    const still = { ...fullPage(), rows: fullPage().rows };
    expectWithinLimits(pageMessage(still, () => true));
    expectWithinLimits(pageMessage(still, ({ contentType }) => contentType !== "video/mp4"));
  });

  it("gives its text the room that rows leave", () => {
    const lines = [["x".repeat(5_000)]];
    const length = (page: Page) => texts(pageMessage(page, () => true).body)[0]?.length ?? 0;
    expect(length(galleryPage([], { lines }))).toBeGreaterThan(3_500);
    expect(length(galleryPage(["a", "b", "c", "d", "e"], { lines }))).toBeGreaterThan(1_000);
  });

  it("shows a row without words by its picture alone", () => {
    const { body } = pageMessage(
      galleryPage([], { rows: [row("boat", { lines: [], buttons: [] })] }),
      () => true,
    );
    const kinds = components(body.components).map(({ type }) => type);
    expect(kinds).toContain(ComponentType.MediaGallery);
    expect(kinds).not.toContain(ComponentType.Section);
  });

  it("leaves out pictures that do not fit, and keeps their rows", () => {
    const { body, uploads } = pageMessage(galleryPage(["boat"]), () => false);
    expect(uploads).toEqual([]);
    expect(body.attachments).toEqual([]);
    expect(texts(body)).toContain("**boat**\nby ada");
  });
});
