import { type Line, visibleText } from "../chat/rich-text.ts";

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };

/** Makes text harmless where Slack reads markup: no mention, no link (docs.slack.dev/messaging/formatting-message-text). */
export function escapeMrkdwn(text: string): string {
  return text.replaceAll(/[&<>]/g, (character) => ENTITIES[character] ?? character);
}

/** Marks with which people's words could format what stands around them. */
const MARKS = /[*_~`]/g;
const ZERO_WIDTH_SPACE = "\u200b";

/**
 * Lines where Slack takes no rich text, which is beside a picture. A mark that somebody typed is kept from working by a
 * space of no width before it, as mrkdwn has no way to quote one.
 */
export function mrkdwnLines(lines: readonly Line[]): string {
  return lines.map((line) => line.map(mrkdwnSpan).join("")).join("\n");
}

function mrkdwnSpan(span: Line[number]): string {
  if (typeof span === "string") return unmarked(span);
  if ("bold" in span) return enclosed("*", span.bold);
  if ("code" in span) return enclosed("`", span.code);
  // A bar would end the address.
  if ("link" in span) return `<${escapeMrkdwn(span.link).replaceAll("|", "%7C")}|${unmarked(span.text)}>`;
  return enclosed("*", span.name);
}

function enclosed(mark: string, text: string): string {
  const inner = unmarked(text.replaceAll("\n", " ").trim());
  return inner === "" ? "" : `${mark}${inner}${mark}`;
}

function unmarked(text: string): string {
  return escapeMrkdwn(visibleText(text)).replaceAll(MARKS, `${ZERO_WIDTH_SPACE}$&`);
}

/** `<@U1|ada>`, `<#C1|general>`, `<!here>`, `<https://example.com|example.com>` */
const REFERENCE = /<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>/g;
const SIGNS: Readonly<Record<string, string>> = { "@": "@", "#": "#", "!": "@" };

/** Gives back what a person typed behind a slash command: references as they looked, the three escapes undone. */
export function typedText(text: string): string {
  return text
    .replaceAll(REFERENCE, (_whole, sign: string, target: string, label: string | undefined) => {
      const shown = label ?? target;
      const prefix = SIGNS[sign] ?? "";
      return shown.startsWith(prefix) ? shown : prefix + shown;
    })
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");
}
