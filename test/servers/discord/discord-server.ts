import { type ChangeSignal, createChangeSignal } from "../change-signal.ts";
import type { Injection } from "../faults.ts";
import { createHttpServer, type HttpServer, recordFileIn } from "../http-server.ts";
import { createAttachmentStore } from "./attachments.ts";
import { createClock } from "./clock.ts";
import { refusal } from "./errors.ts";
import { createGateway, type Gateway } from "./gateway.ts";
import { createGuildDesk } from "./guild-desk.ts";
import { createInteractionDesk } from "./interactions.ts";
import { createMessageWriter } from "./messages.ts";
import { type PermissionName, permissionBits } from "./permissions.ts";
import { createPerson, type Person } from "./person.ts";
import { presentChannel, presentGuildCreate } from "./present-guild.ts";
import { createMessagePresenter } from "./present-message.ts";
import { createRateLimiter, type RateLimits } from "./rate-limits.ts";
import { commandRoutes } from "./routes-commands.ts";
import { guildRoutes } from "./routes-guild.ts";
import { interactionRoutes } from "./routes-interactions.ts";
import { messageRoutes } from "./routes-messages.ts";
import { createState, type DiscordState, type StoredMessage } from "./state.ts";
import type { Channel, Guild, Member } from "./types.ts";

const GUILDS = 1 << 0;
const API_PREFIX = "/api/v10";
/** Routes that carry their own proof: the token of an interaction, the signature of a link. */
const NEEDS_NO_TOKEN = /^\w+ \/(interactions|webhooks|attachments)\//;

/** What a Discord server is made with. */
export interface DiscordServerOptions {
  /** No limits when absent. */
  rateLimits?: RateLimits;
  /** Folder for `discord.jsonl` with every body the bot sends; RECORD_REQUESTS_DIR by default, "" for none. */
  recordTo?: string;
  /** How many shards are recommended (1), how many of them may identify at once (1), and how many guilds one takes (2,500). */
  sharding?: { shards?: number; maxConcurrency?: number; guildsPerShard?: number };
}

/** A channel and what everybody sees in it. */
interface ChannelView extends Channel {
  /** Oldest first; neither ephemeral nor deleted ones. */
  messages: StoredMessage[];
}

/** Discord, as far as a bot can see it: a guild, others if they are added, REST version 10 and the gateway, on one port of 127.0.0.1. */
export interface DiscordServer
  extends Pick<HttpServer, "origin" | "requests" | "unknownRoutes" | "assertClean" | "close">,
    Pick<ChangeSignal, "waitFor"> {
  /** For `new Client({ rest: { api } })`. */
  apiUrl: string;
  /** The bot's token. */
  token: string;
  state: DiscordState;
  gateway: Gateway;
  /** Requests answered with 429, by the limit they met. */
  rateLimited: { route: number; global: number };
  /** Answers 401, 403 and 429: ten thousand in ten minutes would block the bot's address. */
  readonly invalidRequests: number;
  /** Somebody by name: `ada`, or `grace`, who may manage messages. */
  person(name: string): Person;
  /** Lets somebody else join; `uploadLimit` in bytes stands for a subscription. */
  addPerson(name: string, can?: { permissions?: PermissionName[]; uploadLimit?: number }): Person;
  /** Adds a text channel, or a thread of one; a private thread has only those in it who are named. */
  addChannel(name: string, of?: { parent?: string; privateTo?: string[] }): ChannelView;
  /** Adds a guild on a shard of so many, with everybody in it and one text channel of the same name. */
  addGuild(name: string, shard: { id: number; of: number }): Guild;
  /** By name or id; `general`, `random` and the thread `ideas` are there. */
  channel(nameOrId: string): ChannelView;
  /** A message by id, ephemeral and deleted ones included. */
  message(id: string): StoredMessage | undefined;
  /** Milliseconds since the Unix epoch, on the server's clock. */
  now(): number;
  /** Moves the server's clock forward. */
  advance(ms: number): void;
  inject(injection: Injection): void;
  /** Takes permissions from the bot in a channel; none given: gives all back. */
  deny(channel: string, ...permissions: PermissionName[]): void;
  /** A member by id puts an emoji under a message, bots included. */
  react(message: StoredMessage, memberId: string, emoji: string): void;
  /** Opens or closes a channel for somebody by name, or for everyone. */
  overwrite(channel: string, who: string, can: { allow?: PermissionName[]; deny?: PermissionName[] }): void;
  /** Archives or locks a thread, or undoes it. */
  setThread(name: string, change: { archived?: boolean; locked?: boolean }): void;
  /** Takes a channel or thread away with all that is in it. */
  deleteChannel(name: string): void;
  /** The bot is thrown out of the guild, or asked in. */
  throwOutBot(): void;
  inviteBot(): void;
  /** The guild cannot be reached for a while. */
  failGuild(): void;
  /**
   * Cuts the gateway's connections, or those of one shard; `forget` makes the sessions unknown, so that the bot has to
   * identify again.
   */
  dropGateway: Gateway["drop"];
}

