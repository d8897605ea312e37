import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { commands } from "../../commands/index.ts";
import type { Job } from "../../src/jobs/job.ts";
import { clipBytes, thumbnailBytes } from "../fakes/fake-videos-client.ts";
import { type Bot, type BotMemory, createBotMemory } from "../fixtures/bot.ts";
import { asRegistered, slackModes, startSlackBot } from "../fixtures/slack-bot.ts";
import { nobody } from "../servers/slack/mentions.ts";
import type { Person } from "../servers/slack/people.ts";
import { buttonsOf, textOf } from "../servers/slack/reading.ts";
import { createSlackServer, type SlackServer } from "../servers/slack/slack-server.ts";
import type { Message } from "../servers/slack/state.ts";

let slack: SlackServer;
let memory: BotMemory;
let bot: Bot;
let ada: Person;
let bob: Person;

beforeEach(async () => {
  slack = await createSlackServer({ rateLimits: "429", ...asRegistered });
  memory = await createBotMemory(Date.now);
  ada = slack.person("ada");
  bob = slack.person("bob");
});

afterEach(async () => {
  await bot.stop();
  await memory.store.close();
  await slack.close();
  expect(slack.rateLimits.exceeded).toEqual([]);
  expect(slack.warnings).toEqual([]);
});

const general = () => slack.channel("general").messages;
const labels = (message: Message) => buttonsOf(message).map(({ label }) => label);

/** The buttons of everything that can be done with a job. */
function offered(job: Job): string[] {
  return commands.flatMap(({ button }) => (button?.shows(job) ? [button.label] : []));
}

async function asked(text: string, { person = bob, channel = "general" } = {}) {
  return person.slash({ channel, command: "/video", text });
}

/** Waits until the newest message without a file is the card of a job that the backend has. */
async function newCard(channel = "general"): Promise<Message> {
  const card = slack.channel(channel).messages.findLast(({ files, bot_id }) => bot_id && files.length === 0);
  if (!card) throw new Error("There is no card.");
  await reach(card, "rendering");
  return card;
}

function jobIdOf(message: Message): string {
  return /Job (\w+)/.exec(textOf({ blocks: message.revisions[0]?.blocks ?? [] }))?.[1] ?? "";
}

async function jobOf(card: Message): Promise<Job> {
  const job = await bot.jobs.get(jobIdOf(card));
  if (!job) throw new Error("There is no such job.");
  return job;
}

async function reach(card: Message, phase: Job["phase"]): Promise<void> {
  await expect.poll(async () => (await jobOf(card)).phase, { timeout: 10_000 }).toBe(phase);
}

async function shows(card: Message, text: string | RegExp): Promise<void> {
  await slack.waitFor(() => textOf(card).match(text), { description: `the card to say ${text}` });
}

async function videoIdOf(card: Message): Promise<string> {
  return (await jobOf(card)).video?.id ?? "";
}

async function complete(card: Message): Promise<Message> {
  memory.videos.complete(await videoIdOf(card));
  await bot.poll();
  await reach(card, "delivered");
  const result = (await jobOf(card)).result?.message;
  const message = slack.channel(card.channel).messages.find(({ ts }) => ts === result);
  if (!message) throw new Error("The video has no message.");
  return message;
}

