import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { plainText } from "../../../src/chat/rich-text.ts";
import { UserError } from "../../../src/errors.ts";
import { bob } from "../../fakes/fake-chat-adapter.ts";
import { createScene, problem } from "../../fixtures/bot-scene.ts";
import { withPictures } from "../../fixtures/own-models.ts";
import { plain } from "../../fixtures/pictures.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] }));
afterEach(() => void vi.useRealTimers());

const HOUR = 3_600_000;
const YES = "Make it for $0.40";

/** Whoever asks for a video is asked first; which pictures are kept is seen. */
async function createAskingScene(options: Parameters<typeof createScene>[0] = {}) {
  const scene = await createScene({ confirmAboveUsd: 0.3, ...options });
  const { chat, media } = scene;
  const written: string[] = [];
  const { put } = media;
  media.put = (key, ...rest) => {
    written.push(key);
    return put(key, ...rest);
  };
  return {
    ...scene,
    image: chat.picture(await plain(72, 128).png().toBuffer()),
    /** The pictures that came with requests and are still kept. */
    async pictures() {
      const infos = await Promise.all(written.map((key) => media.stat(key)));
      return written.filter((_, index) => infos[index]);
    },
    page: () => chat.pages.at(-1)?.page,
  };
}

describe("an answer to what a video costs", () => {
  it("can be given again when the platform was away for a moment", async () => {
    const { chat, videos, pass, lastPrivate } = await createAskingScene();
    await chat.command("create", { prompt: "a kite" });
    chat.refuse("checkAccess", problem("unavailable", true));
    await chat.pressPage(YES);
    expect(lastPrivate()).toContain("try again in a moment");
    await chat.pressPage(YES);
    await pass(0);
    expect(videos.calls.create).toBe(1);
  });

  it("makes one video however often it is pressed at once", async () => {
    const { chat, videos, pass } = await createAskingScene();
    await chat.command("create", { prompt: "a kite" });
    await Promise.all([chat.pressPage(YES), chat.pressPage(YES), chat.pressPage(YES)]);
    await pass(0);
    expect(videos.calls.create).toBe(1);
    expect(chat.messages).toHaveLength(1);
  });

  it("does not claim that nothing was made where something was", async () => {
    const { chat, videos, pass, page, lastPrivate } = await createAskingScene();
    await chat.command("create", { prompt: "a kite" });
    await chat.pressPage(YES);
    await pass(0);
    await chat.pressPage("Cancel");
    expect(page()?.lines.map(plainText)).not.toContain("Nothing was made, nothing was billed.");
    expect(lastPrivate()).toContain("answered already");
    expect(videos.calls.create).toBe(1);
  });

  it("is nobody else's, neither yes nor no", async () => {
    const { chat, videos, pass, lastPrivate } = await createAskingScene();
    await chat.command("create", { prompt: "a kite" });
    for (const label of [YES, "Cancel"]) {
      // What stands on the page afterwards is bob's to see.
      const question = chat.pages.at(-1)?.page;
      const button = question?.buttons.find((one) => one.label === label);
      if (!button || "link" in button) throw new Error("The question has no such button.");
      await chat.ask({ kind: "button", action: button.action, argument: button.argument }, { actor: bob });
      expect(lastPrivate()).toContain("answered already");
    }
    await chat.pressPage(YES);
    await pass(0);
    expect(videos.calls.create).toBe(1);
  });

  it("needs whatever a request needs at that time", async () => {
    const { chat, videos, pass, lastPrivate } = await createAskingScene();
    await chat.command("create", { prompt: "a kite" });
    chat.refuse("checkAccess", new UserError("no_access", "The bot may not post here."));
    await chat.pressPage(YES);
    expect(lastPrivate()).toBe("The bot may not post here.");
    expect(videos.calls.create).toBe(0);
    await chat.pressPage(YES);
    await pass(0);
    expect(videos.calls.create).toBe(1);
  });

  it("comes too late after a day", async () => {
    const { chat, videos, pass, lastPrivate } = await createAskingScene();
    await chat.command("create", { prompt: "a kite" });
    await pass(24 * HOUR + 1);
    await chat.pressPage(YES);
    expect(lastPrivate()).toContain("asked too long ago");
    expect(videos.calls.create).toBe(0);
  });
});

describe("the picture of a request", () => {
  it("stays while it is asked about and is part of the video then", async () => {
    const { chat, image, pictures, pass, videos } = await createAskingScene();
    await chat.command("create", { prompt: "a kite", image });
    expect(await pictures()).toHaveLength(1);
    await chat.pressPage(YES);
    await pass(0);
    expect(videos.imageOf(videos.all()[0]?.id ?? "")).toBeDefined();
  });

  it("goes with a no", async () => {
    const { chat, image, pictures } = await createAskingScene();
    await chat.command("create", { prompt: "a kite", image });
    await chat.pressPage("Cancel");
    expect(await pictures()).toEqual([]);
  });

  it("goes when nobody answers for a day, and not before", async () => {
    const { bot, chat, image, pictures, pass } = await createAskingScene();
    await chat.command("create", { prompt: "a kite", image });
    await pass(24 * HOUR - 1);
    await bot.settle();
    expect(await pictures()).toHaveLength(1);
    await pass(2);
    await bot.settle();
    expect(await pictures()).toEqual([]);
  });

  it("goes when whoever was asked is forgotten", async () => {
    const { bot, chat, image, pictures } = await createAskingScene();
    await chat.command("create", { prompt: "a kite", image });
    const here = { platform: "web", workspace: "w1", channel: "c1" } as const;
    await bot.services.forgetting.person({ platform: "web", id: "ada" }, here);
    expect(await pictures()).toEqual([]);
  });

  it("goes when the question could not be asked", async () => {
    const { chat, image, pictures } = await createAskingScene();
    chat.refuse("reply.page", problem("expired", false));
    await chat.command("create", { prompt: "a kite", image });
    expect(await pictures()).toEqual([]);
  });

  it("goes when a limit is in the way", async () => {
    const { chat, image, pictures } = await createAskingScene({
      confirmAboveUsd: 5,
      limits: { person: { videosPerDay: 0 } },
    });
    await chat.command("create", { prompt: "a kite", image });
    expect(await pictures()).toEqual([]);
  });

  it("is not kept for a request that its model cannot take", async () => {
    const { chat, image, pictures, lastPrivate } = await createAskingScene({ catalog: withPictures });
    await chat.command("create", { prompt: "a kite", model: "Lightricks/LTX-2", image, seed: "7" });
    expect(lastPrivate()).toContain("has no “seed”");
    expect(await pictures()).toEqual([]);
  });
});
