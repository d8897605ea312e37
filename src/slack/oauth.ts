import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { OauthV2AccessResponse } from "@slack/web-api";
import { ServiceError } from "../errors.ts";
import type { Collection, Store } from "../store/store.ts";
import { describeInstallation } from "./installations.ts";
import { BOT_SCOPES } from "./manifest.ts";
import type { Granted, Rotation } from "./stored-installations.ts";
import { createWebApiCall, type WebApi } from "./web-api.ts";

/** The app, as Slack knows it. */
export interface OAuthClient {
  clientId: string;
  clientSecret: string;
  /** Where Slack sends people back to. */
  redirectUrl: string;
}

/** What an installation came to. */
export type Outcome =
  /** @property address opens the bot in Slack. */
  | { kind: "installed"; workspace: string; botName: string; address: string }
  /**
   * - `foreign`: it began in another browser, or nowhere; `late`: its time is over, or it was ended before;
   * - `refused`: by Slack, for the operator to mend; `unreachable`: Slack or the store may answer later.
   */
  | { kind: "denied" | "foreign" | "late" | "organisation" | "refused" | "unreachable" };

/** How people install the app in their workspaces. */
export interface OAuth {
  /** Where to send somebody, and what their browser keeps meanwhile. */
  begin(): { address: string; ticket: string };
  /** Somebody came back from Slack. */
  finish(answer: Answer, ticket: string | undefined): Promise<Outcome>;
  /** Exchanges a refresh token. @throws ServiceError */
  refresh(refreshToken: string): Promise<{ token: string; rotation?: Rotation }>;
}

/** What Slack sends along. */
export interface Answer {
  code?: string | undefined;
  state?: string | undefined;
  error?: string | undefined;
}

/** How long somebody may think about it (ms); Slack's codes live as long (docs.slack.dev/authentication/installing-with-oauth). */
const TICKET_MS = 600_000;
/** Codes that were used or are old, or of another app. */
const LATE = new Set(["invalid_code", "code_already_used", "code_expired"]);

/**
 * Slack's OAuth, by its two calls. `@slack/oauth` is for servers that write Node's responses, does not end a state
 * with its first use, and lets two processes use one refresh token; with all that replaced, these calls are what is left
 * of it. A state is good for one use within ten minutes, in the browser that has its ticket; nothing is kept until then.
 */
export function createOAuth(
  options: WebApi & {
    client: OAuthClient;
    store: Store;
    now: () => number;
    /** The app is in a workspace; told before its person is. */
    onInstalled: (granted: Granted) => Promise<void>;
  },
): OAuth {
  const { client, store, apiUrl, now, onInstalled, logger } = options;
  const { clientId: client_id, clientSecret: client_secret, redirectUrl: redirect_uri } = client;
  const site = new URL(".", (apiUrl ?? "https://slack.com/api").replace(/\/+$/, ""));
  const call = createWebApiCall(options);
  const ended: Collection<{ at: number }> = store.collection<{ at: number }>({
    name: "slack-oauth-state",
    version: 1,
    ttlMs: TICKET_MS,
  });

  const seal = (state: string, until: string) =>
    createHmac("sha256", client_secret).update(`install ${state} ${until}`).digest("base64url");

  async function check({ state = "" }: Answer, ticket = ""): Promise<"foreign" | "late" | undefined> {
    const [until = "", seen = ""] = ticket.split(".");
    if (!isSame(seen, seal(state, until))) return "foreign";
    const isFirst = Number(until) > now() && (await ended.insert(state, { at: now() }));
    return isFirst ? undefined : "late";
  }

  async function exchange(code: string): Promise<Outcome> {
    const grant = await call(({ oauth }) =>
      oauth.v2.access({ client_id, client_secret, code, redirect_uri }),
    );
    const { token, rotation } = tokensOf(grant);
    if (grant.is_enterprise_install) {
      // Slack would go on showing the app as installed.
      const revoked = createWebApiCall(options, token)(({ auth }) => auth.revoke());
      await revoked.catch((err: unknown) => logger.warn({ err }, "a token that nobody uses was not revoked"));
      return { kind: "organisation" };
    }
    const installation = await describeInstallation(token, options);
    await onInstalled({ ...installation, ...(rotation && { rotation }) });
    logger.info({ workspace: installation.id }, "the app was installed in a workspace");
    const address = new URL("app_redirect", site);
    address.search = String(new URLSearchParams({ app: grant.app_id ?? "", team: installation.id }));
    const { botName, url } = installation;
    return { kind: "installed", workspace: grant.team?.name ?? url, botName, address: address.href };
  }

  function tokensOf({ access_token: token = "", refresh_token, expires_in }: OauthV2AccessResponse) {
    if (refresh_token === undefined || expires_in === undefined) return { token };
    return { token, rotation: { refreshToken: refresh_token, expiresAt: now() + expires_in * 1000 } };
  }

  return {
    begin() {
      const state = randomBytes(24).toString("base64url");
      const until = String(now() + TICKET_MS);
      const address = new URL("oauth/v2/authorize", site);
      address.search = String(
        new URLSearchParams({ client_id, scope: BOT_SCOPES.join(","), redirect_uri, state }),
      );
      return { address: address.href, ticket: `${until}.${seal(state, until)}` };
    },

    async finish(answer, ticket) {
      try {
        const problem = await check(answer, ticket);
        if (problem) return { kind: problem };
        if (answer.error === "access_denied") return { kind: "denied" };
        if (answer.code !== undefined) return await exchange(answer.code);
        logger.error({ reason: answer.error?.slice(0, 100) }, "Slack does not let the app be installed");
        return { kind: "refused" };
      } catch (err) {
        if (!(err instanceof ServiceError)) throw err;
        if (LATE.has(err.code)) return { kind: "late" };
        logger.error({ err }, "the app could not be installed");
        return { kind: err.retryable ? "unreachable" : "refused" };
      }
    },

    async refresh(refresh_token) {
      return tokensOf(
        await call(({ oauth }) =>
          oauth.v2.access({ client_id, client_secret, grant_type: "refresh_token", refresh_token }),
        ),
      );
    },
  };
}

/** Takes the same time wherever they differ. */
function isSame(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
