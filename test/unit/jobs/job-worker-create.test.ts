import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Store } from "../../../src/store/store.ts";
import { createScene, problem } from "../../fixtures/bot-scene.ts";
import { aJob } from "../../fixtures/jobs.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe("a create that is refused", () => {
  it("for now is sent again later, and the card says queued until then", async () => {
    const { ask, videos, pass, card, newest } = await createScene();
    videos.refuse("create", problem("rate_limit_exceeded", true, 20_000));
    await ask();
    expect(videos.all()).toEqual([]);
    expect(card()?.title).toBe("Queued");
    await pass(19_999);
    expect(videos.calls.create).toBe(1);
    await pass(1);
    expect(videos.all()).toHaveLength(1);
    expect((await newest()).phase).toBe("rendering");
  });

  it("for good says why, with a way to try again", async () => {
    const { ask, videos, card, text, chat, pass } = await createScene();
    videos.refuse("create", problem("moderation_blocked", false));
    const failed = await ask();
    expect(card()).toMatchObject({ title: "Failed", tone: "bad", kind: "final" });
    expect(text()).toContain("The prompt was refused by the content rules.");
    await chat.press("Retry", {
      actor: { id: "bob", name: "Bob", moderator: false, manager: false, roles: [] },
    });
    await pass(0);
    const [retried] = videos.all();
    expect(retried?.prompt).toBe(failed.request.prompt);
    expect(card()?.lines[0]).toContainEqual({ person: "bob", name: "Bob" });
  });

  it("because the video to remix is gone says just that", async () => {
    const { ask, complete, videos, chat, pass, text } = await createScene();
    await ask();
    await complete();
    videos.remove(videos.all()[0]?.id ?? "");
    await chat.press("Remix");
    await chat.submit({ prompt: "at night" });
    await pass(0);
    expect(text()).toContain("no longer has the video to remix");
  });

  it("never went out when the picture is gone", async () => {
    const { bot, videos, pass } = await createScene();
    const image = { mediaKey: "gone/reference.png", filename: "reference.png", contentType: "image/png" };
    const { request } = aJob();
    await bot.jobs.insert(aJob({ request: { ...request, operation: "create", image } }));
    await bot.resume();
    await pass(0);
    expect(videos.calls.create).toBe(0);
    expect(await bot.jobs.get(aJob().id)).toMatchObject({ failure: { code: "media_not_found" } });
  });
});

describe("a create whose answer is lost", () => {
  it("is found in the backend's list", async () => {
    const { ask, videos, newest } = await createScene();
    videos.loseAnswer("create");
    await ask();
    expect(videos.all()).toHaveLength(1);
    expect(await newest()).toMatchObject({ phase: "rendering", video: { id: videos.all()[0]?.id } });
  });

  it("is found when the list shows it late", async () => {
    const { ask, videos, pass, newest } = await createScene();
    videos.refuse("create", problem("answer_lost", false));
    await ask();
    expect((await newest()).phase).toBe("creating");
    videos.add({ prompt: "a kite" });
    await pass(10_000);
    expect((await newest()).phase).toBe("rendering");
    expect(videos.calls.create).toBe(1);
  });

  it("is never sent again, and the card says that it may have been billed", async () => {
    const { ask, videos, pass, newest, text } = await createScene();
    videos.refuse("create", problem("answer_lost", false));
    await ask();
    await pass(90_000);
    expect(await newest()).toMatchObject({ phase: "failed", failure: { code: "answer_lost" } });
    expect(videos.calls.create).toBe(1);
    expect(text()).toContain("It may have been billed");
  });

  it("is not guessed at between two that could be it", async () => {
    const { ask, videos, pass, newest } = await createScene();
    videos.add({ prompt: "a kite" });
    videos.loseAnswer("create");
    await ask();
    await pass(90_000);
    expect(await newest()).toMatchObject({ phase: "failed", failure: { code: "answer_lost" } });
  });

  it("is not looked for in vain where the backend cannot list", async () => {
    const { ask, videos, pass, newest } = await createScene();
    videos.loseAnswer("create");
    videos.refuse("list", problem("not_supported", false), 100);
    await ask();
    await pass(90_000);
    expect(await newest()).toMatchObject({ phase: "failed", failure: { code: "answer_lost" } });
  });

  it("is looked for as long as the list cannot be read", async () => {
    const { ask, videos, pass, newest } = await createScene();
    videos.loseAnswer("create");
    videos.refuse("list", problem("unavailable", true), 3);
    await ask();
    await pass(60_000);
    expect((await newest()).phase).toBe("rendering");
  });

  it("is not paid again because the store had trouble when the answer was in", async () => {
    let trouble = 1;
    const wrapStore = (store: Store): Store => ({
      ...store,
      collection: (definition) => {
        const collection = store.collection(definition);
        if (definition.name !== "video-owner") return collection;
        const insert: typeof collection.insert = async (key, document) => {
          if (trouble-- > 0) throw problem("conflict", true);
          return collection.insert(key, document);
        };
        return { ...collection, insert };
      },
    });
    const { ask, videos, pass, newest } = await createScene({ wrapStore });
    await ask();
    await pass(60_000);
    expect(videos.calls.create).toBe(1);
    expect((await newest()).phase).toBe("rendering");
  });
});
