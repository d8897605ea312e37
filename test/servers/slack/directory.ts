import { addChannel, addUser } from "./seed.ts";
import { type Channel, mustGet, type SlackContext, type Team, type User } from "./state.ts";

interface NewChannel {
  name: string;
  kind: "public" | "private" | "mpim";
  /** Whether the bot is a member. */
  bot: boolean;
  team?: string;
}

/** Finds what a test names, in the first workspace where it names none. */
export interface Directory {
  team(id?: string): Team;
  /** By id, or by name; a direct message of the bot has the person's name. */
  channel(idOrName: string, team?: string): Channel;
  user(name: string, team?: string): User;
  /** Somebody who is in no channel. */
  addUser(
    user: { name: string; team?: string } & Partial<
      Pick<User, "is_admin" | "is_restricted" | "is_ultra_restricted" | "deleted">
    >,
  ): User;
  /** A channel with all people in it. */
  addChannel(channel: NewChannel): Channel;
}

/** Looks things up in the state; throws with what there is. */
export function createDirectory({ state, nextNumber }: SlackContext): Directory {
  const [firstTeam = ""] = state.teams.keys();
  const team = (id = firstTeam) => mustGet(state.teams, id, "team");
  const named = <T extends { name: string; team: string }>(items: Iterable<T>, teamId: string) =>
    new Map([...items].filter((item) => item.team === teamId).map((item) => [item.name, item]));
  return {
    team,
    channel: (idOrName, teamId = firstTeam) =>
      state.channels.get(idOrName) ?? mustGet(named(state.channels.values(), teamId), idOrName, "channel"),
    user: (name, teamId = firstTeam) => mustGet(named(state.users.values(), teamId), name, "person"),
    addUser: ({ team: teamId = firstTeam, name, ...roles }) => {
      const id = `U${teamId.slice(1)}${name.toUpperCase()}`;
      return addUser(state, { id, team: teamId, name, ...roles });
    },
    addChannel: ({ name, kind, bot, team: teamId = firstTeam }) => {
      const people = [...named(state.users.values(), teamId).values()].filter(({ is_bot }) => bot || !is_bot);
      const id = `C${teamId.slice(1)}N${nextNumber()}`;
      return addChannel(state, { id, team: teamId, name, kind, members: people.map((user) => user.id) });
    },
  };
}
