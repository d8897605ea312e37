import { describe, expect, test } from "vitest";
import { createLiveCatalog } from "../../src/videos/catalog.ts";
import { attributes, textOf } from "../fixtures/markup.ts";
import { bare, withPictures, wordsOnly } from "../fixtures/own-models.ts";
import { startWebBot, type WebBot } from "../fixtures/web-bot.ts";

// What the page offers follows the backend and its models.

async function start() {
  const catalog = createLiveCatalog(wordsOnly);
  const bot = await startWebBot({ catalog });
  return { bot, catalog };
}

const form = async (bot: WebBot) => (await bot.post("/form", { text: "" })).text();

/** The lines that are suggested behind a typed one. */
async function suggested(bot: WebBot, typed: string): Promise<string[]> {
  const answer = await fetch(`${bot.url}/completions?text=${encodeURIComponent(typed)}`);
  return attributes(await answer.text(), "li", "data-line").map((line) => line.slice(typed.length).trim());
}

async function requests(bot: WebBot) {
  const made = await bot.jobs.history({ platform: "web", person: "you" });
  return (await bot.jobs.getMany(made.map(({ id }) => id))).map(({ request }) => request);
}

describe("a model's own options", () => {
  const extras = { seed: 7, guidance_scale: 2.5, camera: "pan" };

  test("have inputs of their kind in the form; many choices are a list", async () => {
    const { bot } = await start();
    const html = await form(bot);
    expect(attributes(html, "select", "name")).toEqual(["seconds"]);
    expect(html).toContain('<option value="5" selected>5 seconds</option>');
    expect(html.match(/<option /g)).toHaveLength(40);
    expect(html).toMatch(/<input [^>]*name="seed"[^>]* type="number"[^>]* step="1" min="0" max="1000"/);
    expect(html).toMatch(
      /<input [^>]*name="guidance_scale"[^>]* type="number"[^>]* step="any" min="1" max="20"/,
    );
    expect(html).toMatch(/<label for="field-negative_prompt">Negative prompt<\/label>/);
    expect(attributes(html, "input", "name")).not.toContain("image");
    const values = { prompt: "a kite", seconds: "33", seed: "7", guidance_scale: "2.5", camera: "pan" };
    await bot.post("/commands/create", { ...values, negative_prompt: "" });
    expect(await requests(bot)).toMatchObject([{ seconds: "33", size: "16:9", extras }]);
  });

  test("are completed in the line, and taken from it", async () => {
    const { bot } = await start();
    expect(await suggested(bot, "/video create a kite --")).toEqual([
      "prompt",
      "model",
      "seconds",
      "size",
      "seed",
      "negative_prompt",
      "guidance_scale",
      "camera",
    ]);
    expect(await suggested(bot, "/video create a kite --camera ")).toEqual(["still", "pan", "zoom"]);
    await bot.post("/messages", {
      text: "/video a kite --seconds 33 --seed 7 --guidance_scale 2.5 --camera pan",
    });
    expect(await requests(bot)).toMatchObject([{ prompt: "a kite", seconds: "33", extras }]);
    const refused = await bot.post("/messages", { text: "/video a kite --seed 7.5" });
    expect(textOf(await refused.text())).toContain("It has to be a whole number from 0 to 1000.");
    expect(await requests(bot)).toHaveLength(1);
  });

  test("come and go with the models", async () => {
    const { bot, catalog } = await start();
    catalog.replace(withPictures);
    expect(attributes(await form(bot), "input", "name")).toContain("image");
    catalog.replace(bare);
    const html = await form(bot);
    expect(attributes(html, "input", "name")).toEqual(["model"]);
    expect(attributes(html, "textarea", "name")).toEqual(["prompt"]);
    await bot.post("/commands/create", { prompt: "a kite", model: "own" });
    expect(await requests(bot)).toMatchObject([{ model: "own", seconds: "", size: "" }]);
  });
});

test("a command that the backend turned out not to have is neither completed nor done", async () => {
  const { bot } = await start();
  expect(await suggested(bot, "/video rem")).toEqual(["ix"]);
  bot.memory.videos.lack("remix");
  await expect(bot.memory.videos.remix("video_0000", "at night")).rejects.toThrow();
  expect(await suggested(bot, "/video rem")).toEqual([]);
  const answer = await bot.post("/messages", { text: "/video remix 0k3v8zq1xw at night" });
  expect(textOf(await answer.text())).toContain("cannot do that (remix), so it is switched off");
});
