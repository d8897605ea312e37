import { html } from "hono/html";
import { stroked } from "../icons.ts";
import type { Html } from "../rich-text.ts";

/** Drawn, because not every font has arrows. */
const arrow = (path: string) => stroked(path, { className: "mark", width: 2.2 });

export const back: Html = arrow("M19 12H5M11 6l-6 6 6 6");
export const forward: Html = arrow("M5 12h14M13 6l6 6-6 6");
export const star: Html = html`<svg viewBox="0 0 24 24" aria-hidden="true" focusable="false" class="mark">
  <path d="M12 2.6l2.9 6 6.6.9-4.8 4.6 1.2 6.5-5.9-3.1-5.9 3.1 1.2-6.5L2.5 9.5l6.6-.9z" fill="currentColor" />
</svg>`;
