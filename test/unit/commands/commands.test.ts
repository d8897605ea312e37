import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ada, bob, grace } from "../../fakes/fake-chat-adapter.ts";
import { createScene, here, problem } from "../../fixtures/bot-scene.ts";
import { plain } from "../../fixtures/pictures.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe("status", () => {
  it("lists one's own running jobs with their links", async () => {
    const { chat, ask, pass, poll, videos, lastPrivate } = await createScene();
    await chat.type("status");
    expect(lastPrivate()).toBe("Nothing of yours is being made. Start with /video create.");
    await ask("a kite\nin the wind");
    await chat.type("a boat", { actor: bob });
    await pass(0);
    const [, kite] = videos.all();
    videos.move(kite?.id ?? "", { status: "in_progress", progress: 40 });
    await poll();
    await chat.type("status");
    expect(lastPrivate()).toMatch(/^Rendering 40 % · [0-9a-z]{10} · a kite in the wind$/);
  });

  it("says how many more there are than it lists", async () => {
    const { chat, pass, lastPrivate } = await createScene();
    for (let n = 1; n <= 17; n++) await chat.type(`kite ${n}`);
    await pass(0);
    await chat.type("status");
    expect(lastPrivate().split("\n")).toHaveLength(16);
    expect(lastPrivate()).toContain("and 2 more");
  });

  it("describes one job, finished or failed", async () => {
    const { chat, ask, complete, videos, lastPrivate } = await createScene();
    const done = await ask();
    await complete();
    await chat.type(`status ${done.id.toUpperCase()} `);
    expect(lastPrivate()).toContain(
      "“a kite”\nby Ada · sora-2 · 4 s · portrait 720x1280 · just now\nState Done in 0 s",
    );
    expect(lastPrivate()).toMatch(/Created \d{4}-\d\d-\d\d \d\d:\d\d UTC/);
    videos.refuse("create", problem("moderation_blocked", false));
    const failed = await ask();
    await chat.type(`status ${failed.id}`);
    expect(lastPrivate()).toContain("The prompt was refused by the content rules.");
  });
});

describe("remix", () => {
  it("opens a form with the old prompt and runs with a new one", async () => {
    const { chat, ask, complete, videos, pass } = await createScene();
    const parent = await ask();
    await complete();
    await chat.press("Remix");
    expect(chat.forms).toMatchObject([
      { command: "remix", fields: [{ name: "prompt", initial: "a kite" }], hidden: { video: parent.id } },
    ]);
    await chat.submit({ prompt: "at night" });
    await pass(0);
    expect(videos.all()[0]).toMatchObject({
      prompt: "at night",
      model: "sora-2",
      seconds: "4",
      size: "720x1280",
    });
  });

  it("is there for finished videos alone", async () => {
    const { chat, ask, videos, lastPrivate } = await createScene();
    const { id } = await ask();
    await expect(chat.press("Remix")).rejects.toThrow("No message has a button");
    await chat.type(`remix ${id} at night`);
    expect(lastPrivate()).toBe(`Video ${id} is not finished yet; try again when it is.`);
    videos.refuse("create", problem("moderation_blocked", false));
    const failed = await ask();
    await chat.type(`remix ${failed.id} at night`);
    expect(lastPrivate()).toBe(`Video ${failed.id} failed, so there is no video.`);
    expect(videos.calls.remix).toBe(0);
  });
});

describe("retry", () => {
  it("makes nothing again that is still being made", async () => {
    const { chat, ask, videos, lastPrivate } = await createScene();
    const { id } = await ask();
    await chat.ask({ kind: "button", action: "retry", argument: id });
    expect(lastPrivate()).toContain("is still being made");
    expect(videos.calls.create).toBe(1);
  });

  it("runs a finished request again, for anybody, with a picture of its own", async () => {
    const { chat, complete, media, newest, pass, videos } = await createScene();
    const image = chat.picture(await plain(720, 1280).png().toBuffer());
    await chat.command("create", { prompt: "a kite", image });
    await pass(0);
    const first = await newest();
    await complete();
    await chat.type(`retry ${first.id}`, { actor: bob });
    await pass(0);
    await media.delete(first.id);
    const [second] = videos.all();
    expect(second).toMatchObject({ prompt: "a kite", model: "sora-2", seconds: "4", size: "720x1280" });
    expect(videos.calls.create).toBe(2);
    expect(chat.messages.at(-1)?.cards.at(-1)?.lines[0]).toContainEqual({ person: "bob", name: "Bob" });
  });
});

