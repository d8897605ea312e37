import { SnowflakeUtil } from "discord.js";
import type { Logger } from "pino";
import type { Delivery, Destination } from "../chat/adapter.ts";
import { ServiceError } from "../errors.ts";
import { addressOf, type CardChannel } from "./card-channel.ts";
import type { DiscordApi } from "./discord-api.ts";
import { isDiscordError } from "./errors.ts";
import { announcement } from "./messages.ts";

/** For how long a repeated nonce surely shows one message; Discord says "the past few minutes". */
const NONCE_LIFE_MS = 120_000;
const EDITED = "edited";
const ANNOUNCING = /^announcing@(\d+)$/;
/** Clocks differ: looked for is what came that much earlier, too. */
const CLOCK_SKEW_MS = 60_000;

/** Puts a video into its card and tells the requester. */
export type Deliver = (delivery: Delivery) => Promise<Destination>;

/**
 * Both effects are written down before they are tried. The upload can be repeated, since an edit replaces what an
 * earlier one attached; the reply is protected by its nonce for minutes, after that it is looked for in the channel.
 */
export function createDelivery(dependencies: {
  api: DiscordApi;
  cards: CardChannel;
  now: () => number;
  logger: Logger;
}): Deliver {
  const { api, cards, now, logger } = dependencies;

  async function upload({ destination, card, video, uploadLimitBytes }: Delivery): Promise<void> {
    if (uploadLimitBytes !== undefined && video.bytes > uploadLimitBytes) {
      const message = `The video has ${video.bytes} bytes, ${uploadLimitBytes} can be uploaded there.`;
      throw new ServiceError("discord", "too_large", message, { retryable: false });
    }
    await cards.upload(destination, card, { filename: video.filename, data: await video.blob() });
  }

  async function announce({ destination, card, requester }: Delivery): Promise<void> {
    const { channel, message } = addressOf(destination);
    const { message_reference, ...body } = announcement({ message }, requester);
    const nonce = { nonce: `done-${card.jobId}`.slice(0, 25), enforce_nonce: true };
    try {
      await api.post(channel, { ...body, ...nonce, message_reference });
    } catch (error) {
      if (!isDiscordError(error, "no_access")) throw error;
      // A reply needs the right to read the history, a message does not.
      await api.post(channel, { ...body, ...nonce });
    }
  }

  /** Whether the reply of an earlier try is there; also when nobody can tell. */
  async function mayBeAnnounced(destination: Destination, since: number): Promise<boolean> {
    const { channel, message } = addressOf(destination);
    if (!(await cards.read(destination))) return true;
    const after = SnowflakeUtil.generate({ timestamp: since - CLOCK_SKEW_MS }).toString();
    const later = await api.messagesAfter(channel, after);
    return later.some(({ message_reference }) => message_reference?.message_id === message);
  }

  return async function deliver(delivery) {
    const { destination, card, checkpoint, save } = delivery;
    if (checkpoint === undefined) {
      await upload(delivery);
      await save(EDITED);
    }
    const since = Number(ANNOUNCING.exec(checkpoint ?? "")?.[1] ?? Number.NaN);
    const isOld = now() - since > NONCE_LIFE_MS;
    if (isOld && (await mayBeAnnounced(destination, since))) return destination;
    if (Number.isNaN(since) || isOld) await save(`announcing@${now()}`);
    try {
      await announce(delivery);
    } catch (error) {
      if (!(error instanceof ServiceError) || error.retryable) throw error;
      logger.warn({ jobId: card.jobId, code: error.code }, "the requester could not be told");
    }
    return destination;
  };
}
