import { pino } from "pino";
import type { Actor, ChatRequest, RawValue } from "../../src/chat/adapter.ts";
import { decodeButton, UNREADABLE_BUTTON } from "../../src/chat/card.ts";
import { type Line, plainText } from "../../src/chat/rich-text.ts";
import { ada, bob, createFakeChatAdapter, type FakeChatAdapter, grace } from "../fakes/fake-chat-adapter.ts";
import { createBotMemory, startBot } from "../fixtures/bot.ts";
import { adminOperationsSuite } from "./suites/admin-operations-suite.ts";
import { channelOperationsSuite } from "./suites/channel-operations-suite.ts";
import { forgedRequestsSuite } from "./suites/forged-requests-suite.ts";
import { type Hands, type OperationsHarness, widePicture } from "./suites/operations-harness.ts";
import { videoOperationsSuite } from "./suites/video-operations-suite.ts";

const here = { platform: "web", workspace: "w1", channel: "c1" } as const;
const elsewhere = { platform: "web", workspace: "w2", channel: "c9" } as const;
const pictureAddress = "https://pictures.example/kite.png";

const olga: Actor = { id: "olga", name: "Olga", moderator: false, manager: false, roles: [] };

const words = (lines: readonly Line[]) => lines.map(plainText).join("\n");

/** Somebody on the fake platform. */
function handsOf(chat: FakeChatAdapter, actor: Actor, destination: ChatRequest["destination"] = here): Hands {
  const from = { actor, destination };
  const pageOf = () => chat.pages.findLast(({ to }) => to === actor.id);
  const lastVideo = () => {
    const message = chat.messages.findLast(({ video }) => video !== undefined);
    if (!message) throw new Error("There is no video.");
    return message.destination;
  };
  return {
    id: actor.id,
    async command(name, values = {}) {
      const raw = Object.entries(values).map(([option, value]): [string, RawValue] => [
        option,
        typeof value === "string" ? value : chat.picture(value),
      ]);
      await chat.command(name, Object.fromEntries(raw), from);
    },
    press: (label) => chat.press(label, from),
    pressPage: (label, nth) => chat.pressPage(label, nth, from),
    forge: (action, argument) => chat.ask({ kind: "button", action, argument }, from),
    carry: (id) => chat.ask({ kind: "button", ...(decodeButton(id) ?? UNREADABLE_BUTTON) }, from),
    submit: (values) => chat.submit(values, from),
    async page() {
      const seen = pageOf();
      if (!seen) return undefined;
      const { title, lines, rows, buttons } = seen.page;
      return {
        text: [title, words(lines), ...rows.map((row) => words(row.lines))].join("\n"),
        buttons: [...rows.flatMap((row) => row.buttons), ...buttons].map(({ label }) => label),
        pictures: seen.pictures.filter((picture) => picture !== undefined).length,
      };
    },
    told: async () => words(chat.privates.findLast(({ to }) => to === actor.id)?.notice.lines ?? []),
    file: async () => chat.privates.findLast(({ to }) => to === actor.id)?.file,
    form: async () => chat.forms.at(-1)?.fields.map(({ name }) => name),
    shortcut: (label) => chat.shortcut(label === "Video details" ? "info" : "remix", lastVideo(), [], from),
    async animate(picture) {
      await chat.shortcut("create", { ...here, message: "someone's" }, [chat.picture(picture)], from);
    },
    star: () => chat.emit({ kind: "star", message: lastVideo(), person: actor.id, starred: true }),
    async remove() {
      const message = lastVideo();
      chat.remove(message);
      await chat.emit({ kind: "messages-deleted", messages: [message] });
    },
  };
}

async function start(): Promise<OperationsHarness> {
  const memory = await createBotMemory(Date.now);
  const chat = createFakeChatAdapter({ delivers: "apart" });
  const bot = await startBot({
    adapter: chat,
    memory,
    web: new Map([[pictureAddress, await widePicture()]]),
    operatorIds: [olga.id],
    now: Date.now,
    logger: pino({ level: "silent" }),
  });
  return {
    bot,
    memory,
    channel: here,
    requester: handsOf(chat, ada),
    member: handsOf(chat, bob),
    moderator: handsOf(chat, grace),
    operator: handsOf(chat, olga),
    stranger: handsOf(chat, { ...bob, id: "sam" }, elsewhere),
    pictureAddress,
    messages: async () =>
      chat.messages.map(({ cards, video }) => {
        const card = cards.at(-1);
        return {
          text: card ? words([[card.title], [card.prompt], ...card.lines, card.footnote]) : "",
          buttons: card?.buttons.map(({ label }) => label) ?? [],
          video: video !== undefined,
        };
      }),
    async close() {
      await bot.stop();
      await memory.store.close();
    },
  };
}

videoOperationsSuite("the fake", start);
adminOperationsSuite("the fake", start);
channelOperationsSuite("the fake", start);
forgedRequestsSuite("the fake", start);
