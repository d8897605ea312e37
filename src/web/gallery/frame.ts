import { html } from "hono/html";
import { type AssetUrl, GALLERY_STYLESHEETS } from "../assets.ts";
import { reel } from "../icons.ts";
import { renderDocument } from "../page.ts";
import type { Html } from "../rich-text.ts";

/** The frame of every page of the gallery: its looks, its name at the top, what all videos have in common below. */
export function renderFrame({
  title,
  top,
  body,
  asset,
}: {
  title: string;
  /** Stands beside the bot's name. */
  top?: Html;
  body: Html;
  asset: AssetUrl;
}): Html {
  return renderDocument({
    title: `${title} · Showreel`,
    asset,
    scripts: html`${GALLERY_STYLESHEETS.map((name) => html`<link rel="stylesheet" href="${asset(name)}" />`)}
    <script src="${asset("gallery.js")}" type="module"></script>`,
    body: html`<div class="festival">
      <a class="skip-link" href="#content">Skip to the content</a>
      <header class="lobby"><span class="brand">${reel} Showreel</span>${top}</header>
      <main id="content" tabindex="-1">${body}</main>
      <footer class="lobby"><p>Every video here is AI-generated, from words that people wrote in a chat.</p></footer>
    </div>`,
  });
}
