import type { Gateway } from "./gateway.ts";
import { type PermissionName, permissionBits } from "./permissions.ts";
import { presentChannel, presentGuildCreate, presentRole } from "./present-guild.ts";
import type { DiscordState } from "./state.ts";
import type { Channel, Member, Overwrite } from "./types.ts";

const GUILDS = 1 << 0;

/** What those who run the guild do, and what the bot is told of it. */
export function createGuildDesk(deps: {
  state: DiscordState;
  gateway: Gateway;
  findChannel: (nameOrId: string) => Channel;
  memberCalled: (name: string) => Member;
}) {
  const { state, gateway, findChannel, memberCalled } = deps;
  const { guild } = state;

  function tell(t: string, d: object): void {
    gateway.dispatch({ t, d, intent: GUILDS });
  }

  function setOverwrite(nameOrId: string, { allow, deny, ...who }: Overwrite): void {
    const channel = findChannel(nameOrId);
    const others = channel.overwrites.filter(({ id }) => id !== who.id);
    channel.overwrites = allow | deny ? [...others, { allow, deny, ...who }] : others;
    tell("CHANNEL_UPDATE", presentChannel(channel));
  }

  return {
    /** Takes permissions from the bot in a channel; none given: gives all back. */
    deny(nameOrId: string, ...names: PermissionName[]): void {
      setOverwrite(nameOrId, { id: state.bot.user.id, type: 1, allow: 0n, deny: permissionBits(names) });
    },

    /** Opens or closes a channel for a person by name, or for `everyone`. */
    overwrite(
      nameOrId: string,
      who: string,
      { allow = [], deny = [] }: { allow?: PermissionName[]; deny?: PermissionName[] },
    ): void {
      const target =
        who === "everyone"
          ? { id: guild.id, type: 0 as const }
          : { id: memberCalled(who).user.id, type: 1 as const };
      setOverwrite(nameOrId, { ...target, allow: permissionBits(allow), deny: permissionBits(deny) });
    },

    /** Takes a channel or thread away; of the threads of a channel nothing is said. */
    deleteChannel(nameOrId: string): void {
      const channel = findChannel(nameOrId);
      const gone = [
        channel,
        ...[...state.channels.values()].filter(({ parentId }) => parentId === channel.id),
      ];
      for (const { id } of gone) state.channels.delete(id);
      const { id, type, parentId: parent_id } = channel;
      if (parent_id === undefined) tell("CHANNEL_DELETE", presentChannel(channel));
      else tell("THREAD_DELETE", { id, guild_id: guild.id, parent_id, type });
    },

    /** The bot learns of the role that somebody came with. */
    tellOfRole({ roles }: Member): void {
      for (const [index, role] of guild.roles.entries()) {
        if (roles.includes(role.id)) {
          tell("GUILD_ROLE_CREATE", { guild_id: guild.id, role: presentRole(role, index) });
        }
      }
    },

    /** Archives or locks a thread, or undoes it. */
    setThread(nameOrId: string, change: Partial<Pick<Channel, "archived" | "locked">>): void {
      const thread = Object.assign(findChannel(nameOrId), change);
      tell("THREAD_UPDATE", presentChannel(thread));
    },

    /** The bot is thrown out. */
    throwOutBot(): void {
      state.botIsIn = false;
      tell("GUILD_DELETE", { id: guild.id });
    },

    /** The bot is asked in. */
    inviteBot(): void {
      state.botIsIn = true;
      tell("GUILD_CREATE", presentGuildCreate(state));
    },

    /** Discord cannot reach the guild for a while. */
    failGuild: () => tell("GUILD_DELETE", { id: guild.id, unavailable: true }),
  };
}
