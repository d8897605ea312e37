import type { Client, Interaction } from "discord.js";
import type { Logger } from "pino";
import {
  type ChatAdapter,
  type ChatEvent,
  type ChatHandler,
  type Destination,
  DIRECT_MESSAGES,
  type Draw,
} from "../chat/adapter.ts";
import type { ChatBudget } from "../chat/chat-budget.ts";
import type { Offer } from "../chat/offer.ts";
import { UserError } from "../errors.ts";
import { createTurns } from "../store/turns.ts";
import type { Catalog } from "../videos/catalog.ts";
import { createAccess } from "./access.ts";
import { createCardChannel, isCard } from "./card-channel.ts";
import { syncCommands } from "./commands.ts";
import { createDelivery } from "./delivery.ts";
import { createDiscordApi } from "./discord-api.ts";
import { isDiscordError } from "./errors.ts";
import { createGateway, type Gateway } from "./gateway.ts";
import { createInteractionListener, decodeReceipt } from "./interactions.ts";
import { noticeMessage } from "./messages.ts";
import { createFileOpener } from "./person-files.ts";
import { createPictures } from "./pictures.ts";
import { createReaders } from "./readers.ts";
import { createReply } from "./reply.ts";
import type { Slice } from "./slice.ts";

/** What a Discord adapter is made with. */
export interface DiscordAdapterOptions {
  token: string;
  /** Without its version, such as `http://127.0.0.1:4000/api`; undefined: Discord's. */
  apiUrl: string | undefined;
  /** The one server to register the commands in; undefined: everywhere. */
  guildId: string | undefined;
  /** What `start` listens on. */
  slice: Slice;
  catalog: Catalog;
  offer: Offer;
  /** What requests draw from as they start, with all processes of this bot. Default: of this adapter alone. */
  budget?: Pick<ChatBudget, "acquire">;
  logger: Logger;
  /** Unix milliseconds. */
  now: () => number;
}

/** Discord allows 50 requests a second for a whole bot; the rest is for reads and registrations. */
const GLOBAL: Draw = { bucket: "discord", calls: 44, perMs: 1_000 };
/**
 * What is seen of a channel's own limits for posts and for edits is five in five seconds; the true ones come with each
 * answer. Half a second more, because requests do not take the same time to arrive.
 */
const PER_CHANNEL = { calls: 5, perMs: 5_500 };

