/** A person or bot, as the API shows it. */
export interface User {
  id: string;
  username: string;
  global_name: string | null;
  discriminator: string;
  avatar: null;
  public_flags: number;
  flags: number;
  primary_guild: null;
  bot: boolean;
}

/** A user in the guild. */
export interface Member {
  user: User;
  roles: string[];
  joined_at: string;
  /** Bytes that the person may upload by themselves; 0 without a subscription. */
  uploadLimit: number;
}

/** A guild. */
export interface Guild {
  id: string;
  name: string;
  ownerId: string;
  /** Bytes a file may have; raised by boosts on the real thing. */
  attachmentSizeLimit: number;
  roles: Role[];
}

/** A role of the guild; the one with the guild's id is `@everyone`. */
export interface Role {
  id: string;
  name: string;
  /** Bits of `PermissionFlagsBits`. */
  permissions: bigint;
}

/** What a role (type 0) or member (type 1) may do otherwise in one channel. */
export interface Overwrite {
  id: string;
  type: 0 | 1;
  allow: bigint;
  deny: bigint;
}

/** A text channel (type 0), public (type 11) or private thread (type 12) or direct message (type 1). */
export interface Channel {
  id: string;
  type: 0 | 1 | 11 | 12;
  name: string;
  /** Undefined for direct messages. */
  guildId?: string;
  /** The channel that a thread hangs on. */
  parentId?: string;
  archived: boolean;
  /** Closed to all but those who manage threads. */
  locked: boolean;
  overwrites: Overwrite[];
  /** Ids of those who are in a thread. */
  threadMembers: string[];
  /** The person of a direct message. */
  recipient?: User;
}

/** Any component of a message or modal, by the union of the fields that have meaning here. */
export interface Component {
  type: number;
  id?: number | null | undefined;
  custom_id?: string | null | undefined;
  style?: number | undefined;
  label?: string | null | undefined;
  url?: string | null | undefined;
  emoji?: unknown;
  disabled?: boolean | null | undefined;
  content?: string | undefined;
  spoiler?: boolean | null | undefined;
  description?: string | null | undefined;
  value?: string | null | undefined;
  default?: boolean | null | undefined;
  required?: boolean | null | undefined;
  min_length?: number | null | undefined;
  max_length?: number | null | undefined;
  min_values?: number | null | undefined;
  max_values?: number | null | undefined;
  options?: { label: string; value: string; default?: boolean | null | undefined }[] | undefined;
  components?: Component[] | undefined;
  accessory?: Component | undefined;
  component?: Component | undefined;
  items?: MediaItem[] | undefined;
  media?: Media | undefined;
  file?: Media | undefined;
}

/** Where a component finds its picture, clip or file: `attachment://name` or an http(s) address. */
export interface Media {
  url: string;
}

/** One picture or clip of a media gallery. */
interface MediaItem {
  media: Media;
  description?: string | null | undefined;
  spoiler?: boolean | null | undefined;
}

/** A file that a person uploads. */
export interface Upload {
  filename: string;
  contentType: string;
  bytes: Buffer;
  /** Pixels; read from the file where it is a PNG. */
  width?: number;
  height?: number;
}

/** A file that the server keeps. */
export interface Attachment extends Upload {
  id: string;
  channelId: string;
  description?: string;
}

/** A registered application command. */
export interface Command {
  id: string;
  /** Undefined for a global command. */
  guildId?: string;
  /** 1 chat input, 2 user, 3 message. */
  type: number;
  name: string;
  description: string;
  options: CommandOption[];
  /** The body as it was registered. */
  definition: Record<string, unknown>;
}

/** An option or subcommand of a command. */
export interface CommandOption {
  type: number;
  name: string;
  description: string;
  required?: boolean | null | undefined;
  autocomplete?: boolean | null | undefined;
  choices?: { name: string; value: string | number }[] | null | undefined;
  min_length?: number | null | undefined;
  max_length?: number | null | undefined;
  min_value?: number | null | undefined;
  max_value?: number | null | undefined;
  options?: CommandOption[] | null | undefined;
}
