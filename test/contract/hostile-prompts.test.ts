import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { type Bot, type BotMemory, createBotMemory } from "../fixtures/bot.ts";
import { startDiscordBot } from "../fixtures/discord-bot.ts";
import { startGallerySite } from "../fixtures/gallery-site.ts";
import {
  FILE_NAME,
  type HostilePrompt,
  hostilePrompts,
  longPrompts,
  mergedPrompts,
  RAW_CONTROL,
  STEERING,
} from "../fixtures/hostile-prompts.ts";
import { asRegistered, startSlackBot } from "../fixtures/slack-bot.ts";
import { startWebBot } from "../fixtures/web-bot.ts";
import { createDiscordServer } from "../servers/discord/discord-server.ts";
import { isObject } from "../servers/slack/json.ts";
import { textOf } from "../servers/slack/reading.ts";
import { createSlackServer } from "../servers/slack/slack-server.ts";

let memory: BotMemory;

beforeEach(async () => {
  memory = await createBotMemory(Date.now);
});
afterEach(() => memory.store.close());

/** Lets the backend finish everything, and the bot deliver it. */
async function finishAll(bot: Bot, count: number): Promise<void> {
  await expect.poll(() => memory.videos.all().length, { timeout: 20_000 }).toBe(count);
  await expect
    .poll(async () => (await bot.jobs.active()).every(({ phase }) => phase === "rendering"), {
      timeout: 20_000,
    })
    .toBe(true);
  for (const { id } of memory.videos.all()) memory.videos.complete(id);
  await bot.poll();
  await expect.poll(async () => (await bot.jobs.active()).length, { timeout: 25_000 }).toBe(0);
}

/** The lines that are written where nobody asked for more. */
function expectDiscreet(log: string): void {
  const lines = log.split("\n").filter((line) => line !== "");
  expect(lines.length).toBeGreaterThan(1);
  for (const line of lines) {
    expect(line).not.toMatch(RAW_CONTROL);
    if (JSON.parse(line).level >= 30) expect(line).not.toMatch(/witness\d/);
  }
}

/** What was sent as a prompt, to the backend whole. */
function expectSent(prompts: readonly HostilePrompt[]): void {
  const sent = memory.videos.all().map(({ prompt = "" }) => prompt);
  for (const { witness } of prompts)
    expect(sent.filter((prompt) => prompt.startsWith(witness))).toHaveLength(1);
}

const found = <T>(all: readonly T[], holds: (one: T) => boolean, what: string): T => {
  const one = all.find(holds);
  if (one === undefined) throw new Error(`Nothing shows ${what}.`);
  return one;
};

