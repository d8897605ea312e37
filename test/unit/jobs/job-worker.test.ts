import { Readable } from "node:stream";
import sharp from "sharp";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { clipBytes, thumbnailBytes } from "../../fakes/fake-videos-client.ts";
import { createScene, problem } from "../../fixtures/bot-scene.ts";
import { aJob } from "../../fixtures/jobs.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe("a job that goes well", () => {
  it("goes from queued through progress to its video in the same message", async () => {
    const { ask, videos, poll, complete, chat, newest } = await createScene();
    await ask();
    const [video] = videos.all();
    videos.move(video?.id ?? "", { status: "in_progress", progress: 40 });
    await poll();
    await complete();
    expect(chat.messages).toHaveLength(1);
    const [message] = chat.messages;
    expect(message?.cards.map(({ title, progress }) => `${title} ${progress?.percent}`)).toEqual([
      "Queued undefined",
      "Rendering 40",
      "Done in 0 s undefined",
    ]);
    expect(message?.video).toEqual(clipBytes);
    expect(message?.notified).toEqual(["ada"]);
    expect(message?.cards.at(-1)).toMatchObject({ kind: "final", tone: "good", altText: expect.any(String) });
    expect(await newest()).toMatchObject({ phase: "delivered", result: message?.destination });
  });

  it("links the card to the video where that stands in a message of its own", async () => {
    const { ask, complete, chat, newest } = await createScene({ delivers: "apart" });
    await ask();
    await complete();
    expect(chat.messages.map(({ video }) => video !== undefined)).toEqual([false, true]);
    expect((await newest()).result).toEqual(chat.messages[1]?.destination);
  });

  it("is counted by its parent when it is a remix", async () => {
    const { ask, complete, chat, pass, newest, videos, text } = await createScene();
    const parent = await ask();
    await complete();
    await pass(1);
    await chat.press("Remix");
    await chat.submit({ prompt: "at night" });
    await pass(0);
    const child = await newest();
    expect(child.request).toMatchObject({ operation: "remix", parentJobId: parent.id, prompt: "at night" });
    expect(videos.all()[0]).toMatchObject({ remixedFrom: videos.all()[1]?.id, prompt: "at night" });
    expect(text()).toContain(`Remix of ${parent.id}`);
    expect(text(chat.messages[0]?.cards.at(-1)?.lines)).toContain("Remixed once");
    expect(chat.messages[0]?.video).toBeDefined();
  });

  it("hands its picture on to the backend", async () => {
    const { chat, pass, videos } = await createScene();
    const open = async () => Readable.from([thumbnailBytes]);
    const image = { filename: "me.webp", contentType: "image/webp", bytes: thumbnailBytes.length, open };
    await chat.command("create", { prompt: "a kite", image });
    await pass(0);
    const sent = videos.imageOf(videos.all()[0]?.id ?? "");
    expect(sent).toMatchObject({ filename: "reference.jpg", contentType: "image/jpeg" });
    expect(await sharp(sent?.bytes).metadata()).toMatchObject({ format: "jpeg", width: 720, height: 1280 });
  });

  it("is delivered without a thumbnail where the backend has none, or something else in its place", async () => {
    for (const served of [Buffer.from("{}"), Buffer.alloc(0)]) {
      const { ask, complete, videos, newest } = await createScene();
      videos.serve("thumbnail", served);
      await ask();
      await complete();
      expect(await newest()).toMatchObject({ phase: "delivered" });
      expect((await newest()).media?.thumbnail).toBeUndefined();
    }
  });
});

describe("the first card", () => {
  it("is posted anew when the answer to the request did not get through", async () => {
    const { chat, ask, newest } = await createScene();
    chat.refuse("reply.card", problem("expired", false));
    await ask();
    expect(chat.messages).toHaveLength(1);
    expect(await newest()).toMatchObject({ phase: "rendering", destination: chat.messages[0]?.destination });
  });

  it("is found again when nobody heard that it got through", async () => {
    const { chat, ask, newest } = await createScene();
    chat.loseAnswer("reply.card");
    await ask();
    expect(chat.messages).toHaveLength(1);
    expect((await newest()).destination).toEqual(chat.messages[0]?.destination);
  });

  it("that cannot be posted at all ends the job before anything is paid", async () => {
    const { chat, ask, videos, newest } = await createScene();
    chat.refuse("reply.card", problem("expired", false));
    chat.refuse("postCard", problem("channel_not_found", false));
    await ask();
    expect(videos.all()).toEqual([]);
    expect(await newest()).toMatchObject({
      phase: "failed",
      failure: { code: "cannot_post_channel_not_found" },
    });
  });
});