describe.each(slackModes)("the main job over %s", (mode) => {
  beforeEach(async () => {
    bot = await startSlackBot(slack, { mode, memory });
  });

  it("shows one message from queued to done, then video and buttons in one message beside it", async () => {
    const { ack } = await asked("a *paper* boat <!channel> & @here --seconds 8 --size landscape");
    expect(ack).toMatchObject({ ok: true, payload: undefined });
    expect(ack.ms).toBeLessThan(2_000);
    const card = await newCard();
    expect(textOf(card)).toContain("a *paper* boat <!channel> & @here");
    expect(textOf(card)).toContain("sora-2 · 8 s · landscape 1280x720");
    await shows(card, "Queued");
    expect(card.pinged).toEqual(nobody);

    memory.videos.move(await videoIdOf(card), { status: "in_progress", progress: 40 });
    await bot.poll();
    await shows(card, "Rendering");
    await shows(card, /█+░+ 40 %/);

    const video = await complete(card);
    expect(general()).toEqual([card, video]);
    expect(video.files).toMatchObject([{ mimetype: "video/mp4", bytes: clipBytes }]);
    expect(video.files[0]?.title).toContain("AI-generated video: a *paper* boat <!channel>");
    expect(labels(video)).toEqual(offered(await jobOf(card)));
    expect(labels(video)).toContain("Remix");
    expect(video.pinged).toEqual({ ...nobody, users: ["U1BOB"] });
    expect(textOf(video)).toContain("a *paper* boat <!channel> & @here");

    await shows(card, "See the video");
    expect(textOf(card)).toContain("Done in");
    expect(labels(card)).toEqual([]);
    expect(JSON.stringify(card.blocks)).toContain(`/archives/C1GENERAL/p${video.ts.replace(".", "")}`);
    expect(card.revisions.map(({ mentions }) => mentions)).toEqual(card.revisions.map(() => nobody));
  });

  it("remixes from the button of the video's message, in a form with the prompt", async () => {
    await asked("a paper boat");
    const parent = await newCard();
    const video = await complete(parent);

    const press = await ada.press(video, "Remix");
    const view = await press.openedView();
    expect(view.title).toBe("Remix");
    expect(JSON.stringify(view.blocks)).toContain('"initial_value":"a paper boat"');
    expect(textOf(view)).toContain("sora-2 · 4 s");
    const { ack } = await ada.submitView(view, { prompt: "a paper boat at night" });
    expect(ack).toMatchObject({ ok: true, payload: undefined });
    expect(view.isOpen).toBe(false);

    const card = await newCard();
    expect(textOf(card)).toContain("a paper boat at night");
    expect(JSON.stringify(card.blocks)).toContain(`/archives/C1GENERAL/p${video.ts.replace(".", "")}`);
    const [remix] = memory.videos.all();
    expect(remix).toMatchObject({ remixedFrom: await videoIdOf(parent), prompt: "a paper boat at night" });
    await shows(parent, "Remixed once");
    expect(textOf(parent)).toContain("See the video");
    expect(video.revisions).toHaveLength(1);
    expect((await complete(card)).pinged.users).toEqual(["U1ADA"]);
  });

  it("says why a video failed and makes it again with Retry", async () => {
    await asked("something forbidden");
    const card = await newCard();
    memory.videos.fail(await videoIdOf(card), { code: "moderation_blocked", message: "no" });
    await bot.poll();
    await reach(card, "failed");
    await shows(card, "refused by the content rules");
    expect(labels(card)).toEqual(offered(await jobOf(card)));
    expect(labels(card)).toContain("Retry");

    await ada.press(card, "Retry");
    await slack.waitFor(() => general().length === 2);
    const again = await newCard();
    expect((await jobOf(again)).requester.name).toBe("ada");
    expect(memory.videos.calls.create).toBe(2);
    await complete(again);
  });

  it("opens the form for /video alone, and the picture arrives", async () => {
    const view = await (await asked("")).openedView();
    const { file } = bob.uploadFile({ name: "boat.webp", bytes: thumbnailBytes });
    await bob.submitView(view, { prompt: "it sails", image: [file.id], seconds: "12" });
    const card = await newCard();
    expect(textOf(card)).toContain("12 s");
    expect(textOf(card)).toContain("from a picture");
    const { request } = await jobOf(card);
    expect(request).toMatchObject({ image: { contentType: "image/jpeg" } });
  });

  it("starts one job when Slack repeats a command or a submission", async () => {
    const command = await asked("a paper boat");
    expect(await command.redeliver()).toMatchObject({ ok: true });
    const view = await (await asked("")).openedView();
    const submission = await bob.submitView(view, { prompt: "another boat" });
    expect(await submission.redeliver()).toMatchObject({ ok: true });
    await slack.waitFor(() => general().length === 2);
    await newCard();
    expect(general()).toHaveLength(2);
    expect(memory.videos.calls.create).toBe(2);
  });

  it.each([
    ["--size huge a boat", /landscape 1280x720/],
    ["--colour red a boat", /--seconds/],
    ["a boat --seconds 5", /Choose one of: 4 seconds/],
    ["--model sora-2 --size 1024x1792 a boat", /sora-2 does not make 1024x1792/],
    ["x".repeat(3_001), /3000 is the most/],
    ["remix 0000000000 a boat", /no video/],
    ["--image boat.png a boat", /Nothing is at boat\.png/],
  ])("answers %.40s privately, and nothing is made", async (text, words) => {
    const { ephemerals, ack } = await asked(text);
    expect(ack.ok).toBe(true);
    expect(ephemerals).toMatchObject([{ via: "ack", user: "U1BOB" }]);
    expect(textOf(ephemerals[0] ?? { blocks: [] })).toMatch(words);
    expect(general()).toEqual([]);
    expect(memory.videos.calls.create).toBe(0);
  });
});

