import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import type {
  Actor,
  ChatAdapter,
  ChatEvent,
  ChatHandler,
  ChatRequest,
  CompletionQuery,
  Destination,
  Draw,
  ImageAttachment,
  Invocation,
  PlatformName,
  RawValue,
} from "../../src/chat/adapter.ts";
import type { Card, Notice } from "../../src/chat/card.ts";
import type { Form } from "../../src/chat/form.ts";
import type { Page, PageButton } from "../../src/chat/page.ts";
import { ServiceError, UserError } from "../../src/errors.ts";
import { createFakeChannels, type FakeMessage } from "./fake-channels.ts";

/** Everything that can be made to fail. */
export type FakeCall =
  | "reply.card"
  | "reply.private"
  | "reply.page"
  | "reply.form"
  | "postCard"
  | "postDirect"
  | "findCard"
  | "editCard"
  | "deliver"
  | "retract"
  | "canRead"
  | "checkAccess";

/** A page as its person sees it now: what a press on it led to stands in its place. */
export interface FakePage {
  to: string;
  page: Page;
  /** The pictures of its rows, in their order. */
  pictures: (Buffer | undefined)[];
  video: Buffer | undefined;
}

/** A private answer as its person sees it. */
export interface FakePrivate {
  to: string;
  notice: Notice;
  file: Buffer | undefined;
}

/** A chat platform in memory, with people who type and press. */
export interface FakeChatAdapter extends ChatAdapter {
  /** What stands in the channels, oldest first. */
  readonly messages: readonly FakeMessage[];
  readonly privates: readonly FakePrivate[];
  readonly pages: readonly FakePage[];
  readonly forms: readonly Form[];
  /** What the message with that address shows now. */
  shown(destination: Destination): Card | undefined;
  /** A request as the adapter would hand it over. */
  request(invocation: Invocation, from?: Partial<ChatRequest>): ChatRequest;
  /** Hands a request to the bot; resolves when it is dealt with. */
  ask(invocation: Invocation, from?: Partial<ChatRequest>): Promise<void>;
  /** What the bot offers while someone types. */
  complete(query: CompletionQuery): Promise<{ name: string; value: string }[]>;
  /** Something happens that the bot hears of; resolves when it has dealt with it. */
  emit(event: ChatEvent): Promise<void>;
  /** Someone types behind `/video`; resolves when the request is dealt with. */
  type(text: string, from?: Partial<ChatRequest>): Promise<void>;
  /** Someone fills in the options of a subcommand. */
  command(name: string, values: Record<string, RawValue>, from?: Partial<ChatRequest>): Promise<void>;
  /** Someone presses the button with that label on the newest message that has it. */
  press(label: string, from?: Partial<ChatRequest>): Promise<void>;
  /** Someone presses the `nth` button (from 0, from above) with that label on the newest page. */
  pressPage(label: string, nth?: number, from?: Partial<ChatRequest>): Promise<void>;
  /** Someone picks a command, by its name, from a message's own menu. */
  shortcut(
    name: string,
    message: Destination,
    pictures?: ImageAttachment[],
    from?: Partial<ChatRequest>,
  ): Promise<void>;
  /** A picture that someone posted, with a reference that `reopen` knows. */
  picture(bytes: Uint8Array, claims?: { filename?: string; contentType?: string }): ImageAttachment;
  /** Someone sends the form that was opened last. */
  submit(values: Record<string, RawValue>, from?: Partial<ChatRequest>): Promise<void>;
  /** Someone deletes a message; what the bot hears of it is for `emit` to say. */
  remove(destination: Destination): void;
  /** Closes a channel to one person, or to everybody. */
  hide(channel: Destination, personId?: string): void;
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
export const ada: Actor = { id: "ada", name: "Ada", moderator: false, manager: false, roles: [] };
/** Another one. */
export const bob: Actor = { id: "bob", name: "Bob", moderator: false, manager: false, roles: [] };
/** Someone who moderates the channel. */
export const grace: Actor = { id: "grace", name: "Grace", moderator: true, manager: false, roles: [] };

/** Builds a platform with nobody and nothing in it. */
export function createFakeChatAdapter(options: Options = {}): FakeChatAdapter {
  const { platform = "web", delivers = "in place", limits = [] } = options;
  const channels = createFakeChannels(platform, delivers);
  const { messages, find, known, post } = channels;
  const privates: FakePrivate[] = [];
  const pages: FakePage[] = [];
  const forms: Form[] = [];
  const pictures = new Map<string, ImageAttachment>();
  const hidden = new Set<string>();
  const receipts = new Map<string, FakeMessage>();
  const posts = new Map<string, FakeMessage>();
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

  /** @param on the page that the request comes from, whose place a new one takes. */
  function requestOn(on: FakePage | undefined, invocation: Invocation, from: Partial<ChatRequest>) {
    const id = from.id ?? `request-${++ids}`;
    const actor = from.actor ?? ada;
    const destination: Destination = from.destination ?? { platform, workspace: "w1", channel: "c1" };

    async function show(page: Page): Promise<void> {
      const seen = {
        to: actor.id,
        page,
        pictures: await Promise.all(page.rows.map(({ picture }) => picture && buffer(picture.file.open()))),
        video: page.video && (await buffer(page.video.file.open())),
      };
      if (on) Object.assign(on, seen);
      else pages.push(seen);
    }

    const request: ChatRequest = {
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
        private: (notice) =>
          call("reply.private", async () => {
            const file = notice.file && (await buffer(notice.file.open()));
            privates.push({ to: actor.id, notice, file });
          }),
        page: (page) => call("reply.page", () => show(page)),
        form: (form) => call("reply.form", () => void forms.push(form)),
      },
      ...from,
    };
    return request;
  }