/** Starts a server; `close` it at the end of the test, which throws when the bot asked for an unknown route. */
export async function createDiscordServer(options: DiscordServerOptions = {}): Promise<DiscordServer> {
  const clock = createClock();
  const state = createState(clock);
  const token = `${Buffer.from(state.application.id).toString("base64url")}.local.${clock.snowflake()}`;
  const signal = createChangeSignal({ dump: () => dumpOf(state) });
  const limiter = options.rateLimits && createRateLimiter({ clock, limits: options.rateLimits });
  const recordTo = options.recordTo ?? process.env.RECORD_REQUESTS_DIR;
  const { shards = 1, maxConcurrency = 1, guildsPerShard = 2_500 } = options.sharding ?? {};
  let invalidRequests = 0;

  const origin = () => http.origin;
  const gatewayUrl = () => `${http.origin.replace("http", "ws")}/gateway`;
  const attachments = createAttachmentStore({ clock, origin });
  const presentMessage = createMessagePresenter({ state, attachments });
  const writer = createMessageWriter({ state, clock, attachments, presentMessage, gateway: () => gateway });
  const desk = createInteractionDesk({ state, clock, presentMessage, gateway: () => gateway });

  const http: HttpServer = await createHttpServer({
    prefix: API_PREFIX,
    recordFile: recordFileIn(recordTo, "discord.jsonl"),
    changed: signal.changed,
    routes: [
      ...messageRoutes({ state, clock, writer, presentMessage }),
      ...interactionRoutes({ state, clock, desk, writer, presentMessage }),
      ...commandRoutes({ state, clock }),
      ...guildRoutes({ state, attachments, gatewayUrl, recommended: { shards, maxConcurrency } }),
    ],
    around: async (request, next) => {
      const isKnown = request.headers.authorization === `Bot ${token}`;
      const { answer } = refusal("unauthorized");
      const result = isKnown || NEEDS_NO_TOKEN.test(request.operation) ? undefined : answer;
      const final = result ?? limiter?.refuse(request) ?? (await next());
      if ([401, 403, 429].includes(final.status)) invalidRequests += 1;
      return { ...final, headers: { ...limiter?.headers(request), ...final.headers } };
    },
  });

  const gateway = createGateway({
    node: http.node,
    clock,
    token,
    ready: () => ({
      user: state.bot.user,
      application: { id: state.application.id, flags: 0 },
    }),
    guilds: () => guildsOf(state),
    guildsPerShard,
    welcome: () =>
      guildsOf(state).map((id) => {
        const guild = [state.guild, ...state.otherGuilds].find((one) => one.id === id);
        const d = guild ? presentGuildCreate(state, guild) : { id, unavailable: true };
        return { t: "GUILD_CREATE", d, intent: GUILDS };
      }),
    resumeUrl: gatewayUrl,
    changed: signal.changed,
  });

  function findChannel(nameOrId: string): Channel {
    const found = [...state.channels.values()].find(({ id, name }) => id === nameOrId || name === nameOrId);
    if (!found) throw new Error(`There is no channel ${nameOrId}.`);
    return found;
  }

  function memberCalled(name: string): Member {
    const member = state.members.find(({ user }) => user.username === name && !user.bot);
    if (!member) throw new Error(`There is nobody called ${name}.`);
    return member;
  }

  const guildDesk = createGuildDesk({ state, gateway, findChannel, memberCalled });
  const viewOf = (channel: Channel) => ({ ...channel, messages: state.publicMessages(channel.id) });
  const personOf = (member: Member) =>
    createPerson({ member, state, desk, writer, presentMessage, attachments, signal, findChannel });

  return {
    origin: http.origin,
    apiUrl: `${http.origin}/api`,
    token,
    state,
    gateway,
    requests: http.requests,
    unknownRoutes: http.unknownRoutes,
    rateLimited: limiter?.counts ?? { route: 0, global: 0 },
    get invalidRequests() {
      return invalidRequests;
    },
    person: (name) => personOf(memberCalled(name)),
    addPerson: (name, { permissions = [], uploadLimit = 0 } = {}) => {
      const member = state.addMember(name, permissionBits(permissions));
      member.uploadLimit = uploadLimit;
      guildDesk.tellOfRole(member);
      return personOf(member);
    },
    channel: (nameOrId) => viewOf(findChannel(nameOrId)),
    addChannel: (name, { parent, privateTo } = {}) => {
      const thread = privateTo ? (12 as const) : (11 as const);
      const place =
        parent === undefined ? { type: 0 as const } : { type: thread, parentId: findChannel(parent).id };
      const channel = state.addChannel({ name, ...place });
      channel.threadMembers = (privateTo ?? []).map((person) => memberCalled(person).user.id);
      const t = parent === undefined ? "CHANNEL_CREATE" : "THREAD_CREATE";
      gateway.dispatch({ t, d: presentChannel(channel), intent: GUILDS });
      return viewOf(channel);
    },
    addGuild: (name, shard) => state.addGuild(name, snowflakeOn(shard, clock.snowflake())),
    message: (id) => state.messages.get(id),
    now: clock.now,
    advance: (ms) => {
      clock.advance(ms);
      signal.changed();
    },
    inject: http.inject,
    react: (message, memberId, emoji) => {
      const member = state.members.find(({ user }) => user.id === memberId);
      if (member) writer.react(message, member, emoji);
    },
    deny: guildDesk.deny,
    overwrite: guildDesk.overwrite,
    setThread: guildDesk.setThread,
    deleteChannel: guildDesk.deleteChannel,
    throwOutBot: guildDesk.throwOutBot,
    inviteBot: guildDesk.inviteBot,
    failGuild: guildDesk.failGuild,
    dropGateway: gateway.drop,
    waitFor: signal.waitFor,
    assertClean: http.assertClean,
    close: async () => {
      gateway.drop({ forget: true });
      await http.close();
    },
  };
}

