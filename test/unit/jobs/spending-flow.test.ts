import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { plainText } from "../../../src/chat/rich-text.ts";
import { ServiceError } from "../../../src/errors.ts";
import type { LimitRules } from "../../../src/spending/limits.ts";
import type { Store } from "../../../src/store/store.ts";
import { ada, bob } from "../../fakes/fake-chat-adapter.ts";
import { createScene, here, problem } from "../../fixtures/bot-scene.ts";

beforeEach(() => void vi.useFakeTimers({ now: Date.UTC(2026, 10, 27, 12) }));
afterEach(() => void vi.useRealTimers());

type Scene = Awaited<ReturnType<typeof createScene>>;

const usageOf = async ({ bot }: Scene) => {
  const { running, day } = await bot.services.spending.usage("mine", { actor: ada, destination: here });
  return { running, videos: day["sora-2"]?.videos ?? 0, usd: (day["sora-2"]?.microUsd ?? 0) / 1e6 };
};

describe("what a video costs", () => {
  it("stands on its card, an estimate by model, length and size", async () => {
    const { chat, text, pass } = await createScene();
    await chat.command("create", { prompt: "a kite", model: "sora-2-pro", seconds: "8", size: "1024x1792" });
    await pass(0);
    expect(text()).toContain("sora-2-pro · 8 s · portrait 1024x1792 · about $4.00");
  });

  it("is that of the added seconds alone for an extension", async () => {
    const { chat, text, ask, complete, pass } = await createScene();
    const { id } = await ask();
    await complete();
    await chat.command("extend", { video: id, prompt: "on", seconds: "8" });
    await pass(0);
    expect(text()).toContain("12 s · portrait 720x1280 (inherited) · about $0.80");
  });
});

describe("what costs more than may be spent without asking", () => {
  const asked = async (options: { confirmAboveUsd?: number } = {}) => {
    const scene = await createScene({ confirmAboveUsd: 0.5, ...options });
    await scene.chat.command("create", { prompt: "a kite", seconds: "12" });
    await scene.pass(0);
    return scene;
  };
  const page = ({ chat }: Scene) => chat.pages.at(-1)?.page;

  it("is asked for in private, with its price; nothing is made and nothing is reserved", async () => {
    const scene = await asked();
    expect(page(scene)).toMatchObject({ title: "This costs about $1.20" });
    expect(page(scene)?.buttons.map(({ label }) => label)).toEqual(["Make it for $1.20", "Cancel"]);
    expect(scene.chat.messages).toEqual([]);
    expect(scene.videos.calls.create).toBe(0);
    expect(await usageOf(scene)).toEqual({ running: 0, videos: 0, usd: 0 });
  });

  it("is made when that is confirmed, and once only", async () => {
    const scene = await asked();
    await scene.chat.pressPage("Make it for $1.20");
    await scene.pass(0);
    await scene.chat.pressPage("Make it for $1.20");
    await scene.pass(0);
    expect(scene.videos.calls.create).toBe(1);
    expect(scene.chat.messages).toHaveLength(1);
    expect(scene.lastPrivate()).toContain("answered already");
    expect(await usageOf(scene)).toEqual({ running: 1, videos: 1, usd: 1.2 });
  });

  it("is left when it is cancelled", async () => {
    const scene = await asked();
    await scene.chat.pressPage("Cancel");
    expect(page(scene)?.title).toBe("Cancelled");
    expect(page(scene)?.lines.map(plainText)).toEqual(["Nothing was made, nothing was billed."]);
    await scene.chat.ask({ kind: "button", action: "confirm", argument: "0000000000_yes" });
    expect(scene.lastPrivate()).toContain("answered already");
    expect(scene.videos.calls.create).toBe(0);
  });

  it("is nobody else's to confirm", async () => {
    const scene = await asked();
    await scene.chat.pressPage("Make it for $1.20", 0, { actor: bob });
    await scene.pass(0);
    expect(scene.videos.calls.create).toBe(0);
    await scene.chat.pressPage("Make it for $1.20");
    await scene.pass(0);
    expect(scene.videos.calls.create).toBe(1);
  });

  it("is not asked about below that, nor where the price is not known", async () => {
    const scene = await createScene({ confirmAboveUsd: 0.5 });
    await scene.chat.command("create", { prompt: "a kite", seconds: "4" });
    await scene.pass(0);
    expect(scene.videos.calls.create).toBe(1);
  });

  it("is asked about for a remix and a retry as well", async () => {
    const scene = await createScene({ confirmAboveUsd: 0.3 });
    await scene.chat.command("create", { prompt: "a kite" });
    await scene.chat.pressPage("Make it for $0.40");
    await scene.pass(0);
    await scene.complete();
    const { id } = await scene.newest();
    await scene.chat.command("remix", { video: id, prompt: "at night" });
    await scene.chat.pressPage("Make it for $0.40");
    await scene.pass(0);
    expect(scene.videos.calls.remix).toBe(1);
    await scene.chat.command("retry", { video: id });
    expect(page(scene)?.title).toBe("This costs about $0.40");
    expect(scene.videos.calls.create).toBe(1);
  });

  it("can be confirmed once more when a limit stood in the way", async () => {
    const scene = await createScene({ confirmAboveUsd: 0.3, limits: { person: { running: 1 } } });
    for (const prompt of ["a kite", "a boat"]) await scene.chat.command("create", { prompt });
    await scene.chat.pressPage("Make it for $0.40");
    await scene.pass(0);
    // The page of the first request is the older one.
    await scene.chat.ask({ kind: "button", action: "confirm", argument: argumentOf(scene, 0) });
    expect(scene.lastPrivate()).toContain("videos being made at the same time is 1");
    await scene.complete();
    await scene.chat.ask({ kind: "button", action: "confirm", argument: argumentOf(scene, 0) });
    await scene.pass(0);
    expect(scene.videos.calls.create).toBe(2);
  });

  function argumentOf({ chat }: Scene, index: number): string {
    const button = chat.pages[index]?.page.buttons[0];
    return button && "argument" in button ? button.argument : "";
  }
});

