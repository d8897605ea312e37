import type { RichTextBlock, RichTextElement, RichTextQuote, RichTextSection } from "@slack/types";
import { type Line, type Span, visibleText } from "../chat/rich-text.ts";

/** Cuts at `max` UTF-16 units, which is how Slack counts, never inside a character; what is no character is replaced. */
export function clamp(text: string, max: number): string {
  const whole = text.toWellFormed();
  return whole.length <= max ? whole : `${whole.slice(0, max - 1).replace(/[\uD800-\uDBFF]$/, "")}…`;
}

/** Rich text is structure, not markup: whatever a person typed stays text. Empty elements are left out, as Slack refuses them. */
export function richText(...parts: (RichTextSection | RichTextQuote)[]): RichTextBlock[] {
  const elements = parts.filter((part) => part.elements.length > 0);
  return elements.length === 0 ? [] : [{ type: "rich_text", elements }];
}

/** Lines under each other. */
export function section(lines: readonly Line[]): RichTextSection {
  const elements = lines
    .map((line) => line.flatMap(element))
    .filter((line) => line.length > 0)
    .flatMap((line, index) => (index === 0 ? line : [...text("\n"), ...line]));
  return { type: "rich_text_section", elements };
}

/** Somebody's words, marked as such. */
export function quote(words: string): RichTextQuote {
  return { type: "rich_text_quote", elements: text(words) };
}

function element(span: Span): RichTextElement[] {
  if (typeof span === "string") return text(span);
  if ("bold" in span) return text(span.bold, { bold: true });
  if ("code" in span) return text(span.code, { code: true });
  if ("link" in span) return [{ type: "link", url: span.link, text: visibleText(span.text) || span.link }];
  // A `user` element would notify them.
  return text(span.name, { bold: true });
}

function text(words: string, style?: { bold?: true; code?: true }): RichTextElement[] {
  const visible = visibleText(words);
  return visible === "" ? [] : [{ type: "text", text: visible, ...(style && { style }) }];
}