describe("the main job", () => {
  beforeEach(async () => {
    bot = await startSlackBot(slack, { memory });
  });

  it.each([
    ["by its name", "boat.gif"],
    ["by its bytes", "boat.png"],
  ])("tells in the form what is wrong with a picture, %s", async (_, name) => {
    const view = await (await asked("")).openedView();
    const { file } = bob.uploadFile({ name, bytes: Buffer.from("<html>sign in</html>") });
    await bob.submitView(view, { prompt: "it sails", image: [file.id] });
    expect(view.errors).toEqual({ image: expect.stringContaining("is not a JPEG, PNG or WebP picture") });
    expect(memory.videos.calls.create).toBe(0);
  });

  it("keeps the card and the video in the thread where Remix was pressed", async () => {
    await asked("a boat");
    const card = await newCard();
    const video = await complete(card);
    video.thread_ts = card.ts;
    const view = await (await bob.press(video, "Remix")).openedView();
    await bob.submitView(view, { prompt: "a boat at night" });
    const remix = await newCard();
    expect(remix.thread_ts).toBe(card.ts);
    expect((await complete(remix)).thread_ts).toBe(card.ts);
  });

  it("works in a direct message", async () => {
    await asked("a boat", { channel: "bob" });
    const video = await complete(await newCard("bob"));
    expect(video).toMatchObject({ channel: "D1BOB", files: [{ status: "complete" }] });
  });

  it("goes on in the old message after a restart, and the buttons of old messages work", async () => {
    await asked("a boat");
    const card = await newCard();
    await bot.stop();
    memory.videos.complete(await videoIdOf(card));
    bot = await startSlackBot(slack, { memory });
    await bot.poll();
    await reach(card, "delivered");
    const [, video] = general();
    if (!video) throw new Error("no video");
    expect(general()).toHaveLength(2);
    expect(memory.videos.calls.create).toBe(1);
    expect((await (await bob.press(video, "Remix")).openedView()).title).toBe("Remix");
  });

  it("survives many cards without ever asking Slack too often", async () => {
    await Promise.all(
      ["one", "two", "three"].map((prompt, index) => {
        return asked(prompt, { channel: ["general", "secret", "bob"][index] ?? "" });
      }),
    );
    const cards = await Promise.all(["general", "secret", "bob"].map((channel) => newCard(channel)));
    for (let progress = 5; progress <= 95; progress += 5) {
      for (const card of cards) {
        memory.videos.move(await videoIdOf(card), { status: "in_progress", progress });
      }
      await bot.poll();
    }
    for (const card of cards) expect(await complete(card)).toMatchObject({ files: [{ status: "complete" }] });
  });
});
