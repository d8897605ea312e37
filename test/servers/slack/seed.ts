import type { Channel, SlackState, Team, User } from "./state.ts";

/** Scopes of a bot token that may do everything this server knows, save posting uninvited. */
export const allScopes = [
  "app_mentions:read",
  "channels:history",
  "channels:join",
  "channels:read",
  "chat:write",
  "commands",
  "files:read",
  "files:write",
  "groups:history",
  "groups:read",
  "im:history",
  "im:read",
  "im:write",
  "mpim:history",
  "mpim:read",
  "reactions:read",
  "team:read",
  "users:read",
] as const;

/** A state without any workspace. */
export function createSlackState(): SlackState {
  return {
    teams: new Map(),
    users: new Map(),
    channels: new Map(),
    files: new Map(),
    views: [],
    ephemerals: [],
    deliveries: [],
    toldFor: new Map(),
    warnings: [],
    refused: [],
    protocolErrors: [],
  };
}

/**
 * A workspace `T1`: ada (admin) and bob, the bot in the channels general (public) and secret (private), and a direct
 * message of the bot with each person.
 */
export function addTeam(state: SlackState, id: string, scopes: readonly string[]): Team {
  const number = id.slice(1);
  const team: Team = {
    id,
    name: `Workspace ${number}`,
    domain: `workspace${number.toLowerCase()}`,
    botUserId: `U${number}BOT`,
    botId: `B${number}BOT`,
    botToken: `xoxb-${id}-secret`,
    formerToken: undefined,
    expiresAt: undefined,
    scopes: new Set(scopes),
  };
  state.teams.set(id, team);
  const bot = addUser(state, { id: team.botUserId, team: id, name: "showreel", is_bot: true });
  const ada = addUser(state, { id: `U${number}ADA`, team: id, name: "ada", is_admin: true });
  const bob = addUser(state, { id: `U${number}BOB`, team: id, name: "bob" });
  const everybody = [bot.id, ada.id, bob.id];
  addChannel(state, {
    id: `C${number}GENERAL`,
    team: id,
    name: "general",
    kind: "public",
    members: everybody,
  });
  addChannel(state, {
    id: `C${number}SECRET`,
    team: id,
    name: "secret",
    kind: "private",
    members: everybody,
  });
  for (const person of [ada, bob]) openDirectMessage(state, team, person);
  return team;
}

/** Adds a person who is in no channel. */
export function addUser(state: SlackState, user: Pick<User, "id" | "team" | "name"> & Partial<User>): User {
  const added = {
    is_admin: false,
    is_owner: false,
    is_bot: false,
    is_restricted: false,
    is_ultra_restricted: false,
    deleted: false,
    ...user,
  };
  state.users.set(added.id, added);
  return added;
}

/** Adds a channel with nothing in it. */
export function addChannel(
  state: SlackState,
  channel: Pick<Channel, "id" | "team" | "name" | "kind"> & { members: readonly string[] },
): Channel {
  const added: Channel = {
    ...channel,
    members: new Set(channel.members),
    isArchived: false,
    messages: [],
    deletedMessages: [],
  };
  state.channels.set(added.id, added);
  return added;
}

/** The conversation of the bot with a person, made where there is none. */
export function openDirectMessage(state: SlackState, team: Team, user: User): Channel {
  const id = user.id.replace("U", "D");
  const members = [team.botUserId, user.id];
  return (
    state.channels.get(id) ?? addChannel(state, { id, team: team.id, name: user.name, kind: "im", members })
  );
}
