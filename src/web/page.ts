import { html } from "hono/html";
import type { Catalog } from "../videos/catalog.ts";
import { type AssetUrl, STYLESHEETS } from "./assets.ts";
import { renderComposer } from "./composer.ts";
import type { FeedPage } from "./feed.ts";
import { type FormView, renderForm } from "./forms.ts";
import { reel } from "./icons.ts";
import type { KeptMessage } from "./kept-files.ts";
import { renderMessage } from "./messages.ts";
import { renderNotice } from "./private-answers.ts";
import type { Html } from "./rich-text.ts";

/** What a page of the channel shows. */
export interface PageView {
  page: FeedPage;
  /** The page's messages. */
  messages: KeptMessage[];
  /** The feed's stamp from before the page was read. */
  stamp: number;
  simulated: boolean;
  catalog: Catalog;
  asset: AssetUrl;
  draft: string;
  /** Private answers to a form that was sent without a script. */
  answers: Html;
  form: FormView | undefined;
}

/**
 * No eval and no injected styles, so that the content security policy has nothing to refuse; errors are the script's.
 * What somebody opened stays open when the message around it changes.
 */
const HTMX_CONFIG = JSON.stringify({
  history: false,
  includeIndicatorCSS: false,
  extensions: "sse",
  noSwap: [204, 304, "4xx", "5xx"],
  morphIgnore: ["data-htmx-powered", "open"],
  sse: { reconnectMaxDelay: 5_000 },
});

const EXAMPLES = [
  "A paper boat drifting down a rainy street at dusk",
  "A red kite over desert dunes, morning light --size 1280x720",
  "A lighthouse in a storm, waves breaking over the rocks --seconds 8",
];

/** The whole channel. htmx is not deferred: it would begin before its extension is there, and never connect. */
export function renderPage(view: PageView): Html {
  const { page, messages, stamp, simulated, catalog, asset, draft, answers, form } = view;
  return renderDocument({
    title: "#playground · Showreel",
    asset,
    scripts: html`<meta name="htmx-config" content="${HTMX_CONFIG}" />
    <script src="${asset("htmx.js")}"></script>
    <script src="${asset("hx-sse.js")}"></script>
    <script src="${asset("playground.js")}" type="module"></script>`,
    body: html`
      <a class="skip-link" href="#line">Skip to the message box</a>
      <header class="channel">
        <span class="brand">${reel} Showreel</span>
        <h1><span aria-hidden="true">#</span> playground</h1>
        <p class="topic">Say what you would like to see</p>
        ${simulated && html`<span class="badge" title="The embedded backend makes these videos; nothing is billed">simulated</span>`}
        <p class="connection" role="status" hidden>Reconnecting…</p>
        <form method="post" action="/messages" hx-post="/messages" hx-target="#feed" hx-swap="beforeend" hx-sync="this:drop">
          <input type="hidden" name="text" value="/video help" />
          <button class="button">Help</button>
        </form>
      </header>
      <main class="scroller" tabindex="0" aria-label="Messages in #playground" hx-sse:connect="/events?after=${stamp}">
        <div class="column">
          ${renderHistory(page)}
          <div id="feed">
            ${messages.map(renderMessage)}
            ${answers}
          </div>
        </div>
      </main>
      ${renderComposer({ draft })}
      <div id="form-slot">${form && renderForm(form, { catalog, open: true })}</div>
      <p id="announcer" class="visually-hidden" role="status"></p>
      <template id="trouble">${renderNotice({ tone: "error", lines: [["That did not get through. Is the bot still running? Try again in a moment."]] })}</template>
    `,
  });
}

/** What stands above the oldest message shown: a button for older ones, or the channel's beginning. */
export function renderHistory({ messages, more }: FeedPage): Html {
  const [oldest] = messages;
  if (more && oldest) {
    const query = `before=${oldest.postedAt}`;
    return html`<p class="older"><a class="button" id="older" href="/?${query}" hx-get="/messages?${query}" hx-target="closest .older" hx-swap="outerHTML">Show older messages</a></p>`;
  }
  return html`<section class="welcome">
    <h2>Welcome to <span>#playground</span></h2>
    <p>This is where videos are made in conversation. Write what you would like to see and press Enter: one message shows how it goes, and plays the video when it is done. Everything works as it does on Discord and Slack; type <code>/</code> to see what there is.</p>
    <h3>Something to begin with</h3>
    <ul class="examples">
      ${EXAMPLES.map((prompt) => html`<li><a href="/?draft=${encodeURIComponent(`/video ${prompt}`)}" data-draft="/video ${prompt}">${prompt.replace(/ --.*/, "")}</a></li>`)}
    </ul>
  </section>`;
}

/** The frame of every page. */
export function renderDocument({
  title,
  body,
  asset,
  scripts,
}: {
  title: string;
  body: Html;
  asset: AssetUrl;
  scripts?: Html;
}): Html {
  return html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1, interactive-widget=resizes-content" />
    <meta name="color-scheme" content="dark light" />
    <title>${title}</title>
    <link rel="icon" href="${asset("icon.svg")}" type="image/svg+xml" />
    ${STYLESHEETS.map((name) => html`<link rel="stylesheet" href="${asset(name)}" />`)}
    ${scripts}
  </head>
  <body>${body}</body>
</html>`;
}
