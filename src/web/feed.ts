import type { Card, CardButton } from "../chat/card.ts";
import type { Collection, Store } from "../store/store.ts";

/** A file in the media store that a message shows. */
export interface FeedFile {
  key: string;
  bytes: number;
  contentType: string;
  filename: string;
}

/**
 * A card in the channel; a job has one, so the job's id is the message's. Stamps are Unix milliseconds made unique
 * and ascending, so they order messages, and a tab that knows one can be told all that happened since, even by the
 * next process.
 */
export interface FeedMessage {
  card: Card;
  postedAt: number;
  /** When the card's title last changed. */
  stateAt: number;
  /** When anything of it last changed. */
  changedAt: number;
  video?: FeedFile;
  thumbnail?: FeedFile;
}

/** The channel's messages: kept in the store, in the order of their posting. */
export interface Feed {
  /** Reads what there is; before anything else is asked. */
  open(): Promise<void>;
  /** Ends every wait for changes. */
  close(): void;
  /** The newest stamp. */
  stamp(): number;
  /** Adds a card; the job's message if there is one already. */
  post(card: Card): Promise<void>;
  /** Shows a newer card; an older one changes nothing. Resolves to false when there is no such message. */
  show(card: Card, files?: Pick<FeedMessage, "video" | "thumbnail">): Promise<boolean>;
  /** Takes a message's files away and shows this card, or the newer one that is there; none there is fine. */
  withdraw(card: Card): Promise<void>;
  /** Forgets a message; tabs that show it do so until they are loaded again. */
  forget(id: string): Promise<void>;
  get(id: string): Promise<FeedMessage | undefined>;
  /** The newest messages, or those before a stamp, oldest first; from the message `from` on, if that asks for more. */
  page(wanted: { before?: number; from?: string; limit: number }): Promise<FeedPage>;
  /** Messages that changed after a stamp, in the order of their changes. */
  changedSince(stamp: number): Promise<FeedMessage[]>;
  /** Resolves once something changed after a stamp, or the signal is aborted, or the feed is closed. */
  changeAfter(stamp: number, signal: AbortSignal): Promise<void>;
  readonly closed: boolean;
}

/** Some neighbouring messages. */
export interface FeedPage {
  messages: FeedMessage[];
  /** Whether there are older ones. */
  more: boolean;
}

/** Most messages that a link to an old one makes a page load. */
const PAGE_MAX = 500;

interface Entry {
  id: string;
  postedAt: number;
  changedAt: number;
}

/** Builds a feed over a store; the documents are there, this process holds no more than their order. */
export function createFeed({ store, now }: { store: Store; now: () => number }): Feed {
  const documents: Collection<FeedMessage> = store.collection({
    name: "playground-message",
    version: 2,
    migrate: (document) => withArguments(document as FirstMessage),
  });
  const order: Entry[] = [];
  const closing = new AbortController();
  let last = 0;
  let changed = Promise.withResolvers<void>();

  function nextStamp(): number {
    last = Math.max(now(), last + 1);
    return last;
  }

  function note(message: FeedMessage): void {
    const known = order.findLast((entry) => entry.id === message.card.jobId);
    if (known) known.changedAt = message.changedAt;
    else order.push(entryOf(message));
    last = Math.max(last, message.changedAt);
    changed.resolve();
    changed = Promise.withResolvers<void>();
  }

  async function read(entries: readonly Entry[]): Promise<FeedMessage[]> {
    const found = await documents.getMany(entries.map(({ id }) => id));
    return found.filter((message) => message !== undefined);
  }

  return {
    async open() {
      for await (const [, message] of documents.entries()) order.push(entryOf(message));
      order.sort((a, b) => a.postedAt - b.postedAt);
      last = order.reduce((newest, { changedAt }) => Math.max(newest, changedAt), 0);
    },
    close: () => closing.abort(),
    get closed() {
      return closing.signal.aborted;
    },
    stamp: () => last,

    async post(card) {
      const at = nextStamp();
      const message = { card, postedAt: at, stateAt: at, changedAt: at };
      if (await documents.insert(card.jobId, message)) note(message);
    },

    async show(card, files = {}) {
      const at = nextStamp();
      const message = await documents.update(card.jobId, (current) => {
        if (!current || card.revision < current.card.revision) return current;
        const stateAt = card.title === current.card.title ? current.stateAt : at;
        return { ...current, ...files, card, stateAt, changedAt: at };
      });
      if (message) note(message);
      return message !== undefined;
    },

    async withdraw(card) {
      const at = nextStamp();
      const message = await documents.update(card.jobId, (current) => {
        if (!current) return undefined;
        const { video: _, thumbnail: __, ...rest } = current;
        const shown = card.revision < rest.card.revision ? rest.card : card;
        const stateAt = shown.title === rest.card.title ? rest.stateAt : at;
        return { ...rest, card: shown, stateAt, changedAt: at };
      });
      if (message) note(message);
    },

    async forget(id) {
      await documents.delete(id);
      const known = order.findIndex((entry) => entry.id === id);
      if (known >= 0) order.splice(known, 1);
    },

    get: (id) => documents.get(id),

    async page({ before = Number.POSITIVE_INFINITY, from, limit }) {
      const end = order.findLastIndex((entry) => entry.postedAt < before) + 1;
      const asked = order.findIndex((entry) => entry.id === from);
      const wanted = asked < 0 ? limit : Math.min(PAGE_MAX, Math.max(limit, end - asked));
      const start = Math.max(0, end - wanted);
      return { messages: await read(order.slice(start, end)), more: start > 0 };
    },

    async changedSince(stamp) {
      const entries = order.filter((entry) => entry.changedAt > stamp);
      const messages = await read(entries);
      return messages.sort((a, b) => a.changedAt - b.changedAt);
    },

    async changeAfter(stamp, signal) {
      const ended = AbortSignal.any([signal, closing.signal]);
      if (last > stamp && order.some((entry) => entry.changedAt > stamp)) return;
      if (ended.aborted) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      ended.addEventListener("abort", () => resolve(), { once: true });
      await Promise.race([changed.promise, promise]);
    },
  };
}

/** A message of version 1, whose buttons were always about a job. */
type FirstMessage = Omit<FeedMessage, "card"> & {
  card: Omit<Card, "buttons"> & { buttons: (Omit<CardButton, "argument"> & { jobId: string })[] };
};

function withArguments({ card, ...message }: FirstMessage): FeedMessage {
  const buttons = card.buttons.map(({ jobId, ...button }) => ({ ...button, argument: jobId }));
  return { ...message, card: { ...card, buttons } };
}

function entryOf({ card, postedAt, changedAt }: FeedMessage): Entry {
  return { id: card.jobId, postedAt, changedAt };
}
