import { randomUUID } from "node:crypto";
import type { Actor, ChatAdapter, ChatHandler, Destination, Invocation } from "../chat/adapter.ts";
import type { Card, Notice } from "../chat/card.ts";
import type { Form } from "../chat/form.ts";
import type { MediaFile } from "../chat/media-file.ts";
import type { Page } from "../chat/page.ts";
import { ServiceError, UserError } from "../errors.ts";
import type { Store } from "../store/store.ts";
import { createFeed, type Feed, type FeedFile } from "./feed.ts";

/** What a request came to, for the tab that sent it alone; cards reach every tab over the feed. */
export interface Outcome {
  notices: Notice[];
  form?: Form;
  page?: Page;
  /** The message of the new card. */
  message?: string;
}

/** The local page as a chat platform: one workspace, one channel, one person. */
export interface WebAdapter extends ChatAdapter {
  readonly feed: Feed;
  /** Hands a request to the bot; resolves when that is through with it. @throws UserError while it is not running. */
  submit(invocation: Invocation): Promise<Outcome>;
  /** Values an option could have. */
  complete(query: {
    command: string;
    option: string;
    text: string;
  }): Promise<{ name: string; value: string }[]>;
}

const CHANNEL: Destination = { platform: "web", workspace: "local", channel: "playground" };
/** Whoever may open the page may do everything with it. */
const ACTOR: Actor = { id: "you", name: "You", moderator: true, manager: true, roles: [] };

/** Builds the adapter; its messages are in the store. */
export function createWebAdapter({ store, now }: { store: Store; now: () => number }): WebAdapter {
  const feed = createFeed({ store, now });
  const underWay = new Set<Promise<void>>();
  let handler: ChatHandler | undefined;

  async function postCard(card: Card): Promise<Destination> {
    await feed.post(card);
    return { ...CHANNEL, message: card.jobId };
  }

  return {
    platform: "web",
    feed,

    async start(to) {
      await feed.open();
      handler = to;
    },
    async stop() {
      handler = undefined;
      feed.close();
      await Promise.all(underWay);
    },
    connected: () => handler !== undefined,

    async submit(invocation) {
      if (!handler)
        throw new UserError("not_running", "The bot is not running right now. Try again in a moment.");
      const outcome: Outcome = { notices: [] };
      const handled = handler.handle({
        id: randomUUID(),
        actor: ACTOR,
        destination: CHANNEL,
        invocation,
        reply: {
          async card(card) {
            outcome.message = card.jobId;
            return postCard(card);
          },
          async private(notice) {
            outcome.notices.push(notice);
          },
          async page(page) {
            outcome.page = page;
          },
          async form(form) {
            outcome.form = form;
          },
        },
      });
      underWay.add(handled);
      await handled.finally(() => underWay.delete(handled));
      return outcome;
    },
    async complete(query) {
      return (await handler?.complete({ actor: ACTOR, destination: CHANNEL, ...query })) ?? [];
    },

    nameOf: ({ channel }) => channel,
    /** The channel is in the bot's own store, so its messages go as well. */
    forget: ({ jobId }) => feed.forget(jobId),

    /** A local page has no limits. */
    draws: () => [],
    async checkAccess() {},
    postCard: (_destination, card) => postCard(card),
    /** Posting again is harmless here, so nothing needs to be found. */
    findCard: async () => undefined,
    async editCard(_destination, card) {
      if (await feed.show(card)) return;
      throw new ServiceError("web", "gone", "The message is not in the store.", { retryable: false });
    },
    async deliver({ destination, card, video, thumbnail }) {
      const files = { video: fileOf(video), ...(thumbnail && { thumbnail: fileOf(thumbnail) }) };
      if (!(await feed.show(card, files))) {
        await feed.post(card);
        await feed.show(card, files);
      }
      return { ...destination, message: card.jobId };
    },
    retract: ({ card }) => feed.withdraw(card),
    canRead: async (_person, { platform, workspace, channel }) =>
      platform === CHANNEL.platform && workspace === CHANNEL.workspace && channel === CHANNEL.channel,
    link: ({ message }) => (message === undefined ? undefined : `/?show=${message}#${anchorOf(message)}`),
  };
}

/** The element that shows a message. */
export function anchorOf(message: string): string {
  return `job-${message}`;
}

function fileOf({ key, bytes, contentType, filename }: MediaFile): FeedFile {
  return { key, bytes, contentType, filename };
}
