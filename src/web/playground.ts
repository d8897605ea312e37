import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { html } from "hono/html";
import type { Logger } from "pino";
import type { AnyCommand } from "../../commands/command.ts";
import type { Invocation } from "../chat/adapter.ts";
import { decodeButton, type Notice } from "../chat/card.ts";
import type { Form } from "../chat/form.ts";
import { plainText } from "../chat/rich-text.ts";
import { UserError } from "../errors.ts";
import type { MediaStore } from "../media/media-store.ts";
import type { Store } from "../store/store.ts";
import type { Catalog } from "../videos/catalog.ts";
import { anchorOf, type Outcome, type WebAdapter } from "./adapter.ts";
import { createAssets } from "./assets.ts";
import { completeLine } from "./completion.ts";
import { readLine, renderCompletion } from "./composer.ts";
import { renderAnnouncement, streamEvents } from "./events.ts";
import { readForm, renderForm } from "./forms.ts";
import { createMediaRoutes } from "./media-routes.ts";
import { renderMessage, renderNotice, renderProblem } from "./messages.ts";
import { renderHistory, renderPage } from "./page.ts";
import { ownHostsOnly, ownPagesOnly, securityHeaders } from "./security.ts";
import { createSession } from "./session.ts";

interface Dependencies {
  adapter: WebAdapter;
  store: Store;
  media: MediaStore;
  catalog: Catalog;
  commands: readonly AnyCommand[];
  /** The backend is the embedded one. */
  simulated: boolean;
  /** Asked for before anything is shown; undefined: no login. */
  password: string | undefined;
  /** The address the server listens on. */
  host: string;
  publicUrl: string | undefined;
  now: () => number;
  logger: Logger;
}

/** Messages that a page begins with, and that "older" adds. */
const PAGE_SIZE = 50;
/** A picture of 10 MB and the rest of its form. */
const BODY_MAX_BYTES = 11 * 1024 ** 2;

/** The page and its routes; mounted only where the playground is wanted. */
export function createPlayground(dependencies: Dependencies): Hono {
  const { adapter, store, media, catalog, commands, simulated, password, host, publicUrl, now, logger } =
    dependencies;
  const { feed } = adapter;
  const assets = createAssets();

  async function page(c: Context, answer: Partial<Outcome> = {}): Promise<Response> {
    const { before, show, draft = "" } = c.req.query();
    const stamp = feed.stamp();
    const found = await feed.page({
      ...(before !== undefined && { before: Number(before) }),
      ...(show !== undefined && { from: show }),
      limit: PAGE_SIZE,
    });
    const { notices = [], form } = answer;
    c.header("cache-control", "no-store");
    return c.html(
      renderPage({ page: found, stamp, simulated, catalog, asset: assets.url, draft, notices, form }),
    );
  }

  /** Runs a request; what is wrong with it comes back as a notice. */
  async function run(read: () => Invocation | Promise<Invocation>): Promise<Outcome> {
    try {
      return await adapter.submit(await read());
    } catch (error) {
      if (error instanceof UserError) return { notices: [{ tone: "error", lines: [[error.message]] }] };
      throw error;
    }
  }

  /** Refusals go where the request came from, everything else into the feed. */
  async function answer(c: Context, outcome: Outcome, renderRefusal = renderNotice): Promise<Response> {
    if (c.req.header("hx-request") === undefined) return answerPage(c, outcome);
    const { notices, form } = outcome;
    if (form) {
      c.header("hx-retarget", "#form-slot");
      c.header("hx-reswap", "innerHTML");
      return c.html(renderForm(form, { catalog, open: false }));
    }
    const refused = notices.some(({ tone }) => tone === "error");
    if (!refused) {
      c.header("hx-trigger", "accepted");
      c.header("hx-retarget", "#feed");
      c.header("hx-reswap", "beforeend");
    }
    if (notices.length === 0) return c.body(null, 204);
    const shown = notices.map(refused ? renderRefusal : renderNotice);
    return c.html(html`${shown}${renderAnnouncement(notices.map(spoken).join(" "))}`);
  }

  /** The same for a browser without scripts. */
  async function answerPage(c: Context, outcome: Outcome): Promise<Response> {
    if (outcome.form || outcome.notices.length > 0) return page(c, outcome);
    return c.redirect(outcome.message === undefined ? "/" : `/#${anchorOf(outcome.message)}`, 303);
  }

  async function field(c: Context, name: string): Promise<string> {
    const value = (await c.req.parseBody())[name];
    return typeof value === "string" ? value : "";
  }

  const tooLarge = (c: Context) =>
    answer(
      c,
      { notices: [{ tone: "error", lines: [["The picture is larger than 10 MB. Choose a smaller one."]] }] },
      renderProblem,
    );

  const app = new Hono();
  app.use(ownHostsOnly({ host, publicUrl }), securityHeaders, ownPagesOnly({ publicUrl }));
  app.route("/", assets.routes);
  app.use(bodyLimit({ maxSize: BODY_MAX_BYTES, onError: tooLarge }));
  if (password !== undefined) {
    const secure = publicUrl?.startsWith("https:") ?? false;
    const session = createSession({ password, store, secure, asset: assets.url, now, logger });
    app.route("/", session.routes);
    app.use(session.required);
  }
  app.route("/", createMediaRoutes({ feed, media }));

  app.get("/", (c) => page(c));
  app.get("/events", (c) => streamEvents(c, feed));
  app.get("/messages", async (c) => {
    const found = await feed.page({ before: Number(c.req.query("before")), limit: PAGE_SIZE });
    return c.html(html`${renderHistory(found)}${found.messages.map(renderMessage)}`);
  });
  app.get("/completions", async (c) => {
    const line = c.req.query("text") ?? "";
    return c.html(
      renderCompletion(await completeLine(line, { commands, catalog, complete: adapter.complete })),
    );
  });
  app.post("/messages", async (c) =>
    answer(c, await run(async () => readLine(await field(c, "text"), commands))),
  );
  app.post("/form", async (c) => {
    const draft = (await field(c, "text")).trim();
    const outcome = await run(() => ({ kind: "text", text: "" }));
    const prefilled = outcome.form && prefill(outcome.form, draft.startsWith("/") ? "" : draft);
    return answer(c, { ...outcome, ...(prefilled && { form: prefilled }) });
  });
  app.post("/commands/:name", async (c) => {
    const outcome = await run(async () => readForm(c.req.param("name"), await c.req.formData()));
    return answer(c, outcome, renderProblem);
  });
  app.post("/buttons", async (c) => {
    const button = decodeButton(await field(c, "button"));
    if (!button) return c.text("That is no button of this page.", 400);
    return answer(c, await run(() => ({ kind: "button", ...button })));
  });
  return app;
}

/** Begins a form's first text with what was typed already. */
function prefill(form: Form, draft: string): Form {
  const first = form.fields.find(({ option }) => option.type === "text");
  const fields = form.fields.map((field) =>
    field === first && draft !== "" ? { ...field, initial: draft } : field,
  );
  return { ...form, fields };
}

function spoken({ lines }: Notice): string {
  return lines.map(plainText).join(" ");
}
