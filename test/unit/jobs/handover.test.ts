import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ServiceError } from "../../../src/errors.ts";
import type { VideoFitter } from "../../../src/media/video-fitter.ts";
import { ada } from "../../fakes/fake-chat-adapter.ts";
import { createScene, here } from "../../fixtures/bot-scene.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] }));
afterEach(() => void vi.useRealTimers());

const refusal = (code: string, retryable = false) => new ServiceError("web", code, "No.", { retryable });
const gone = refusal("gone");
const noAccess = refusal("no_access");
const tooLarge = refusal("too_large");

/** Writes a file of that many bytes, or says that it cannot be done. */
function fitterOf(...sizes: (number | undefined)[]) {
  const asked: number[] = [];
  const fitter: VideoFitter = {
    async fit({ media, to, maxBytes }) {
      asked.push(maxBytes);
      const bytes = sizes.shift();
      return bytes === undefined ? undefined : media.put(to, [Buffer.alloc(bytes, 7)]);
    },
  };
  return { asked, fitter };
}

async function finishedScene(options: Parameters<typeof createScene>[0] = {}) {
  const scene = await createScene(options);
  const job = await scene.ask();
  const gallery = () => scene.bot.services.gallery.page(here, {}, { limit: 10 });
  const usage = async () => {
    const { running, month } = await scene.bot.services.spending.usage("mine", {
      actor: ada,
      destination: here,
    });
    return { running, videos: Object.values(month).length > 0 };
  };
  return {
    ...scene,
    job,
    gallery,
    usage,
    /** The video is made, and handed over in whatever way is left. */
    async finish() {
      await scene.complete();
      await scene.pass(1_000);
      return scene.newest();
    },
    direct: () => scene.chat.messages.filter(({ destination }) => destination.channel === "direct-ada"),
    inChannel: () => scene.chat.messages.filter(({ destination }) => destination.channel === "c1"),
  };
}

describe.each(["in place", "apart"] as const)(
  "a message that is gone when its video is done (%s)",
  (delivers) => {
    it("stays gone: the video goes to whoever asked, and no gallery shows it", async () => {
      const { chat, bot, job, finish, direct, inChannel, gallery, text } = await finishedScene({ delivers });
      chat.remove(job.destination);
      await bot.services.removal.messagesDeleted([job.destination]);
      expect(await finish()).toMatchObject({ phase: "delivered", unlisted: "message_deleted" });
      expect(inChannel()).toEqual([]);
      expect(direct().filter(({ video }) => video !== undefined)).toHaveLength(1);
      expect(direct().flatMap(({ notified, toldDirectly }) => [...notified, ...toldDirectly])).toEqual([]);
      expect(text()).toContain("Its message was deleted, so it comes to you alone.");
      expect((await gallery()).total).toBe(0);
    });
  },
);

it("a message that nobody told the bot is gone stays gone all the same", async () => {
  const { chat, job, finish, direct, inChannel, gallery } = await finishedScene();
  chat.remove(job.destination);
  chat.refuse("deliver", gone);
  expect(await finish()).toMatchObject({ phase: "delivered", unlisted: "message_deleted" });
  expect([inChannel().length, direct().filter(({ video }) => video).length]).toEqual([0, 1]);
  expect((await gallery()).total).toBe(0);
});

describe("a channel out of reach when its video is done", () => {
  it("has the video go to whoever asked, and stay in the gallery", async () => {
    const { chat, finish, direct, gallery, text } = await finishedScene();
    chat.refuse("deliver", noAccess);
    expect(await finish()).toMatchObject({ phase: "delivered" });
    expect(direct()).toHaveLength(1);
    expect(text()).toContain("cannot post in its channel any more");
    expect((await gallery()).total).toBe(1);
  });

  it.each([
    ["postDirect", { code: "no_access" }],
    ["deliver", { code: "no_access" }],
  ] as const)("of somebody who takes no messages (%s) keeps it for the gallery", async (call, { code }) => {
    const { chat, finish, direct, gallery, job } = await finishedScene();
    chat.refuse("deliver", noAccess, call === "deliver" ? 2 : 1);
    if (call === "postDirect") chat.refuse("postDirect", refusal(code));
    expect(await finish()).toMatchObject({ phase: "delivered", moved: { kept: true } });
    expect(direct().filter(({ video }) => video !== undefined)).toEqual([]);
    expect((await gallery()).entries.map(({ id }) => id)).toEqual([job.id]);
  });

  it("waits for what passes", async () => {
    const { chat, finish, direct, inChannel, pass, newest } = await finishedScene();
    chat.refuse("deliver", noAccess);
    chat.refuse("postDirect", refusal("unavailable", true), 3);
    await finish();
    await pass(60_000);
    expect(await newest()).toMatchObject({ phase: "delivered" });
    expect([direct().length, inChannel().filter(({ video }) => video).length]).toEqual([1, 0]);
  });

  it("lets whoever got it directly use its buttons there, and nobody else", async () => {
    const { chat, finish, lastPrivate, job, pass } = await finishedScene();
    chat.refuse("deliver", noAccess);
    await finish();
    const from = { destination: { platform: "web", workspace: "@me", channel: "dm" } } as const;
    await chat.command("remix", { video: job.id, prompt: "once more" }, from);
    await pass(0);
    expect(chat.messages.at(-1)?.cards.at(-1)?.prompt).toBe("once more");
    const bob = { id: "bob", name: "Bob", moderator: true, manager: true, roles: [] };
    await chat.command("remix", { video: job.id, prompt: "theirs" }, { ...from, actor: bob });
    await pass(0);
    expect(lastPrivate()).toContain("There is no video");
  });

  it("takes it back from there when it is deleted", async () => {
    const { chat, finish, direct, job, pass, newest } = await finishedScene();
    chat.refuse("deliver", noAccess);
    await finish();
    await chat.ask({ kind: "button", action: "delete", argument: `${job.id}_sure` });
    await pass(1_000);
    expect(await newest()).toMatchObject({ phase: "deleted" });
    expect(direct().map(({ video, cards }) => [video, cards.at(-1)?.title])).toEqual([
      [undefined, "Deleted"],
    ]);
  });
});

