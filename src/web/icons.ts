import { html } from "hono/html";
import type { Html } from "./rich-text.ts";

/** A film reel: the bot's face. */
export const reel: Html = html`<svg viewBox="0 0 24 24" aria-hidden="true" focusable="false">
  <circle cx="12" cy="12" r="10.5" fill="none" stroke="currentColor" stroke-width="1.8" />
  <circle cx="12" cy="12" r="1.6" fill="currentColor" />
  <g fill="currentColor">
    <circle cx="12" cy="6.2" r="2.3" /><circle cx="17.5" cy="10.2" r="2.3" /><circle cx="15.4" cy="16.7" r="2.3" />
    <circle cx="8.6" cy="16.7" r="2.3" /><circle cx="6.5" cy="10.2" r="2.3" />
  </g>
</svg>`;

/** Strokes in a 24 x 24 box. */
export function stroked(path: string, { className = "icon", width = 2 } = {}): Html {
  return html`<svg viewBox="0 0 24 24" aria-hidden="true" focusable="false" class="${className}">
    <path d="${path}" fill="none" stroke="currentColor" stroke-width="${width}" stroke-linecap="round" stroke-linejoin="round" />
  </svg>`;
}

export const plus: Html = stroked("M12 5v14M5 12h14");
export const send: Html = stroked("M12 19V5M6 11l6-6 6 6");
export const cross: Html = stroked("M6 6l12 12M18 6L6 18");
export const download: Html = stroked("M12 4v11M7 11l5 5 5-5M5 20h14");
export const eye: Html = stroked(
  "M2 12s4-7 10-7 10 7 10 7-4 7-10 7S2 12 2 12zM12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6z",
);
