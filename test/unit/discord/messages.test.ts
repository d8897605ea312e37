import { type APIMessage, ComponentType, MessageFlags } from "discord.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Card, Notice } from "../../../src/chat/card.ts";
import {
  announcement,
  cardMessage,
  type MessageBody,
  noticeMessage,
  shownVideo,
} from "../../../src/discord/messages.ts";

const card: Card = {
  jobId: "0k3v8zq1xw",
  revision: 3,
  kind: "progress",
  tone: "neutral",
  title: "Rendering",
  prompt: "a paper boat\nin the rain",
  lines: [["by ", { person: "123456789012345678", name: "Ada" }, " · sora-2 · 4 s"]],
  progress: { percent: 42, label: "12 s so far, about 17 s left" },
  footnote: ["Job ", { code: "0k3v8zq1xw" }, "", " · simulated"],
  buttons: [{ action: "remix", argument: "0k3v8zq1xw", label: "Remix", style: "primary" }],
};

/** Every object of a payload that says what type of component it is. */
function components(value: unknown): Record<string, unknown>[] {
  if (Array.isArray(value)) return value.flatMap(components);
  if (typeof value !== "object" || value === null) return [];
  const inner = Object.values(value).flatMap(components);
  return "type" in value ? [{ ...value }, ...inner] : inner;
}

function texts(body: MessageBody): string[] {
  const displays = components(body.components).filter(({ type }) => type === ComponentType.TextDisplay);
  return displays.map(({ content }) => String(content));
}

describe("cardMessage", () => {
  it("shows state, prompt, lines, buttons and small print in a container", () => {
    const body = cardMessage(card);
    expect(body.flags).toBe(MessageFlags.IsComponentsV2);
    expect(body.allowed_mentions).toEqual({ parse: [] });
    expect(texts(body)).toEqual([
      "**Rendering**\n▰▰▰▰▰▰▱▱▱▱▱▱▱▱▱▱ 42 % · 12 s so far, about 17 s left",
      "> a paper boat\n> in the rain",
      "by <@123456789012345678> · sora-2 · 4 s",
      "-# Job `0k3v8zq1xw` · simulated",
    ]);
    const buttons = components(body.components).filter(({ type }) => type === ComponentType.Button);
    expect(buttons).toEqual([{ type: 2, style: 1, label: "Remix", custom_id: "v1:remix:0k3v8zq1xw" }]);
  });

  it.each([
    [0, "▱▱▱▱▱▱▱▱▱▱▱▱▱▱▱▱ 0 % · now"],
    [99, "▰▰▰▰▰▰▰▰▰▰▰▰▰▰▰▱ 99 % · now"],
    [100, "▰▰▰▰▰▰▰▰▰▰▰▰▰▰▰▰ 100 % · now"],
    [undefined, "now"],
  ])("draws %s percent", (percent, line) => {
    const [heading] = texts(cardMessage({ ...card, progress: { percent, label: "now" } }));
    expect(heading).toBe(`**Rendering**\n${line}`);
  });

  it("plays the attachment with its alt text", () => {
    const body = cardMessage({ ...card, altText: "a\u202E boat" }, { filename: "showreel-1.mp4" });
    const [gallery] = components(body.components).filter(({ type }) => type === ComponentType.MediaGallery);
    expect(gallery?.items).toEqual([
      { media: { url: "attachment://showreel-1.mp4" }, description: "a boat" },
    ]);
  });

  it("keeps within Discord's limits whatever a card holds", () => {
    const wild = fc.string({ unit: "binary", maxLength: 3_000 });
    const nasty = fc
      .constantFrom(..."*_`>#@|\\\n\u{1F600}م")
      .chain((char) => fc.constant(char.repeat(3_000)));
    const any = fc.oneof(wild, nasty);
    const line = fc.array(
      fc.oneof(
        any,
        any.map((bold) => ({ bold })),
        any.map((code) => ({ code })),
      ),
      { maxLength: 3 },
    );
    const label = fc.string({ minLength: 1, maxLength: 200 });
    const button = fc.record({
      action: fc.constant("a".repeat(32)),
      argument: fc.string({ minLength: 10, maxLength: 40, unit: fc.constantFrom(..."0a") }),
      label,
      style: fc.constantFrom("primary" as const, "secondary" as const, "danger" as const),
    });
    const cards: fc.Arbitrary<Card> = fc.record({
      jobId: fc.constant("0k3v8zq1xw"),
      revision: fc.constant(1),
      kind: fc.constant("progress" as const),
      tone: fc.constantFrom("neutral" as const, "good" as const, "bad" as const),
      title: any,
      prompt: any,
      lines: fc.array(line, { maxLength: 20 }),
      progress: fc.record({ percent: fc.double({ min: -5, max: 200, noNaN: true }), label: any }),
      footnote: line,
      altText: any,
      buttons: fc.array(button, { maxLength: 12 }),
    });
    fc.assert(
      fc.property(cards, (one) => {
        const body = cardMessage(one, { filename: "showreel-1.mp4" });
        const all = components(body.components);
        expect(texts(body).join("").length).toBeLessThanOrEqual(4_000);
        expect(texts(body).every((content) => content.length > 0 && content.isWellFormed())).toBe(true);
        expect(all.length).toBeLessThanOrEqual(40);
        for (const { custom_id, label: name, items } of all) {
          if (custom_id !== undefined) expect(String(custom_id).length).toBeLessThanOrEqual(100);
          if (name !== undefined) expect(String(name).length).toBeLessThanOrEqual(80);
          if (items !== undefined) expect(JSON.stringify(items).isWellFormed()).toBe(true);
        }
        const [item] = all.flatMap(({ items }) => (Array.isArray(items) ? items : []));
        expect(item?.description?.length ?? 1).toBeLessThanOrEqual(1_024);
        expect(item?.description?.length ?? 1).toBeGreaterThan(0);
      }),
    );
  });
});

describe("noticeMessage", () => {
  it("fits the longest list of jobs", () => {
    const notice: Notice = { tone: "info", lines: Array.from({ length: 60 }, () => ["*".repeat(80)]) };
    const [content = ""] = texts(noticeMessage(notice, () => true).body);
    expect(content.length).toBeLessThanOrEqual(4_000);
    expect(content.split("\n").length).toBeGreaterThan(20);
  });
});

describe("announcement", () => {
  it("mentions the requester and nobody else", () => {
    expect(announcement({ message: "2" }, { id: "1" })).toEqual({
      content: "<@1> your video is ready.",
      allowed_mentions: { parse: [], users: ["1"], replied_user: false },
      message_reference: { message_id: "2", fail_if_not_exists: false },
    });
  });
});

describe("shownVideo", () => {
  const message = (media: object) =>
    ({ components: [{ type: 17, components: [{ type: 12, items: [{ media }] }] }] }) as Partial<APIMessage>;

  it("finds the attachment in the component that shows it", () => {
    const url = "https://cdn.discordapp.com/attachments/1/2/showreel-a.mp4?ex=1&hm=2";
    expect(shownVideo({ ...message({ url, attachment_id: "2" }) } as APIMessage)).toEqual({
      id: "2",
      filename: "showreel-a.mp4",
    });
  });

  it("finds none where there is none", () => {
    expect(shownVideo({ ...message({ url: "https://x.example/a.mp4" }) } as APIMessage)).toBeUndefined();
    expect(shownVideo({ components: [] } as Partial<APIMessage> as APIMessage)).toBeUndefined();
  });
});
