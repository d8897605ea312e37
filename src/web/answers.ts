import { randomUUID } from "node:crypto";
import type { Context } from "hono";
import { html } from "hono/html";
import type { Notice } from "../chat/card.ts";
import type { Form } from "../chat/form.ts";
import { plainText } from "../chat/rich-text.ts";
import type { Catalog } from "../videos/catalog.ts";
import { anchorOf, type Outcome } from "./adapter.ts";
import type { AssetUrl } from "./assets.ts";
import { renderAnnouncement } from "./events.ts";
import type { Feed } from "./feed.ts";
import { type FormView, renderForm } from "./forms.ts";
import type { FindKept } from "./kept-files.ts";
import { renderPage } from "./page.ts";
import { renderAnswerPage, renderNotice, renderProblem } from "./private-answers.ts";
import type { Html } from "./rich-text.ts";
import type { ShownFiles } from "./shown-files.ts";
import type { ShownForms } from "./shown-forms.ts";

/** Where a request came from. */
export interface Origin {
  /** The page whose button was pressed, by its element's id: what that led to takes its place. */
  page?: string | undefined;
  /** How refusals are shown there; absent: as notices. */
  renderRefusal?: (notice: Notice) => Html;
  /** The form that was sent, with what was typed: without a script a refusal shows it again. */
  form?: Form | undefined;
}

/** Turns what a request came to into what its sender gets: a piece of the page for the script, else a whole page. */
export interface Answers {
  /** The channel as it stands, with answers that are this request's alone. */
  page(c: Context): Promise<Response>;
  /** Refusals go where the request came from; everything else goes into the feed. */
  outcome(c: Context, outcome: Outcome, origin?: Origin): Promise<Response>;
}

interface Dependencies {
  feed: Feed;
  findKept: FindKept;
  shown: ShownFiles;
  forms: ShownForms;
  catalog: Catalog;
  simulated: boolean;
  asset: AssetUrl;
  /** Messages that a page begins with. */
  pageSize: number;
}

/** The id of a page's element, as this server gives them out. */
const PAGE_ID = /^page-[0-9a-f-]{36}$/;

/** Builds the answers of a channel. */
export function createAnswers(dependencies: Dependencies): Answers {
  const { feed, findKept, shown, forms, catalog, simulated, asset, pageSize } = dependencies;
  const notice = (each: Notice) => renderNotice(each, shown.address);

  function renderAnswers({ notices = [], page: answer }: Partial<Outcome>, id = freshId()): Html {
    return html`${answer && renderAnswerPage(answer, { id, addressOf: shown.address })}${notices.map(notice)}`;
  }

  /** A whole page: what its sender gets, and a form to fill in or to mend. */
  async function page(c: Context, answer: Partial<Outcome> = {}, mend?: FormView): Promise<Response> {
    const { before, show, draft = "" } = c.req.query();
    const stamp = feed.stamp();
    const found = await feed.page({
      ...(before !== undefined && { before: Number(before) }),
      ...(show !== undefined && { from: show }),
      limit: pageSize,
    });
    c.header("cache-control", "no-store");
    const answers = renderAnswers(answer);
    const messages = await Promise.all(found.messages.map(findKept));
    const form = mend ?? (answer.form && { form: answer.form, name: forms.keep(answer.form) });
    const view = { page: found, messages, stamp, simulated, catalog, asset, draft, answers, form };
    return c.html(renderPage(view));
  }

  async function withoutScript(c: Context, outcome: Outcome, { form }: Origin): Promise<Response> {
    if (form && outcome.notices.some(({ tone }) => tone === "error")) {
      const problem = html`${outcome.notices.map(renderProblem)}`;
      return page(c, {}, { form, name: forms.keep(form), problem });
    }
    if (outcome.form || outcome.page || outcome.notices.length > 0) return page(c, outcome);
    return c.redirect(outcome.message === undefined ? "/" : `/#${anchorOf(outcome.message)}`, 303);
  }

  return {
    page: (c) => page(c),
    async outcome(c, outcome, origin = {}) {
      if (c.req.header("hx-request") === undefined) return withoutScript(c, outcome, origin);
      const { notices, form, page: answer } = outcome;
      if (form) {
        swapInto(c, "#form-slot", "innerHTML");
        return c.html(renderForm({ form }, { catalog, open: false }));
      }
      const spoken = renderAnnouncement(wordsOf(outcome));
      const inPlace = origin.page !== undefined && PAGE_ID.test(origin.page) ? origin.page : undefined;
      if (answer && inPlace !== undefined) return c.html(html`${renderAnswers(outcome, inPlace)}${spoken}`);

      const refused = notices.some(({ tone }) => tone === "error");
      if (refused && origin.renderRefusal) return c.html(html`${notices.map(origin.renderRefusal)}${spoken}`);
      const id = freshId();
      if (!refused) c.header("hx-trigger", answer ? JSON.stringify({ accepted: { page: id } }) : "accepted");
      swapInto(c, "#feed", "beforeend");
      if (notices.length === 0 && !answer) return c.body(null, 204);
      return c.html(html`${renderAnswers(outcome, id)}${spoken}`);
    },
  };
}

function freshId(): string {
  return `page-${randomUUID()}`;
}

function swapInto(c: Context, target: string, how: "innerHTML" | "beforeend"): void {
  c.header("hx-retarget", target);
  c.header("hx-reswap", how);
}

/** What is said aloud. */
function wordsOf({ notices, page }: Outcome): string {
  return [page?.title ?? "", ...notices.flatMap(({ lines }) => lines.map(plainText))].join(" ").trim();
}
