import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { bob, grace } from "../../fakes/fake-chat-adapter.ts";
import { createScene, here } from "../../fixtures/bot-scene.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
});
afterEach(() => {
  vi.useRealTimers();
});

const linus = { id: "linus", name: "Linus", moderator: true, manager: true };
const elsewhere = { ...here, channel: "c2" } as const;
const DAY_MS = 24 * 3_600_000;

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

it("what is being made for a person is finished first", async () => {
  const { chat, pass, complete, bot } = await createTown();
  await pass(1);
  await chat.type("late kite");
  await pass(0);
  await chat.type("forget");
  await chat.pressPage("Forget you");
  await complete();
  expect(chat.messages.at(-1)?.cards.at(-1)).toMatchObject({ tone: "good" });
  expect(await bot.jobs.active()).toEqual([]);
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
  const { sweep } = bot.services.forgetting;
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
