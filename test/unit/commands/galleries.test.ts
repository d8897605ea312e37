import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { bob, grace } from "../../fakes/fake-chat-adapter.ts";
import { clipBytes, thumbnailBytes } from "../../fakes/fake-videos-client.ts";
import { createScene, here } from "../../fixtures/bot-scene.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
});
afterEach(() => {
  vi.useRealTimers();
});

const elsewhere = { ...here, channel: "c2" } as const;

async function createChannel(prompts: string[]) {
  const scene = await createScene();
  for (const prompt of prompts) {
    await scene.ask(prompt);
    await scene.complete();
  }
  const page = () => scene.chat.pages.at(-1)?.page;
  return {
    ...scene,
    page,
    names: () => page()?.rows.map(({ lines }) => scene.text(lines.slice(0, 1))),
  };
}

describe("the gallery", () => {
  it("shows pictures and words of five videos at a time, to the one who asks alone", async () => {
    const prompts = ["one", "two", "three", "four", "five", "six", "seven"];
    const { chat, names, page } = await createChannel(prompts);
    const before = chat.messages.length;
    await chat.type("gallery", { actor: bob });
    expect(chat.messages).toHaveLength(before);
    expect(chat.pages).toMatchObject([{ to: "bob", pictures: Array(5).fill(thumbnailBytes) }]);
    expect(names()).toEqual(["seven", "six", "five", "four", "three"]);
    await chat.pressPage("More", 0, { actor: bob });
    expect(names()).toEqual(["two", "one"]);
    await chat.pressPage("Back", 0, { actor: bob });
    expect(names()).toEqual(["seven", "six", "five", "four", "three"]);
    expect(page()?.buttons.map(({ label }) => label)).toEqual(["More", "Open in the browser"]);
    expect(chat.pages).toHaveLength(1);
  });

  it("is searched, cut to a person or model, and turned", async () => {
    const { chat, names, pass, complete, text, page } = await createChannel(["a red kite", "a blue kite"]);
    await pass(1);
    await chat.type("a paper boat --model sora-2-pro", { actor: bob });
    await pass(0);
    await complete();
    const listed = async (line: string) => {
      await chat.type(line);
      return names();
    };
    expect(await listed("gallery KITE")).toEqual(["a blue kite", "a red kite"]);
    expect(text(page()?.lines)).toBe("2 videos for “KITE”, newest first");
    expect(await listed("gallery --by bob")).toEqual(["a paper boat"]);
    expect(await listed("gallery --by me --sort oldest")).toEqual(["a red kite", "a blue kite"]);
    expect(await listed("gallery --model sora-2-pro")).toEqual(["a paper boat"]);
    expect(await listed("gallery nothing like it")).toEqual([]);
    expect(text(page()?.lines)).toBe("No videos for “nothing like it” here that fit.");
    expect(await listed("gallery --model sora-2 --by bob")).toEqual([]);
    expect(text(page()?.lines)).toBe("No videos here that fit.");
  });

  it("counts stars, of the button and of reactions alike, each person's once", async () => {
    const { chat, names, lastPrivate, text, page } = await createChannel(["a red kite", "a blue kite"]);
    const message = chat.messages[0]?.destination ?? here;
    await chat.emit({ kind: "star", message, person: "bob", starred: true });
    await chat.emit({ kind: "star", message, person: "bob", starred: true });
    await chat.type("gallery --sort stars");
    expect(names()).toEqual(["a red kite", "a blue kite"]);
    expect(text(page()?.rows[0]?.lines)).toContain("★ 1");
    await chat.pressPage("Play");
    await chat.pressPage("Star");
    expect(lastPrivate()).toBe("Your star is there: 2 stars.");
    // Pressed once more on the same page it means the same.
    await chat.pressPage("Star");
    expect(lastPrivate()).toBe("Your star is there: 2 stars.");
    await chat.type("gallery --sort stars", { actor: bob });
    await chat.pressPage("Play", 0, { actor: bob });
    await chat.pressPage("Take my star away", 0, { actor: bob });
    expect(lastPrivate()).toBe("Your star is gone: 1 star.");
    await chat.emit({ kind: "stars-cleared", message });
    await chat.type("gallery --sort stars");
    expect(names()).toEqual(["a blue kite", "a red kite"]);
    // Only a finished video has stars.
    await chat.ask({ kind: "button", action: "star", argument: "none_on" });
    expect(lastPrivate()).toContain("There is no video");
  });

  it("shows the right count when one star goes and another comes", async () => {
    const { chat, bot, newest } = await createChannel(["a red kite"]);
    const { id } = await newest();
    const { stars, gallery } = bot.services;
    const video = { channel: here, id };
    for (let n = 0; n < 20; n++) {
      await stars.set(video, "x", n % 2 === 0);
      await Promise.all([stars.set(video, "x", n % 2 !== 0), stars.set(video, "y", n % 3 === 0)]);
      expect((await gallery.get(here, id))?.stars).toBe(await stars.count(id));
    }
    expect(chat.pages).toEqual([]);
  });

  it("is told apart from lists: a hidden video is in neither, for those who may not hide", async () => {
    const { chat, text, newest, lastPrivate } = await createChannel(["a shy kite"]);
    const { id } = await newest();
    await chat.type(`info ${id}`, { actor: grace });
    await chat.type(`hide ${id}`, { actor: grace });
    // A page from before does not show it again.
    await chat.pressPage("Hide from galleries", 0, { actor: grace });
    expect((await newest()).unlisted).toBe("hidden");
    const listed = async (actor: typeof bob) => {
      await chat.type("list everyone", { actor });
      return text(chat.pages.at(-1)?.page.lines);
    };
    expect(await listed(bob)).toBe("There are none.");
    expect(await listed(grace)).toContain("a shy kite");
    await chat.type(`info ${id}`, { actor: grace });
    await chat.pressPage("Show in galleries", 0, { actor: grace });
    expect(await listed(bob)).toContain("a shy kite");
    await chat.emit({ kind: "messages-deleted", messages: [(await newest()).destination] });
    await chat.type(`hide ${id}`, { actor: grace });
    expect(lastPrivate()).toBe(`The message of ${id} was deleted, so no gallery shows it.`);
  });

  it("plays a video and opens its remix form from where one is", async () => {
    const { chat, page, names } = await createChannel(["a red kite", "a blue kite"]);
    await chat.type("gallery");
    await chat.pressPage("Remix", 1);
    expect(chat.forms.at(-1)).toMatchObject({ command: "remix", fields: [{ initial: "a red kite" }] });
    await chat.pressPage("Play", 1);
    expect(chat.pages).toMatchObject([{ video: clipBytes, page: { rows: [] } }]);
    expect(page()?.lines.flat()).toContain("AI-generated");
    await chat.pressPage("Back to the gallery");
    expect(page()?.rows).toHaveLength(2);
    await chat.type("gallery BLUE");
    await chat.pressPage("Play");
    await chat.pressPage("Back to the gallery");
    expect(names()).toEqual(["a blue kite"]);
  });

  it("keeps thumbnail and message when the file is gone", async () => {
    const { chat, media, page, pass, text } = await createChannel(["a red kite"]);
    await pass(2 * 3_600_000);
    await media.prune(Date.now());
    await chat.type("gallery");
    expect(chat.pages.at(-1)?.pictures).toEqual([thumbnailBytes]);
    await chat.pressPage("Play");
    expect(page()?.video).toBeUndefined();
    expect(text(page()?.lines)).toContain("no longer kept here");
    expect(page()?.buttons.map(({ label }) => label)).toContain("Go to message");
  });

  it("of a channel shows its own videos only", async () => {
    const { chat, names } = await createChannel(["a red kite"]);
    await chat.type("gallery", { destination: elsewhere });
    expect(names()).toEqual([]);
  });
});

