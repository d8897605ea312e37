import { ChannelType, type Client, type Guild, type GuildMember, PermissionFlagsBits } from "discord.js";
import { type Destination, DIRECT_MESSAGES } from "../chat/adapter.ts";
import { ServiceError } from "../errors.ts";
import type { DiscordApi } from "./discord-api.ts";
import { isDiscordError, toServiceError } from "./errors.ts";

/** For how long a member's roles are taken as they were: nobody tells of their changes without a privileged intent. */
const MEMBER_LIFE_MS = 60_000;
const MEMBERS_MAX = 1_000;
const SNOWFLAKE = /^\d{1,20}$/;

/** Tells who may read a channel. Its roles and overwrites are those that the gateway told of last. */
export function createReaders({ client, api, now }: { client: Client; api: DiscordApi; now: () => number }) {
  const members = new Map<string, { at: number; member: Promise<GuildMember | undefined> }>();

  /** @throws ServiceError */
  return async function canRead(personId: string, { workspace, channel }: Destination): Promise<boolean> {
    if (![personId, channel].every((id) => SNOWFLAKE.test(id))) return false;
    if (workspace === DIRECT_MESSAGES) return isRecipient(personId, channel);
    const guild = client.guilds.cache.get(workspace);
    if (!guild?.available) return false;
    const place = await known(client.channels.fetch(channel));
    if (!place || place.isDMBased() || place.guildId !== workspace) return false;
    const member = await memberOf(guild, personId);
    const permissions = member && place.permissionsFor(member);
    if (!permissions?.has(PermissionFlagsBits.ViewChannel)) return false;
    const isOpen =
      place.type !== ChannelType.PrivateThread || permissions.has(PermissionFlagsBits.ManageThreads);
    return isOpen || (await known(api.threadMember(channel, personId))) !== undefined;
  };

  async function isRecipient(personId: string, channel: string): Promise<boolean> {
    const place = await known(api.channel(channel));
    if (place?.type !== ChannelType.DM) return false;
    return place.recipients?.some(({ id }) => id === personId) === true;
  }

  function memberOf({ id, members: all }: Guild, person: string): Promise<GuildMember | undefined> {
    const key = `${id} ${person}`;
    const kept = members.get(key);
    if (kept && kept.at > now() - MEMBER_LIFE_MS) return kept.member;
    const member = known(all.fetch({ user: person, force: true, cache: false }));
    members.delete(key);
    members.set(key, { at: now(), member });
    member.catch(() => members.delete(key));
    const [oldest] = members.keys();
    if (members.size > MEMBERS_MAX && oldest !== undefined) members.delete(oldest);
    return member;
  }
}

/** What is asked for, or undefined where Discord says that there is no such thing, or none that the bot may see. */
async function known<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    const problem = error instanceof ServiceError ? error : toServiceError(error);
    if (isDiscordError(problem, "gone", "no_access")) return undefined;
    throw problem;
  }
}
