import type { APIMessage } from "discord.js";
import type { Logger } from "pino";
import { type ChatAdapter, type Delivery, type Destination, DIRECT_MESSAGES } from "../chat/adapter.ts";
import type { Card } from "../chat/card.ts";
import { ServiceError } from "../errors.ts";
import { addressOf, type CardChannel } from "./card-channel.ts";
import { type DiscordApi, idBefore } from "./discord-api.ts";
import { isDiscordError } from "./errors.ts";
import { announcement, directAnnouncement } from "./messages.ts";

/** For how long a repeated nonce surely shows one message; Discord says "the past few minutes". */
const NONCE_LIFE_MS = 120_000;
const EDITED = "edited";
const ANNOUNCING = /^announcing@(\d+)$/;
/** Channel and message that told the requester. */
const TOLD = /^told@(\d+)\.(\d+)$/;

/** Puts a video into its card and tells the requester; takes both back. */
export type DiscordDelivery = Pick<ChatAdapter, "deliver" | "retract">;

/**
 * Both effects are written down before they are tried. The upload can be repeated, since an edit replaces what an
 * earlier one attached; the word to the requester is protected by its nonce for minutes, after that it is looked for.
 */
export function createDelivery(dependencies: {
  api: DiscordApi;
  cards: CardChannel;
  link: (destination: Destination) => string | undefined;
  now: () => number;
  logger: Logger;
}): DiscordDelivery {
  const { api, cards, link, now, logger } = dependencies;

  async function upload({ destination, card, video, uploadLimitBytes }: Delivery): Promise<void> {
    if (uploadLimitBytes !== undefined && video.bytes > uploadLimitBytes) {
      const message = `The video has ${video.bytes} bytes, ${uploadLimitBytes} can be uploaded there.`;
      throw new ServiceError("discord", "too_large", message, { retryable: false });
    }
    await cards.upload(destination, card, video);
  }

  async function reply({ destination, card, requester }: Delivery): Promise<APIMessage> {
    const { channel, message } = addressOf(destination);
    const { message_reference, ...body } = announcement({ message }, requester);
    try {
      return await api.post(channel, { ...body, ...nonceOf(card), message_reference });
    } catch (error) {
      if (!isDiscordError(error, "no_access")) throw error;
      // A reply needs the right to read the history, a message does not.
      return await api.post(channel, { ...body, ...nonceOf(card) });
    }
  }

  async function writeDirectly({ destination, card, requester }: Delivery): Promise<APIMessage> {
    const { id } = await api.directChannel(requester.id);
    return api.post(id, { ...directAnnouncement(link(destination) ?? ""), ...nonceOf(card) });
  }

  /** Whether the word of an earlier try is there; also when nobody can tell. */
  async function mayBeAnnounced(delivery: Delivery, since: number): Promise<boolean> {
    const { destination } = delivery;
    const { channel, message } = addressOf(destination);
    const after = idBefore(since);
    if (isDirect(delivery)) return mayBeWritten(delivery, after);
    if (!(await cards.read(destination))) return true;
    const later = await api.messagesAfter(channel, after);
    return later.some(({ message_reference }) => message_reference?.message_id === message);
  }

  async function mayBeWritten({ destination, requester }: Delivery, after: string): Promise<boolean> {
    try {
      const { id } = await api.directChannel(requester.id);
      const later = await api.messagesAfter(id, after);
      return later.some(({ content }) => content.includes(link(destination) ?? ""));
    } catch (error) {
      if (isDiscordError(error, "gone", "no_access")) return true;
      throw error;
    }
  }

  async function announce(delivery: Delivery): Promise<void> {
    const { card, checkpoint, save, turn } = delivery;
    const since = Number(ANNOUNCING.exec(checkpoint ?? "")?.[1] ?? Number.NaN);
    const isOld = now() - since > NONCE_LIFE_MS;
    if (isOld && (await mayBeAnnounced(delivery, since))) return;
    // It is counted when it is sent: an upload takes its time.
    await turn();
    if (Number.isNaN(since) || isOld) await save(`announcing@${now()}`);
    try {
      const { channel_id, id } = await (isDirect(delivery) ? writeDirectly(delivery) : reply(delivery));
      await save(`told@${channel_id}.${id}`);
    } catch (error) {
      if (!(error instanceof ServiceError) || error.retryable) throw error;
      // Many people take no direct messages from servers' bots.
      logger.warn({ jobId: card.jobId, code: error.code }, "the requester could not be told");
    }
  }

  return {
    async deliver(delivery) {
      const { destination, checkpoint, save, ping } = delivery;
      if (checkpoint === undefined) {
        await upload(delivery);
        await save(EDITED);
      }
      if (ping !== "none" && !TOLD.test(checkpoint ?? "")) await announce(delivery);
      return destination;
    },

    async retract({ destination, checkpoint, card }) {
      await cards.retract(destination, card);
      const [, channel, message] = TOLD.exec(checkpoint ?? "") ?? [];
      if (channel === undefined || message === undefined) return;
      await cards.remove({ channel, message }, card.jobId);
    },
  };
}

/** Where the card stands between two people, a reply is as direct as can be. */
function isDirect({ ping, destination }: Delivery): boolean {
  return ping === "direct" && destination.workspace !== DIRECT_MESSAGES;
}

function nonceOf({ jobId }: Card) {
  return { nonce: `done-${jobId}`.slice(0, 25), enforce_nonce: true };
}
