import { type APIMessage, MessageFlags } from "discord.js";
import type { Logger } from "pino";
import type { Destination } from "../chat/adapter.ts";
import type { Card } from "../chat/card.ts";
import { type DiscordApi, idBefore, type Upload } from "./discord-api.ts";
import { isDiscordError } from "./errors.ts";
import { cardMessage, outgoing, shownVideo } from "./messages.ts";

/** The address of a card that is there. */
export type CardAddress = Destination & { message: string };

/** Cards in channels, over the bot's own routes: these work for as long as the message stands. */
export interface CardChannel {
  /** `as` tells a job's cards apart, so that a repeated one is none. */
  post(destination: Destination, card: Card, as?: "card" | "direct"): Promise<Destination>;
  edit(destination: Destination, card: Card): Promise<void>;
  /** Edits the card so that it plays the file. */
  upload(destination: Destination, card: Card, upload: Upload): Promise<void>;
  /** Leaves the card without its video, or removes it where it cannot be edited. */
  retract(destination: Destination, card: Card): Promise<void>;
  /** The card of a job among what was written since it was accepted; undefined also where the bot may not read that. */
  find(destination: Destination, job: { id: string; createdAt: number }): Promise<Destination | undefined>;
  /** Removes a message of the bot's own; one that is gone is fine, one out of reach is in the log. */
  remove(at: { channel: string; message: string }, jobId: string): Promise<void>;
  /** The message as Discord shows it; undefined where the bot may not read the history. */
  read(destination: Destination): Promise<APIMessage | undefined>;
}

/** Flags of an answer that is no card: seen by one person, or not written yet. */
const NO_CARD = MessageFlags.Ephemeral | MessageFlags.Loading;
/** What Discord says of a message that the bot cannot change where it stands. */
const OUT_OF_REACH = ["no_access", "archived"] as const;

/** How many pages are looked through; a channel in which more was written since shows the card once more. */
const SEARCH_PAGES = 10;
/** Messages that Discord gives at once. */
const SEARCH_PAGE_SIZE = 100;

interface Dependencies {
  api: DiscordApi;
  /** Told of a card that turned out to be gone when it was to be edited. */
  lost: (card: Destination) => void;
  logger: Logger;
}

/** Builds the channel side of the adapter. */
export function createCardChannel({ api, lost, logger }: Dependencies): CardChannel {
  async function read(destination: Destination): Promise<APIMessage | undefined> {
    const { channel, message } = addressOf(destination);
    try {
      return await api.message(channel, message);
    } catch (error) {
      if (isDiscordError(error, "no_access")) return undefined;
      throw error;
    }
  }

  /** The attachments that an edit has to keep: the list of an edit is all that is left afterwards. */
  async function keptBy(destination: Destination, card: Card) {
    if (card.altText === undefined) return {};
    const message = await read(destination);
    const video = message && shownVideo(message);
    if (video) return { video, attachments: [{ id: video.id }] };
    // Without the history nobody tells the attachment's id; an edit without a list keeps everything.
    const unread = message === undefined && card.tone === "good";
    return unread ? { video: { filename: videoFilename(card.jobId) } } : {};
  }

  async function show(destination: Destination, card: Card): Promise<void> {
    const { channel, message } = addressOf(destination);
    const { video, attachments } = await keptBy(destination, card);
    const body = { ...cardMessage(card, video), ...(attachments && { attachments }) };
    await reopening(api, channel, () => api.edit(channel, message, body));
  }

  async function remove({ channel, message }: { channel: string; message: string }, jobId: string) {
    try {
      await reopening(api, channel, () => api.remove(channel, message));
    } catch (error) {
      if (isDiscordError(error, "gone")) return;
      if (!isDiscordError(error, ...OUT_OF_REACH)) throw error;
      const { code, message: reason } = error;
      logger.warn({ jobId, channel, message, code, reason }, "a message could not be removed");
    }
  }

  async function find(
    destination: Destination,
    { id, createdAt }: { id: string; createdAt: number },
  ): Promise<Destination | undefined> {
    let after = idBefore(createdAt);
    try {
      for (let page = 0; page < SEARCH_PAGES; page++) {
        const found = await api.messagesAfter(destination.channel, after);
        const later = found.sort((a, b) => (BigInt(a.id) < BigInt(b.id) ? -1 : 1));
        const card = later.find((message) => isCard(message) && hasButtonOf(message, id));
        if (card) return { ...destination, message: card.id };
        const last = later.at(-1);
        if (!last || later.length < SEARCH_PAGE_SIZE) return undefined;
        after = last.id;
      }
      return undefined;
    } catch (error) {
      if (isDiscordError(error, "no_access", "gone")) return undefined;
      throw error;
    }
  }

  return {
    find,

    async post(destination, card, as = "card") {
      const nonce = { nonce: `${as}-${card.jobId}`.slice(0, 25), enforce_nonce: true };
      const { id } = await api.post(destination.channel, { ...cardMessage(card), ...nonce });
      return { ...destination, message: id };
    },

    async edit(destination, card) {
      try {
        await show(destination, card);
      } catch (error) {
        if (isDiscordError(error, "gone")) lost(destination);
        throw error;
      }
    },

    async upload(destination, card, upload) {
      const { channel, message } = addressOf(destination);
      const { body, uploads } = outgoing(cardMessage(card, upload), [upload]);
      await reopening(api, channel, () => api.edit(channel, message, body, uploads));
    },

    async retract(destination, card) {
      const { channel, message } = destination;
      if (message === undefined) return;
      // An attachment that no component shows is hidden, but still there for whoever has its address.
      const { body } = outgoing(cardMessage(card), []);
      try {
        await reopening(api, channel, () => api.edit(channel, message, body));
      } catch (error) {
        if (isDiscordError(error, "gone")) return;
        if (!isDiscordError(error, ...OUT_OF_REACH)) throw error;
        // A locked thread takes no edits from those who do not manage threads, but they may delete what is their own
        // there while it is not archived (discordjs/discord.js#9216, discord/discord-api-docs#5919).
        await remove({ channel, message }, card.jobId);
      }
    },

    remove,
    read,
  };
}

/** What the video of a job is called in its message. */
function videoFilename(jobId: string): string {
  return `showreel-${jobId}.mp4`;
}

/** Whether an answer to an interaction is a card. */
export function isCard({ flags }: APIMessage): boolean {
  return ((flags ?? 0) & NO_CARD) === 0;
}

/** A card's own buttons alone carry its job's id at their end. */
function hasButtonOf({ components }: APIMessage, jobId: string): boolean {
  return JSON.stringify(components ?? []).includes(`:${jobId}"`);
}

/** @throws Error when the address names no message. */
export function addressOf(destination: Destination): CardAddress {
  const { message } = destination;
  if (message === undefined) throw new Error("The destination names no message.");
  return { ...destination, message };
}

/** Threads are archived when nobody writes for a while, which a long render is enough for; changes are refused then. */
async function reopening(api: DiscordApi, channel: string, change: () => Promise<void>): Promise<void> {
  try {
    await change();
  } catch (error) {
    if (!isDiscordError(error, "archived")) throw error;
    await api.reopenThread(channel);
    await change();
  }
}
