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
  if ("link" in span) return html`<a href="${span.link}">${span.text}</a>`;
  return html`<span class="person">${span.name}</span>`;
}
