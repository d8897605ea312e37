import { ChannelType, type Client, type Guild, type GuildMember, PermissionFlagsBits } from "discord.js";
import { createAnswers } from "../answers.ts";
import { type Destination, DIRECT_MESSAGES } from "../chat/adapter.ts";
import { ServiceError } from "../errors.ts";
import { createClient } from "./client.ts";
import type { DiscordApi } from "./discord-api.ts";
import { isDiscordError, toServiceError } from "./errors.ts";

/** For how long an answer is taken as it was: nobody tells of changes of members without a privileged intent. */
const ANSWER_LIFE_MS = 60_000;
const ANSWERS_MAX = 1_000;
const SNOWFLAKE = /^\d{1,20}$/;
/** What is in a gallery was written before. */
const READING = [PermissionFlagsBits.ViewChannel, PermissionFlagsBits.ReadMessageHistory];

interface Dependencies {
  token: string;
  apiUrl: string | undefined;
  api: DiscordApi;
  /** The client that the gateway keeps up to date, where this process listens. */
  live: () => Client | undefined;
  now: () => number;
}

/** Tells who may read a channel, and what it is called: as the gateway told last, or else as REST says. */
export function createReaders({ token, apiUrl, api, live, now }: Dependencies) {
  const reading = createClient({ token, apiUrl, slice: { ids: [0], count: 1 } });
  const limits = { now, freshMs: ANSWER_LIFE_MS, max: ANSWERS_MAX };
  const guilds = createAnswers<Guild | undefined>(limits);
  const members = createAnswers<GuildMember | undefined>(limits);
  const channels = createAnswers<Awaited<ReturnType<typeof reading.channels.fetch>> | undefined>(limits);
  const threadMembers = createAnswers<object | undefined>(limits);
  const recipients = createAnswers<string | undefined>(limits);

  async function recipientOf(channel: string): Promise<string | undefined> {
    return recipients.get(channel, async () => {
      const place = await known(api.channel(channel));
      return place?.type === ChannelType.DM ? place.recipients?.[0]?.id : undefined;
    });
  }

  /** A server that no gateway of this process hears of is asked for: another's may, or none at all. */
  async function guildOf(id: string): Promise<Guild | undefined> {
    const told = live()?.guilds.cache.get(id);
    if (told) return told.available ? told : undefined;
    return guilds.get(id, () => known(reading.guilds.fetch({ guild: id, force: true })));
  }

  async function channelOf({ client }: Guild, channel: string) {
    if (client === reading) return channels.get(channel, () => known(readChannel(channel)));
    const told = client.channels.cache.get(channel);
    if (told) return told;
    const found = await channels.get(channel, () => known(client.channels.fetch(channel)));
    // What is there is told of from now on, also that it is gone.
    if (found) channels.forget(channel);
    return found;
  }

  /** A thread has the permissions of its channel. */
  async function readChannel(channel: string) {
    const place = await reading.channels.fetch(channel, { force: true });
    const parent = place?.isThread() ? place.parentId : null;
    if (parent !== null) await reading.channels.fetch(parent, { force: true });
    return place;
  }

  async function placeOf({ workspace, channel }: Pick<Destination, "workspace" | "channel">) {
    if (![workspace, channel].every((id) => SNOWFLAKE.test(id))) return undefined;
    const guild = await guildOf(workspace);
    const place = guild && (await channelOf(guild, channel));
    return place && !place.isDMBased() && place.guildId === workspace ? { guild, place } : undefined;
  }

  async function memberOf({ id, members: all }: Guild, user: string): Promise<GuildMember | undefined> {
    return members.get(`${id} ${user}`, () => known(all.fetch({ user, force: true, cache: false })));
  }

  async function isInThread(thread: string, person: string): Promise<boolean> {
    const found = await threadMembers.get(`${thread} ${person}`, () =>
      known(api.threadMember(thread, person)),
    );
    return found !== undefined;
  }

  return {
    /** @throws ServiceError */
    async canRead(personId: string, destination: Destination): Promise<boolean> {
      const { workspace, channel } = destination;
      if (![personId, channel].every((id) => SNOWFLAKE.test(id))) return false;
      if (workspace === DIRECT_MESSAGES) return (await recipientOf(channel)) === personId;
      const found = await placeOf(destination);
      if (!found) return false;
      const { guild, place } = found;
      const member = await memberOf(guild, personId);
      const permissions = member && place.permissionsFor(member);
      if (!permissions?.has(READING)) return false;
      const isOpen =
        place.type !== ChannelType.PrivateThread || permissions.has(PermissionFlagsBits.ManageThreads);
      return isOpen || (await isInThread(channel, personId));
    },

    /** Never rejects: a page without the name is better than none. */
    async nameOf(channel: Pick<Destination, "workspace" | "channel">): Promise<string | undefined> {
      const found = await placeOf(channel).catch(() => undefined);
      return found?.place.name;
    },
  };
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
