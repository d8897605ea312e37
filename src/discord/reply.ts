import { InteractionResponseType, MessageFlags } from "discord.js";
import type { Logger } from "pino";
import type { Destination, Reply } from "../chat/adapter.ts";
import type { Card, Notice } from "../chat/card.ts";
import type { Catalog } from "../videos/catalog.ts";
import type { CardChannel } from "./card-channel.ts";
import type { DiscordApi, InteractionKey } from "./discord-api.ts";
import { modalOf } from "./forms.ts";
import { cardMessage, type MessageBody, noticeMessage } from "./messages.ts";

/** Discord forgets an interaction that has no answer after 3 s; the last second is for the way there. */
const DEFER_AFTER_MS = 2_000;

/** The answer to one interaction; `close` when nothing more is to come. */
export interface InteractionReply extends Reply {
  close(): void;
}

interface Dependencies {
  key: InteractionKey;
  destination: Destination;
  api: DiscordApi;
  cards: CardChannel;
  catalog: Catalog;
  link: (destination: Destination) => string | undefined;
  logger: Logger;
}

/**
 * Answers within Discord's three seconds: with the card or the words themselves, or else with a private deferral. Whether
 * an answer is private cannot change afterwards, so after a deferral the card is a message of its own.
 */
export function createReply(dependencies: Dependencies): InteractionReply {
  const { key, destination, api, cards, catalog, link, logger } = dependencies;
  let answered: "not yet" | "deferred" | "fully" = "not yet";
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
    const type = InteractionResponseType.DeferredChannelMessageWithSource;
    await api.answer(key, { type, data: { flags: MessageFlags.Ephemeral } });
    answered = "deferred";
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

  async function say(notice: Notice): Promise<void> {
    const message = noticeMessage(notice);
    const secret: MessageBody = { ...message, flags: message.flags | MessageFlags.Ephemeral };
    if (answered === "deferred") await api.editAnswer(key, message);
    else if (answered === "fully") await api.followUp(key, secret);
    else await api.answer(key, { type: InteractionResponseType.ChannelMessageWithSource, data: secret });
    answered = "fully";
  }

  return {
    card: (card) => inTurn(() => showCard(card)),
    private: (notice) => inTurn(() => say(notice)),
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
