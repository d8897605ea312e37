import { ComponentType } from "discord.js";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Catalog, createLiveCatalog } from "../../src/videos/catalog.ts";
import { type BotMemory, createBotMemory } from "../fixtures/bot.ts";
import { type DiscordBot, startDiscordBot } from "../fixtures/discord-bot.ts";
import { withPictures, wordsOnly } from "../fixtures/own-models.ts";
import { plain } from "../fixtures/pictures.ts";
import { createDiscordServer, type DiscordServer } from "../servers/discord/discord-server.ts";
import type { InteractionHandle } from "../servers/discord/interaction-handle.ts";
import type { Person } from "../servers/discord/person.ts";
import type { StoredMessage } from "../servers/discord/state.ts";

// What Discord's own client offers follows the backend and its models: the whole bot over the real client.

let server: DiscordServer;
let memory: BotMemory;
let bot: DiscordBot;
let ada: Person;
let catalog: Catalog & { replace(next: Catalog): void };

beforeEach(async () => {
  server = await createDiscordServer();
  memory = await createBotMemory(server.now);
  catalog = createLiveCatalog(wordsOnly);
  bot = await startDiscordBot(server, memory, { catalog });
  ada = server.person("ada");
});

afterEach(async () => {
  await bot.stop();
  await memory.store.close();
  await server.close();
});

const changed = async () => bot.adapter.offerChanged?.();
const registered = () => server.state.commands.map(({ name }) => name);
const subcommands = () => server.state.commands.find(({ name }) => name === "video")?.options ?? [];
const optionsOf = (command: string) => subcommands().find(({ name }) => name === command)?.options ?? [];
const slash = (subcommand: string, options = {}) => ada.slash({ name: "video", subcommand, options });

async function newest() {
  const [entry] = await bot.jobs.history({ platform: "discord", person: ada.id });
  return entry && (await bot.jobs.get(entry.id))?.request;
}

/** What an interaction shows to whoever began it, once it says something. */
async function answerTo({ interaction }: InteractionHandle, words: string): Promise<StoredMessage> {
  const shown = () => [interaction.original, ...interaction.responses].find((one) => one?.text.match(words));
  return server.waitFor(shown, { description: `an answer that says ${words}` });
}

describe("a model's own options", () => {
  it("are Discord's, in its types and bounds, and nothing is offered that no model has", () => {
    expect(optionsOf("create")).toMatchObject([
      { name: "prompt", type: 3 },
      { name: "model", choices: [{ name: "Wan 2.2", value: "Wan-AI/Wan2.2-T2V" }] },
      { name: "seconds", type: 3, autocomplete: true },
      { name: "size", choices: [{ name: "landscape 16:9" }, { name: "portrait 9:16" }] },
      { name: "seed", type: 4, min_value: 0, max_value: 1_000 },
      { name: "negative_prompt", type: 3, max_length: 200 },
      { name: "guidance_scale", type: 10, min_value: 1, max_value: 20 },
      { name: "camera", type: 3, choices: [{ value: "still" }, { value: "pan" }, { value: "zoom" }] },
    ]);
    expect(registered()).not.toContain("Animate this picture");
  });

  it("are taken as typed, with a length completed from all there are", async () => {
    const typing = { name: "video", subcommand: "create", focused: "seconds" };
    const found = await ada
      .autocomplete({ ...typing, options: { prompt: "a kite", seconds: "3" } })
      .choices();
    expect(found.slice(0, 4).map(({ value }) => value)).toEqual(["3", "30", "31", "32"]);
    const all = await ada.autocomplete({ ...typing, options: { seconds: "" } }).choices();
    expect(all).toHaveLength(25);
    const options = { prompt: "a kite", seconds: "33 seconds", seed: 7, guidance_scale: 2.5, camera: "pan" };
    await slash("create", options).reply();
    expect(await newest()).toMatchObject({
      ...{ model: "Wan-AI/Wan2.2-T2V", seconds: "33", size: "16:9" },
      extras: { seed: 7, guidance_scale: 2.5, camera: "pan" },
    });
    await answerTo(
      slash("create", { prompt: "a kite", seconds: "41" }),
      "Choose one of: 1 second, 2 seconds",
    );
  });
});

it("offers pictures once a model takes them, in a form with as many fields as fit", async () => {
  catalog.replace(withPictures);
  await changed();
  expect(optionsOf("create").map(({ name }) => name)).toContain("image-link");
  expect(registered()).toContain("Animate this picture");
  const bytes = await plain(640, 360).png().toBuffer();
  const files = [{ filename: "cat.png", contentType: "image/png", bytes }];
  const opened = ada.contextMenu("Animate this picture", ada.say({ content: "look", files }));
  const inputs = (await opened.modal()).components.map(({ component }) => component);
  expect(inputs).toMatchObject([
    { custom_id: "prompt" },
    { custom_id: "model", type: ComponentType.StringSelect },
    { custom_id: "seconds", type: ComponentType.TextInput, value: "5" },
    { custom_id: "size" },
    { custom_id: "seed", type: ComponentType.TextInput },
  ]);
  const values = { prompt: "it jumps", model: ["Lightricks/LTX-2"], seconds: "12s" };
  await (await ada.submitModal(opened, values)).reply();
  expect(await newest()).toMatchObject({ model: "Lightricks/LTX-2", seconds: "12", image: {} });
});

describe("a command that the backend turns out not to have", () => {
  /** A delivered video, whose card has a Remix button. */
  async function delivered(): Promise<StoredMessage> {
    const card = await slash("create", { prompt: "a boat" }).reply();
    await expect.poll(() => memory.videos.all().length).toBe(1);
    memory.videos.complete(memory.videos.all()[0]?.id ?? "");
    await expect
      .poll(async () => {
        await bot.poll();
        return card.buttons.map(({ label }) => label);
      })
      .toContain("Remix");
    return card;
  }

  it("leaves Discord's lists, and its old button says why", async () => {
    const card = await delivered();
    memory.videos.lack("remix");
    const opened = ada.press(card, "Remix");
    await (await ada.submitModal(opened, { prompt: "at night" })).reply();
    await expect.poll(() => memory.videos.supports("remix")).toBe(false);
    await changed();
    expect(subcommands().map(({ name }) => name)).not.toContain("remix");
    expect(registered()).not.toContain("Remix this video");
    await answerTo(ada.press(card, "Remix"), "cannot do that \\(remix\\), so it is switched off");
  });
});

describe("what is registered anew", () => {
  const asked = () => server.requests.filter(({ operation }) => operation.endsWith("/commands"));

  it("is asked for once for many changes, and not at all where nothing differs", async () => {
    const before = asked().length;
    await Promise.all(Array.from({ length: 5 }, changed));
    expect(asked().slice(before)).toHaveLength(1);
    catalog.replace(withPictures);
    await Promise.all(Array.from({ length: 5 }, changed));
    expect(
      asked()
        .slice(before)
        .map(({ operation }) => operation.split(" ")[0]),
    ).toEqual(["GET", "GET", "PUT"]);
  });

  it("is left for the next change where Discord refuses it", async () => {
    catalog.replace(withPictures);
    server.inject({ method: "PUT", path: /commands$/, fault: { status: 403 } });
    await changed();
    expect(registered()).not.toContain("Animate this picture");
    expect(bot.log()).toContain("Discord commands not registered anew");
    await changed();
    expect(registered()).toContain("Animate this picture");
  });
});