describe("limits", () => {
  const ask = async (limits: LimitRules) => {
    const scene = await createScene({ limits });
    return { ...scene, create: (prompt: string) => scene.ask(prompt).catch(() => undefined) };
  };

  it("refuse in words: which limit, how much is used, when it frees", async () => {
    const { create, lastPrivate, videos } = await ask({ person: { videosPerDay: 1 } });
    await create("a kite");
    await create("a boat");
    expect(lastPrivate()).toBe(
      "Your limit of videos a day is 1, 1 of it is used, and this video does not fit in. It frees at 2026-11-28 00:00 UTC, in 11 hours.",
    );
    expect(videos.calls.create).toBe(1);
  });

  it("count nothing for what failed, was refused, or was cancelled", async () => {
    const scene = await ask({ person: { videosPerDay: 1 } });
    const { create, videos, poll, chat, newest } = scene;
    videos.refuse("create", problem("moderation_blocked", false));
    await create("refused");
    await create("fails");
    videos.fail(videos.all()[0]?.id ?? "");
    await poll();
    await create("kept");
    expect(videos.calls.create).toBe(3);
    expect(await usageOf(scene)).toMatchObject({ running: 1, videos: 1 });
    videos.refuse("delete", problem("not_supported", false));
    await chat.ask({ kind: "button", action: "delete", argument: `${(await newest()).id}_sure` });
    expect(await usageOf(scene)).toMatchObject({ running: 1, videos: 1 });
  });

  it("count a create whose answer was lost: it may have been billed", async () => {
    const scene = await ask({});
    scene.videos.lack("list");
    scene.videos.loseAnswer("create");
    await scene.create("a kite");
    await scene.pass(120_000);
    expect((await scene.newest()).failure?.code).toBe("answer_lost");
    expect(await usageOf(scene)).toEqual({ running: 0, videos: 1, usd: 0.4 });
  });

  it("count it also where somebody deletes it before its accounts are settled", async () => {
    const trouble = { on: false };
    const wrapStore = (store: Store): Store => ({
      ...store,
      collection(definition) {
        const collection = store.collection(definition);
        const away = () => Promise.reject(problem("conflict", true));
        return {
          ...collection,
          get: (key) => (trouble.on && definition.name === "hold" ? away() : collection.get(key)),
        };
      },
    });
    const scene = await createScene({ wrapStore });
    const { chat, videos, ask, pass, newest } = scene;
    videos.lack("list");
    videos.loseAnswer("create");
    await ask();
    trouble.on = true;
    await pass(40_000);
    const { id } = await newest();
    await chat.ask({ kind: "button", action: "delete", argument: `${id}_sure` });
    trouble.on = false;
    await pass(120_000);
    expect(await usageOf(scene)).toEqual({ running: 0, videos: 1, usd: 0.4 });
  });

  it("count a video whose file the backend does not hand out: it was made", async () => {
    const scene = await ask({});
    scene.videos.refuse("download", new ServiceError("videos", "not_ready", "No.", { retryable: true }), 99);
    await scene.create("a kite");
    await scene.complete();
    await scene.pass(12 * 60_000);
    expect(scene.text()).toContain("The video was made, but its file could not be fetched whole.");
    expect(await usageOf(scene)).toEqual({ running: 0, videos: 1, usd: 0.4 });
  });

  it("hold for everybody but who is exempt, by themselves or by a role", async () => {
    const limits = { person: { videosPerDay: 0 }, roles: { patrons: "exempt" }, exempt: ["bob"] } as const;
    const { chat, videos, pass } = await ask(limits);
    const from = (actor: typeof ada) => ({ actor });
    await chat.command("create", { prompt: "a kite" }, from(ada));
    await chat.command("create", { prompt: "a kite" }, from(bob));
    await chat.command("create", { prompt: "a kite" }, from({ ...ada, id: "carol", roles: ["patrons"] }));
    await pass(0);
    expect(videos.calls.create).toBe(2);
  });
});
