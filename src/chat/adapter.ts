import type { Readable } from "node:stream";
import type { ButtonTarget, Card, Notice } from "./card.ts";
import type { Form } from "./form.ts";
import type { MediaFile } from "./media-file.ts";
import type { Page } from "./page.ts";

/** A chat platform. */
export type PlatformName = "discord" | "slack" | "web" | "terminal";

/** The workspace of direct messages where a platform has none of its own for them (Discord). */
export const DIRECT_MESSAGES = "@me";

/** Serialisable address of a card, or of the place where one is wanted (no `message` yet). */
export interface Destination {
  platform: PlatformName;
  /** Discord guild or `DIRECT_MESSAGES`, Slack team, "local" for the playground. */
  workspace: string;
  channel: string;
  /** Of a Discord thread, the channel it is in: that one's rules hold for it, too. */
  parent?: string;
  /** Slack `thread_ts`; a Discord thread is a channel of its own. */
  thread?: string;
  message?: string;
}

/** Who asks, as the platform vouches for it. */
export interface Actor {
  id: string;
  name: string;
  /** Discord: Manage Messages in that channel; Slack: workspace admin or owner; playground: its user. */
  moderator: boolean;
  /** Of the whole server or workspace. Discord: Manage Server; Slack: admin or owner; playground: its user. */
  manager: boolean;
  /**
   * What limits by role go by. Discord: the ids of the member's roles, without @everyone; Slack: all of "owner", "admin",
   * "member" and "guest" that hold; elsewhere none.
   */
  roles: readonly string[];
}

/** A picture someone handed over; nothing of it is loaded until `open`. */
export interface ImageAttachment {
  filename: string;
  /** As the platform claims it; the first bytes decide. */
  contentType: string;
  /** As the platform claims it. */
  bytes: number;
  /** What `ChatAdapter.reopen` makes the same picture from later, where it can; plain text without secrets. */
  reference?: string;
  /** Streams it from the platform's own hosts only. @throws ServiceError */
  open(signal: AbortSignal): Promise<Readable>;
}

/** An option's value before it is checked. */
export type RawValue = string | ImageAttachment;

/**
 * What someone asked for: a command with named options, a line of text (typed behind `/video`, or to the bot by name),
 * a press of a button, or a command picked from a message's own menu.
 */
export type Invocation =
  | { kind: "command"; name: string; values: Record<string, RawValue> }
  | { kind: "text"; text: string }
  | ({ kind: "button" } & ButtonTarget)
  | { kind: "shortcut"; name: string; message: Destination; pictures: ImageAttachment[] };

/** What happened on a platform without anybody asking the bot for something. */
export type ChatEvent =
  | { kind: "messages-deleted"; messages: Destination[] }
  /** A channel or thread is gone with all its messages. */
  | { kind: "channel-deleted"; channel: Destination }
  /** Somebody put a star under a message, or took theirs away. */
  | { kind: "star"; message: Destination; person: string; starred: boolean }
  /** Somebody took everybody's stars from a message. */
  | { kind: "stars-cleared"; message: Destination }
  /** The bot was added to, or removed from, a server or workspace. */
  | { kind: "joined" | "left"; platform: PlatformName; workspace: string }
  /**
   * All the servers or workspaces that the bot is in, told at the start: what happened meanwhile was not heard. Nothing is
   * said of those that `covers` does not name, which another process hears of; absent: it covers all.
   */
  | {
      kind: "present";
      platform: PlatformName;
      workspaces: string[];
      covers?: (workspace: string) => boolean;
    };

/** The one answer to a request; the adapter sees to the platform's three seconds. */
export interface Reply {
  /** Shows a new card to everyone in the channel; resolves to its address. */
  card(card: Card): Promise<Destination>;
  /** Answers the requester alone. */
  private(notice: Notice): Promise<void>;
  /** Shows the requester alone a page: in the place of the page whose button was pressed, else a new one. */
  page(page: Page): Promise<void>;
  /** Opens a form; must be the first thing done with a request. */
  form(form: Form): Promise<void>;
}

/** A slash command, button press or submitted form, in neutral terms. */
export interface ChatRequest {
  /** The platform's id of it, the same when the platform delivers it twice. */
  id: string;
  actor: Actor;
  /** Where the card of this request belongs. */
  destination: Destination;
  invocation: Invocation;
  /** Largest file that may be uploaded there, as the platform states it (bytes); undefined: unknown. */
  uploadLimitBytes?: number;
  /** What `ChatAdapter.findCard` needs to find the answer if the process dies before its address is written down. */
  receipt?: string;
  reply: Reply;
}

/** A question for the values an option could have, while a person types. */
export interface CompletionQuery {
  actor: Actor;
  destination: Destination;
  command: string;
  option: string;
  text: string;
}

/** What an adapter hands requests to; it never throws. */
export interface ChatHandler {
  handle(request: ChatRequest): Promise<void>;
  complete(query: CompletionQuery): Promise<{ name: string; value: string }[]>;
  event(event: ChatEvent): Promise<void>;
}

