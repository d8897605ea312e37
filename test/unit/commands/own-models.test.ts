import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createLiveCatalog } from "../../../src/videos/catalog.ts";
import { ada } from "../../fakes/fake-chat-adapter.ts";
import { createScene, here } from "../../fixtures/bot-scene.ts";
import { bare, withPictures, wordsOnly } from "../../fixtures/own-models.ts";
import { plain } from "../../fixtures/pictures.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe("what a model has besides", () => {
  it("comes along when a video is made again with changes, unseen but said", async () => {
    const { chat, pass, complete, newest, text, videos } = await createScene({ catalog: wordsOnly });
    await chat.type("a kite --seconds 33 --seed 7 --negative_prompt 'rain' --camera pan");
    await pass(0);
    const extras = { seed: 7, negative_prompt: "'rain'", camera: "pan" };
    expect((await newest()).request).toMatchObject({ prompt: "a kite", seconds: "33", extras });
    expect(videos.extrasOf((await newest()).video?.id ?? "")).toEqual(extras);
    await complete();
    await chat.press("Again with changes");
    const form = chat.forms.at(-1);
    expect(form?.fields.map(({ name, initial }) => [name, initial])).toEqual([
      ["prompt", "a kite"],
      ["model", "Wan-AI/Wan2.2-T2V"],
      ["seconds", "33"],
      ["size", "16:9"],
    ]);
    expect(text(form?.intro)).toBe(
      "Seed: 7, as before\nNegative prompt: 'rain', as before\nCamera: pan, as before",
    );
    await pass(1_000);
    await chat.submit({ prompt: "a boat", seconds: "2" });
    await pass(0);
    expect((await newest()).request).toMatchObject({ prompt: "a boat", seconds: "2", extras });
    expect(videos.extrasOf((await newest()).video?.id ?? "")).toEqual(extras);
  });

  it("is refused by a model without it, naming those that have it", async () => {
    const { chat, pass, lastPrivate, videos } = await createScene({ catalog: withPictures });
    await chat.type("a kite --model ltx --seed 7");
    expect(lastPrivate()).toContain("“model” cannot be “ltx”. Choose one of: Wan 2.2, LTX 2.");
    await chat.type('a kite --model "LTX 2" --seed 7');
    await pass(0);
    expect(lastPrivate()).toBe("LTX 2 has no “seed”. These have: Wan 2.2.");
    expect(videos.calls.create).toBe(0);
  });
});

it("leaves length and size to a backend that decides them", async () => {
  const { chat, pass, newest, complete } = await createScene({ catalog: bare });
  await chat.type("a kite");
  await pass(0);
  expect((await newest()).request).toMatchObject({ model: "own", seconds: "", size: "" });
  await complete();
  await chat.press("Again with changes");
  expect(chat.forms.at(-1)?.fields.map(({ name }) => name)).toEqual(["prompt", "model"]);
});

it("completes choices: those that begin with what was typed, then those that have it somewhere", async () => {
  const { chat } = await createScene({ catalog: withPictures });
  const query = { actor: ada, destination: here, command: "create" };
  const found = async (option: string, text: string) =>
    (await chat.complete({ ...query, option, text })).map(({ name, value }) => [name, value]);
  expect(await found("model", " L")).toEqual([["LTX 2", "Lightricks/LTX-2"]]);
  expect(await found("model", "2")).toEqual([
    ["Wan 2.2", "Wan-AI/Wan2.2-T2V"],
    ["LTX 2", "Lightricks/LTX-2"],
  ]);
  const seconds = (await found("seconds", "4")).map(([, value]) => value);
  expect(seconds).toEqual(["4", "40", "14", "24", "34"]);
  expect(await found("seconds", "")).toHaveLength(25);
  expect(await found("seconds", "long")).toEqual([]);
  expect(await found("prompt", "a")).toEqual([]);
});

describe("pictures", () => {
  it("are not taken from a message where no model starts from one", async () => {
    const catalog = createLiveCatalog(wordsOnly);
    const { chat, lastPrivate } = await createScene({ catalog });
    const picture = chat.picture(await plain(16, 9).png().toBuffer());
    const message = { ...here, message: "m7" };
    await chat.shortcut("create", message, [picture]);
    expect(lastPrivate()).toContain("models that this bot has can do that (Animate this picture)");
    expect(chat.forms).toEqual([]);
    catalog.replace(withPictures);
    await chat.shortcut("create", message, [picture]);
    expect(chat.forms).toHaveLength(1);
  });
});

it("tells in its help what is switched off, and what makes the videos", async () => {
  const { chat, videos, lastPrivate } = await createScene();
  await chat.type("help");
  expect(lastPrivate()).not.toContain("switched off");
  for (const operation of ["edit", "extend"] as const) videos.lack(operation);
  await expect(videos.edit("video_0000", "at night")).rejects.toThrow();
  await expect(videos.extend("video_0000", "on", "4")).rejects.toThrow();
  await chat.type("help");
  expect(lastPrivate()).toContain("The video service cannot do this, so it is switched off: extend, edit.");
  expect(lastPrivate()).not.toMatch(/video extend|Buttons.*Extend/);
  expect(lastPrivate()).toContain("Videos come from a fake.");
  await chat.type("extend 0k3v8zq1xw on --seconds 99");
  expect(lastPrivate()).toBe(
    "The video service that this bot uses cannot do that (extend), so it is switched off.",
  );
});
