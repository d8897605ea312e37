import { type HttpAnswer, type Route, route } from "../http-server.ts";
import { type Arguments, readArguments } from "./arguments.ts";
import { appId } from "./messages.ts";
import { refuse } from "./refusal.ts";
import { mustGet, type SlackContext, type Team } from "./state.ts";
import { tokenOf } from "./web-api.ts";

/** The app's credentials, and what its settings say of OAuth. */
export interface OAuthSettings {
  clientId: string;
  clientSecret: string;
  redirectUrls: string[];
  /** Whether tokens expire (after twelve hours) and are exchanged. */
  rotates: boolean;
}

/** What somebody does on Slack's page, where the app asks for what it may do. */
export interface Consent {
  /** Where it is to be installed: a workspace, or a whole organisation. */
  in: string | "organisation";
  denies?: boolean;
}

/** Slack's side of OAuth. */
export interface OAuth extends OAuthSettings {
  /** Opens the page that an app sent somebody to; resolves to where Slack sends them next. */
  consent(address: string, consent: Consent): string;
  /** Tokens for whole organisations that nobody revoked. */
  organisationTokens: Set<string>;
  routes: Route[];
}

/** docs.slack.dev/authentication/installing-with-oauth, docs.slack.dev/authentication/using-token-rotation */
const CODE_LIFE_MS = 600_000;
const TOKEN_LIFE_MS = 12 * 3_600_000;

/** Codes and refresh tokens are good for one use. */
export function createOAuth(context: SlackContext): OAuth {
  const { state, clock, nextNumber } = context;
  const codes = new Map<string, { in: string; scopes: string[]; redirectUri: string; until: number }>();
  const refreshTokens = new Map<string, Team>();
  const settings: OAuthSettings = {
    clientId: "100.200",
    clientSecret: "client-secret-canary",
    redirectUrls: [],
    rotates: false,
  };

  /** A new token in the place of the last one. */
  function tokenFor(team: Team) {
    team.formerToken = oauth.rotates ? team.botToken : undefined;
    team.botToken = `xoxb-${team.id}-secret-${nextNumber()}`;
    team.expiresAt = oauth.rotates ? clock.now() + TOKEN_LIFE_MS : undefined;
    context.changed();
    if (!oauth.rotates) return { access_token: team.botToken };
    const refresh_token = `xoxe-1-${team.id}-secret-${nextNumber()}`;
    refreshTokens.set(refresh_token, team);
    return { access_token: team.botToken, refresh_token, expires_in: TOKEN_LIFE_MS / 1000 };
  }

  function grantOf(team: Team) {
    return {
      ...tokenFor(team),
      token_type: "bot",
      scope: [...team.scopes].join(","),
      bot_user_id: team.botUserId,
      app_id: appId,
      team: { id: team.id, name: team.name },
      enterprise: null,
      is_enterprise_install: false,
    };
  }

  function exchange(args: Arguments) {
    const code = args.text("code") ?? "";
    const issued = codes.get(code);
    codes.delete(code);
    if (!issued || issued.until < clock.now()) throw refuse("invalid_code");
    if (issued.redirectUri !== args.text("redirect_uri")) throw refuse("bad_redirect_uri");
    if (issued.in === "organisation") {
      const access_token = `xoxb-organisation-secret-${nextNumber()}`;
      oauth.organisationTokens.add(access_token);
      const enterprise = { id: "E1", name: "All of us" };
      return {
        access_token,
        token_type: "bot",
        app_id: appId,
        team: null,
        enterprise,
        is_enterprise_install: true,
      };
    }
    const team = mustGet(state.teams, issued.in, "team");
    team.scopes = new Set(issued.scopes);
    return grantOf(team);
  }

  function refresh(args: Arguments) {
    const token = args.text("refresh_token") ?? "";
    const team = refreshTokens.get(token);
    if (!team || !refreshTokens.delete(token)) throw refuse("invalid_refresh_token");
    return grantOf(team);
  }

  function access(args: Arguments): HttpAnswer {
    if (args.text("client_id") !== oauth.clientId) throw refuse("invalid_client_id");
    if (args.text("client_secret") !== oauth.clientSecret) throw refuse("bad_client_secret");
    const granted = args.text("grant_type") === "refresh_token" ? refresh(args) : exchange(args);
    return { status: 200, body: { ok: true, ...granted } };
  }

  const oauth: OAuth = {
    ...settings,
    organisationTokens: new Set(),
    consent(address, { in: place, denies = false }) {
      const { origin, pathname, searchParams } = new URL(address);
      const asked = (name: string) => searchParams.get(name) ?? "";
      if (`${origin}${pathname}` !== `${context.origin()}/oauth/v2/authorize`) {
        throw new Error(`${address} is not Slack's page`);
      }
      if (asked("client_id") !== oauth.clientId) throw new Error("Slack shows: Invalid client_id parameter");
      const redirectUri = asked("redirect_uri");
      if (!oauth.redirectUrls.includes(redirectUri)) {
        throw new Error(`Slack shows: redirect_uri did not match any configured URIs (${redirectUri})`);
      }
      const back = new URL(redirectUri);
      back.searchParams.set("state", asked("state"));
      if (denies) {
        back.searchParams.set("error", "access_denied");
      } else {
        const code = `${nextNumber()}.code.secret`;
        const scopes = asked("scope").split(",");
        codes.set(code, { in: place, scopes, redirectUri, until: clock.now() + CODE_LIFE_MS });
        back.searchParams.set("code", code);
      }
      return back.href;
    },
    routes: [
      route("POST /api/oauth.v2.access", ({ payload }) => access(readArguments(payload))),
      route("POST /api/auth.revoke", (request) => {
        if (!oauth.organisationTokens.delete(tokenOf(request))) throw refuse("invalid_auth");
        return { status: 200, body: { ok: true, revoked: true } };
      }),
    ],
  };
  return oauth;
}