describe("retry of something that was made from a video", () => {
  it("is a remix as well: it needs its parent and the right to", async () => {
    const { chat, ask, complete, newest, pass, videos, lastPrivate } = await createScene();
    const parent = await ask();
    await complete();
    await pass(1);
    await chat.type(`remix ${parent.id} at night`);
    await pass(0);
    await complete();
    const child = await newest();
    await chat.type("settings --for channel --remix moderators", { actor: grace });
    await chat.type(`retry ${child.id}`, { actor: bob });
    expect(lastPrivate()).toBe("Only moderators may make something new from this video.");
    await chat.ask({ kind: "button", action: "delete", argument: `${parent.id}_sure` });
    await pass(1_000);
    await chat.type(`retry ${child.id}`, { actor: grace });
    expect(lastPrivate()).toBe(`Video ${parent.id} was deleted.`);
    expect(videos.calls.remix).toBe(1);
  });
});

describe("help", () => {
  it("names every command, its options with their choices, and the buttons", async () => {
    const { chat, lastPrivate, videos } = await createScene();
    await chat.type("help");
    const text = lastPrivate();
    for (const part of [
      "/video create",
      "/video remix",
      "/video status",
      "/video help",
      "Buttons under videos Retry, Remix",
    ])
      expect(text).toContain(part);
    expect(text).toContain("seconds: 4 seconds, 8 seconds, 12 seconds");
    expect(text).toContain("/video retry");
    expect(text).not.toContain("simulated");
    expect(text).not.toContain("; from");
    expect(text.length).toBeLessThan(3_000);
    videos.lack("extend");
    await expect(videos.extend("v", "x", "4")).rejects.toThrow();
    await chat.type("help");
    expect(lastPrivate()).not.toContain("/video extend");
    expect(lastPrivate()).toContain("it is switched off: extend.");
  });
});

describe("completion", () => {
  it("offers one's own finished videos of that place, newest first", async () => {
    const { chat, ask, complete, completions } = await createScene();
    const kite = await ask("a kite");
    await complete();
    const boat = await ask("a paper boat");
    await complete();
    await ask("a kite that is not finished");
    expect(await completions("")).toEqual([
      { name: `${boat.id} · a paper boat`, value: boat.id },
      { name: `${kite.id} · a kite`, value: kite.id },
    ]);
    expect(await completions("PAPER")).toMatchObject([{ value: boat.id }]);
    expect(await completions(kite.id.slice(2, 7))).toMatchObject([{ value: kite.id }]);
    expect(await completions("", { actor: bob })).toEqual([]);
    expect(await completions("", { destination: { ...here, workspace: "w2" } })).toEqual([]);
    expect(chat.privates).toEqual([]);
  });

  it("offers what the command can do something with", async () => {
    const { chat, ask, videos, poll } = await createScene();
    const failed = await ask("a kite that fails");
    videos.fail(videos.all()[0]?.id ?? "");
    await poll();
    const running = await ask("a kite on its way");
    const offered = async (command: string) =>
      (await chat.complete({ actor: ada, destination: here, command, option: "video", text: "" })).map(
        ({ value }) => value,
      );
    expect(await offered("remix")).toEqual([]);
    expect(await offered("retry")).toEqual([failed.id]);
    expect(await offered("status")).toEqual([running.id, failed.id]);
  });

  it("keeps to what platforms show", async () => {
    const { ask, complete, completions } = await createScene();
    for (let n = 1; n <= 30; n++) {
      await ask(`${"kite ".repeat(40)}${n}`);
      await complete();
    }
    const offered = await completions("");
    expect(offered).toHaveLength(25);
    expect(Math.max(...offered.map(({ name }) => Array.from(name).length))).toBe(100);
  });
});
