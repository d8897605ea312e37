import { buffer } from "node:stream/consumers";
import type {
  Actor,
  ChatAdapter,
  ChatHandler,
  ChatRequest,
  CompletionQuery,
  Delivery,
  Destination,
  Draw,
  Invocation,
  PlatformName,
  RawValue,
} from "../../src/chat/adapter.ts";
import type { Card, Notice } from "../../src/chat/card.ts";
import type { Form } from "../../src/chat/form.ts";
import { ServiceError, UserError } from "../../src/errors.ts";

/** Everything that can be made to fail. */
export type FakeCall =
  | "reply.card"
  | "reply.private"
  | "reply.form"
  | "postCard"
  | "findCard"
  | "editCard"
  | "deliver"
  | "checkAccess";

/** A message as people see it. */
export interface FakeMessage {
  destination: Destination & { message: string };
  /** Every card it has shown, oldest first. */
  cards: Card[];
  video: Buffer | undefined;
  /** Ids of the people it notified. */
  notified: string[];
}

/** A chat platform in memory, with people who type and press. */
export interface FakeChatAdapter extends ChatAdapter {
  /** What stands in the channels, oldest first. */
  readonly messages: readonly FakeMessage[];
  readonly privates: readonly { to: string; notice: Notice }[];
  readonly forms: readonly Form[];
  /** What the message with that address shows now. */
  shown(destination: Destination): Card | undefined;
  /** A request as the adapter would hand it over. */
  request(invocation: Invocation, from?: Partial<ChatRequest>): ChatRequest;
  /** Hands a request to the bot; resolves when it is dealt with. */
  ask(invocation: Invocation, from?: Partial<ChatRequest>): Promise<void>;
  /** What the bot offers while someone types. */
  complete(query: CompletionQuery): Promise<{ name: string; value: string }[]>;
  /** Someone types behind `/video`; resolves when the request is dealt with. */
  type(text: string, from?: Partial<ChatRequest>): Promise<void>;
  /** Someone fills in the options of a subcommand. */
  command(name: string, values: Record<string, RawValue>, from?: Partial<ChatRequest>): Promise<void>;
  /** Someone presses the button with that label on the newest message that has it. */
  press(label: string, from?: Partial<ChatRequest>): Promise<void>;
  /** Someone sends the form that was opened last. */
  submit(values: Record<string, RawValue>, from?: Partial<ChatRequest>): Promise<void>;
  /** Someone deletes a message. */
  remove(destination: Destination): void;
  /** The next `times` calls fail before they do anything. */
  refuse(call: FakeCall, error: Error, times?: number): void;
  /** The next call does what it should, and its answer is lost. */
  loseAnswer(call: FakeCall): void;
}

interface Options {
  platform?: PlatformName;
  /** Whether the video comes into the card's own message (as on Discord) or one beside it (as on Slack). */
  delivers?: "in place" | "apart";
  /** The limits that edits count against. */
  limits?: Draw[];
}

/** Someone without a role. */
export const ada: Actor = { id: "ada", name: "Ada", moderator: false };