describe("a channel that one may not read", () => {
  it.each(["info", "status", "retry", "download", "delete", "hide", "remix", "edit", "extend"])(
    "stays closed to %s by id",
    async (command) => {
      const { chat, newest, lastPrivate, videos } = await createChannel(["a secret kite"]);
      const { id } = await newest();
      chat.hide(here, "bob");
      const calls = { ...videos.calls };
      const rest = { download: " --variant video", remix: " x", edit: " x", extend: " x" }[command] ?? "";
      await chat.type(`${command} ${id}${rest}`, { actor: bob, destination: elsewhere });
      expect(lastPrivate()).toContain(`There is no video “${id}” here.`);
      expect(chat.pages).toEqual([]);
      expect(videos.calls).toEqual(calls);
    },
  );

  it.each([
    "remix",
    "retry",
    "again",
    "extend",
    "edit",
    "info",
    "play",
    "star",
    "thumbnail",
    "spritesheet",
    "delete",
    "hide",
  ])("stays closed to a forged %s button, there and from another server", async (action) => {
    const { chat, newest, lastPrivate, bot } = await createChannel(["a secret kite"]);
    const { id } = await newest();
    chat.hide(here, "bob");
    for (const destination of [elsewhere, { ...here, workspace: "w2" }]) {
      await chat.ask({ kind: "button", action, argument: id }, { actor: bob, destination });
      expect(lastPrivate()).toContain(`There is no video “${id}” here.`);
    }
    expect([chat.pages, chat.forms]).toEqual([[], []]);
    expect((await bot.jobs.get(id))?.phase).toBe("delivered");
  });
});