describe("a video that is too large to be uploaded", () => {
  it("is made to fit the limit that the platform states", async () => {
    const { asked, fitter } = fitterOf(900);
    const { chat, finish, card } = await finishedScene({ fitter });
    chat.refuse("deliver", tooLarge);
    expect(await finish()).toMatchObject({ phase: "delivered", fits: 1 });
    expect(asked).toHaveLength(1);
    const [shown] = chat.messages.flatMap(({ video }) => video ?? []);
    expect(shown).toEqual(Buffer.alloc(900, 7));
    expect(JSON.stringify(card()?.footnote)).toContain("encoded anew to fit");
  });

  it("is given whole to whoever can take it, and as it was made to fit to others", async () => {
    const { fitter } = fitterOf(900);
    const { chat, finish, job, media, pass } = await finishedScene({ fitter });
    chat.refuse("deliver", tooLarge);
    await finish();
    const whole = await media.stat(`${job.id}/video.mp4`);
    for (const [uploadLimitBytes, bytes] of [
      [undefined, whole?.bytes],
      [1_000, 900],
    ] as const) {
      const from = uploadLimitBytes === undefined ? {} : { uploadLimitBytes };
      await chat.command("download", { video: job.id, variant: "video" }, from);
      await pass(0);
      expect(chat.privates.at(-1)?.file?.length).toBe(bytes);
      await chat.ask({ kind: "button", action: "play", argument: job.id }, from);
      await pass(0);
      expect(chat.pages.at(-1)?.video?.length).toBe(bytes);
    }
    await chat.ask({ kind: "button", action: "play", argument: job.id }, { uploadLimitBytes: 100 });
    await pass(0);
    expect(JSON.stringify(chat.pages.at(-1)?.page.lines)).toContain("too large to be sent here");
  });

  it("refused although it fits is tried at half its size, and then shown by its thumbnail and a link", async () => {
    const { asked, fitter } = fitterOf(900, 400);
    const { chat, finish, card, text, job } = await finishedScene({ fitter });
    chat.refuse("deliver", tooLarge, 3);
    expect(await finish()).toMatchObject({ phase: "delivered", fits: 2, shownAs: "link" });
    expect(asked[1]).toBe(450);
    expect(text()).toContain("too large to be uploaded here");
    const link = card()
      ?.lines.flat()
      .find((part) => typeof part === "object" && "link" in part);
    expect(link).toMatchObject({ text: "Watch it on its page" });
    expect(JSON.stringify(link)).toMatch(new RegExp(`https://videos\\.example/g/[^"]+/${job.id}`));
    expect(chat.messages.at(-1)?.video?.subarray(0, 4).toString()).toBe("RIFF");
  });

  it("is shown in words where not even a thumbnail may be uploaded, and is in the gallery", async () => {
    const { fitter } = fitterOf(undefined);
    const { chat, finish, text, gallery, usage } = await finishedScene({ fitter });
    chat.refuse("deliver", tooLarge, 2);
    expect(await finish()).toMatchObject({ phase: "delivered", shownAs: "words" });
    expect(text()).toContain("too large to be uploaded here");
    expect((await gallery()).total).toBe(1);
    expect(await usage()).toMatchObject({ running: 0 });
  });
});

it("a failure that no card can tell is told directly", async () => {
  const told: string[] = [];
  const tell = async (address: string) => void told.push(address);
  const { chat, videos, poll, pass, job, bot, newest } = await finishedScene({ tell });
  chat.remove(job.destination);
  await bot.services.removal.messagesDeleted([job.destination]);
  videos.fail(videos.all()[0]?.id ?? "");
  await poll();
  await pass(1_000);
  expect(await newest()).toMatchObject({ phase: "failed" });
  expect(told).toEqual(["ada"]);
});
