import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { bob, grace } from "../../fakes/fake-chat-adapter.ts";
import { createScene, here, problem } from "../../fixtures/bot-scene.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
});
afterEach(() => {
  vi.useRealTimers();
});

async function delivered(delivers: "in place" | "apart" = "in place") {
  const scene = await createScene({ delivers });
  const job = await scene.ask();
  await scene.complete();
  const listed = async () => (await scene.bot.services.gallery.page(here, {}, { limit: 10 })).total;
  return { ...scene, job, listed };
}

describe.each(["in place", "apart"] as const)("deleting a video that stands %s", (delivers) => {
  it("asks first, then takes it away everywhere", async () => {
    const { chat, job, videos, media, bot, pass, listed } = await delivered(delivers);
    expect(await listed()).toBe(1);
    await chat.press("Delete");
    expect(chat.pages.at(-1)?.page.title).toBe("Delete this video?");
    expect(videos.all()).toHaveLength(1);
    await chat.pressPage("Delete it");
    await pass(0);
    expect(chat.pages).toHaveLength(1);
    expect(chat.pages[0]?.page.title).toBe("Deleted");
    expect(videos.all()).toEqual([]);
    expect(await media.stat(`${job.id}/video.mp4`)).toBeUndefined();
    expect(await listed()).toBe(0);
    expect(chat.messages.every(({ video }) => video === undefined)).toBe(true);
    const card = chat.shown(job.destination);
    expect(card).toMatchObject({ title: "Deleted", prompt: "", kind: "final", buttons: [] });
    const kept = await bot.jobs.get(job.id);
    expect(kept).toMatchObject({ phase: "deleted", request: { prompt: "" }, deletion: { cancelled: false } });
    expect(kept?.media).toBeUndefined();
    expect(await bot.jobs.active()).toEqual([]);
  });
});

it("deleting twice is harmless", async () => {
  const { chat, job, pass, lastPrivate } = await delivered();
  const again = { kind: "button", action: "delete", argument: `${job.id}_sure` } as const;
  await Promise.all([chat.ask(again), chat.ask(again)]);
  await pass(0);
  await chat.ask(again);
  await chat.type(`delete ${job.id}`);
  expect(chat.pages.map(({ page }) => page.title)).toEqual(Array(4).fill("Deleted"));
  expect(lastPrivate()).toBe("");
});

it("a video that the backend lost, or will not delete, is deleted here all the same", async () => {
  for (const refusal of [undefined, problem("not_supported", false)]) {
    const { chat, job, bot, videos, pass } = await delivered();
    if (refusal) videos.refuse("delete", refusal);
    else await videos.delete(videos.all()[0]?.id ?? "");
    await chat.ask({ kind: "button", action: "delete", argument: `${job.id}_sure` });
    await pass(0);
    expect(await bot.jobs.get(job.id)).toMatchObject({ phase: "deleted" });
  }
});

it("a platform that fails for a while does not keep the tombstone from its place", async () => {
  const { chat, job, pass } = await delivered();
  chat.refuse("retract", problem("unavailable", true), 2);
  await chat.ask({ kind: "button", action: "delete", argument: `${job.id}_sure` });
  await pass(60_000);
  expect(chat.shown(job.destination)).toMatchObject({ title: "Deleted" });
});

it("others may not delete, moderators of that channel may", async () => {
  const { chat, job, bot, pass, lastPrivate } = await delivered();
  const press = { kind: "button", action: "delete", argument: `${job.id}_sure` } as const;
  await chat.ask(press, { actor: bob });
  expect(lastPrivate()).toBe("Only whoever asked for it and moderators may delete this video.");
  const far = { actor: grace, destination: { ...here, channel: "c2" } };
  await chat.ask(press, far);
  expect(lastPrivate()).toBe("Only whoever asked for it and moderators may delete this video.");
  await chat.ask(press, { actor: grace });
  await pass(0);
  expect(await bot.jobs.get(job.id)).toMatchObject({ phase: "deleted" });
  expect((await bot.jobs.get(job.id))?.deletion?.by).toBeUndefined();
  expect(chat.shown(job.destination)?.lines.flat()).toContainEqual({ person: "grace", name: "Grace" });
});

describe("a video that is being made", () => {
  it("is stopped where the backend can", async () => {
    const { chat, ask, bot, videos, pass, poll } = await createScene({ canCancel: true });
    const job = await ask();
    await chat.press("Delete");
    expect(chat.pages.at(-1)?.page.title).toBe("Stop this video?");
    await chat.pressPage("Stop it");
    await pass(0);
    await poll();
    expect(videos.all()).toEqual([]);
    expect(chat.shown(job.destination)).toMatchObject({ title: "Cancelled" });
    expect(await bot.jobs.get(job.id)).toMatchObject({ phase: "deleted", deletion: { cancelled: true } });
  });

  it("goes on where the backend cannot, and whoever asked is told so", async () => {
    const { chat, ask, complete, lastPrivate, videos } = await createScene();
    const job = await ask();
    await chat.press("Delete");
    await chat.pressPage("Stop it");
    expect(lastPrivate()).toBe(
      `Video ${job.id} is being made, and the video service cannot stop it. Delete it when it is finished.`,
    );
    await complete();
    expect(chat.shown(job.destination)).toMatchObject({ tone: "good" });
    expect(videos.calls.create).toBe(1);
  });
});

describe("galleries", () => {
  it("lose a video whose message somebody deleted, for good", async () => {
    const { chat, job, bot, listed } = await delivered("apart");
    const shown = (await bot.jobs.get(job.id))?.result ?? job.destination;
    // The card that points to the video is not the video.
    await chat.emit({ kind: "messages-deleted", messages: [job.destination] });
    expect(await listed()).toBe(1);
    await chat.emit({ kind: "messages-deleted", messages: [{ ...here, message: "unknown" }, shown] });
    expect(await listed()).toBe(0);
    await chat.type(`hide ${job.id}`, { actor: grace });
    expect(await listed()).toBe(0);
  });

  it("lose a video that a moderator hides, and get it back with its stars", async () => {
    const { chat, job, bot, listed, lastPrivate } = await delivered();
    await chat.emit({ kind: "star", message: job.destination, person: "bob", starred: true });
    await chat.type(`hide ${job.id}`);
    expect(lastPrivate()).toBe("Only moderators may hide or show this video.");
    await chat.type(`hide ${job.id}`, { actor: grace });
    expect(await listed()).toBe(0);
    await chat.type(`hide ${job.id}`, { actor: grace });
    expect(await bot.services.gallery.get(here, job.id)).toMatchObject({ stars: 1 });
  });
});
