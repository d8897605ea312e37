import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { html } from "hono/html";
import type { Logger } from "pino";
import type { Invocation } from "../chat/adapter.ts";
import { decodeButton } from "../chat/card.ts";
import type { Form } from "../chat/form.ts";
import type { Offer } from "../chat/offer.ts";
import { UserError } from "../errors.ts";
import type { MediaStore } from "../media/media-store.ts";
import type { Store } from "../store/store.ts";
import type { Catalog } from "../videos/catalog.ts";
import type { Outcome, WebAdapter } from "./adapter.ts";
import { createAnswers, type Origin } from "./answers.ts";
import { type AssetUrl, createAssets } from "./assets.ts";
import { readBody } from "./body.ts";
import { completeLine } from "./completion.ts";
import { readLine, renderCompletion } from "./composer.ts";
import { streamEvents } from "./events.ts";
import { readForm, refill } from "./forms.ts";
import { createFindKept } from "./kept-files.ts";
import { createMediaRoutes } from "./media-routes.ts";
import { renderMessage } from "./messages.ts";
import { renderHistory } from "./page.ts";
import { renderProblem } from "./private-answers.ts";
import { createSecurityHeaders, ownHostsOnly, ownPagesOnly } from "./security.ts";
import { createSession } from "./session.ts";
import { createShownFiles, type ShownFiles } from "./shown-files.ts";
import { createShownForms } from "./shown-forms.ts";

interface Dependencies {
  adapter: WebAdapter;
  store: Store;
  media: MediaStore;
  catalog: Catalog;
  offer: Offer;
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
/** What is wrong with a form is said inside of it. */
const IN_FORM: Origin = { renderRefusal: renderProblem };
const TOO_LARGE: Outcome = {
  notices: [{ tone: "error", lines: [["The picture is larger than 10 MB. Choose a smaller one."]] }],
};

/** The page with its guards and all that it loads; mounted only where the playground is wanted. */
export function createPlayground(dependencies: Dependencies): Hono {
  const { adapter, store, media, password, host, publicUrl, now, logger } = dependencies;
  const assets = createAssets();
  const app = new Hono();
  app.use(createSecurityHeaders(media), ownHostsOnly({ host, publicUrl }), ownPagesOnly({ publicUrl }));
  app.route("/", assets.routes);
  if (password !== undefined) {
    const secure = publicUrl?.startsWith("https:") ?? false;
    const session = createSession({ password, store, secure, asset: assets.url, now, logger });
    app.route("/", session.routes);
    app.use(session.required);
  }
  const shown = createShownFiles({ now });
  app.route("/", createMediaRoutes({ feed: adapter.feed, shown, media }));
  app.route("/", createChannelRoutes({ ...dependencies, shown, asset: assets.url }));
  return app;
}

/** What people see and send. */
function createChannelRoutes({
  adapter,
  media,
  catalog,
  offer,
  simulated,
  shown,
  asset,
  now,
}: Dependencies & { shown: ShownFiles; asset: AssetUrl }): Hono {
  const { feed } = adapter;
  const findKept = createFindKept(media);
  const forms = createShownForms({ now });
  const view = { findKept, shown, forms, catalog, simulated, asset, pageSize: PAGE_SIZE };
  const answers = createAnswers({ feed, ...view });
  const { outcome } = answers;

  /** Runs a request; what is wrong with it comes back as a notice. */
  async function run(read: () => Invocation | Promise<Invocation>): Promise<Outcome> {
    try {
      return await adapter.submit(await read());
    } catch (error) {
      if (error instanceof UserError) return { notices: [{ tone: "error", lines: [[error.message]] }] };
      throw error;
    }
  }

  const routes = new Hono();
  routes.get("/", (c) => answers.page(c));
  routes.get("/events", (c) => streamEvents(c, feed, findKept));
  routes.get("/messages", async (c) => {
    const found = await feed.page({ before: Number(c.req.query("before")), limit: PAGE_SIZE });
    const messages = await Promise.all(found.messages.map(findKept));
    return c.html(html`${renderHistory(found)}${messages.map(renderMessage)}`);
  });
  routes.get("/completions", async (c) => {
    const line = c.req.query("text") ?? "";
    return c.html(
      renderCompletion(
        await completeLine(line, { commands: offer.commands(), catalog, complete: adapter.complete }),
      ),
    );
  });

  routes.use(bodyLimit({ maxSize: BODY_MAX_BYTES, onError: (c) => outcome(c, TOO_LARGE, IN_FORM) }));
  routes.post("/messages", async (c) =>
    outcome(c, await run(async () => readLine(await field(c, "text"), offer.commands()))),
  );
  routes.post("/form", async (c) => {
    const draft = (await field(c, "text")).trim();
    const { form, ...rest } = await run(() => ({ kind: "text", text: "" }));
    return outcome(c, form ? { ...rest, form: prefill(form, draft.startsWith("/") ? "" : draft) } : rest);
  });
  routes.post("/commands/:name", async (c) => {
    const body = await readBody(() => c.req.formData());
    const sent = forms.find(c.req.query("form") ?? "");
    const form = sent && refill(sent, body);
    return outcome(c, await run(() => readForm(c.req.param("name"), body)), { ...IN_FORM, form });
  });
  routes.post("/buttons", async (c) => {
    const button = decodeButton(await field(c, "button"));
    if (!button) return c.text("That is no button of this page.", 400);
    const page = await field(c, "page");
    return outcome(c, await run(() => ({ kind: "button", ...button })), { page });
  });
  return routes;
}

async function field(c: Context, name: string): Promise<string> {
  const value = (await readBody(() => c.req.parseBody()))[name];
  return typeof value === "string" ? value : "";
}

/** Begins a form's first text with what was typed already. */
function prefill(form: Form, draft: string): Form {
  const first = form.fields.find(({ option }) => option.type === "text");
  const fields = form.fields.map((each) =>
    each === first && draft !== "" ? { ...each, initial: draft } : each,
  );
  return { ...form, fields };
}
