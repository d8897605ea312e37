import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Job } from "../../src/jobs/job.ts";
import { clipBytes } from "../fakes/fake-videos-client.ts";
import { type BotMemory, createBotMemory } from "../fixtures/bot.ts";
import { finishedButtons } from "../fixtures/buttons.ts";
import { type DiscordBot, startDiscordBot } from "../fixtures/discord-bot.ts";
import { colourAt, plain, RED } from "../fixtures/pictures.ts";
import { createDiscordServer, type DiscordServer } from "../servers/discord/discord-server.ts";
import type { Person } from "../servers/discord/person.ts";
import type { StoredMessage } from "../servers/discord/state.ts";

const CARD = 4;
const FORM = 9;
const MINUTE_MS = 60_000;

let server: DiscordServer;
let memory: BotMemory;
let bot: DiscordBot;
let ada: Person;

beforeEach(async () => {
  server = await createDiscordServer({ rateLimits: {} });
  memory = await createBotMemory(server.now);
  bot = await startDiscordBot(server, memory);
  ada = server.person("ada");
});

afterEach(async () => {
  await bot.stop();
  await memory.store.close();
  await server.close();
  expect(server.rateLimited).toEqual({ route: 0, global: 0 });
});

/** Sends `/video create` and waits until the backend has the video. */
async function create(options: Parameters<Person["slash"]>[0]["options"] = { prompt: "a paper boat" }) {
  const asked = ada.slash({ name: "video", subcommand: "create", options });
  const ack = await asked.acknowledged();
  const card = await asked.reply();
  await taken(card);
  return { asked, ack, card };
}

/** Waits until the backend has the video of a card. */
async function taken(card: StoredMessage): Promise<string> {
  await reach(card, "rendering");
  return (await bot.jobs.get(jobIdOf(card)))?.video?.id ?? "";
}

function jobIdOf({ text }: StoredMessage): string {
  return /Job `(\w+)`/.exec(text)?.[1] ?? "";
}

async function show(card: StoredMessage, text: string | RegExp): Promise<void> {
  await server.waitFor(() => card.text.match(text), { description: `the card to say ${text}` });
}

async function complete(card: StoredMessage): Promise<void> {
  memory.videos.complete(await taken(card));
  await bot.poll();
  await reach(card, "delivered");
}

/** Waits until the job of a card stands there. */
async function reach(card: StoredMessage, phase: Job["phase"]): Promise<void> {
  const jobId = jobIdOf(card);
  await expect.poll(() => bot.jobs.get(jobId).then((job) => job?.phase), { timeout: 20_000 }).toBe(phase);
}