  function listener(): ChatHandler {
    if (!handler) throw new Error("Nobody listens.");
    return handler;
  }

  const request: FakeChatAdapter["request"] = (invocation, from = {}) =>
    requestOn(undefined, invocation, from);
  const ask: FakeChatAdapter["ask"] = (invocation, from) => listener().handle(request(invocation, from));

  return {
    platform,
    messages,
    privates,
    pages,
    forms,
    shown: (destination) => find(destination)?.cards.at(-1),
    request,
    ask,
    complete: (query) => listener().complete(query),
    emit: (event) => listener().event(event),
    type: (text, from) => ask({ kind: "text", text }, from),
    command: (name, values, from) => ask({ kind: "command", name, values }, from),
    async press(label, from) {
      const buttons = messages.flatMap(({ cards }) => cards.at(-1)?.buttons ?? []);
      const button = buttons.findLast((candidate) => candidate.label === label);
      if (!button) throw new Error(`No message has a button “${label}”.`);
      await ask({ kind: "button", action: button.action, argument: button.argument }, from);
    },
    async pressPage(label, nth = 0, from = {}) {
      const on = pages.at(-1);
      const button = on && buttonsOf(on.page).filter((candidate) => candidate.label === label)[nth];
      if (!button || "link" in button) throw new Error(`The newest page has no button “${label}”.`);
      const { action, argument } = button;
      await listener().handle(requestOn(on, { kind: "button", action, argument }, from));
    },
    shortcut: (name, message, picked = [], from = {}) =>
      ask({ kind: "shortcut", name, message, pictures: picked }, from),
    picture(bytes, { filename = "picture.png", contentType = "image/png" } = {}) {
      const reference = `picture-${++ids}`;
      const open = async () => Readable.from([Buffer.from(bytes)]);
      const picture = { filename, contentType, bytes: bytes.length, reference, open };
      pictures.set(reference, picture);
      return picture;
    },
    async submit(values, from) {
      const form = forms.at(-1);
      if (!form) throw new Error("No form is open.");
      await ask({ kind: "command", name: form.command, values: { ...form.hidden, ...values } }, from);
    },
    remove: (destination) => channels.remove(known(destination)),
    hide: ({ channel }, personId = "*") => void hidden.add(`${channel} ${personId}`),
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
    postDirect: ({ workspace }, { id }, card) =>
      call("postDirect", () => {
        const message =
          posts.get(`direct ${card.jobId}`) ?? post({ platform, workspace, channel: `direct-${id}` }, card);
        posts.set(`direct ${card.jobId}`, message);
        return message.destination;
      }),
    findCard: (_, receipt) => call("findCard", () => receipts.get(receipt)?.destination),
    editCard: (destination, card) => call("editCard", () => void known(destination).cards.push(card)),
    deliver: (delivery) =>
      call("deliver", async () => {
        const video = await buffer(delivery.video.open());
        if (video.length > (delivery.uploadLimitBytes ?? Number.POSITIVE_INFINITY))
          throw new ServiceError(platform, "too_large", "The file is too large.", { retryable: false });
        return channels.deliver(delivery, video);
      }),
    retract: (shown) => call("retract", () => channels.retract(shown)),
    canRead: (personId, { channel }) =>
      call("canRead", () => !["*", personId].some((who) => hidden.has(`${channel} ${who}`))),
    reopen: (reference) => pictures.get(reference) ?? lostPicture(platform),
    link: ({ channel, message }) => message && `https://chat.example/${channel}/${message}`,
  };
}

function buttonsOf({ rows, buttons }: Page): PageButton[] {
  return [...rows.flatMap((row) => row.buttons), ...buttons];
}

/** What a reference to a picture that nobody has any more leads to. */
function lostPicture(platform: PlatformName): ImageAttachment {
  const gone = new ServiceError(platform, "not_found", "The picture is gone.", { retryable: false });
  return { filename: "", contentType: "", bytes: 0, open: () => Promise.reject(gone) };
}
