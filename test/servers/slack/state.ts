import type { ServerClock } from "./clock.ts";
import type { JsonObject } from "./json.ts";
import type { Mentions } from "./mentions.ts";

/** A workspace with one installation of the app. */
export interface Team {
  id: string;
  name: string;
  domain: string;
  botUserId: string;
  botId: string;
  botToken: string;
  /** The one before, which holds beside it until it ends, where tokens are exchanged. */
  formerToken: string | undefined;
  /** When the token ends, on the server's clock, where the app lets its tokens expire. */
  expiresAt: number | undefined;
  /** Scopes of the bot token; a test takes some away to see `missing_scope`. */
  scopes: Set<string>;
}

export interface User {
  id: string;
  team: string;
  name: string;
  is_admin: boolean;
  is_owner: boolean;
  is_bot: boolean;
  /** A guest: of several channels, or of one (`is_ultra_restricted`). */
  is_restricted: boolean;
  is_ultra_restricted: boolean;
  /** Deactivated. */
  deleted: boolean;
}

export interface Channel {
  id: string;
  team: string;
  /** The person's name in a direct message. */
  name: string;
  kind: "public" | "private" | "mpim" | "im";
  /** User ids, the bot's among them where it was invited. */
  members: Set<string>;
  isArchived: boolean;
  /** Top-level messages and replies, oldest first. */
  messages: Message[];
  deletedMessages: Message[];
}

/** How a message looked from one moment on. */
export interface Revision {
  text: string;
  blocks: JsonObject[];
  /** Time on the server's clock. */
  at: number;
  mentions: Mentions;
}

export interface Message {
  team: string;
  channel: string;
  ts: string;
  thread_ts: string | undefined;
  user: string;
  bot_id: string | undefined;
  text: string;
  blocks: JsonObject[];
  files: SlackFile[];
  /** As posted first, as it is now last. */
  revisions: Revision[];
  /** Whom the message notified when it was posted; edits notify nobody. */
  pinged: Mentions;
  /** Buttons that an update added to a message with files: reported not to fire. */
  deadActions: Set<string>;
  /** People by the name of their reaction. */
  reactions: Map<string, Set<string>>;
  /** What is left of a deleted message that has a thread. */
  isTombstone: boolean;
}

/** A message that one person sees. */
export interface Ephemeral {
  team: string;
  channel: string;
  user: string;
  ts: string;
  thread_ts: string | undefined;
  text: string;
  blocks: JsonObject[];
  mentions: Mentions;
  via: "ack" | "response_url" | "chat.postEphemeral" | "slackbot";
}

export interface View {
  id: string;
  team: string;
  user: string;
  hash: string;
  /** The trigger that it was opened with. */
  triggerId: string;
  /** The view it was pushed on. */
  previous: string | undefined;
  callback_id: string;
  private_metadata: string;
  external_id: string;
  title: string;
  blocks: JsonObject[];
  /** The view as the bot sent it. */
  definition: JsonObject;
  isOpen: boolean;
  /** By block id, as the last `response_action: "errors"` gave them. */
  errors: Record<string, string>;
  /** True while Slack says "We had some trouble connecting": the last submission failed. */
  trouble: boolean;
  /** `state.values` of the last submission. */
  values: JsonObject;
}

/** A place where a file was posted. */
export interface Share {
  channel: string;
  ts: string;
  thread_ts: string | undefined;
}

export interface SlackFile {
  id: string;
  team: string;
  user: string;
  name: string;
  title: string;
  mimetype: string;
  /** As announced; the upload has to match it. */
  size: number;
  alt_txt: string | undefined;
  created: number;
  bytes: Buffer | undefined;
  status: "announced" | "uploaded" | "complete" | "deleted";
  shares: Share[];
  /** Slack knows its type, and shows it in image blocks. */
  processed: boolean;
}

/** Something Slack allows and users suffer from. */
interface Warning {
  method: string;
  warning: string;
}

/** A Web API call that was answered with an error word. */
interface RefusedCall {
  method: string;
  team: string | undefined;
  error: string;
}

/** One attempt to hand something to the bot. */
export interface Delivery {
  kind: "slash_commands" | "interactive" | "events_api";
  payload: JsonObject;
  /** 0 for the first. */
  attempt: number;
  ack: Ack | undefined;
}

/** How the bot acknowledged. */
export interface Ack {
  ok: boolean;
  ms: number;
  /** What it sent along: an object, or text over HTTP; undefined for nothing. */
  payload: unknown;
  error: "timeout" | "http_error" | "connection_failed" | "dispatch_failed" | undefined;
  /** HTTP mode only. */
  status: number | undefined;
}

/** Everything the server knows. */
export interface SlackState {
  teams: Map<string, Team>;
  users: Map<string, User>;
  channels: Map<string, Channel>;
  files: Map<string, SlackFile>;
  views: View[];
  ephemerals: Ephemeral[];
  deliveries: Delivery[];
  /** By channel, where several workspaces share it: the one of the installations that Slack names with its events. */
  toldFor: Map<string, string>;
  warnings: Warning[];
  refused: RefusedCall[];
  /** What a right bot never does; `assertClean` throws when there is any. */
  protocolErrors: string[];
}

/** What the parts of the server share. */
export interface SlackContext {
  state: SlackState;
  clock: ServerClock;
  /** To be called after every change of the state. */
  changed(): void;
  /** Tells the bot of something where it subscribed to that. */
  emit(team: string, event: JsonObject): void;
  /** Base URL of this server. */
  origin(): string;
  /** A number that was not used before. */
  nextNumber(): number;
}

/** The value of `key`, or an error that names what is there: for mistakes of a test. */
export function mustGet<T>(map: ReadonlyMap<string, T>, key: string, what: string): T {
  const value = map.get(key);
  if (value === undefined) throw new Error(`no ${what} ${key}; there are ${[...map.keys()].join(", ")}`);
  return value;
}
