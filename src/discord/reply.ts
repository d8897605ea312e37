import { InteractionResponseType, MessageFlags } from "discord.js";
import type { Logger } from "pino";
import type { Destination, Reply } from "../chat/adapter.ts";
import type { Card, Notice } from "../chat/card.ts";
import type { MediaFile } from "../chat/media-file.ts";
import type { Page } from "../chat/page.ts";
import type { Catalog } from "../videos/catalog.ts";
import type { CardChannel } from "./card-channel.ts";
import type { DiscordApi, InteractionKey } from "./discord-api.ts";
import { isDiscordError } from "./errors.ts";
import { modalOf } from "./forms.ts";
import { cardMessage, noticeMessage, type Outgoing } from "./messages.ts";
import { pageMessage } from "./page-message.ts";

/** Discord forgets an interaction that has no answer after 3 s; the last second is for the way there. */
const DEFER_AFTER_MS = 2_000;
/** Files of more bytes may take longer than that on their way, so they come after a deferral. */
const AT_ONCE_MAX_BYTES = 1_000_000;

/** The answer to one interaction; `close` when nothing more is to come. */
export interface InteractionReply extends Reply {
  close(): void;
}

/** What an answer needs to know of its interaction. */
export interface ReplyContext {
  key: InteractionKey;
  destination: Destination;
  /** A button in a private message was pressed: pages are the only ones of these that have any. */
  onPage: boolean;
  /** Largest file of an answer (bytes); the person's own subscription counts there. */
  uploadLimitBytes: number;
}

interface Dependencies extends ReplyContext {
  api: DiscordApi;
  cards: CardChannel;
  catalog: Catalog;
  link: (destination: Destination) => string | undefined;
  logger: Logger;
}

/**
 * Answers within Discord's three seconds: with the card, the page or the words themselves, or else with a deferral.
 * Whether an answer is private cannot change afterwards, so after a deferral the card is a message of its own.
 */
export function createReply(dependencies: Dependencies): InteractionReply {
  const { key, destination, onPage, uploadLimitBytes, api, cards, catalog, link, logger } = dependencies;
  /** `on page`: the interaction's own message is the page that was pressed, and can be edited. */
  let answered: "not yet" | "privately deferred" | "on page" | "fully" = "not yet";
  let turn: Promise<unknown> = Promise.resolve();
  const timer = setTimeout(() => {
    inTurn(defer).catch((err: unknown) =>
      logger.warn({ requestId: key.id, err }, "answer could not be deferred"),
    );
  }, DEFER_AFTER_MS);

  /** One answer at a time: the deferral must not cross one that is on its way. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = turn.then(work);
    turn = result.catch(() => undefined);
    return result;
  }

  async function defer(): Promise<void> {
    if (answered !== "not yet") return;
    if (onPage) {
      await api.answer(key, { type: InteractionResponseType.DeferredMessageUpdate });
      answered = "on page";
    } else {
      const type = InteractionResponseType.DeferredChannelMessageWithSource;
      await api.answer(key, { type, data: { flags: MessageFlags.Ephemeral } });
      answered = "privately deferred";
    }
  }

  async function showCard(card: Card): Promise<Destination> {
    if (answered !== "not yet") return postCard(card);
    const type = InteractionResponseType.ChannelMessageWithSource;
    const { resource } = await api.answer(key, { type, data: cardMessage(card) });
    answered = "fully";
    const message = resource?.message?.id;
    return { ...destination, ...(message !== undefined && { message }) };
  }

  async function postCard(card: Card): Promise<Destination> {
    const posted = await cards.post(destination, card);
    const address = link(posted);
    const where = address === undefined ? "It is in the channel." : { link: address, text: "Here it is." };
    const pointer: Notice = { tone: "info", lines: [["It took a moment. ", where]] };
    await say(pointer).catch((err: unknown) =>
      logger.warn({ requestId: key.id, err }, "no pointer to the card"),
    );
    return posted;
  }

  async function deferLarge({ uploads }: Outgoing): Promise<void> {
    const bytes = uploads.reduce((sum, upload) => sum + upload.bytes, 0);
    if (bytes > AT_ONCE_MAX_BYTES) await defer();
  }

  /** A private message of its own. */
  async function sendNew(message: Outgoing): Promise<void> {
    await deferLarge(message);
    const { body, uploads } = message;
    const data = { ...body, flags: body.flags | MessageFlags.Ephemeral };
    const type = InteractionResponseType.ChannelMessageWithSource;
    if (answered === "privately deferred") await api.editAnswer(key, body, uploads);
    else if (answered === "not yet") await api.answer(key, { type, data }, uploads);
    else await api.followUp(key, data, uploads);
    if (answered !== "on page") answered = "fully";
  }

  /** In the place of the page whose button was pressed. */
  async function sendInPlace(message: Outgoing): Promise<void> {
    await deferLarge(message);
    const { body, uploads } = message;
    const type = InteractionResponseType.UpdateMessage;
    if (answered === "fully") return sendNew(message);
    if (answered === "on page") await api.editAnswer(key, body, uploads);
    else await api.answer(key, { type, data: body }, uploads);
    answered = "on page";
  }

  function say(notice: Notice): Promise<void> {
    return withinLimit((fits) => sendNew(noticeMessage(notice, fits)));
  }

  function showPage(page: Page): Promise<void> {
    const send = onPage ? sendInPlace : sendNew;
    return withinLimit((fits) => send(pageMessage(page, fits)));
  }

  /** The limit that an interaction names is not always the true one; small files fit in any case. */
  async function withinLimit(send: (fits: (file: MediaFile) => boolean) => Promise<void>): Promise<void> {
    try {
      await send(({ bytes }) => bytes <= uploadLimitBytes);
    } catch (error) {
      if (!isDiscordError(error, "too_large")) throw error;
      await send(({ bytes }) => bytes <= Math.min(uploadLimitBytes, AT_ONCE_MAX_BYTES));
    }
  }

  return {
    card: (card) => inTurn(() => showCard(card)),
    private: (notice) => inTurn(() => say(notice)),
    page: (page) => inTurn(() => showPage(page)),
    form: (form) =>
      inTurn(async () => {
        if (answered !== "not yet") {
          return say({
            tone: "error",
            lines: [["That took too long for the form to open. Try it once more."]],
          });
        }
        await api.answer(key, { type: InteractionResponseType.Modal, data: modalOf(form, catalog) });
        answered = "fully";
      }),
    close: () => clearTimeout(timer),
  };
}
