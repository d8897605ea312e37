import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ServiceError } from "../../../src/errors.ts";
import type { Store } from "../../../src/store/store.ts";
import { createScene } from "../../fixtures/bot-scene.ts";
import { eachCall } from "../../fixtures/mortal-store.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] }));
afterEach(() => void vi.useRealTimers());

/** A store on a disk that is full now and then: what is there can be read. */
function fullNowAndThen() {
  const disk = { full: (): boolean => false };
  const refuse = () =>
    Promise.reject(new ServiceError("store", "unavailable", "The disk is full.", { retryable: true }));
  const wrapStore = (store: Store): Store =>
    eachCall(store, (collection) => ({
      ...collection,
      insert: (...args) => (disk.full() ? refuse() : collection.insert(...args)),
      update: (...args) => (disk.full() ? refuse() : collection.update(...args)),
      delete: (...args) => (disk.full() ? refuse() : collection.delete(...args)),
    }));
  return { disk, wrapStore };
}

describe("a disk that fills up", () => {
  it("right after the backend took a video does not lose which one that is, though nothing lists it", async () => {
    const { disk, wrapStore } = fullNowAndThen();
    const scene = await createScene({ wrapStore });
    const { videos, pass, newest, ask, complete } = scene;
    videos.lack("list");
    disk.full = () => videos.calls.create > 0;
    await ask();
    await pass(120_000);
    expect(await newest()).toMatchObject({ phase: "creating" });
    disk.full = () => false;
    await pass(120_000);
    expect(await newest()).toMatchObject({ phase: "rendering" });
    await complete();
    await pass(1_000);
    expect(await newest()).toMatchObject({ phase: "delivered" });
    expect(videos.all()).toHaveLength(1);
  });

  it("right after the backend refused one does not make a certain refusal an uncertain one", async () => {
    const { disk, wrapStore } = fullNowAndThen();
    const { videos, pass, newest, ask } = await createScene({ wrapStore });
    videos.refuse("create", new ServiceError("videos", "invalid_value", "No.", { retryable: false }));
    disk.full = () => videos.calls.create > 0;
    await ask();
    await pass(120_000);
    disk.full = () => false;
    await pass(120_000);
    expect(await newest()).toMatchObject({ phase: "failed", failure: { code: "invalid_value" } });
    expect(videos.all()).toEqual([]);
  });

  it.each(["delivering", "rendering"] as const)(
    "while a video is %s holds it up and no more",
    async (when) => {
      const { disk, wrapStore } = fullNowAndThen();
      const { videos, chat, pass, poll, newest, ask } = await createScene({ wrapStore });
      await ask();
      videos.complete(videos.all()[0]?.id ?? "");
      if (when === "rendering") disk.full = () => true;
      await poll();
      if (when === "delivering") disk.full = () => true;
      await pass(1_800_000);
      await poll();
      disk.full = () => false;
      await poll();
      await pass(120_000);
      expect(await newest()).toMatchObject({ phase: "delivered" });
      expect(chat.messages.filter(({ video }) => video !== undefined)).toHaveLength(1);
    },
  );

  it("is told whoever asks for a video, in words, and nothing is begun", async () => {
    const { disk, wrapStore } = fullNowAndThen();
    const { videos, chat, pass, bot, lastPrivate } = await createScene({ wrapStore });
    disk.full = () => true;
    await chat.command("create", { prompt: "a kite" });
    await pass(0);
    expect(lastPrivate()).toContain("cannot use its store right now");
    disk.full = () => false;
    expect([await bot.jobs.active(), videos.all()]).toEqual([[], []]);
  });
});
