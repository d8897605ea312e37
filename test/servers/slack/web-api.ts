import { type HttpAnswer, type HttpRequest, type Route, route } from "../http-server.ts";
import { type Arguments, readArguments } from "./arguments.ts";
import { isObject, type JsonObject } from "./json.ts";
import type { RateLimits, RateTier } from "./rate-limits.ts";
import { refuse } from "./refusal.ts";
import type { SlackContext, Team } from "./state.ts";

/** One call as a method sees it. */
export interface Call {
  args: Arguments;
  team: Team;
}

/** A Web API method as data: who may call it, how often, with what. */
interface Method {
  /** Scopes that the token needs, all of them. */
  scopes: readonly string[];
  tier: RateTier;
  /** Arguments that Slack documents, besides `token` and `team_id`. */
  args: readonly string[];
  /** The answer without `ok`; throws a refusal. */
  run: (call: Call) => JsonObject;
}

/** Methods by name. */
export type Methods = Record<string, Method>;

interface WebApiOptions {
  context: SlackContext;
  methods: Methods;
  rateLimits: RateLimits;
  /** Token of Socket Mode, good for `apps.connections.open` alone. */
  appToken: string;
  appScopes: ReadonlySet<string>;
}

/** Who calls, with what scopes. */
interface Caller {
  team: Team;
  scopes: ReadonlySet<string>;
}

/** Routes of all methods. */
export function createWebApi(options: WebApiOptions): Route[] {
  return Object.entries(options.methods).map(([name, method]) =>
    route(`POST /api/${name}`, (request) => answer(options, name, method, request)),
  );
}

function answer(options: WebApiOptions, name: string, method: Method, request: HttpRequest): HttpAnswer {
  const { context, rateLimits } = options;
  const { protocolErrors } = context.state;
  const args = readArguments(request.payload);
  const caller = authenticate(options, name, tokenOf(request));
  const tooMuch = rateLimits.take({ method: name, tier: method.tier, scope: scopeOf(method, caller, args) });
  if (tooMuch !== undefined && rateLimits.mode !== "count") return limited(rateLimits.mode, tooMuch);

  const missing = method.scopes.filter((scope) => !caller.scopes.has(scope));
  if (missing.length > 0) throw missingScope(missing, caller.scopes);
  const teamId = args.text("team_id");
  if (teamId !== undefined && teamId !== caller.team.id) throw refuse("team_access_not_granted");
  for (const argument of args.names) {
    if (!["token", "team_id", ...method.args].includes(argument)) {
      protocolErrors.push(`${name} takes no argument ${argument} here`);
    }
  }
  const headers = {
    "x-oauth-scopes": [...caller.scopes].join(","),
    "x-accepted-oauth-scopes": method.scopes.join(),
  };
  return { status: 200, headers, body: { ok: true, ...method.run({ args, team: caller.team }) } };
}

function scopeOf(method: Method, { team }: Caller, args: Arguments): string {
  return method.tier === "posting" ? `${team.id} ${args.text("channel")}` : team.id;
}

function authenticate({ context, appToken, appScopes }: WebApiOptions, name: string, token: string): Caller {
  if (token === "") throw refuse("not_authed");
  const forApps = name === "apps.connections.open";
  const [first] = context.state.teams.values();
  if (token === appToken && first) {
    if (!forApps) throw refuse("not_allowed_token_type");
    return { team: first, scopes: appScopes };
  }
  const team = teamOfToken(context, token);
  if (!team) throw refuse("invalid_auth");
  if ((team.expiresAt ?? Number.POSITIVE_INFINITY) < context.clock.now()) throw refuse("token_expired");
  if (forApps) throw refuse("not_allowed_token_type");
  return { team, scopes: team.scopes };
}

/** The workspace of a bot token. */
export function teamOfToken({ state }: SlackContext, token: string): Team | undefined {
  return [...state.teams.values()].find(
    ({ botToken, formerToken }) => botToken === token || formerToken === token,
  );
}

/** The bearer token, or the `token` argument; empty without either. */
export function tokenOf({ headers, payload }: HttpRequest): string {
  const bearer = /^Bearer (.+)$/.exec(headers.authorization ?? "")?.[1];
  return bearer ?? (isObject(payload) ? String(payload.token ?? "") : "");
}

/** `missing_scope`, with what the token has. */
export function missingScope(needed: readonly string[], provided: ReadonlySet<string>) {
  return refuse("missing_scope", { needed: needed.join(","), provided: [...provided].join(",") });
}

function limited(mode: "429" | "200", seconds: number): HttpAnswer {
  const body = { ok: false, error: "ratelimited" };
  if (mode === "200") return { status: 200, body };
  return { status: 429, headers: { "retry-after": String(seconds) }, body };
}