describe("/video create", () => {
  it("answers with the card at once and shows everything in that one message", async () => {
    const { ack, card } = await create({
      prompt: "a *paper* boat @everyone",
      seconds: "8",
      size: "1280x720",
    });
    expect(ack.type).toBe(CARD);
    expect(ack.afterMs).toBeLessThan(1_000);
    expect(card.text).toContain("> a \\*paper\\* boat \\@everyone");
    expect(card.text).toContain(`by <@${ada.id}> · sora-2 · 8 s · landscape 1280x720`);

    const videoId = await taken(card);
    memory.videos.move(videoId, { status: "in_progress", progress: 40 });
    await bot.poll();
    await show(card, "40 %");
    await complete(card);

    expect(card.text).toMatch(/\*\*Done in \d+ s\*\*/);
    expect(card.media).toMatchObject([
      {
        description: "AI-generated video: a *paper* boat @everyone",
        attachment: { contentType: "video/mp4" },
      },
    ]);
    expect(card.media[0]?.attachment?.bytes.equals(clipBytes)).toBe(true);
    expect(card.buttons.map(({ label }) => label)).toEqual(finishedButtons);
    const { messages } = server.channel("general");
    expect(messages[0]).toBe(card);
    expect(messages.map(({ text }) => text).slice(1)).toEqual([`<@${ada.id}> your video is ready.`]);
    expect(messages[1]).toMatchObject({ notified: [ada.id], replyTo: { messageId: card.id } });
    expect(card.notified).toEqual([]);
  });

  it("works longer than the interaction's token does", async () => {
    const { asked, card } = await create();
    server.advance(16 * MINUTE_MS);
    memory.videos.move(await taken(card), { status: "in_progress", progress: 60 });
    await bot.poll();
    await show(card, "60 %");
    server.advance(50 * MINUTE_MS);
    await complete(card);
    expect(card.media).toHaveLength(1);
    expect(asked.interaction.responses).toEqual([card]);
    expect(server.invalidRequests).toBe(0);
  });

  it("starts from a picture", async () => {
    const bytes = await plain(64, 36, RED).png().toBuffer();
    const image = { filename: "cat.png", contentType: "image/png", bytes };
    const { card } = await create({ prompt: "a cat", image });
    expect(card.text).toContain("from a picture");
    expect(card.text).toContain("landscape 1280x720");
    const kept = await memory.media.blob(
      `${jobIdOf(card)}/reference.jpg`,
      "image/jpeg",
      new AbortController().signal,
    );
    expect(await colourAt(new Uint8Array(await kept.arrayBuffer()), 1_279, 719)).toEqual(RED);
  });

  it("says why a video failed and makes it again", async () => {
    const { card } = await create();
    memory.videos.fail(await taken(card), { code: "moderation_blocked", message: "no" });
    await bot.poll();
    await show(card, /\*\*Failed\*\*/);
    expect(card.text).toContain("The prompt was refused by the content rules.");

    const pressed = server.person("grace").press(card, "Retry");
    const again = await pressed.reply();
    expect(again.text).toContain(`by <@${server.person("grace").id}>`);
    await complete(again);
    expect(again.media).toHaveLength(1);
  });

  it("shows the card in the channel when the answer came too late", async () => {
    server.inject({ method: "POST", path: /\/callback$/, fault: { delayMs: 3_100 } });
    const asked = ada.slash({ name: "video", subcommand: "create", options: { prompt: "a boat" } });
    await expect(asked.acknowledged()).rejects.toThrow("did not respond");
    const card = await server.waitFor(() => server.channel("general").messages[0]);
    await complete(card);
    expect(card.media).toHaveLength(1);
    expect(memory.videos.calls.create).toBe(1);
  });

  it.each<[string, string, Parameters<Person["slash"]>[0]["options"]]>([
    [
      "a size that the model does not make",
      "does not make 1024x1792",
      { prompt: "a boat", size: "1024x1792" },
    ],
    [
      "a file that is no picture",
      "not a JPEG, PNG or WebP",
      { prompt: "a boat", image: { filename: "a.txt", contentType: "text/plain", bytes: Buffer.from("a") } },
    ],
  ])("answers %s privately, at no cost", async (_name, words, options) => {
    const asked = ada.slash({ name: "video", subcommand: "create", ...(options && { options }) });
    const answer = await asked.reply();
    expect(answer.text).toContain(words);
    expect(answer.visibleTo).toBe(ada.id);
    expect(memory.videos.calls.create).toBe(0);
    expect(server.channel("general").messages).toEqual([]);
  });

  it("finds out before anything is paid that it may not upload", async () => {
    server.deny("general", "AttachFiles");
    const asked = ada.slash({ name: "video", subcommand: "create", options: { prompt: "a boat" } });
    const answer = await asked.reply();
    expect(answer.text).toContain("“Attach Files” is missing");
    expect(answer.visibleTo).toBe(ada.id);
    expect(memory.videos.calls.create).toBe(0);
  });

  it("keeps prompts, tokens and signed links out of the log", async () => {
    const { asked, card } = await create({ prompt: "a very private boat" });
    server.inject({
      method: "PATCH",
      path: /messages/,
      fault: { status: 400, body: { message: "no", code: 50_035 } },
    });
    memory.videos.complete(await taken(card));
    await bot.poll();
    await reach(card, "delivered");
    const log = bot.log();
    expect(log).toContain("a video cannot be shown where it belongs");
    for (const secret of ["private boat", asked.interaction.token, server.token, "hm="])
      expect(log).not.toContain(secret);
  });
});

