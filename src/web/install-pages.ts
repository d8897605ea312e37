import { type Context, Hono } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { html } from "hono/html";
import type { createAssets } from "./assets.ts";
import { renderFrame } from "./gallery/frame.ts";
import { reel } from "./icons.ts";
import type { Html } from "./rich-text.ts";
import { createSecurityHeaders, ownHostsOnly } from "./security.ts";

/** What an installation came to; see `src/slack/oauth.ts`. */
type Outcome = { kind: "installed"; workspace: string; botName: string; address: string } | { kind: Failure };

type Failure = "denied" | "foreign" | "late" | "organisation" | "refused" | "unreachable";

/** How somebody installs the app in a workspace. */
export interface Install {
  begin(): { address: string; ticket: string };
  finish(answer: Record<string, string>, ticket: string | undefined): Promise<Outcome>;
}

const COOKIE = "showreel_slack_install";
/** Longer than what is in it holds, so that who comes too late is told so (seconds). */
const COOKIE_SECONDS = 3_600;

/** The status that goes with each failure, and its words. */
const FAILURES: Record<Failure, { status: 400 | 403 | 410 | 500 | 502; title: string; advice: Html }> = {
  denied: {
    status: 403,
    title: "Nothing was installed",
    advice: html`Slack says that it was cancelled. Some workspaces let only their admins add apps: one of them can begin with the button below.`,
  },
  foreign: {
    status: 400,
    title: "This did not begin here",
    advice: html`An installation ends in the browser in which it began, and that browser has to keep cookies. Nothing was changed; start once more.`,
  },
  late: {
    status: 410,
    title: "This link was used, or is too old",
    advice: html`If Showreel is among your workspace's apps already, all is well. If not, start once more: there are ten minutes for it.`,
  },
  organisation: {
    status: 400,
    title: "One workspace at a time, please",
    advice: html`Showreel cannot be installed for a whole organisation at once, so nothing was installed. Start once more and choose a single workspace.`,
  },
  refused: {
    status: 500,
    title: "Slack did not let it in",
    advice: html`That is for whoever runs this bot to mend; the log says what Slack answered.`,
  },
  unreachable: {
    status: 502,
    title: "That did not work just now",
    advice: html`Slack, or what the bot keeps things in, did not answer. Start once more in a moment; installing it twice does no harm.`,
  },
};

/**
 * `GET /install` leads straight to Slack, whose own page asks for consent, as Slack's directory wants it of a direct
 * install address; `GET /oauth_redirect` is where people come back to. To be mounted at `/slack`.
 */
export function createInstallPages(options: {
  install: Install;
  assets: ReturnType<typeof createAssets>;
  host: string;
  publicUrl: string | undefined;
}): Hono {
  const { install, assets, host, publicUrl } = options;
  const secure = publicUrl?.startsWith("https:") === true;
  const asset = (name: string) => `.${assets.url(name)}`;
  // Slack's redirect comes from another site, which a strict cookie would not follow.
  const cookie = { path: "/", httpOnly: true, sameSite: "Lax", secure } as const;

  const app = new Hono();
  app.use(async (c, next) => {
    await next();
    // The address has Slack's code in it.
    c.header("referrer-policy", "no-referrer");
    c.header("x-robots-tag", "noindex, nofollow");
  });
  app.use(createSecurityHeaders({}), ownHostsOnly({ host, publicUrl }));
  app.route("/", assets.routes);

  app.get("/install", (c) => {
    const { address, ticket } = install.begin();
    setCookie(c, COOKIE, ticket, { ...cookie, maxAge: COOKIE_SECONDS });
    c.header("cache-control", "no-store");
    return c.redirect(address);
  });

  app.get("/oauth_redirect", async (c) => {
    const outcome = await install.finish(c.req.query(), getCookie(c, COOKIE));
    deleteCookie(c, COOKIE, cookie);
    c.header("cache-control", "no-store");
    return outcome.kind === "installed" ? welcome(c, outcome) : failed(c, outcome.kind);
  });

  function welcome(c: Context, { workspace, botName, address }: Outcome & { kind: "installed" }) {
    const title = `Showreel is in ${workspace}`;
    const advice = html`Go to a channel and type <code>/video a red kite over dunes</code>. In a private channel, <code>/invite @${botName}</code> comes first.`;
    return c.html(render({ title, advice, link: { address, label: "Open Slack" } }));
  }

  function failed(c: Context, kind: Failure) {
    const { status, ...words } = FAILURES[kind];
    return c.html(render({ ...words, link: { address: "./install", label: "Start once more" } }), status);
  }

  function render({
    title,
    advice,
    link,
  }: {
    title: string;
    advice: Html;
    link: Record<"address" | "label", string>;
  }) {
    return renderFrame({
      title,
      asset,
      body: html`<section class="closed">
        <div class="dark-screen">${reel}</div>
        <h1>${title}</h1>
        <p>${advice}</p>
        <p><a class="button" href="${link.address}">${link.label}</a></p>
      </section>`,
    });
  }

  return app;
}