/** Ids of all the guilds that the bot is in. */
function guildsOf({ botIsIn, guild, otherGuilds, guildsInOutage }: DiscordState): string[] {
  return [...(botIsIn ? [guild.id] : []), ...otherGuilds.map(({ id }) => id), ...guildsInOutage];
}

/** An id like that one, of a guild that belongs to a shard. */
function snowflakeOn(shard: { id: number; of: number }, like: string): string {
  const time = BigInt(like) >> 22n;
  const [id, of] = [BigInt(shard.id), BigInt(shard.of)];
  return String(((time - (time % of) + id) << 22n) | (BigInt(like) & 0x3fffffn));
}

function dumpOf(state: DiscordState): string {
  const messages = [...state.messages.values()].map((message) => {
    const name = state.channels.get(message.channelId)?.name;
    const marks = [message.deleted ? "deleted" : "", message.visibleTo ? "ephemeral" : ""].join(" ").trim();
    const buttons = message.buttons.map(({ label }) => `[${label}]`).join(" ");
    const files = message.media.map(({ url }) => url).join(" ");
    return `#${name} ${marks} revision ${message.revisions.length}: ${message.text} ${buttons} ${files}`;
  });
  const open = [...state.interactions.values()].filter(({ callback }) => !callback).length;
  return [...messages, `${open} interactions without an answer`].join("\n");
}
