import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { createRepetition } from "../../../src/repeat.ts";
import type { Store } from "../../../src/store/store.ts";
import { bob, grace } from "../../fakes/fake-chat-adapter.ts";
import { createScene, here } from "../../fixtures/bot-scene.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
});
afterEach(() => {
  vi.useRealTimers();
});

const linus = { id: "linus", name: "Linus", moderator: true, manager: true, roles: [] };
const elsewhere = { ...here, channel: "c2" } as const;
const DAY_MS = 24 * 3_600_000;

/** A bot whose store shows every document, as its collection, key and content in one text. */
async function createTransparentScene() {
  const documents = new Map<string, object>();
  const wrapStore = (store: Store): Store => ({
    ...store,
    collection: (definition) => {
      const collection = store.collection(definition);
      const nameOf = (key: string) => `${definition.name} ${key}`;
      const note = (key: string, document: object | undefined) =>
        document ? documents.set(nameOf(key), document) : documents.delete(nameOf(key));
      return {
        ...collection,
        async insert(key, document) {
          const inserted = await collection.insert(key, document);
          if (inserted) note(key, document);
          return inserted;
        },
        async update(key, change) {
          const document = await collection.update(key, change);
          note(key, document);
          return document;
        },
        async delete(key) {
          await collection.delete(key);
          note(key, undefined);
        },
      };
    },
  });
  const scene = await createScene({ wrapStore });
  const kept = () => [...documents].map(([name, document]) => `${name} ${JSON.stringify(document)}`);
  return { scene, kept };
}

/** One video of Ada's and one of Bob's here, one of Bob's in another channel; Ada has a star on Bob's. */
async function createTown() {
  const scene = await createScene();
  const { chat, complete, pass, bot } = scene;
  const make = async (prompt: string, from = {}) => {
    await pass(1);
    await chat.type(prompt, from);
    await pass(0);
    await complete();
    const job = await bot.jobs.byMessage(chat.messages.at(-1)?.destination ?? here);
    if (!job) throw new Error("There is no job.");
    return job;
  };
  const adas = await make("ada's kite");
  const bobs = await make("bob's kite", { actor: bob });
  const far = await make("far kite", { actor: bob, destination: elsewhere });
  await chat.emit({ kind: "star", message: bobs.destination, person: "ada", starred: true });
  await chat.type("settings --seconds 8");
  const left = async () => {
    const jobs = await Promise.all([adas, bobs, far].map(({ id }) => bot.jobs.get(id)));
    return jobs.flatMap((job) => (job ? [job.request.prompt] : []));
  };
  return { ...scene, adas, bobs, far, left };
}

it("a person is forgotten with videos, files, settings and stars, and nobody else is", async () => {
  const { chat, adas, bobs, left, bot, media, videos } = await createTown();
  await chat.type("forget");
  expect(chat.pages.at(-1)?.page.title).toBe("Forget you?");
  expect(await left()).toHaveLength(3);
  await chat.pressPage("Forget you");
  expect(await left()).toEqual(["bob's kite", "far kite"]);
  expect(await media.stat(`${adas.id}/video.mp4`)).toBeUndefined();
  expect(await bot.jobs.history({ platform: "web", person: "ada" })).toEqual([]);
  expect(await bot.services.settings.of({ person: "ada", destination: here })).toEqual({});
  expect(await bot.services.gallery.get(here, bobs.id)).toMatchObject({ stars: 0 });
  expect((await bot.services.gallery.page(here, {}, { limit: 9 })).total).toBe(1);
  // The backend's copy and the message are not the bot's.
  expect(videos.all()).toHaveLength(3);
  expect(chat.messages[0]?.video).toBeDefined();
  await chat.press("Remix", { actor: bob });
});

it("what is being made for a person is finished first, shown in no gallery, and erased then", async () => {
  const { chat, pass, complete, bot, text } = await createTown();
  await pass(1);
  await chat.type("late kite");
  await pass(0);
  await chat.type("forget");
  await chat.pressPage("Forget you");
  expect(text(chat.pages.at(-1)?.page.lines)).toContain("1 video being made right now");
  await complete();
  const late = await bot.jobs.byMessage(chat.messages.at(-1)?.destination ?? here);
  expect(chat.messages.at(-1)?.cards.at(-1)).toMatchObject({ tone: "good" });
  expect(await bot.services.gallery.get(here, late?.id ?? "")).toBeUndefined();
  await bot.services.forgetting.sweep.work();
  expect(await bot.jobs.get(late?.id ?? "")).toBeUndefined();
  expect(await bot.jobs.history({ platform: "web", person: "ada" })).toEqual([]);
});

it("nothing that is kept names a forgotten person, whatever they had done", async () => {
  const { scene, kept } = await createTransparentScene();
  const { chat, ask, complete, pass } = scene;
  const kite = await ask("secret kite");
  await complete();
  await chat.type("list --by me");
  await chat.type("gallery secret --by me");
  await chat.shortcut("create", kite.destination, [chat.picture(Buffer.from("x"))]);
  await pass(1);
  await chat.type("a boat of somebody else", { actor: bob });
  await pass(0);
  await complete();
  const boat = await scene.bot.jobs.byMessage(chat.messages.at(-1)?.destination ?? here);
  await chat.emit({ kind: "star", message: boat?.destination ?? here, person: "ada", starred: true });
  const press = { kind: "button", action: "delete", argument: `${boat?.id}_sure` } as const;
  await chat.ask(press, { actor: { id: "ada", name: "Ada", moderator: true, manager: false, roles: [] } });
  await pass(1_000);
  await scene.bot.services.spending.change("server", here, (rules) => ({ ...rules, exempt: ["ada"] }), bob);
  // Asked for its price, and not answered.
  const dear = { model: "sora-2-pro", seconds: "12", size: "1024x1792" };
  await chat.command("create", { prompt: "another secret kite", ...dear });
  expect(kept().filter((entry) => /another secret kite/.test(entry))).not.toEqual([]);
  expect(kept().filter((entry) => /\bada\b/i.test(entry))).not.toEqual([]);
  await chat.type("forget");
  await chat.pressPage("Forget you");
  expect(kept().filter((entry) => /\bada\b|secret kite/i.test(entry))).toEqual([]);
});

