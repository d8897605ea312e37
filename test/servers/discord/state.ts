import type { Clock } from "./clock.ts";
import { type MessageView, viewOf } from "./components.ts";
import { ALL_PERMISSIONS, permissionBits, permissionsIn } from "./permissions.ts";
import type { Attachment, Channel, Command, Component, Guild, Member, User } from "./types.ts";

/** A message and all it ever showed. */
export interface StoredMessage extends MessageView {
  id: string;
  channelId: string;
  author: User;
  content: string;
  embeds: unknown[];
  components: Component[];
  attachments: Attachment[];
  nonce: string | number | undefined;
  replyTo: { messageId: string; channelId: string } | undefined;
  /** Ids of the users that it mentions now. */
  mentions: string[];
  mentionsEveryone: boolean;
  /** Ids of the people who got a notification when it was posted; edits notify nobody. */
  notified: string[];
  createdAt: number;
  editedAt: number | undefined;
  /** The only person who sees it: it is ephemeral. */
  visibleTo: string | undefined;
  /** The interaction that it answers. */
  interaction: Interaction | undefined;
  deleted: boolean;
  /** Who put an emoji under it: ids by emoji. */
  reactions: Map<string, Set<string>>;
  /** Every state that people saw, the present one last. */
  revisions: MessageView[];
}

/** A form that the bot opened. */
export interface Modal {
  title: string;
  custom_id: string;
  components: Component[];
}

/** A suggestion for an option. */
export interface Choice {
  name: string;
  value: string | number;
}

/** A command, button, form or autocomplete request of a person, and what became of it. */
export interface Interaction {
  id: string;
  token: string;
  /** 2 command, 3 component, 4 autocomplete, 5 modal. */
  type: number;
  user: User;
  channel: Channel;
  createdAt: number;
  /** Bytes; the larger of what the guild and the person may upload. */
  attachmentSizeLimit: number;
  commandName: string | undefined;
  /** The message of the button, or of the button that opened the form. */
  source: StoredMessage | undefined;
  /** For a form: the interaction that opened it. */
  opener: Interaction | undefined;
  /** The first answer: its type and how long it took. */
  callback: { type: number; afterMs: number } | undefined;
  /** The message that `@original` names. */
  original: StoredMessage | undefined;
  /** Every message made by answering, follow-ups included. */
  responses: StoredMessage[];
  modal: Modal | undefined;
  choices: Choice[] | undefined;
}

/** All that the server knows. */
export type DiscordState = ReturnType<typeof createState>;

const MEBIBYTE = 1024 * 1024;

/** One guild with a bot that may do everything, two text channels, a thread and two people. */
export function createState(clock: Clock) {
  const id = clock.snowflake;
  const user = (name: string, bot = false): User => ({
    id: id(),
    username: name.toLowerCase(),
    global_name: name,
    discriminator: "0",
    avatar: null,
    public_flags: 0,
    flags: 0,
    primary_guild: null,
    bot,
  });
  const everyone = permissionBits([
    "ViewChannel",
    "SendMessages",
    "SendMessagesInThreads",
    "AttachFiles",
    "EmbedLinks",
    "ReadMessageHistory",
    "AddReactions",
    "UseApplicationCommands",
  ]);
  const guildCalled = (name: string, guildId: string): Guild => ({
    ...{ id: guildId, name, ownerId: id() },
    attachmentSizeLimit: 10 * MEBIBYTE,
    roles: [{ id: guildId, name: "@everyone", permissions: everyone }],
  });
  const guild = guildCalled("Film club", id());
  const otherGuilds: Guild[] = [];

  const members: Member[] = [];
  const channels = new Map<string, Channel>();

  function addMember(name: string, permissions: bigint, bot = false): Member {
    const role = { id: id(), name: `${name}'s role`, permissions };
    for (const { roles } of [guild, ...otherGuilds]) roles.push(role);
    const member = {
      user: user(name, bot),
      roles: [role.id],
      joined_at: new Date(clock.now()).toISOString(),
      uploadLimit: 0,
    };
    members.push(member);
    return member;
  }
  function addChannel(
    channel: Pick<Channel, "type" | "name" | "parentId" | "recipient">,
    guildId = guild.id,
  ): Channel {
    const inGuild = channel.type === 1 ? {} : { guildId };
    const added = {
      ...channel,
      ...inGuild,
      id: id(),
      archived: false,
      locked: false,
      overwrites: [],
      threadMembers: [],
    };
    channels.set(added.id, added);
    return added;
  }
  function permissions(channel: Channel, member: Member): bigint {
    if (channel.type === 1) return ALL_PERMISSIONS;
    const parent = channels.get(channel.parentId ?? "");
    const { roles } = otherGuilds.find((other) => other.id === channel.guildId) ?? guild;
    return permissionsIn(parent ?? channel, member, roles);
  }
  /** Another guild with everybody in it, who have the same roles there, and one text channel. */
  function addGuild(name: string, guildId = id()): Guild {
    const added = guildCalled(name, guildId);
    added.roles.push(...guild.roles.slice(1));
    otherGuilds.push(added);
    addChannel({ type: 0, name }, guildId);
    return added;
  }

  const messages = new Map<string, StoredMessage>();
  /** What everybody sees in a channel, oldest first. */
  function publicMessages(channelId: string): StoredMessage[] {
    return [...messages.values()].filter(
      (message) => message.channelId === channelId && !message.deleted && message.visibleTo === undefined,
    );
  }

  const bot = addMember("Showreel", ALL_PERMISSIONS, true);
  addMember("ada", 0n);
  addMember("grace", permissionBits(["ManageMessages"]));
  const general = addChannel({ type: 0, name: "general" });
  addChannel({ type: 0, name: "random" });
  addChannel({ type: 11, name: "ideas", parentId: general.id });

  return {
    application: { id: bot.user.id, name: bot.user.username },
    bot,
    guild,
    /** Those that `addGuild` added. */
    otherGuilds,
    /** Whether the bot is in the guild. */
    botIsIn: true,
    /** Ids of other guilds with the bot, which cannot be reached. */
    guildsInOutage: [] as string[],
    /** Ids of those who take no direct messages from bots. */
    withoutDirectMessages: new Set<string>(),
    members,
    channels,
    messages,
    publicMessages,
    interactions: new Map<string, Interaction>(),
    commands: [] as Command[],
    addMember,
    addChannel,
    addGuild,
    permissions,
  };
}

/** What the creator of a message decides. */
export type NewMessage = Omit<
  StoredMessage,
  keyof MessageView | "revisions" | "reactions" | "deleted" | "editedAt"
> & {
  flags: number;
};

/** A message with its first revision. */
export function createMessage(fields: NewMessage): StoredMessage {
  const view = viewOf(fields, fields.createdAt);
  return {
    ...fields,
    ...view,
    editedAt: undefined,
    deleted: false,
    reactions: new Map(),
    revisions: [view],
  };
}

/** Shows what was changed in the message as its newest revision. */
export function revise(message: StoredMessage, at: number): void {
  const view = viewOf(message, at);
  Object.assign(message, view);
  message.revisions.push(view);
}