/** Discord: listens over the gateway, as often as it is started and stopped; all else works over REST at any time. */
export function createDiscordAdapter(options: DiscordAdapterOptions): ChatAdapter {
  const { token, apiUrl, slice, catalog, offer, logger, now } = options;
  const api = createDiscordApi(options);
  const access = createAccess();
  let gateway: Gateway | undefined;
  let told: ChatHandler | undefined;
  const lost = (card: Destination) => tell({ kind: "messages-deleted", messages: [card] }, told);
  const cards = createCardChannel({ api, lost, logger });
  const { deliver, retract } = createDelivery({ api, cards, link, now, logger });
  const imageOf = createFileOpener({ apiUrl });
  const pictures = createPictures({ api, imageOf });
  const readers = createReaders({ token, apiUrl, api, live, now });
  const listen = createInteractionListener({
    api,
    access,
    offer,
    imageOf,
    picturesOf: pictures.of,
    replyTo: (context) => createReply({ ...context, api, cards, catalog, link, logger }),
    logger,
  });
  const inHand = new Set<Promise<void>>();
  const inTurn = createTurns();

  /** Never rejects: the handler does not, and an answer that cannot be sent is in the log. */
  function keep(work: Promise<void>): void {
    inHand.add(work);
    void work.finally(() => inHand.delete(work));
  }

  function live(): Client | undefined {
    return gateway?.connected() ? gateway.client : undefined;
  }

  function tell(event: ChatEvent, handler: ChatHandler | undefined): void {
    if (handler) keep(handler.event(event));
  }

  async function take(interaction: Interaction, handler: ChatHandler): Promise<void> {
    await listen(interaction, handler).catch((err: unknown) => {
      logger.warn({ requestId: interaction.id, err }, "an interaction could not be answered");
    });
  }

  let applicationId: string | undefined;
  /** A registration that waits for its turn: it sees all that changed until then. */
  let next: Promise<void> | undefined;

  async function register(): Promise<void> {
    if (applicationId === undefined) return;
    const registered = await syncCommands({ ...options, commands: offer.commands(), api, applicationId });
    if (registered) logger.info("Discord commands registered");
  }

  return {
    platform: "discord",

    async offerChanged() {
      next ??= inTurn("commands", () => {
        next = undefined;
        return register();
      }).catch((err: unknown) => logger.warn({ err }, "Discord commands not registered anew"));
      keep(next);
      await next;
    },

    attach(handler) {
      told ??= handler;
    },

    async start(handler) {
      told ??= handler;
      const opened = createGateway({
        ...{ token, apiUrl, slice, logger },
        heard: (interaction) => keep(take(interaction, handler)),
        tell: (event) => tell(event, handler),
      });
      gateway = opened;
      const { id } = await api.application().catch(explainToken);
      applicationId = id;
      await inTurn("commands", register);
      await opened.open();
    },

    async stop() {
      await gateway?.close();
      await Promise.all(inHand);
    },

    connected: () => gateway?.connected() ?? false,

    draws: drawsOf,

    async checkAccess(destination) {
      access.check(destination);
    },

    postCard: (destination, card) => cards.post(destination, card),

    async postDirect(_from, { id }, card) {
      const { id: channel } = await api.directChannel(id);
      return cards.post({ platform: "discord", workspace: DIRECT_MESSAGES, channel }, card, "direct");
    },

    nameOf: readers.nameOf,

    async findCard(destination, receipt, job) {
      try {
        const answer = await api.originalAnswer(decodeReceipt(receipt));
        if (isCard(answer)) return { ...destination, message: answer.id };
      } catch (error) {
        if (!isDiscordError(error, "gone", "interaction_over")) throw error;
      }
      // The token of an answer is good for 15 minutes, the nonce of a message for fewer.
      return cards.find(destination, job);
    },

    editCard: cards.edit,

    async tell(address, notice) {
      const { body, uploads } = noticeMessage(notice, () => true);
      const post = (channel: string) => api.post(channel, body, uploads);
      try {
        await post(address);
      } catch (error) {
        // Channels and people have ids of one kind: what is no channel is a person.
        if (!isDiscordError(error, "gone")) throw error;
        await post((await api.directChannel(address)).id);
      }
    },

    deliver,
    retract,
    canRead: readers.canRead,
    reopen: pictures.reopen,
    link,
  };
}

/** Answers to interactions count against no limit. */
function drawsOf(call: "reply" | "post" | "edit" | "deliver", { channel }: Destination): Draw[] {
  const post = { ...PER_CHANNEL, bucket: `discord:post:${channel}` };
  const edit = { ...PER_CHANNEL, bucket: `discord:edit:${channel}` };
  const draws = {
    reply: [],
    post: [post, GLOBAL],
    edit: [edit, GLOBAL],
    deliver: [edit, GLOBAL],
  };
  return draws[call];
}

function link({ workspace, channel, message }: Destination): string | undefined {
  return message === undefined
    ? undefined
    : `https://discord.com/channels/${workspace}/${channel}/${message}`;
}

/** Rejects with what to do about a token that Discord refuses, or with the problem as it is. */
function explainToken(error: unknown): never {
  if (!isDiscordError(error, "unauthorized")) throw error;
  throw new UserError(
    "discord_token",
    "DISCORD_TOKEN is not accepted by Discord. Copy the bot's token from the Bot page of your application at https://discord.com/developers/applications.",
  );
}