it("on Discord: text, shown as text, that calls nobody", async () => {
  const server = await createDiscordServer();
  onTestFinished(() => server.close());
  const bot = await startDiscordBot(server, memory);
  onTestFinished(() => bot.stop());
  const ada = server.person("ada");
  for (const [n, { prompt }] of mergedPrompts.entries()) {
    const channel = ["general", "random", "ideas"][n % 3] ?? "";
    await ada.slash({ channel, name: "video", subcommand: "create", options: { prompt } }).reply();
  }
  await finishAll(bot, mergedPrompts.length);
  expectSent(mergedPrompts);

  const shown = [...server.state.messages.values()];
  expect(shown.filter(({ notified }) => notified.length > 0)).toHaveLength(mergedPrompts.length);
  for (const { notified, mentions, mentionsEveryone, replyTo } of shown) {
    expect([notified, mentions, mentionsEveryone]).toEqual(
      replyTo ? [[ada.id], [ada.id], false] : [[], [], false],
    );
  }
  for (const { name, witness } of mergedPrompts) {
    const card = found(shown, ({ text }) => text.includes(witness), name);
    expect(card.text).not.toMatch(STEERING);
    // What a backslash stands before is no markup, and nothing is left of the person's that is.
    const live = card.text.replaceAll(/\\[\s\S]/g, "").replaceAll(`<@${ada.id}>`, "");
    expect([name, live]).toEqual([
      name,
      expect.not.stringMatching(/<[@#!/:]|\]\(|https?:\/\/|[|~_]|```|^#|^>>>/m),
    ]);
    expect(card.text.length).toBeLessThanOrEqual(4_000);
    for (const { attachment } of card.media) expect(attachment?.filename).toMatch(FILE_NAME);
  }
  let checked = 0;
  for (const { operation, body } of server.requests) {
    const said = isObject(body) && isObject(body.data) ? body.data : body;
    if (!isObject(said) || !("content" in said || Array.isArray(said.components))) continue;
    if (operation.startsWith("PUT /applications")) continue;
    checked++;
    expect([operation, said.allowed_mentions]).toEqual([operation, expect.objectContaining({ parse: [] })]);
  }
  expect(checked).toBeGreaterThan(2 * mergedPrompts.length);
  expectDiscreet(bot.log());
});

it("on Slack: text, shown as text, that calls nobody", async () => {
  const slack = await createSlackServer(asRegistered);
  const lines: string[] = [];
  const bot = await startSlackBot(slack, { memory, lines });
  onTestFinished(async () => {
    await bot.stop();
    await slack.close();
  });
  const bob = slack.person("bob");
  for (const { prompt } of mergedPrompts) {
    await bob.slash({ channel: "general", command: "/video", text: `create ${prompt}` });
  }
  await finishAll(bot, mergedPrompts.length);
  expectSent(mergedPrompts);
  for (const text of longPrompts) {
    await bob.slash({ channel: "general", command: "/video", text });
    await expect.poll(() => slack.ephemerals.at(-1)?.text).toMatch(/too long|3,?000/);
  }
  expect(memory.videos.all()).toHaveLength(mergedPrompts.length);

  const messages = slack.channel("general").messages.filter(({ bot_id }) => bot_id !== undefined);
  expect(messages).toHaveLength(2 * mergedPrompts.length);
  const none = { users: [], groups: [], broadcasts: [] };
  for (const { pinged, files, revisions } of messages) {
    const isVideo = files.length > 0;
    expect(pinged).toEqual(isVideo ? { ...none, users: [bob.user.id] } : none);
    for (const { mentions } of revisions) expect([[], [bob.user.id]]).toContainEqual(mentions.users);
    for (const { mentions } of revisions) expect({ ...mentions, users: [] }).toEqual(none);
    for (const file of files) {
      expect(file.name).toMatch(FILE_NAME);
      expect(file.title).not.toMatch(STEERING);
    }
  }
  for (const { name, witness } of mergedPrompts) {
    const card = found(messages, ({ revisions }) => JSON.stringify(revisions).includes(witness), name);
    const video = found(
      messages,
      (message) => message.files.length > 0 && textOf(message).includes(witness),
      name,
    );
    for (const { text, blocks } of [...card.revisions, ...video.revisions]) {
      const written = JSON.stringify(blocks);
      // The link to the video is the bot's own.
      const links = [...written.matchAll(/"url":"([^"]*)"/g)].map(([, url = ""]) => url);
      expect(links.filter((url) => url.includes("evil"))).toEqual([]);
      expect(written).not.toContain('"mrkdwn"');
      expect(text).not.toMatch(/[<>]/);
      expect(`${text}${textOf({ blocks })}`).not.toMatch(STEERING);
    }
  }
  expect(slack.warnings).toEqual([]);
  expectDiscreet(lines.join(""));
});

describe("on the page", () => {
  it("text, shown as text, in messages, events and answers", async () => {
    const bot = await startWebBot({ memory });
    const tab = await bot.tab();
    for (const { prompt } of hostilePrompts) {
      expect((await bot.post("/messages", { text: prompt })).status).toBe(204);
    }
    await finishAll(bot, hostilePrompts.length);
    expectSent(hostilePrompts);
    for (const text of longPrompts) {
      const refused = await bot.post("/messages", { text });
      expect([refused.status, await refused.text()]).toEqual([200, expect.stringMatching(/too long|3,?000/)]);
    }
    const answers = await Promise.all(
      ["list", "gallery", "usage"].map(async (name) => (await bot.post(`/commands/${name}`, {})).text()),
    );
    const page = await (await fetch(bot.url)).text();
    const forms = await Promise.all(
      (await bot.jobs.history({ platform: "web", workspace: "local" })).map(async ({ id }) =>
        (await bot.post("/buttons", { button: `v1:remix:${id}` })).text(),
      ),
    );
    expect(forms).toHaveLength(hostilePrompts.length);
    for (const html of [page, ...answers, ...forms, ...tab.events.map((event) => event.html)])
      expectTame(html);
    for (const { name, witness } of hostilePrompts) found([page], (html) => html.includes(witness), name);
    const downloads = [...page.matchAll(/ download="([^"]*)"/g)].map(([, file = ""]) => file);
    expect(downloads).toHaveLength(hostilePrompts.length);
    for (const file of downloads) expect(file).toMatch(FILE_NAME);
    expectDiscreet(bot.log());
  });
});

it("in a web gallery: text, shown as text, also as somebody's name", async () => {
  const site = await startGallerySite();
  const channel = { platform: "discord", workspace: "w1", channel: "general" } as const;
  for (const [n, { prompt }] of hostilePrompts.entries()) {
    await site.show(channel, { id: `film${n}`, prompt, person: { id: `p${n}`, name: prompt } });
  }
  site.names.set(channel.channel, hostilePrompts.map(({ prompt }) => prompt).join(" "));
  const address = await site.address(channel);
  const read = async (path: string) => (await fetch(`${address}${path}`)).text();
  const films = await Promise.all(hostilePrompts.map((_, n) => read(`film${n}`)));
  for (const html of [await read(""), await read("?search=%22%3E%3Cb%3E"), ...films]) expectTame(html);
  for (const [n, { witness }] of hostilePrompts.entries()) {
    expect(films[n]).toContain(witness);
    // Names are kept apart from the words around them, whichever way they run.
    expect(films[n]).toMatch(new RegExp(`<bdi>${witness}[^<]*</bdi>`));
    const file = await fetch(`${address}film${n}/video?download`, { method: "HEAD" });
    expect(file.headers.get("content-disposition")).toMatch(/^attachment; filename="[a-z0-9.-]+"$/);
  }
  expect(site.log()).not.toMatch(/witness/);
});

/** No element, attribute or address in it is a person's. */
function expectTame(html: string): void {
  const tags = html.match(/<[^>]*>/g) ?? [];
  expect(tags.filter((tag) => /^<\/?(b|img src=x)\b|^<!\[|^<!--/i.test(tag))).toEqual([]);
  const inside = tags.map((tag) => tag.replaceAll(/="[^"]*"/g, "="));
  expect(
    inside.filter((tag) => /\son\w+=|srcdoc|alert/i.test(tag) && !tag.startsWith("<script src=")),
  ).toEqual([]);
  const addresses = [...html.matchAll(/\s(?:href|src|action|formaction|poster)="([^"]*)"/g)].map(
    ([, to = ""]) => to,
  );
  expect(addresses.filter((to) => /evil|javascript|^data:/i.test(to))).toEqual([]);
}
