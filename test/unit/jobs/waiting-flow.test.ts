import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Store } from "../../../src/store/store.ts";
import { ada, bob } from "../../fakes/fake-chat-adapter.ts";
import { createScene, here, problem } from "../../fixtures/bot-scene.ts";
import { aJob } from "../../fixtures/jobs.ts";

beforeEach(() => void vi.useFakeTimers({ now: Date.UTC(2026, 10, 27, 12) }));
afterEach(() => void vi.useRealTimers());

type Scene = Awaited<ReturnType<typeof createScene>>;

const openOf = async ({ bot }: Scene) =>
  (await bot.services.spending.usage("mine", { actor: ada, destination: here })).running;

describe("a backend whose account has no money left", () => {
  it("ends the one job that found out, refuses new ones in one clear sentence, and resumes by itself", async () => {
    const { ask, chat, videos, newest, lastPrivate, pass } = await createScene();
    videos.refuse("create", problem("insufficient_quota", false));
    await ask("a kite");
    expect((await newest()).failure?.code).toBe("insufficient_quota");
    await chat.command("create", { prompt: "a boat" });
    expect(lastPrivate()).toContain("budget is used up, so no new videos are taken right now");
    expect(lastPrivate()).toContain("tried again after 2026-11-27 12:05 UTC");
    expect(videos.calls.create).toBe(1);
    await pass(5 * 60_000);
    await chat.command("create", { prompt: "a boat" });
    await pass(0);
    expect(videos.calls.create).toBe(2);
    await chat.command("create", { prompt: "a ship" });
    await pass(0);
    expect(videos.calls.create).toBe(3);
  });
});

it("who was taken before the money was gone waits, and is made when there is some again", async () => {
  const scene = await createScene({ maxActive: 1 });
  const { chat, videos, pass, poll } = scene;
  await chat.command("create", { prompt: "one" });
  await chat.command("create", { prompt: "two" });
  await chat.command("create", { prompt: "three" });
  await pass(0);
  videos.refuse("create", problem("insufficient_quota", false));
  videos.complete(videos.all()[0]?.id ?? "");
  await poll();
  await pass(2_000);
  const titles = () => chat.messages.map(({ cards }) => cards.at(-1)?.title);
  expect(titles()).toEqual([
    expect.stringMatching(/^Done/),
    "Failed",
    "Waiting, the video service's budget is used up",
  ]);
  await pass(8 * 60_000);
  expect(videos.all().map(({ prompt }) => prompt)).toEqual(["three", "one"]);
  expect(titles().at(-1)).toBe("Queued");
});

describe("more videos than the backend takes at once", () => {
  const titles = ({ chat }: Scene) => chat.messages.map(({ cards }) => cards.at(-1)?.title);

  it("wait their turn, and their cards say where and move", async () => {
    const scene = await createScene({ maxActive: 1 });
    const { chat, videos, pass, poll } = scene;
    for (const prompt of ["one", "two", "three"]) await chat.command("create", { prompt });
    await pass(1_000);
    expect(titles(scene)).toEqual(["Queued", "Waiting, 1st of 2", "Waiting, 2nd of 2"]);
    expect(videos.calls.create).toBe(1);
    videos.complete(videos.all()[0]?.id ?? "");
    await poll();
    await pass(1_000);
    expect(titles(scene)).toEqual([expect.stringMatching(/^Done/), "Queued", "Waiting, 1st of 1"]);
    expect(videos.calls.create).toBe(2);
  });

  it("do not hold up somebody else's first", async () => {
    const { chat, videos, pass, poll } = await createScene({ maxActive: 1 });
    for (let n = 0; n < 50; n++) await chat.command("create", { prompt: `ada ${n}` });
    await chat.command("create", { prompt: "bob's" }, { actor: bob });
    await pass(0);
    videos.complete(videos.all()[0]?.id ?? "");
    await poll();
    await pass(0);
    expect(videos.all().map(({ prompt }) => prompt)).toEqual(["bob's", "ada 0"]);
  });

  it("can be cancelled while they wait: nothing is made of them, nothing counts", async () => {
    const scene = await createScene({ maxActive: 1 });
    const { chat, videos, pass, poll, newest } = scene;
    for (const prompt of ["one", "two"]) await chat.command("create", { prompt });
    await pass(1);
    await chat.command("create", { prompt: "three" });
    await pass(0);
    await chat.ask({ kind: "button", action: "delete", argument: `${(await newest()).id}_sure` });
    await pass(1_000);
    expect(titles(scene).at(-1)).toBe("Cancelled");
    expect(await openOf(scene)).toBe(2);
    for (let round = 0; round < 3; round++) {
      for (const { id, status } of videos.all()) if (status === "queued") videos.complete(id);
      await poll();
      await pass(0);
    }
    expect(videos.all().map(({ prompt }) => prompt)).toEqual(["two", "one"]);
  });

  it("can be cancelled at once while the backend wants silence", async () => {
    const scene = await createScene();
    const { ask, videos, chat, pass, newest } = scene;
    videos.refuse("create", problem("rate_limited", true, 3_000_000));
    await ask("a kite");
    await chat.ask({ kind: "button", action: "delete", argument: `${(await newest()).id}_sure` });
    await pass(0);
    expect(titles(scene)).toEqual(["Cancelled"]);
    expect((await newest()).phase).toBe("deleted");
    expect(await openOf(scene)).toBe(0);
  });

  it("go on waiting after a restart, in the same order", async () => {
    const scene = await createScene({ maxActive: 1 });
    const { chat, videos, pass, restart } = scene;
    for (const prompt of ["one", "two", "three"]) {
      await chat.command("create", { prompt });
      await pass(1);
    }
    const again = await restart();
    await pass(1_000);
    expect(titles(scene)).toEqual(["Queued", "Waiting, 1st of 2", "Waiting, 2nd of 2"]);
    videos.complete(videos.all()[0]?.id ?? "");
    await again.poll();
    await pass(0);
    expect(videos.all().map(({ prompt }) => prompt)).toEqual(["two", "one"]);
  });

  it("slow down for everybody when the backend has too many requests", async () => {
    const scene = await createScene();
    const { chat, videos, pass } = scene;
    videos.refuse("create", problem("rate_limited", true, 30_000));
    await chat.command("create", { prompt: "one" });
    await chat.command("create", { prompt: "two" }, { actor: bob });
    await pass(29_000);
    expect(videos.calls.create).toBe(1);
    expect(titles(scene).at(-1)).toBe("Waiting, the video service is busy");
    await pass(60_000);
    expect(videos.all()).toHaveLength(2);
    expect(titles(scene)).toEqual(["Queued", "Queued"]);
  });
});

