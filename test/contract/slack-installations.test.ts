import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, it, onTestFinished } from "vitest";
import type { Destination } from "../../src/chat/adapter.ts";
import { createStore } from "../../src/store/create-store.ts";
import { createFakeVideosClient } from "../fakes/fake-videos-client.ts";
import { createMemoryMediaStore } from "../fakes/memory-media-store.ts";
import type { BotMemory } from "../fixtures/bot.ts";
import { asRegistered, card, type OAuthBot, startOAuthBot } from "../fixtures/slack-bot.ts";
import { publicUrl } from "../fixtures/slack-install.ts";
import { temporaryFolder } from "../fixtures/temporary-folder.ts";
import { textOf } from "../servers/slack/reading.ts";
import { createSlackServer, type SlackServer } from "../servers/slack/slack-server.ts";

const DAY_MS = 24 * 3_600_000;
const HOUR_MS = 3_600_000;

let slack: SlackServer;
let memory: BotMemory;
let file: string;
/** How far the bot's clock is ahead (ms). */
let ahead: number;
let lines: string[];

const now = () => Date.now() + ahead;

beforeEach(async () => {
  slack = await createSlackServer({ teams: ["T1", "T2"], rateLimits: "429", ...asRegistered });
  for (const team of slack.teams.values()) team.botToken = `never given to the app (${team.id})`;
  ahead = 0;
  lines = [];
  file = join(temporaryFolder(onTestFinished), "showreel.db");
  const store = await createStore({ url: `sqlite:${file}` });
  const videos = createFakeVideosClient({ now });
  memory = { store, media: createMemoryMediaStore(), videos };
});

afterEach(async () => {
  await memory.store.close();
  await slack.close();
  expect(lines.join("")).not.toMatch(/xoxb-T|xoxe-1/);
});

/** A process, which ends with its test unless it was ended before. */
async function start(mode: "HTTP" | "Socket Mode" = "HTTP"): Promise<OAuthBot> {
  const bot = await startOAuthBot(slack, { mode, memory, lines, now });
  let ended: Promise<void> | undefined;
  const stop = () => {
    ended ??= bot.stop();
    return ended;
  };
  onTestFinished(stop);
  return { ...bot, stop };
}

const general = (team: string) => slack.channel("general", team).messages;
const at = (workspace: string): Destination => ({
  platform: "slack",
  workspace,
  channel: slack.channel("general", workspace).id,
});
const ask = (team: string, text: string) =>
  slack.person("bob", team).slash({ channel: "general", command: "/video", text });
const installed = async (bot: OAuthBot, team: string) =>
  expect((await bot.installer().install({ in: team })).status).toBe(200);

/** Every document that names something, as its collection and key. */
function kept(words: RegExp): string[] {
  const database = new DatabaseSync(file, { readOnly: true });
  const rows = database.prepare("SELECT namespace, key, value FROM documents").all();
  database.close();
  return rows
    .filter(({ key, value }) => words.test(`${key} ${value}`))
    .map(({ namespace, key }) => `${namespace} ${key}`);
}

/** What the bot keeps about the first workspace, its people and channels. */
const keptOfT1 = () => kept(/\bT1\b|C1GENERAL|U1BOB|U1ADA/);

/** Resolves when the job of a card is in the backend's hands. */
async function rendering(prompt: string): Promise<string> {
  const find = () => memory.videos.all().find((video) => video.prompt === prompt)?.id;
  await expect.poll(find).toBeDefined();
  return find() ?? "";
}

async function makeVideo(bot: OAuthBot, team: string, prompt: string): Promise<void> {
  await ask(team, prompt);
  memory.videos.complete(await rendering(prompt));
  await expect
    .poll(async () => {
      await bot.poll();
      const [newest] = await bot.jobs.history({ platform: "slack", workspace: team });
      return newest && (await bot.jobs.get(newest.id))?.phase;
    })
    .toBe("delivered");
}

it("keeps nothing of a workspace that took it out, a week later, and goes on elsewhere", async () => {
  const bot = await start();
  for (const team of ["T1", "T2"]) {
    await installed(bot, team);
    await makeVideo(bot, team, `a boat in ${team}`);
  }
  expect(keptOfT1()).toContain("slack-installation T1");
  slack.uninstall("T1");
  await expect.poll(() => kept(/T1/)).not.toContain("slack-installation T1");
  await expect.poll(() => keptOfT1()).toContain("departure slack:T1");

  const late = await ask("T1", "a late boat");
  expect(late.ack.ok).toBe(true);
  expect(late.ephemerals.map(textOf).join()).toContain("not installed in this workspace");
  const [message] = general("T1");
  if (!message) throw new Error("There is no card.");
  slack.person("ada", "T1").remove(message);
  await slack.person("bob", "T1").mention("general", "a boat by name");

  ahead += 7 * DAY_MS + 1;
  await bot.services.forgetting.sweep.work();
  // What was used is counted to the end of its month; the list of somebody's videos, elsewhere too, is empty.
  expect(keptOfT1().filter((name) => !name.startsWith("account "))).toEqual(["history person:slack:U1BOB"]);
  expect(await bot.jobs.history({ platform: "slack", person: "U1BOB" })).toEqual([]);
  await makeVideo(bot, "T2", "another boat");
  expect(memory.videos.all().map(({ prompt }) => prompt)).not.toContain("a late boat");
  expect(lines.filter((line) => /"level":[56]0/.test(line))).toEqual([]);
});