/** Builds a platform with nobody and nothing in it. */
export function createFakeChatAdapter(options: Options = {}): FakeChatAdapter {
  const { platform = "web", delivers = "in place", limits = [] } = options;
  const messages: FakeMessage[] = [];
  const privates: { to: string; notice: Notice }[] = [];
  const forms: Form[] = [];
  const receipts = new Map<string, FakeMessage>();
  const posts = new Map<string, FakeMessage>();
  const uploads = new Map<string, FakeMessage>();
  const refusals = new Map<FakeCall, Error[]>();
  const losing = new Set<FakeCall>();
  let handler: ChatHandler | undefined;
  let ids = 0;

  /** One call to the platform: it may be refused before its effect or lose its answer after. */
  async function call<T>(name: FakeCall, effect: () => T | Promise<T>): Promise<T> {
    const refusal = refusals.get(name)?.shift();
    if (refusal) throw refusal;
    const result = await effect();
    if (losing.delete(name))
      throw new ServiceError(platform, "unavailable", "The answer was lost.", { retryable: true });
    return result;
  }

  function post({ message: _, ...place }: Destination, card: Card): FakeMessage {
    const destination = { ...place, message: `message-${++ids}` };
    const message = { destination, cards: [card], video: undefined, notified: [] };
    messages.push(message);
    return message;
  }

  const find = (destination: Destination) =>
    messages.find((message) => message.destination.message === destination.message);

  function known(destination: Destination): FakeMessage {
    const message = find(destination);
    if (message) return message;
    throw new ServiceError(platform, "gone", "There is no such message.", { retryable: false });
  }

  function request(invocation: Invocation, from: Partial<ChatRequest> = {}): ChatRequest {
    const id = from.id ?? `request-${++ids}`;
    const actor = from.actor ?? ada;
    const destination: Destination = from.destination ?? { platform, workspace: "w1", channel: "c1" };
    return {
      id,
      actor,
      destination,
      invocation,
      receipt: `receipt of ${id}`,
      reply: {
        card: (card) =>
          call("reply.card", () => {
            const message = post(destination, card);
            receipts.set(`receipt of ${id}`, message);
            return message.destination;
          }),
        private: (notice) => call("reply.private", () => void privates.push({ to: actor.id, notice })),
        form: (form) => call("reply.form", () => void forms.push(form)),
      },
      ...from,
    };
  }

  function listener(): ChatHandler {
    if (!handler) throw new Error("Nobody listens.");
    return handler;
  }

  const ask = (invocation: Invocation, from?: Partial<ChatRequest>) =>
    listener().handle(request(invocation, from));

  /** The video comes into the message that is there; a reply tells the requester, once. */
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
    shown.notified.push(delivery.requester.id);
    return shown.destination;
  }

  /** The video comes in a message of its own, which an upload id makes unique; the card shrinks to a link to it. */
  async function deliverApart(delivery: Delivery, video: Buffer): Promise<Destination> {
    const upload = delivery.checkpoint ?? `upload-${++ids}`;
    if (delivery.checkpoint === undefined) await delivery.save(upload);
    const message = uploads.get(upload) ?? post(delivery.destination, delivery.card);
    uploads.set(upload, message);
    message.video = video;
    message.notified = [delivery.requester.id];
    find(delivery.destination)?.cards.push({ ...delivery.card, buttons: [] });
    return message.destination;
  }

  return {
    platform,
    messages,
    privates,
    forms,
    shown: (destination) => find(destination)?.cards.at(-1),
    request,
    ask,
    complete: (query) => listener().complete(query),
    type: (text, from) => ask({ kind: "text", text }, from),
    command: (name, values, from) => ask({ kind: "command", name, values }, from),
    async press(label, from) {
      const buttons = messages.flatMap(({ cards }) => cards.at(-1)?.buttons ?? []);
      const button = buttons.findLast((candidate) => candidate.label === label);
      if (!button) throw new Error(`No message has a button “${label}”.`);
      await ask({ kind: "button", action: button.action, jobId: button.jobId }, from);
    },
    async submit(values, from) {
      const form = forms.at(-1);
      if (!form) throw new Error("No form is open.");
      await ask({ kind: "command", name: form.command, values: { ...form.hidden, ...values } }, from);
    },
    remove(destination) {
      messages.splice(messages.indexOf(known(destination)), 1);
    },
    refuse: (name, error, times = 1) =>
      void refusals.set(name, [...(refusals.get(name) ?? []), ...Array.from({ length: times }, () => error)]),
    loseAnswer: (name) => void losing.add(name),

    start: async (to) => {
      handler = to;
    },
    stop: async () => {
      handler = undefined;
    },
    connected: () => handler !== undefined,
    draws: () => limits,
    checkAccess: ({ channel }) =>
      call("checkAccess", () => {
        if (channel === "forbidden") throw new UserError("no_access", "The bot may not post here.");
      }),
    postCard: (destination, card) =>
      call("postCard", () => {
        const message = posts.get(card.jobId) ?? post(destination, card);
        posts.set(card.jobId, message);
        return message.destination;
      }),
    findCard: (_, receipt) => call("findCard", () => receipts.get(receipt)?.destination),
    editCard: (destination, card) => call("editCard", () => void known(destination).cards.push(card)),
    deliver: (delivery) =>
      call("deliver", async () => {
        const video = await buffer(delivery.video.open());
        if (video.length > (delivery.uploadLimitBytes ?? Number.POSITIVE_INFINITY))
          throw new ServiceError(platform, "too_large", "The file is too large.", { retryable: false });
        return delivers === "in place" ? deliverInPlace(delivery, video) : deliverApart(delivery, video);
      }),
    link: ({ channel, message }) => message && `https://chat.example/${channel}/${message}`,
  };
}