describe("a place at the backend", () => {
  it("is not held for ever by a video of a platform that is not set up any more", async () => {
    const scene = await createScene({ maxActive: 1 });
    const { bot, chat, videos, pass } = scene;
    const elsewhere = { platform: "slack", workspace: "T1", channel: "C1", message: "1.2" } as const;
    const job = aJob({
      id: "creating00",
      phase: "creating",
      destination: elsewhere,
      createSentAt: Date.now(),
    });
    await bot.jobs.insert(job);
    await scene.restart();
    await chat.command("create", { prompt: "a kite" });
    await pass(1_000);
    expect(videos.calls.create).toBe(0);
    await pass(120_000);
    expect(videos.calls.create).toBe(1);
    // Its card is shown when its platform is back.
    expect((await bot.jobs.get(job.id))?.phase).toBe("failing");
  });

  it("is free again however a video ends", async () => {
    const scene = await createScene({ maxActive: 1, canCancel: true });
    const { bot, ask, chat, videos, poll, pass, newest } = scene;
    const deleteNewest = async () =>
      chat.ask({ kind: "button", action: "delete", argument: `${(await newest()).id}_sure` });
    const ends: (() => Promise<unknown>)[] = [
      async () => videos.fail(videos.all()[0]?.id ?? ""),
      async () => videos.remove(videos.all()[0]?.id ?? ""),
      deleteNewest,
      () => pass(7_200_000),
      async () => videos.complete(videos.all()[0]?.id ?? ""),
    ];
    for (const [index, end] of ends.entries()) {
      await ask(`number ${index}`);
      expect((await newest()).phase).toBe("rendering");
      await end();
      await poll();
      await pass(0);
      expect(await bot.jobs.active()).toEqual([]);
    }
    videos.refuse("create", problem("moderation_blocked", false));
    await ask("refused");
    await ask("the last");
    expect((await newest()).phase).toBe("rendering");
    expect(await openOf(scene)).toBe(1);
  });
});

it("a store that cannot be read for a moment while places are told of ends nothing", async () => {
  const trouble = { on: false };
  const wrapStore = (store: Store): Store => ({
    ...store,
    collection(definition) {
      const collection = store.collection(definition);
      return {
        ...collection,
        getMany: (keys) =>
          trouble.on ? Promise.reject(new TypeError("The disk hesitates.")) : collection.getMany(keys),
      };
    },
  });
  const { chat, pass, videos, poll } = await createScene({ maxActive: 1, wrapStore });
  for (const prompt of ["one", "two"]) await chat.command("create", { prompt });
  trouble.on = true;
  await pass(1_000);
  trouble.on = false;
  videos.complete(videos.all()[0]?.id ?? "");
  await poll();
  await pass(0);
  expect(videos.calls.create).toBe(2);
});

it("a backend without a list is not asked for the rest when it wants silence in the middle", async () => {
  const { bot, ask, videos, pass } = await createScene();
  videos.lack("list");
  for (let n = 0; n < 20; n++) await ask(`number ${n}`);
  videos.refuse("retrieve", problem("rate_limited", true, 600_000));
  const over = bot.poll();
  await pass(60_000);
  await over;
  expect(videos.calls.retrieve).toBe(1);
});