it("ends what was being made for a workspace that took it out", async () => {
  const bot = await start();
  await installed(bot, "T1");
  await ask("T1", "a boat");
  const id = await rendering("a boat");
  slack.uninstall("T1");
  await expect.poll(() => kept(/T1/)).not.toContain("slack-installation T1");
  memory.videos.complete(id);
  await expect
    .poll(
      async () => {
        await bot.poll();
        return (await bot.jobs.active()).length;
      },
      { timeout: 10_000 },
    )
    .toBe(0);
});

it("finds everything as it was after a new installation, whatever is told late of the old one", async () => {
  const bot = await start();
  await installed(bot, "T1");
  await makeVideo(bot, "T1", "a boat");
  slack.uninstall("T1");
  await expect.poll(() => keptOfT1()).toContain("departure slack:T1");
  await installed(bot, "T1");
  expect(keptOfT1()).not.toContain("departure slack:T1");

  const told = slack.deliveries.filter(({ kind }) => kind === "events_api").length;
  slack.tellUninstalled("T1");
  await slack.waitFor(() => {
    const events = slack.deliveries.filter(({ kind }) => kind === "events_api").slice(told);
    return events.length === 2 && events.every(({ ack }) => ack?.ok);
  });
  await makeVideo(bot, "T1", "another boat");
  ahead += 7 * DAY_MS + 1;
  await bot.services.forgetting.sweep.work();
  expect(await bot.jobs.history({ platform: "slack", workspace: "T1" })).toHaveLength(2);
});

it("is still installed after a restart, without asking Slack", async () => {
  const first = await start();
  await installed(first, "T1");
  await first.stop();
  const calls = slack.requests.length;
  const second = await start();
  expect(slack.requests).toHaveLength(calls);
  await makeVideo(second, "T1", "a boat");
});

it("ends an installation that began in another process", async () => {
  const [one, other] = [await start(), await start()];
  const browser = one.installer();
  const back = slack.oauth.consent(await browser.begin(), { in: "T1" });
  expect((await browser.get(back.replace(publicUrl, other.url))).status).toBe(200);
  expect((await browser.get(back)).status).toBe(400);
  for (const { adapter } of [one, other]) await adapter.postCard(at("T1"), card);
  expect(general("T1")).toHaveLength(2);
});

it("shares its events among processes, each of which answers everywhere", async () => {
  const one = await start("Socket Mode");
  await start("Socket Mode");
  expect(slack.sockets.count()).toBe(2);
  // Only the first one hears of it; the second finds it in the store.
  await installed(one, "T1");
  const prompts = ["one", "two", "three", "four"];
  for (const prompt of prompts) expect((await ask("T1", prompt)).ack.ok).toBe(true);
  await slack.waitFor(() => general("T1").length === prompts.length);
  expect(general("T1").map(textOf).join()).toMatch(/one.*two.*three.*four/s);
  await expect.poll(() => memory.videos.all().length).toBe(prompts.length);

  // A form that one refused is no repetition for the other, though nothing in it was mended.
  const view = await (await ask("T1", "")).openedView();
  for (const _ of ["one", "other"]) {
    await slack.person("bob", "T1").submitView(view, { prompt: " " });
    expect([view.isOpen, Object.keys(view.errors)]).toEqual([true, ["prompt"]]);
  }
  await slack.person("bob", "T1").submitView(view, { prompt: "five" });
  await expect.poll(() => memory.videos.all().length).toBe(prompts.length + 1);

  await one.stop();
  await slack.waitFor(() => slack.sockets.count() === 1);
  await ask("T1", "six");
  await expect.poll(() => memory.videos.all().length).toBe(prompts.length + 2);
});

it("says where to install it when Slack takes a token no more, and uses the next one at once", async () => {
  const [bot, other] = [await start("Socket Mode"), await start("Socket Mode")];
  await installed(bot, "T1");
  for (const { adapter } of [bot, other]) await adapter.postCard(at("T1"), card);
  slack.team("T1").botToken = "revoked";
  await expect(bot.adapter.postCard(at("T1"), card)).rejects.toMatchObject({
    code: "unauthorized",
    retryable: true,
    message: expect.stringContaining("https://workspace1.slack.com/ no more"),
  });
  await installed(bot, "T1");
  for (const { adapter } of [bot, other]) await adapter.postCard(at("T1"), card);
  expect(general("T1")).toHaveLength(4);
});

it("gets the next token before the last one ends, once, however many processes want it", async () => {
  slack.oauth.rotates = true;
  const bots = [await start("Socket Mode"), await start("Socket Mode"), await start("Socket Mode")];
  const [first] = bots;
  if (first) await installed(first, "T1");
  const pass = (ms: number) => {
    ahead += ms;
    slack.advance(ms);
  };
  const everywhere = () => Promise.all(bots.map(({ adapter }) => adapter.editCard(posted, card)));
  const posted = await (first?.adapter.postCard(at("T1"), card) ?? at("T1"));
  const exchanges = () => slack.requests.filter(({ method }) => method === "oauth.v2.access").length;
  const { botToken } = slack.team("T1");
  await everywhere();
  expect(exchanges()).toBe(1);
  for (let day = 0; day < 3; day++) {
    pass(11 * HOUR_MS);
    await everywhere();
  }
  expect(exchanges()).toBe(4);
  expect(slack.team("T1").botToken).not.toBe(botToken);

  // Slack is away when it is time, and back before the end.
  pass(11 * HOUR_MS);
  slack.inject({ method: "oauth.v2.access", fault: "drop", times: 1 });
  await everywhere();
  pass(120_000);
  await everywhere();
  expect(slack.refused).toEqual([]);
  expect(exchanges()).toBe(6);
});
