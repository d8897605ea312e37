import type { Delivery, Destination, PlatformName } from "../../src/chat/adapter.ts";
import type { Card } from "../../src/chat/card.ts";
import { ServiceError } from "../../src/errors.ts";

/** A message as people see it. */
export interface FakeMessage {
  destination: Destination & { message: string };
  /** Every card it has shown, oldest first. */
  cards: Card[];
  video: Buffer | undefined;
  /** Ids of the people it notified. */
  notified: string[];
  /** Ids of the people who were told of it by a direct message. */
  toldDirectly: string[];
}

/** The channels of the fake platform and what happens to the messages in them. */
export interface FakeChannels {
  readonly messages: FakeMessage[];
  find(destination: Destination): FakeMessage | undefined;
  /** @throws ServiceError code `gone` */
  known(destination: Destination): FakeMessage;
  post(destination: Destination, card: Card): FakeMessage;
  remove(message: FakeMessage | undefined): void;
  deliver(delivery: Delivery, video: Buffer): Promise<Destination>;
  retract(shown: {
    destination: Destination;
    result: Destination | undefined;
    checkpoint: string | undefined;
    card: Card;
  }): void;
}

/** Builds channels in which a video comes into its card's own message (as on Discord) or one beside it (as on Slack). */
export function createFakeChannels(platform: PlatformName, delivers: "in place" | "apart"): FakeChannels {
  const messages: FakeMessage[] = [];
  /** What deliveries posted, by what makes each of them unique. */
  const uploads = new Map<string, FakeMessage>();
  let ids = 0;

  const find = (destination: Destination) =>
    messages.find((message) => message.destination.message === destination.message);

  function post({ message: _, ...place }: Destination, card: Card): FakeMessage {
    const destination = { ...place, message: `message-${++ids}` };
    const message = { destination, cards: [card], video: undefined, notified: [], toldDirectly: [] };
    messages.push(message);
    return message;
  }

  function remove(message: FakeMessage | undefined): void {
    const index = message ? messages.indexOf(message) : -1;
    if (index >= 0) messages.splice(index, 1);
  }

  function tell(message: FakeMessage, { ping, requester }: Delivery): void {
    message.notified = ping === "reply" ? [requester.id] : [];
    message.toldDirectly = ping === "direct" ? [requester.id] : [];
  }

  /** The video comes into the message that is there; then the requester is told, once. */
  async function deliverInPlace(delivery: Delivery, video: Buffer): Promise<Destination> {
    const message = find(delivery.destination) ?? uploads.get(delivery.card.jobId);
    const shown = message ?? post(delivery.destination, delivery.card);
    uploads.set(delivery.card.jobId, shown);
    if (shown.video === undefined) {
      shown.cards.push(delivery.card);
      shown.video = video;
    }
    if (delivery.checkpoint === "told") return shown.destination;
    await delivery.save("told");
    tell(shown, delivery);
    return shown.destination;
  }

  /** The video comes in a message of its own, which an upload id makes unique; the card shrinks to a link to it. */
  async function deliverApart(delivery: Delivery, video: Buffer): Promise<Destination> {
    const upload = delivery.checkpoint ?? `upload-${++ids}`;
    if (delivery.checkpoint === undefined) await delivery.save(upload);
    const message = uploads.get(upload) ?? post(delivery.destination, delivery.card);
    uploads.set(upload, message);
    message.video = video;
    tell(message, delivery);
    find(delivery.destination)?.cards.push({ ...delivery.card, buttons: [] });
    return message.destination;
  }

  return {
    messages,
    find,
    known(destination) {
      const message = find(destination);
      if (message) return message;
      throw new ServiceError(platform, "gone", "There is no such message.", { retryable: false });
    },
    post,
    remove,
    deliver: delivers === "in place" ? deliverInPlace : deliverApart,
    retract({ destination, result, checkpoint, card }) {
      const shown = find(destination);
      const upload = uploads.get(checkpoint ?? "") ?? uploads.get(card.jobId);
      for (const message of [result && find(result), upload]) if (message !== shown) remove(message);
      if (!shown) return;
      shown.video = undefined;
      shown.cards.push(card);
    },
  };
}
