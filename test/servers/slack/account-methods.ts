import type { JsonObject } from "./json.ts";
import { appId } from "./messages.ts";
import { refuse } from "./refusal.ts";
import type { SlackContext, Team, User } from "./state.ts";
import type { Methods } from "./web-api.ts";

interface AccountOptions {
  context: SlackContext;
  /** A WebSocket address for one connection. */
  openConnection: () => string;
}

/** Who the token is, who people are, and where Socket Mode connects. */
export function createAccountMethods({ context, openConnection }: AccountOptions): Methods {
  return {
    "auth.test": {
      scopes: [],
      tier: "special",
      args: [],
      run: ({ team }) => ({
        url: `https://${team.domain}.slack.com/`,
        team: team.name,
        user: "showreel",
        team_id: team.id,
        user_id: team.botUserId,
        bot_id: team.botId,
        is_enterprise_install: false,
      }),
    },
    "apps.connections.open": {
      scopes: ["connections:write"],
      tier: "tier3",
      args: [],
      run: () => ({ url: openConnection() }),
    },
    "users.info": {
      scopes: ["users:read"],
      tier: "tier4",
      args: ["user", "include_locale"],
      run: ({ args, team }) => {
        const user = context.state.users.get(args.required("user"));
        if (!user || !isKnown(context, user, team)) throw refuse("user_not_found");
        return { user: userJson(user, team) };
      },
    },
    "bots.info": {
      scopes: ["users:read"],
      tier: "tier3",
      args: ["bot"],
      run: ({ args, team }) => {
        if (args.text("bot") !== team.botId) throw refuse("bot_not_found");
        return {
          bot: { id: team.botId, app_id: appId, user_id: team.botUserId, name: "showreel", deleted: false },
        };
      },
    },
    "team.info": {
      scopes: ["team:read"],
      tier: "tier3",
      args: ["team"],
      run: ({ team: { id, name, domain } }) => ({ team: { id, name, domain } }),
    },
  };
}

/** Of other organisations, those with whom a channel is shared. */
function isKnown({ state }: SlackContext, user: User, team: Team): boolean {
  if (user.team === team.id) return true;
  return [...state.channels.values()].some((one) => one.team === team.id && one.members.has(user.id));
}

/** Somebody of another organisation is a stranger here, and an admin there. */
function userJson({ id, name, ...roles }: User, team: Team): JsonObject {
  return {
    id,
    team_id: roles.team,
    ...(roles.team === team.id ? {} : { is_stranger: true }),
    name,
    deleted: roles.deleted,
    real_name: name,
    profile: { display_name: name, real_name: name },
    tz: "Europe/London",
    is_admin: roles.is_admin,
    is_owner: roles.is_owner,
    is_bot: roles.is_bot,
    is_restricted: roles.is_restricted,
    is_ultra_restricted: roles.is_ultra_restricted,
  };
}