describe("a completed video", () => {
  it("is fetched again when the connection breaks", async () => {
    const { ask, complete, videos, pass, newest } = await createScene();
    videos.breakDownload("video", 5000);
    await ask();
    await complete();
    expect((await newest()).phase).toBe("downloading");
    await pass(5000);
    expect(await newest()).toMatchObject({
      phase: "delivered",
      media: { video: { bytes: clipBytes.length } },
    });
  });

  it.each([
    ["is no video", Buffer.from("<html>busy</html>")],
    ["ends early", clipBytes.subarray(0, -1)],
    ["has an index but no samples", clipBytes.subarray(0, clipBytes.indexOf("mdat") - 4)],
    ["is empty", Buffer.alloc(0)],
  ])("that %s is fetched again, and given up after ten minutes", async (_, served) => {
    const { ask, complete, videos, pass, newest, text } = await createScene();
    videos.serve("video", served);
    await ask();
    await complete();
    await pass(60_000);
    expect((await newest()).phase).toBe("downloading");
    await pass(700_000);
    expect((await newest()).phase).toBe("failed");
    expect(text()).toContain("its file could not be fetched whole");
  });

  it("whose file comes late is waited for", async () => {
    const { ask, complete, videos, pass, newest } = await createScene();
    videos.refuse("download", problem("not_ready", true), 3);
    await ask();
    await complete();
    await pass(60_000);
    expect((await newest()).phase).toBe("delivered");
  });
});

describe("a delivery", () => {
  it.each(["in place", "apart"] as const)("%s whose answer is lost happens once", async (delivers) => {
    const { ask, complete, chat, pass, newest } = await createScene({ delivers });
    chat.loseAnswer("deliver");
    await ask();
    await complete();
    expect((await newest()).phase).toBe("delivering");
    await pass(5000);
    expect((await newest()).phase).toBe("delivered");
    expect(chat.messages.filter(({ video }) => video)).toHaveLength(1);
    expect(chat.messages.flatMap(({ notified }) => notified)).toEqual(["ada"]);
  });

  it("goes on where the message was deleted meanwhile", async () => {
    const { ask, complete, chat, newest } = await createScene();
    const { destination } = await ask();
    chat.remove(destination);
    await complete();
    expect((await newest()).phase).toBe("delivered");
    expect(chat.messages).toHaveLength(1);
    expect(chat.messages[0]?.video).toEqual(clipBytes);
  });

  it("that is not possible where it belongs goes to whoever asked", async () => {
    const { ask, complete, chat, text, pass } = await createScene();
    chat.refuse("deliver", problem("missing_access", false));
    await ask();
    await complete();
    await pass(1_000);
    expect(text()).toContain("The bot cannot post in its channel any more, so it comes to you alone.");
  });

  it("of a video that is too large for the place says so", async () => {
    const { chat, pass, complete, text } = await createScene();
    await chat.command("create", { prompt: "a kite" }, { uploadLimitBytes: 1000 });
    await pass(0);
    await complete();
    expect(text()).toContain("too large to be uploaded here");
  });
});

describe("a failed job's card", () => {
  it("is shown as soon as the platform takes it", async () => {
    const { ask, videos, chat, pass, card, newest } = await createScene();
    videos.refuse("create", problem("moderation_blocked", false));
    chat.refuse("editCard", problem("rate_limited", true, 10_000));
    await ask();
    expect(await newest()).toMatchObject({ phase: "failing" });
    expect(card()?.title).toBe("Queued");
    await pass(10_000);
    expect(card()?.title).toBe("Failed");
    expect((await newest()).phase).toBe("failed");
  });

  it.each([
    ["is refused for good", problem("missing_access", false)],
    ["meets a bug", new TypeError("a bug")],
  ])("that %s ends the job all the same", async (_, error) => {
    const { ask, videos, chat, newest } = await createScene();
    videos.refuse("create", problem("moderation_blocked", false));
    chat.refuse("editCard", error, 100);
    await ask();
    expect((await newest()).phase).toBe("failed");
  });
});

describe("a job of a platform that is not set up", () => {
  it.each(["accepted", "posted", "delivering", "failing"] as const)("stays as it is: %s", async (phase) => {
    const { bot, pass, videos } = await createScene();
    const job = aJob({ phase, destination: { ...aJob().destination, platform: "slack" } });
    await bot.jobs.insert(job);
    await bot.resume();
    await pass(60_000);
    expect(await bot.jobs.get(job.id)).toEqual(job);
    expect(videos.calls.create).toBe(0);
  });
});