describe("seven videos in one channel", () => {
  it("are all delivered without ever meeting a limit of Discord's", async () => {
    const asked = Array.from({ length: 7 }, (_, index) =>
      ada.slash({ name: "video", subcommand: "create", options: { prompt: `boat ${index}` } }),
    );
    const cards = await Promise.all(asked.map((one) => one.reply()));
    for (const percent of [10, 40, 70]) {
      for (const one of cards)
        memory.videos.move(await taken(one), { status: "in_progress", progress: percent });
      await bot.poll();
    }
    for (const one of cards) memory.videos.complete(await taken(one));
    await bot.poll();
    await Promise.all(cards.map((one) => reach(one, "delivered")));
    for (const one of cards)
      expect(one).toMatchObject({ media: [{}], text: expect.stringContaining("Done in") });
  });
});

describe("remix", () => {
  it("opens a form with the prompt and makes a video that is linked to its parent", async () => {
    const { card: parent } = await create({ prompt: "a boat at dawn", seconds: "8" });
    await complete(parent);
    const pressed = ada.press(parent, "Remix");
    expect((await pressed.acknowledged()).type).toBe(FORM);
    const modal = await pressed.modal();
    expect(modal.title).toBe("Remix");
    expect(JSON.stringify(modal.components)).toContain('"value":"a boat at dawn"');

    const submitted = await ada.submitModal(pressed, { prompt: "a boat at dusk" });
    const child = await submitted.reply();
    expect(child.id).not.toBe(parent.id);
    const link = `https://discord.com/channels/${server.state.guild.id}/${parent.channelId}/${parent.id}`;
    expect(child.text).toContain(`Remix of [${jobIdOf(parent)}](${link})`);
    expect(child.text).toContain("(inherited)");
    await complete(child);
    expect(child.media).toHaveLength(1);
    expect(memory.videos.all()).toMatchObject([
      { remixedFrom: memory.videos.all()[1]?.id },
      { seconds: "8" },
    ]);

    await show(parent, "Remixed once");
    expect(parent.media).toHaveLength(1);
    expect(parent.attachments).toHaveLength(1);
    expect(parent.media[0]?.attachment?.bytes.equals(clipBytes)).toBe(true);
  });

  it("offers the requester's own finished videos while they type", async () => {
    const { card: boat } = await create({ prompt: "a boat at dawn" });
    await complete(boat);
    const typing = (name: string, text: string) =>
      server
        .person(name)
        .autocomplete({ name: "video", subcommand: "remix", focused: "video", options: { video: text } });
    expect(await typing("ada", "boat").choices()).toEqual([
      { name: `${jobIdOf(boat)} · a boat at dawn`, value: jobIdOf(boat) },
    ]);
    expect(await typing("ada", "kite").choices()).toEqual([]);
    expect(await typing("grace", "boat").choices()).toEqual([]);
  });

  it("refuses an unknown video privately", async () => {
    const options = { video: "zzzzzzzzzz", prompt: "a boat" };
    const answer = await ada.slash({ name: "video", subcommand: "remix", options }).reply();
    expect(answer.text).toContain("There is no video “zzzzzzzzzz” here");
    expect(answer.visibleTo).toBe(ada.id);
  });
});

describe("another process", () => {
  it("goes on in the old message, and old buttons work", async () => {
    const { card } = await create();
    const videoId = await taken(card);
    await bot.stop();
    memory.videos.complete(videoId);
    server.advance(20 * MINUTE_MS);

    bot = await startDiscordBot(server, memory);
    await bot.poll();
    await reach(card, "delivered");
    expect(card.media).toHaveLength(1);
    expect(memory.videos.calls.create).toBe(1);
    const modal = await ada.press(card, "Remix").modal();
    expect(modal.custom_id).toBe(`v1:form:remix:video=${jobIdOf(card)}`);
  });
});
