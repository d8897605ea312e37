import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { deleting, observed } from "../../../src/jobs/job.ts";
import type { Store } from "../../../src/store/store.ts";
import { bob } from "../../fakes/fake-chat-adapter.ts";
import { createScene, here, problem } from "../../fixtures/bot-scene.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
});
afterEach(() => {
  vi.useRealTimers();
});

const HOUR_MS = 3_600_000;

/** A store whose `active` documents are deleted only once `gate` opens. */
function slowToRetire(gate: () => Promise<void> | undefined) {
  return (store: Store): Store => ({
    ...store,
    collection: (definition) => {
      const collection = store.collection(definition);
      if (definition.name !== "active") return collection;
      return {
        ...collection,
        async delete(key) {
          await gate();
          await collection.delete(key);
        },
      };
    },
  });
}

describe("a deletion", () => {
  it("that meets an outage of the backend is seen at once, and done there later", async () => {
    const { chat, ask, complete, videos, pass, bot } = await createScene();
    const job = await ask();
    await complete();
    videos.refuse("delete", problem("unavailable", true), 2);
    await chat.ask({ kind: "button", action: "delete", argument: `${job.id}_sure` });
    await pass(0);
    expect(chat.shown(job.destination)).toMatchObject({ title: "Deleted" });
    expect(videos.all()).toHaveLength(1);
    await pass(600_000);
    expect(videos.all()).toEqual([]);
    expect(await bot.jobs.get(job.id)).toMatchObject({ phase: "deleted" });
  });

  it("that meets a backend which never answers again ends all the same", async () => {
    const { chat, ask, complete, videos, pass, bot } = await createScene();
    const job = await ask();
    await complete();
    videos.refuse("delete", problem("unavailable", true), 10_000);
    await chat.ask({ kind: "button", action: "delete", argument: `${job.id}_sure` });
    await pass(2 * HOUR_MS);
    expect(await bot.jobs.get(job.id)).toMatchObject({ phase: "deleted" });
  });

  it("that the create overtakes reaches the video that was made", async () => {
    const { chat, videos, pass, newest, bot } = await createScene({ canCancel: true });
    videos.refuse("create", problem("overloaded", true), 1);
    await chat.command("create", { prompt: "a kite" });
    await pass(0);
    const { id, phase } = await newest();
    expect(phase).toBe("posted");
    const { canRead } = chat;
    // Asked from another channel, it takes a while to find out whether that may be; the create gets through meanwhile.
    chat.canRead = async (person, channel) => {
      await pass(10_000);
      return canRead(person, channel);
    };
    const linus = { id: "linus", name: "Linus", moderator: true, manager: true, roles: [] };
    const from = { actor: linus, destination: { ...here, channel: "c2" } };
    await chat.ask({ kind: "button", action: "delete", argument: `${id}_sure` }, from);
    await pass(60_000);
    expect(await bot.jobs.get(id)).toMatchObject({ phase: "deleted" });
    expect(videos.all()).toEqual([]);
  });

  it("that crosses the end of its video is no failure", async () => {
    const { chat, ask, videos, pass, bot } = await createScene({ canCancel: true });
    const job = await ask();
    const remove = videos.delete;
    videos.delete = async (videoId) => {
      videos.complete(videoId);
      const seen = await videos.retrieve(videoId);
      const removed = await remove(videoId);
      // What the poller had asked before is written down a moment later.
      await bot.jobs.update(job.id, (current) => observed(current, seen));
      return removed;
    };
    await chat.ask({ kind: "button", action: "delete", argument: `${job.id}_sure` });
    await pass(HOUR_MS);
    expect(await bot.jobs.get(job.id)).toMatchObject({ phase: "deleted" });
    expect(chat.shown(job.destination)).toMatchObject({ title: "Cancelled" });
  });

  it("whose process dies before it is written down is finished by the poller", async () => {
    const { ask, videos, poll, pass, bot, chat } = await createScene({ canCancel: true });
    const job = await ask();
    const stopping = { by: { id: "ada", name: "Ada" }, at: Date.now() };
    await bot.jobs.update(job.id, (current) => ({ ...current, stopping }));
    await videos.delete(videos.all()[0]?.id ?? "");
    await poll();
    await pass(0);
    expect(await bot.jobs.get(job.id)).toMatchObject({ phase: "deleted", deletion: { cancelled: true } });
    expect(chat.shown(job.destination)).toMatchObject({ title: "Cancelled" });
  });

  it("stays among what is to be done, whatever else is written at that time", async () => {
    let gate: Promise<void> | undefined;
    const { ask, complete, pass, bot } = await createScene({ wrapStore: slowToRetire(() => gate) });
    const job = await ask();
    await complete();
    const { promise, resolve } = Promise.withResolvers<void>();
    gate = promise;
    const other = bot.jobs.update(job.id, (current) => ({ ...current, remixes: ["x"] }));
    await pass(0);
    await bot.jobs.revive(job.id, (current) => deleting(current, { id: "ada", name: "Ada" }, Date.now()));
    resolve();
    await other;
    expect((await bot.jobs.active()).map(({ id }) => id)).toEqual([job.id]);
  });

  it("leaves no file of a download that was under way", async () => {
    const { chat, ask, complete, media, videos, pass, bot } = await createScene();
    const job = await ask();
    await complete();
    await media.delete(`${job.id}/video.mp4`);
    const { download } = videos;
    const { promise: gate, resolve: open } = Promise.withResolvers<void>();
    videos.download = async (...args) => {
      const body = await download(...args);
      await gate;
      return body;
    };
    const asking = chat.command("download", { video: job.id, variant: "video" }, { actor: bob });
    await pass(10);
    await chat.ask({ kind: "button", action: "delete", argument: `${job.id}_sure` });
    await pass(1_000);
    expect(await bot.jobs.get(job.id)).toMatchObject({ phase: "deleted" });
    open();
    await asking;
    expect(await media.stat(`${job.id}/video.mp4`)).toBeUndefined();
  });
});

it("a card that somebody deletes while its video is made has that go to whoever asked, and to no gallery", async () => {
  const { chat, ask, complete, pass, bot } = await createScene({ delivers: "apart" });
  const job = await ask();
  await chat.emit({ kind: "messages-deleted", messages: [job.destination] });
  chat.remove(job.destination);
  await complete();
  await pass(60_000);
  expect(await bot.jobs.get(job.id)).toMatchObject({ phase: "delivered" });
  expect((await bot.services.gallery.page(here, {}, { limit: 5 })).total).toBe(0);
  const places = chat.messages.flatMap(({ video, destination }) => (video ? [destination.channel] : []));
  expect(places).toEqual(["direct-ada"]);
});
