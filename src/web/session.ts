import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { getConnInfo } from "@hono/node-server/conninfo";
import { type Context, Hono, type MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { getSignedCookie, setSignedCookie } from "hono/cookie";
import { html } from "hono/html";
import type { Logger } from "pino";
import type { Store } from "../store/store.ts";
import type { AssetUrl } from "./assets.ts";
import { readBody } from "./body.ts";
import { reel } from "./icons.ts";
import { renderDocument } from "./page.ts";
import type { Html } from "./rich-text.ts";
import { createTryLimit } from "./try-limit.ts";

/** A password before the page: `routes` has the login, `required` keeps everybody else out. */
export interface Session {
  routes: Hono;
  required: MiddlewareHandler;
}

interface Dependencies {
  password: string;
  store: Store;
  /** The page is reached over https, so the cookie goes that way only. */
  secure: boolean;
  asset: AssetUrl;
  now: () => number;
  logger: Logger;
}

const COOKIE = "showreel_session";
const LOGIN_MAX_BYTES = 10_000;
const LIFETIME_MS = 30 * 24 * 3_600_000;

/**
 * Sessions are signed cookies that say when they end. The key comes from a secret in the store, so that a restart
 * logs nobody out, and from the password, so that a new one ends every session.
 */
export function createSession({ password, store, secure, asset, now, logger }: Dependencies): Session {
  const secrets = store.collection<{ secret: string }>({ name: "playground-secret", version: 1 });
  const tries = createTryLimit({ now });
  let key: Promise<string> | undefined;

  async function readKey(): Promise<string> {
    const fresh = { secret: randomBytes(32).toString("base64url") };
    const { secret } = (await secrets.update("session", (known) => known ?? fresh)) ?? fresh;
    return createHmac("sha256", secret).update(password).digest("base64url");
  }

  function signingKey(): Promise<string> {
    key ??= readKey();
    return key;
  }

  async function valid(c: Context): Promise<boolean> {
    const ends = await getSignedCookie(c, await signingKey(), COOKIE);
    return typeof ends === "string" && Number(ends) > now();
  }

  const routes = new Hono();
  routes.get("/login", (c) => c.html(renderLogin({ asset })));
  routes.post("/login", bodyLimit({ maxSize: LOGIN_MAX_BYTES }), async (c) => {
    const address = getConnInfo(c).remote.address ?? "";
    const waitMs = tries.waitMs(address);
    if (waitMs > 0) {
      c.header("retry-after", String(Math.ceil(waitMs / 1000)));
      return c.html(renderLogin({ asset, problem: "Too many wrong tries. Wait a minute." }), 429);
    }
    const { password: typed } = await readBody(() => c.req.parseBody());
    if (typeof typed !== "string" || !equal(typed, password)) {
      tries.wrong(address);
      logger.warn({ address }, "wrong playground password");
      return c.html(renderLogin({ asset, problem: "That is not the password." }), 401);
    }
    const ends = now() + LIFETIME_MS;
    const cookie = { httpOnly: true, sameSite: "Strict", secure, maxAge: LIFETIME_MS / 1000 } as const;
    await setSignedCookie(c, COOKIE, String(ends), await signingKey(), cookie);
    return c.redirect("/", 303);
  });

  return {
    routes,
    required: async (c, next) => {
      if (await valid(c)) return next();
      if (c.req.header("hx-request") === undefined) return c.redirect("/login", 303);
      return c.body(null, 401, { "hx-redirect": "/login" });
    },
  };
}

/** Takes the same time whatever is typed. */
function equal(typed: string, password: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(typed), digest(password));
}

function renderLogin({ asset, problem }: { asset: AssetUrl; problem?: string }): Html {
  return renderDocument({
    title: "Log in · Showreel",
    asset,
    body: html`<main class="login">
      <form method="post" action="/login">
        <h1 class="brand">${reel} Showreel</h1>
        <div class="field">
          <label for="password">Password</label>
          <input id="password" name="password" type="password" required autofocus autocomplete="current-password"${problem !== undefined && html` aria-invalid="true" aria-describedby="problem"`} />
        </div>
        ${problem !== undefined && html`<p class="problem" id="problem" role="alert">${problem}</p>`}
        <button class="button" data-style="primary">Log in</button>
      </form>
    </main>`,
  });
}
