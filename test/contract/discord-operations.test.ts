import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { clipBytes, thumbnailBytes } from "../fakes/fake-videos-client.ts";
import { type BotMemory, createBotMemory } from "../fixtures/bot.ts";
import { type DiscordBot, startDiscordBot } from "../fixtures/discord-bot.ts";
import { plain } from "../fixtures/pictures.ts";
import { createDiscordServer, type DiscordServer } from "../servers/discord/discord-server.ts";
import type { InteractionHandle } from "../servers/discord/interaction-handle.ts";
import type { Person } from "../servers/discord/person.ts";
import type { StoredMessage } from "../servers/discord/state.ts";

// Every operation as people on Discord meet it: the whole bot over the real client.

const LINK = "https://pictures.example/cat.png";

let server: DiscordServer;
let memory: BotMemory;
let bot: DiscordBot;
let ada: Person;
let grace: Person;

beforeEach(async () => {
  server = await createDiscordServer();
  memory = await createBotMemory(server.now);
  const web = new Map([[LINK, await plain(36, 64).png().toBuffer()]]);
  bot = await startDiscordBot(server, memory, { web });
  ada = server.person("ada");
  grace = server.person("grace");
});

afterEach(async () => {
  await bot.stop();
  await memory.store.close();
  await server.close();
});

const slash = (person: Person, subcommand: string, options = {}) =>
  person.slash({ name: "video", subcommand, options });

function jobIdOf({ text }: StoredMessage): string {
  return /Job `(\w+)`/.exec(text)?.[1] ?? "";
}

/** What an interaction shows to whoever began it, once it says something. */
async function answerTo({ interaction }: InteractionHandle, words: string | RegExp): Promise<StoredMessage> {
  const shown = () => [interaction.original, ...interaction.responses].find((one) => one?.text.match(words));
  return server.waitFor(shown, { description: `an answer that says ${words}` });
}

async function reach(card: StoredMessage, phase: string): Promise<void> {
  const stands = () => bot.jobs.get(jobIdOf(card)).then((job) => job?.phase);
  await expect.poll(stands, { timeout: 20_000 }).toBe(phase);
}

/** Has the backend finish the video of a card, and waits until the channel has it. */
async function finish(card: StoredMessage): Promise<StoredMessage> {
  await reach(card, "rendering");
  const { video } = (await bot.jobs.get(jobIdOf(card))) ?? {};
  memory.videos.complete(video?.id ?? "");
  await bot.poll();
  await reach(card, "delivered");
  return card;
}

async function make(prompt: string, person = ada): Promise<StoredMessage> {
  return finish(await slash(person, "create", { prompt }).reply());
}

const bytesIn = ({ media }: StoredMessage) => media.map(({ attachment }) => attachment?.bytes);

describe("a message's own menu", () => {
  it("shows details, and makes a remix", async () => {
    const card = await make("a paper boat");
    const details = await answerTo(grace.contextMenu("Video details", card), "a paper boat");
    expect(details).toMatchObject({ visibleTo: grace.id, media: [{}] });
    expect(details.text).toContain(jobIdOf(card));
    const opened = grace.contextMenu("Remix this video", card);
    const child = await (await grace.submitModal(opened, { prompt: "a paper plane" })).reply();
    await finish(child);
    expect(child.text).toContain(`Remix of [${jobIdOf(card)}]`);
  });

  it("animates a picture, from a message that has one", async () => {
    const bytes = await plain(64, 36).png().toBuffer();
    const said = grace.say({
      content: "look",
      files: [{ filename: "cat.png", contentType: "image/png", bytes }],
    });
    const opened = ada.contextMenu("Animate this picture", said);
    await opened.modal();
    server.advance(60 * 60_000);
    const card = await (await ada.submitModal(opened, { prompt: "it jumps" })).reply();
    expect(card.text).toContain("from a picture");
    await finish(card);
  });
});

it("makes a video from a picture's address", async () => {
  const card = await slash(ada, "create", { prompt: "a cat", "image-link": LINK }).reply();
  expect(card.text).toContain("from a picture");
  await finish(card);
});

