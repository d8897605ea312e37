import { html } from "hono/html";
import type { Html } from "../rich-text.ts";

/** Strokes in a 24 x 24 box; drawn, because not every font has arrows. */
function stroked(path: string): Html {
  return html`<svg viewBox="0 0 24 24" aria-hidden="true" focusable="false" class="mark">
    <path d="${path}" fill="none" stroke="currentColor" stroke-width="2.2" stroke-linecap="round" stroke-linejoin="round" />
  </svg>`;
}

export const back: Html = stroked("M19 12H5M11 6l-6 6 6 6");
export const forward: Html = stroked("M5 12h14M13 6l6 6-6 6");
export const star: Html = html`<svg viewBox="0 0 24 24" aria-hidden="true" focusable="false" class="mark">
  <path d="M12 2.6l2.9 6 6.6.9-4.8 4.6 1.2 6.5-5.9-3.1-5.9 3.1 1.2-6.5L2.5 9.5l6.6-.9z" fill="currentColor" />
</svg>`;
