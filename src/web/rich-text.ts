import { html } from "hono/html";
import type { Line, Span } from "../chat/rich-text.ts";

/** A piece of a page; what was put into it is escaped. */
export type Html = ReturnType<typeof html>;

/** One line with its marks. */
export function renderLine(line: Line): Html {
  return html`${line.map(renderSpan)}`;
}

function renderSpan(span: Span): Html {
  if (typeof span === "string") return html`${span}`;
  if ("bold" in span) return html`<strong>${span.bold}</strong>`;
  if ("code" in span) return html`<code>${span.code}</code>`;
  if ("link" in span) {
    const link = safeLink(span.link);
    return link === undefined ? html`${span.text}` : html`<a href="${link}">${span.text}</a>`;
  }
  return html`<span class="person">${span.name}</span>`;
}

/** A link as it may stand in a page: to the web, or to a path of this server; anything else leads nowhere. */
export function safeLink(link: string): string | undefined {
  return /^(https?:\/\/|\/(?![/\\]))/i.test(link) ? link : undefined;
}
