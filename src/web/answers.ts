import type { Context } from "hono";
import { html } from "hono/html";
import type { Notice } from "../chat/card.ts";
import { plainText } from "../chat/rich-text.ts";
import type { Catalog } from "../videos/catalog.ts";
import { anchorOf, type Outcome } from "./adapter.ts";
import type { AssetUrl } from "./assets.ts";
import { renderAnnouncement } from "./events.ts";
import type { Feed } from "./feed.ts";
import { renderForm } from "./forms.ts";
import { renderNotice } from "./messages.ts";
import { renderPage } from "./page.ts";

/** Turns what a request came to into what its sender gets: a piece of the page for the script, else a whole page. */
export interface Answers {
  /** The channel as it stands, with answers that are this request's alone. */
  page(c: Context, answer?: Partial<Outcome>): Promise<Response>;
  /** Refusals go where the request came from, as `renderRefusal` shows them; everything else goes into the feed. */
  outcome(c: Context, outcome: Outcome, renderRefusal?: typeof renderNotice): Promise<Response>;
}

interface Dependencies {
  feed: Feed;
  catalog: Catalog;
  simulated: boolean;
  asset: AssetUrl;
  /** Messages that a page begins with. */
  pageSize: number;
}

/** Builds the answers of a channel. */
export function createAnswers({ feed, catalog, simulated, asset, pageSize }: Dependencies): Answers {
  async function page(c: Context, { notices = [], form }: Partial<Outcome> = {}): Promise<Response> {
    const { before, show, draft = "" } = c.req.query();
    const stamp = feed.stamp();
    const found = await feed.page({
      ...(before !== undefined && { before: Number(before) }),
      ...(show !== undefined && { from: show }),
      limit: pageSize,
    });
    c.header("cache-control", "no-store");
    return c.html(renderPage({ page: found, stamp, simulated, catalog, asset, draft, notices, form }));
  }

  async function withoutScript(c: Context, outcome: Outcome): Promise<Response> {
    if (outcome.form || outcome.notices.length > 0) return page(c, outcome);
    return c.redirect(outcome.message === undefined ? "/" : `/#${anchorOf(outcome.message)}`, 303);
  }

  return {
    page,
    async outcome(c, outcome, renderRefusal = renderNotice) {
      if (c.req.header("hx-request") === undefined) return withoutScript(c, outcome);
      const { notices, form } = outcome;
      if (form) {
        swapInto(c, "#form-slot", "innerHTML");
        return c.html(renderForm(form, { catalog, open: false }));
      }
      const refused = notices.some(({ tone }) => tone === "error");
      if (!refused) {
        c.header("hx-trigger", "accepted");
        swapInto(c, "#feed", "beforeend");
      }
      if (notices.length === 0) return c.body(null, 204);
      const shown = notices.map(refused ? renderRefusal : renderNotice);
      return c.html(html`${shown}${renderAnnouncement(notices.map(spoken).join(" "))}`);
    },
  };
}

function swapInto(c: Context, target: string, how: "innerHTML" | "beforeend"): void {
  c.header("hx-retarget", target);
  c.header("hx-reswap", how);
}

function spoken({ lines }: Notice): string {
  return lines.map(plainText).join(" ");
}
