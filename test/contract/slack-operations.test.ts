import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { clipBytes } from "../fakes/fake-videos-client.ts";
import { type Bot, type BotMemory, createBotMemory } from "../fixtures/bot.ts";
import { plain } from "../fixtures/pictures.ts";
import { asRegistered, startSlackBot } from "../fixtures/slack-bot.ts";
import type { Person } from "../servers/slack/people.ts";
import { buttonsOf, picturesShown, textOf } from "../servers/slack/reading.ts";
import { createSlackServer, type SlackServer } from "../servers/slack/slack-server.ts";
import type { Message, View } from "../servers/slack/state.ts";

let slack: SlackServer;
let memory: BotMemory;
let bot: Bot;
let ada: Person;
let bob: Person;

beforeEach(async () => {
  slack = await createSlackServer({ rateLimits: "429", ...asRegistered });
  memory = await createBotMemory(Date.now);
  bot = await startSlackBot(slack, { memory });
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
const shown = () => slack.ephemerals.map(textOf);

const ask = (text: string, person = bob) => person.slash({ channel: "general", command: "/video", text });

/** The page that a command opens. */
async function page(text: string, person = bob): Promise<View> {
  return (await ask(text, person)).openedView();
}

async function press(view: View, button: string, title: string, person = bob): Promise<void> {
  await person.press(view, button);
  await slack.waitFor(() => view.title === title, { description: `the page ${title}` });
}

/** A finished video: its card, and the message it stands in. */
async function finished(prompt: string): Promise<{ id: string; card: Message; video: Message }> {
  const before = new Set(general());
  await ask(prompt);
  const card = await slack.waitFor(() => general().find((one) => one.bot_id && !before.has(one)));
  const id = /Job (\w+)/.exec(textOf(card))?.[1] ?? "";
  await expect.poll(async () => (await bot.jobs.get(id))?.phase).toBe("rendering");
  memory.videos.complete((await bot.jobs.get(id))?.video?.id ?? "");
  await bot.poll();
  await expect.poll(async () => (await bot.jobs.get(id))?.phase, { timeout: 10_000 }).toBe("delivered");
  const video = general().findLast(({ files }) => files.length > 0);
  if (!video) throw new Error("The video has no message.");
  return { id, card, video };
}

describe("looking", () => {
  it("lists videos in a modal, and tells how one stands", async () => {
    const { id, video } = await finished("a paper boat");
    const list = await page("list");
    expect(list.title).toBe("Videos");
    expect(JSON.stringify(list.blocks)).toContain(`/p${video.ts.replace(".", "")}`);
    await ask(`status ${id}`);
    await slack.waitFor(() => shown().some((text) => text.includes("sora-2")) || slack.views.length > 1);
  });

  it("shows the gallery with pictures, plays from it, and comes back", async () => {
    await finished("a paper boat");
    const view = await page("gallery");
    await slack.waitFor(() => picturesShown(view.blocks).length === 1);
    expect(textOf(view)).toContain("a paper boat");
    await bob.press(view, "Play");
    await slack.waitFor(() => buttonsOf(view).some(({ label }) => label === "Watch in the channel"));
    expect(slack.views).toHaveLength(1);
    expect(slack.channel("general").messages).toHaveLength(2);
  });

  it("shows a video's details from its own menu", async () => {
    const { video } = await finished("a paper boat");
    const view = await (await ada.messageShortcut("info", video)).openedView();
    expect(textOf(view)).toContain("a paper boat");
  });

  it("sends the thumbnail to whoever asked for it, as a picture that Slack shows", async () => {
    const { video } = await finished("a paper boat");
    await ada.press(video, "Thumbnail");
    const direct = await slack.waitFor(() => slack.channel("ada").messages[0]);
    expect(direct.files).toMatchObject([{ mimetype: "image/png" }]);
    await slack.waitFor(() => shown().some((text) => text.includes("direct messages")));
  });
});

describe("making", () => {
  it("makes a video of a mention, in its thread", async () => {
    const thread = ada.say("general", "what a day").ts;
    await bob.mention("general", "a paper boat", { thread_ts: thread });
    const card = await slack.waitFor(() => general().find(({ bot_id }) => bot_id));
    expect(card.thread_ts).toBe(thread);
    expect(textOf(card)).toContain("a paper boat");
  });

  it("remixes from a message's menu, and from the gallery in a form over it", async () => {
    const { video } = await finished("a paper boat");
    const form = await (await ada.messageShortcut("remix", video)).openedView();
    expect(JSON.stringify(form.blocks)).toContain('"initial_value":"a paper boat"');
    ada.closeView(form);
    const gallery = await page("gallery");
    const over = await (await bob.press(gallery, "Remix")).openedView();
    expect(over.previous).toBe(gallery.id);
    await bob.submitView(over, { prompt: "a paper boat at night" });
    await slack.waitFor(() => general().length === 3);
    expect(gallery.isOpen).toBe(true);
  });

  it("animates the picture of a message", async () => {
    const { file } = ada.uploadFile({ name: "cat.png", bytes: await plain(64, 64).png().toBuffer() });
    const message = ada.say("general", "my cat", { files: [file] });
    const form = await (await bob.messageShortcut("create", message)).openedView();
    await bob.submitView(form, { prompt: "it dances" });
    const card = await slack.waitFor(() => general().find(({ bot_id }) => bot_id));
    await slack.waitFor(() => textOf(card).includes("from a picture"));
  });
});

describe("taking away", () => {
  it("asks in a page, then leaves a tombstone and no file", async () => {
    const { card, video } = await finished("a paper boat");
    const view = await (await bob.press(video, "Delete")).openedView();
    expect(view.title).toBe("Delete this video?");
    await press(view, "Delete it", "Deleted");
    await slack.waitFor(() => general().length === 1);
    expect(general()).toEqual([card]);
    await slack.waitFor(() => /deleted/i.test(textOf(card)));
    expect(textOf(card)).not.toContain("a paper boat");
    expect([...slack.files.values()].flatMap(({ bytes }) => bytes ?? [])).toEqual([]);
    expect(textOf(await page("gallery", ada))).toContain("No videos");
  });

  it("leaves the gallery when a moderator deletes its message by hand", async () => {
    const { video } = await finished("a paper boat");
    expect(video.files[0]?.bytes).toEqual(clipBytes);
    ada.remove(video);
    await expect
      .poll(async () => {
        const view = await page("gallery");
        bob.closeView(view);
        return textOf(view);
      })
      .toContain("No videos");
  });

  it("counts the stars under a video", async () => {
    const { video } = await finished("a paper boat");
    ada.react(video, "star");
    await expect
      .poll(async () => {
        const view = await page("gallery");
        bob.closeView(view);
        return textOf(view);
      })
      .toContain("★ 1");
  });
});

describe("a private channel", () => {
  it("stays closed to who is not in it, also by a video's id", async () => {
    const { id } = await finished("a paper boat");
    await bob.slash({ channel: "secret", command: "/video", text: "a secret" });
    const card = await slack.waitFor(() => slack.channel("secret").messages[0]);
    const secretId = /Job (\w+)/.exec(textOf(card))?.[1] ?? "";
    slack.channel("secret").members.delete("U1ADA");
    await ask(`status ${id}`, ada);
    const { ephemerals } = await ask(`info ${secretId}`, slack.person("ada"));
    await slack.waitFor(() => slack.ephemerals.length > 0);
    expect(JSON.stringify([slack.views, ephemerals])).not.toContain("a secret");
  });
});
