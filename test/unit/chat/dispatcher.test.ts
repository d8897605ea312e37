import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { commands } from "../../../commands/index.ts";
import type { ChatHandler } from "../../../src/chat/adapter.ts";
import { createDispatcher } from "../../../src/chat/dispatcher.ts";
import { createOffer } from "../../../src/chat/offer.ts";
import { plainText } from "../../../src/chat/rich-text.ts";
import { ServiceError, UserError } from "../../../src/errors.ts";
import { createStore } from "../../../src/store/create-store.ts";
import { defaultCatalog } from "../../../src/videos/catalog.ts";
import { createScene, problem } from "../../fixtures/bot-scene.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
});
afterEach(() => {
  vi.useRealTimers();
});

const somewhereElse = { platform: "web", workspace: "w2", channel: "c9" } as const;

describe("requests", () => {
  it("that a platform delivers twice are answered once", async () => {
    const { chat, videos, pass } = await createScene();
    await Promise.all([
      chat.type("a kite", { id: "r1" }),
      chat.type("a kite", { id: "r1" }),
      chat.type("a boat", { id: "r2" }),
    ]);
    await pass(0);
    await chat.type("a kite", { id: "r1" });
    await pass(0);
    expect(chat.messages).toHaveLength(2);
    expect(videos.all()).toHaveLength(2);
  });

  it("without words get the form", async () => {
    const { chat } = await createScene();
    await chat.type("");
    expect(chat.forms).toMatchObject([{ command: "create", fields: { length: 5 } }]);
  });

  it("for what is not there any more say so, privately", async () => {
    const { chat, newest, ask } = await createScene();
    await ask();
    const { id: jobId } = await newest();
    for (const invocation of [
      { kind: "button", action: "upscale", argument: jobId },
      { kind: "button", action: "create", argument: jobId },
      { kind: "command", name: "upscale", values: {} },
      { kind: "command", name: "star", values: {} },
    ] as const) {
      const before = chat.privates.length;
      await chat.ask(invocation);
      const told = chat.privates.slice(before).map(({ notice }) => plainText(notice.lines[0] ?? []));
      expect(told).toEqual(["This button or command is from another version of the bot."]);
    }
  });

  it.each([
    ["a kite --seconds 5", "“seconds” cannot be “5”"],
    ["a kite --fps 30", "“--fps” is not known"],
    [
      "a kite --size 1024x1792",
      "sora-2 does not make 1024x1792. It makes: portrait 720x1280, landscape 1280x720.",
    ],
    ["a kite --model sora-3", "“model” cannot be “sora-3”"],
    ["--prompt \u200b", "The prompt is empty"],
    ["🪁".repeat(3001), "The prompt has 3001 characters; 3000 is the most."],
    ["status 0000000000", "There is no video “0000000000” here."],
    ["remix 0000000000 at night", "There is no video “0000000000” here."],
  ])(
    "that cannot be done are answered to the requester alone, and cost nothing: %s",
    async (line, answer) => {
      const { chat, videos, pass, bot } = await createScene();
      await chat.type(line);
      await pass(0);
      expect(chat.privates).toMatchObject([{ to: "ada", notice: { tone: "error" } }]);
      expect(plainText(chat.privates[0]?.notice.lines[0] ?? [])).toContain(answer);
      expect(chat.messages).toEqual([]);
      expect(videos.calls.create).toBe(0);
      expect(await bot.jobs.active()).toEqual([]);
    },
  );

  it("take a prompt as long as it may be", async () => {
    const { chat, videos, pass } = await createScene();
    await chat.type("🪁".repeat(3000));
    await pass(0);
    expect(videos.all()[0]?.prompt).toBe("🪁".repeat(3000));
  });

  it("where the bot may not post are refused before anything is paid", async () => {
    const { chat, videos, pass } = await createScene();
    await chat.type("a kite", { destination: { platform: "web", workspace: "w1", channel: "forbidden" } });
    await pass(0);
    expect(plainText(chat.privates[0]?.notice.lines[0] ?? [])).toBe("The bot may not post here.");
    expect(videos.calls.create).toBe(0);
  });

  it("about another workspace's video are answered as if it were not there", async () => {
    const { chat, ask, complete, videos } = await createScene();
    const { id } = await ask();
    await complete();
    const there = { destination: somewhereElse };
    await chat.type(`status ${id}`, there);
    await chat.type(`remix ${id} at night`, there);
    await chat.ask({ kind: "button", action: "remix", argument: id }, there);
    await chat.ask({ kind: "button", action: "retry", argument: id }, there);
    const answers = chat.privates.map(({ notice }) => plainText(notice.lines[0] ?? []));
    expect(answers).toEqual(Array(4).fill(expect.stringContaining(`There is no video “${id}” here.`)));
    expect(videos.calls.remix).toBe(0);
    expect(chat.forms).toEqual([]);
  });
});

describe("errors", () => {
  /** A dispatcher whose jobs all end in that error. */
  async function refusing(error: Error): Promise<ChatHandler> {
    const refuse = () => Promise.reject(error);
    const { bot } = await createScene();
    const store = await createStore({ url: "memory:" });
    return createDispatcher({
      offer: createOffer({ commands, catalog: defaultCatalog, supports: () => true }),
      services: {
        ...bot.services,
        jobs: { create: refuse, derive: refuse, retry: refuse, confirm: refuse, decline: refuse },
        lists: { page: refuse, running: refuse, suggest: refuse },
      },
      catalog: defaultCatalog,
      faults: [],
      openLink: () => {
        throw error;
      },
      seen: store.collection({ name: "seen", version: 1 }),
      logger: pino({ level: "silent" }),
    });
  }

  it.each([
    [new UserError("x", "Too long."), "Too long."],
    [new ServiceError("x", "y", "secret", { retryable: true }), "try again in a moment"],
    [new ServiceError("x", "y", "secret", { retryable: false }), "went wrong on our side"],
    [new Error("secret"), "went wrong on our side"],
  ])("become words: %s", async (error, words) => {
    const { chat } = await createScene();
    await chat.start(await refusing(error));
    await chat.type("a kite");
    const said = chat.privates.map(({ notice }) => plainText(notice.lines.flat()));
    expect(said).toEqual([expect.stringContaining(words)]);
    expect(said[0]).not.toContain("secret");
  });

  it("of the answer itself end there", async () => {
    const { chat } = await createScene();
    await chat.start(await refusing(new Error("first")));
    chat.refuse("reply.private", problem("expired", false));
    await chat.type("a kite");
    expect(chat.privates).toEqual([]);
  });

  it("leave a completion empty", async () => {
    const handler = await refusing(new Error("x"));
    const actor = { id: "ada", name: "Ada", moderator: false, manager: false, roles: [] };
    const query = { actor, destination: somewhereElse, text: "" };
    expect(await handler.complete({ ...query, command: "remix", option: "video" })).toEqual([]);
    expect(await handler.complete({ ...query, command: "remix", option: "prompt" })).toEqual([]);
    expect(await handler.complete({ ...query, command: "upscale", option: "video" })).toEqual([]);
  });
});