/** How whoever asked for a video is told that it is there. */
export type Ping = "reply" | "direct" | "none";

/** A finished video on its way into the chat. */
export interface Delivery {
  /** The card's address. */
  destination: Destination;
  card: Card;
  video: MediaFile;
  thumbnail: MediaFile | undefined;
  requester: { id: string; name: string };
  /** `reply`: where the video stands, by name; `direct`: by a direct message with its link; `none`: not at all. */
  ping: Ping;
  uploadLimitBytes: number | undefined;
  /** What an earlier try wrote down; undefined on the first. */
  checkpoint: string | undefined;
  /** Writes down where this delivery stands, before the next effect is tried. */
  save(checkpoint: string): Promise<void>;
  /** Waits until the platform's limits allow one more message than `draws("deliver")` counts. */
  turn(): Promise<void>;
}

/** A limit that a call counts against. */
export interface Draw {
  bucket: string;
  /** Calls per `perMs`. */
  calls: number;
  perMs: number;
}

/** What the core asks of a chat platform. Posting and editing use REST alone. */
export interface ChatAdapter {
  readonly platform: PlatformName;
  /** Listens for people. */
  start(handler: ChatHandler): Promise<void>;
  /** Takes no more requests; what was taken is finished. */
  stop(): Promise<void>;
  /** Whom to tell what turns up without listening, such as a card that is gone; `start` does this too. Absent: nothing does. */
  attach?(handler: ChatHandler): void;
  /** Whether people are heard right now. */
  connected(): boolean;
  /**
   * The limits a call there counts against, the narrowest first; `reply` is the first card as the answer to a request,
   * `deliver` a delivery up to its first `turn`.
   */
  draws(call: "reply" | "post" | "edit" | "deliver", destination: Destination): Draw[];
  /** Finds out before anything is paid whether the bot may post and upload there. @throws UserError */
  checkAccess(destination: Destination): Promise<void>;
  /** Posts a card; posting the same job's card twice within minutes shows one where the platform can do that. */
  postCard(destination: Destination, card: Card): Promise<Destination>;
  /**
   * The card of a job, accepted then (Unix milliseconds), if it got out before the process died: as the answer to its
   * request, or as a message.
   */
  findCard(
    destination: Destination,
    receipt: string,
    job: { id: string; createdAt: number },
  ): Promise<Destination | undefined>;
  /**
   * Replaces what the message shows. @throws ServiceError code `gone` when somebody deleted it, `uneditable` when it stands
   * and cannot be edited ever again, `no_access` when the bot is not let there any more.
   */
  editCard(destination: Destination, card: Card): Promise<void>;
  /**
   * Puts video and card into the channel and tells the requester; repeating it with its checkpoint repeats no effect.
   * @throws ServiceError code `too_large`; code `gone` where the video belongs into a card that somebody deleted.
   */
  deliver(delivery: Delivery): Promise<Destination>;
  /**
   * Posts a card that whoever asked for a video sees alone, in the place of one that is gone; posting it twice within
   * minutes shows one where the platform can do that. @throws ServiceError where they take no messages. Absent: nobody can
   * be written to.
   */
  postDirect?(from: Destination, person: { id: string; name: string }, card: Card): Promise<Destination>;
  /**
   * Takes a video out of the channel again and leaves `card` as its tombstone, where its card was; what is gone already
   * is fine, so it can be repeated. `result` and `checkpoint` are what `deliver` resolved to and wrote down last.
   */
  retract(shown: {
    destination: Destination;
    result: Destination | undefined;
    checkpoint: string | undefined;
    card: Card;
  }): Promise<void>;
  /**
   * Forgets what the adapter itself keeps of a card and its video (notes, files uploaded for pages); what stands in the
   * chat stays. Absent: it keeps nothing.
   */
  forget?(shown: {
    jobId: string;
    destination: Destination;
    result: Destination | undefined;
    checkpoint: string | undefined;
  }): Promise<void>;
  /** Whether a person may read a channel right now; false where nobody can tell. @throws ServiceError */
  canRead(personId: string, channel: Destination): Promise<boolean>;
  /** What a channel is called; undefined where that cannot be found out right now. */
  nameOf?(
    channel: Pick<Destination, "workspace" | "channel">,
  ): string | undefined | Promise<string | undefined>;
  /** A picture from its `reference`, where pictures on this platform have such. */
  reopen?(reference: string): ImageAttachment;
  /** What people are offered has changed: tells the platform, where it keeps that; never rejects. */
  offerChanged?(): Promise<void>;
  /** Writes to a channel or a person by the platform's own id, where it has such. @throws ServiceError */
  tell?(address: string, notice: Notice): Promise<void>;
  /** Address of the message for people to follow; undefined where there is none. */
  link(destination: Destination): string | undefined;
}
