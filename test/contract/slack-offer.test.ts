import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Catalog, createLiveCatalog } from "../../src/videos/catalog.ts";
import { type Bot, type BotMemory, createBotMemory } from "../fixtures/bot.ts";
import { bare, withPictures, wordsOnly } from "../fixtures/own-models.ts";
import { asRegistered, startSlackBot } from "../fixtures/slack-bot.ts";
import type { Person } from "../servers/slack/people.ts";
import { textOf } from "../servers/slack/reading.ts";
import { createSlackServer, type SlackServer } from "../servers/slack/slack-server.ts";
import type { View } from "../servers/slack/state.ts";

// What Slack's forms and lines offer follows the backend and its models: the whole bot over the real client.

let slack: SlackServer;
let memory: BotMemory;
let bot: Bot;
let bob: Person;
let catalog: Catalog & { replace(next: Catalog): void };

beforeEach(async () => {
  slack = await createSlackServer({ rateLimits: "429", ...asRegistered });
  memory = await createBotMemory(Date.now);
  catalog = createLiveCatalog(wordsOnly);
  bot = await startSlackBot(slack, { memory, catalog });
  bob = slack.person("bob");
});

afterEach(async () => {
  await bot.stop();
  await memory.store.close();
  await slack.close();
  expect(slack.warnings).toEqual([]);
});

const type = (text: string) => bob.slash({ channel: "general", command: "/video", text });
const inputs = ({ blocks }: View) => blocks.filter((block) => block.type === "input");
const says = (words: string | RegExp) =>
  slack.waitFor(() => slack.ephemerals.find((one) => textOf(one).match(words)), {
    description: `an answer that says ${words}`,
  });

async function requests() {
  const made = await bot.jobs.history({ platform: "slack", person: bob.user.id });
  return (await bot.jobs.getMany(made.map(({ id }) => id))).map(({ request }) => request);
}

describe("a model's own options", () => {
  const extras = { seed: 7, guidance_scale: 2.5, camera: "pan" };

  it("have inputs of their kind in the form, with a length picked from all there are", async () => {
    const view = await (await type("")).openedView();
    expect(inputs(view)).toMatchObject([
      { block_id: "prompt" },
      { block_id: "model", element: { options: [{ value: "Wan-AI/Wan2.2-T2V" }] } },
      { block_id: "seconds", element: { options: { length: 40 }, initial_option: { value: "5" } } },
      { block_id: "size", element: { options: [{ value: "16:9" }, { value: "9:16" }] } },
      {
        block_id: "seed",
        element: { type: "number_input", is_decimal_allowed: false, min_value: "0", max_value: "1000" },
      },
      { block_id: "negative_prompt", label: { text: "Negative prompt" } },
      { block_id: "guidance_scale", element: { type: "number_input", is_decimal_allowed: true } },
      { block_id: "camera", element: { type: "static_select", options: { length: 3 } } },
    ]);
    const values = { prompt: "a kite", seconds: "33", seed: "7", guidance_scale: "2.5", camera: "pan" };
    await bob.submitView(view, values);
    await expect.poll(requests).toMatchObject([{ seconds: "33", size: "16:9", extras }]);
  });

  it("are flags of the line", async () => {
    await type("a kite --seconds 33s --seed 7 --guidance_scale 2,5 --camera pan");
    await expect.poll(requests).toMatchObject([{ prompt: "a kite", seconds: "33", extras }]);
    await type("a kite --seed 1001");
    await says("“seed” cannot be “1001”. It has to be a whole number from 0 to 1000.");
    await type("a kite --image https://pictures.example/a.png");
    await says("“--image” is not known. There is: --prompt, --model");
    expect(await requests()).toHaveLength(1);
  });

  it("come and go with the models", async () => {
    catalog.replace(bare);
    const names = async () => inputs(await (await type("")).openedView()).map(({ block_id }) => block_id);
    expect(await names()).toEqual(["prompt", "model"]);
    catalog.replace(withPictures);
    expect((await names()).slice(0, 3)).toEqual(["prompt", "image", "model"]);
  });
});

it("says of pictures that no model takes them, by the menu that Slack still shows and in words", async () => {
  const { file } = bob.uploadFile({ name: "cat.png", bytes: Buffer.from("a cat") });
  await bob.messageShortcut("create", bob.say("general", "look", { files: [file] }));
  await says(/models that this bot has can do that \(Animate this picture\), so it is switched off/);
  await bob.mention("general", "make it dance", { files: [file] });
  await says("none of my models starts from one");
});

it("says of a command that the backend turned out not to have that it is switched off, also in its help", async () => {
  memory.videos.lack("remix");
  await expect(memory.videos.remix("video_0000", "at night")).rejects.toThrow();
  await type("remix 0k3v8zq1xw at night --nonsense x");
  await says(/cannot do that \(remix\), so it is switched off/);
  await type("help");
  const help = textOf(await says("/video create"));
  expect(help).not.toContain("/video remix");
  expect(help).toContain("The video service cannot do this, so it is switched off: remix.");
  expect(help).toContain("Videos come from a fake.");
});