it("an erasure that dies halfway is finished by the next", async () => {
  let dying = false;
  const wrapStore = (store: Store): Store => ({
    ...store,
    collection: (definition) => {
      const collection = store.collection(definition);
      const die = async (key: string) => {
        if (dying && definition.name === "job") throw new Error("The process died.");
        await collection.delete(key);
      };
      return { ...collection, delete: die };
    },
  });
  const { chat, ask, complete, bot } = await createScene({ wrapStore });
  const job = await ask();
  await complete();
  dying = true;
  await chat.type("forget");
  await chat.pressPage("Forget you");
  expect(await bot.jobs.get(job.id)).toBeDefined();
  dying = false;
  await chat.type("forget");
  await chat.pressPage("Forget you");
  expect(await bot.jobs.get(job.id)).toBeUndefined();
});

it("a channel is forgotten by its moderators, a server by those who manage it", async () => {
  const { chat, left, lastPrivate } = await createTown();
  await chat.type("forget --what channel");
  expect(lastPrivate()).toBe("Only moderators may have this channel forgotten.");
  await chat.type("forget --what server", { actor: grace });
  expect(lastPrivate()).toBe("Only those who manage the whole server may have the whole server forgotten.");
  // A forged button asks again.
  await chat.ask({ kind: "button", action: "forget", argument: "server" }, { actor: grace });
  expect(await left()).toHaveLength(3);
  await chat.type("forget --what channel", { actor: grace });
  await chat.pressPage("Forget this channel", 0, { actor: grace });
  expect(await left()).toEqual(["far kite"]);
  await chat.type("forget --what server", { actor: linus });
  await chat.pressPage("Forget this whole server", 0, { actor: linus });
  expect(await left()).toEqual([]);
});

it("a server that the bot was removed from is forgotten after a week, unless it comes back", async () => {
  const { chat, bot, left, pass } = await createTown();
  const place = { platform: "web", workspace: "w1" } as const;
  const sweep = createRepetition(bot.services.forgetting.sweep);
  sweep.start();
  await chat.emit({ kind: "left", ...place });
  await pass(6 * DAY_MS);
  expect(await left()).toHaveLength(3);
  await chat.emit({ kind: "joined", ...place });
  await pass(3 * DAY_MS);
  expect(await left()).toHaveLength(3);
  await chat.emit({ kind: "left", ...place });
  await pass(8 * DAY_MS);
  expect(await left()).toEqual([]);
  await sweep.stop();
});

it("a server that the bot is in is not forgotten, also when nobody told of its return", async () => {
  const { chat, bot, left, pass, ask } = await createTown();
  const { sweep } = bot.services.forgetting;
  const place = { platform: "web", workspace: "w1" } as const;
  await chat.emit({ kind: "left", ...place });
  await chat.emit({ kind: "present", platform: "web", workspaces: ["w1"] });
  await pass(8 * DAY_MS);
  await sweep.work();
  expect(await left()).toHaveLength(3);
  await chat.emit({ kind: "left", ...place });
  await pass(DAY_MS);
  await ask("after the return");
  await pass(8 * DAY_MS);
  await sweep.work();
  expect(await left()).toHaveLength(3);
  // Another process hears of it.
  const covers = (workspace: string) => workspace !== "w1";
  await chat.emit({ kind: "present", platform: "web", workspaces: [], covers });
  await pass(8 * DAY_MS);
  await sweep.work();
  expect(await left()).toHaveLength(3);
  // Removed while the bot was not running.
  await chat.emit({ kind: "present", platform: "web", workspaces: [] });
  await pass(8 * DAY_MS);
  await sweep.work();
  expect(await left()).toEqual([]);
});

it("a server is forgotten with the links of channels that have no videos", async () => {
  const { bot } = await createTown();
  const link = await bot.services.links.create({ ...here, channel: "c7" });
  await bot.services.forgetting.server({ platform: "web", workspace: "w1" });
  const token = new URL(link?.url ?? "").pathname.split("/")[2] ?? "";
  expect(await bot.services.links.open(token)).toBe("unknown");
});

it("threads go with the channel they are in", async () => {
  const { chat, bot, pass } = await createTown();
  await pass(1);
  const thread = { ...here, channel: "t1", parent: "c1" };
  await chat.type("a kite in a thread", { destination: thread, actor: bob });
  await pass(0);
  const job = await bot.jobs.byMessage(chat.messages.at(-1)?.destination ?? here);
  await bot.jobs.update(job?.id ?? "", (current) => ({ ...current, phase: "failed" }));
  await chat.emit({ kind: "channel-deleted", channel: here });
  expect(await bot.jobs.get(job?.id ?? "")).toBeUndefined();
});

it("a channel that is gone takes its gallery and its links along", async () => {
  const { chat, left, bot } = await createTown();
  const link = await bot.services.links.create(here);
  const token = new URL(link?.url ?? "").pathname.split("/")[2] ?? "";
  expect(await bot.services.links.open(token)).toEqual(here);
  await chat.emit({ kind: "channel-deleted", channel: here });
  expect(await left()).toEqual(["far kite"]);
  expect((await bot.services.gallery.page(here, {}, { limit: 9 })).total).toBe(0);
  expect(await bot.services.links.open(token)).toBe("unknown");
});