describe("the gallery", () => {
  it("is looked through in one private message, and plays its videos there", async () => {
    const prompts = ["one boat", "two boats", "three boats", "four boats", "five boats", "six boats"];
    for (const prompt of prompts) await make(prompt);
    const posted = server.channel("general").messages.length;
    const page = await answerTo(slash(grace, "gallery"), "Gallery");
    expect(page).toMatchObject({ visibleTo: grace.id });
    expect(page.media).toHaveLength(5);
    for (const prompt of prompts.slice(1)) expect(page.text).toContain(prompt);
    await answerTo(grace.press(page, "More"), "one boat");
    expect(page.media).toHaveLength(1);
    await answerTo(grace.press(page, "Back"), "six boats");
    grace.press(page, "Play");
    await server.waitFor(() => bytesIn(page).some((bytes) => bytes?.equals(clipBytes)));
    expect(server.channel("general").messages).toHaveLength(posted);
  });

  it("finds videos by who made them", async () => {
    await make("a boat", ada);
    await make("a kite", grace);
    const typing = { name: "video", subcommand: "gallery", focused: "by", options: { by: "gra" } };
    const [choice] = await ada.autocomplete(typing).choices();
    const page = await answerTo(slash(ada, "gallery", { by: choice?.value ?? "" }), "Gallery");
    expect(page.text).toContain("a kite");
    expect(page.text).not.toContain("a boat");
  });

  it("loses what somebody deletes by hand", async () => {
    const card = await make("a paper boat");
    await make("a kite");
    grace.delete(card);
    const shown = async () => (await slash(ada, "gallery").reply()).text;
    await expect.poll(shown).not.toContain("a paper boat");
    expect(await shown()).toContain("a kite");
  });
});

it("counts the stars under a video's message", async () => {
  const card = await make("a paper boat");
  ada.react(card, "⭐");
  grace.react(card, "⭐");
  const details = async () => (await slash(ada, "info", { video: jobIdOf(card) }).reply()).text;
  await expect.poll(details).toMatch(/Stars\W+2/);
  grace.unreact(card, "⭐");
  await expect.poll(details).toMatch(/Stars\W+1/);
});

it("hands out files privately", async () => {
  const card = await make("a paper boat");
  const shown = await answerTo(grace.press(card, "Thumbnail"), "thumbnail");
  expect(shown.visibleTo).toBe(grace.id);
  expect(bytesIn(shown)).toEqual([Buffer.from(thumbnailBytes)]);
  const video = await answerTo(slash(grace, "download", { video: jobIdOf(card), variant: "video" }), "video");
  expect(bytesIn(video)).toEqual([clipBytes]);
});

describe("deleting", () => {
  it("asks first, then leaves a tombstone without the video", async () => {
    const card = await make("a paper boat");
    const asked = await answerTo(ada.press(card, "Delete"), "Delete this video");
    expect(bytesIn(card)).toEqual([clipBytes]);
    await answerTo(ada.press(asked, "Delete it"), "is deleted");
    await server.waitFor(() => server.channel("general").messages.length === 1);
    expect(card).toMatchObject({ deleted: false, attachments: [], media: [] });
    expect(card.text).not.toContain("a paper boat");
  });

  it("is not for others, but for moderators", async () => {
    const card = await make("a paper boat");
    const refused = await server.addPerson("mallory").press(card, "Delete").reply();
    expect(refused).toMatchObject({ buttons: [], text: expect.not.stringContaining("Delete this video") });
    const asked = await answerTo(grace.press(card, "Delete"), "Delete this video");
    await answerTo(grace.press(asked, "Delete it"), "is deleted");
    await server.waitFor(() => card.attachments.length === 0);
  });
});

describe("settings", () => {
  it("send the word that a video is done directly, and hide it until it is wanted", async () => {
    await answerTo(slash(ada, "settings", { ping: "direct", spoiler: "on" }), /./);
    const card = await make("a paper boat");
    expect(card.media).toMatchObject([{ spoiler: true }]);
    expect(ada.directMessages()).toMatchObject([{ text: expect.stringContaining(card.id) }]);
    expect(server.channel("general").messages).toEqual([card]);
  });

  it("are changed by a form that a page opens", async () => {
    const page = await answerTo(slash(ada, "settings"), /./);
    const button = page.buttons.find(({ customId }) => customId?.endsWith(":me"));
    const opened = ada.press(page, button?.customId ?? "");
    await answerTo(await ada.submitModal(opened, { ping: ["none"] }), "Saved");
    const card = await make("a paper boat");
    expect(server.channel("general").messages).toEqual([card]);
  });
});

it("keeps channels closed to those who cannot read them, also by a video's id", async () => {
  const card = await make("a secret boat");
  server.overwrite("general", "grace", { deny: ["ViewChannel"] });
  const asked = () =>
    grace.slash({ name: "video", subcommand: "info", channel: "random", options: { video: jobIdOf(card) } });
  await expect.poll(async () => (await asked().reply()).text).not.toContain("a secret boat");
});
