import { ChannelType, type Client, type Guild, type GuildMember, PermissionFlagsBits } from "discord.js";
import { createAnswers } from "../answers.ts";
import { type Destination, DIRECT_MESSAGES } from "../chat/adapter.ts";
import { ServiceError } from "../errors.ts";
import type { DiscordApi } from "./discord-api.ts";
import { isDiscordError, toServiceError } from "./errors.ts";

/** For how long an answer is taken as it was: nobody tells of changes of members without a privileged intent. */
const ANSWER_LIFE_MS = 60_000;
const ANSWERS_MAX = 1_000;
const SNOWFLAKE = /^\d{1,20}$/;
/** What is in a gallery was written before. */
const READING = [PermissionFlagsBits.ViewChannel, PermissionFlagsBits.ReadMessageHistory];

/** Tells who may read a channel. Its roles and overwrites are those that the gateway told of last. */
export function createReaders({ client, api, now }: { client: Client; api: DiscordApi; now: () => number }) {
  const limits = { now, freshMs: ANSWER_LIFE_MS, max: ANSWERS_MAX };
  const members = createAnswers<GuildMember | undefined>(limits);
  const channels = createAnswers<Awaited<ReturnType<typeof client.channels.fetch>> | undefined>(limits);
  const threadMembers = createAnswers<object | undefined>(limits);
  const recipients = createAnswers<string | undefined>(limits);

  /** @throws ServiceError */
  return async function canRead(personId: string, { workspace, channel }: Destination): Promise<boolean> {
    if (![personId, channel].every((id) => SNOWFLAKE.test(id))) return false;
    if (workspace === DIRECT_MESSAGES) return (await recipientOf(channel)) === personId;
    const guild = client.guilds.cache.get(workspace);
    if (!guild?.available) return false;
    const place = await channelOf(channel);
    if (!place || place.isDMBased() || place.guildId !== workspace) return false;
    const member = await memberOf(guild, personId);
    const permissions = member && place.permissionsFor(member);
    if (!permissions?.has(READING)) return false;
    const isOpen =
      place.type !== ChannelType.PrivateThread || permissions.has(PermissionFlagsBits.ManageThreads);
    return isOpen || (await isInThread(channel, personId));
  };

  async function recipientOf(channel: string): Promise<string | undefined> {
    return recipients.get(channel, async () => {
      const place = await known(api.channel(channel));
      return place?.type === ChannelType.DM ? place.recipients?.[0]?.id : undefined;
    });
  }

  async function channelOf(channel: string) {
    const told = client.channels.cache.get(channel);
    if (told) return told;
    const found = await channels.get(channel, () => known(client.channels.fetch(channel)));
    // What is there is told of from now on, also that it is gone.
    if (found) channels.forget(channel);
    return found;
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
