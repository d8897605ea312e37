import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { settingsFor, startBot } from "../fixtures/bot-process.ts";
import { finishedButtons } from "../fixtures/buttons.ts";
import { startSimulator } from "../fixtures/simulator.ts";
import { temporaryFolder } from "../fixtures/temporary-folder.ts";
import { createDiscordServer } from "../servers/discord/discord-server.ts";
import { buttonsOf, textOf } from "../servers/slack/reading.ts";
import { createSlackServer } from "../servers/slack/slack-server.ts";

/** A chat platform where one person asks for one video. */
interface Platform {
  settings: Record<string, string>;
  ask(): void;
  /** The texts of all messages of the channel. */
  texts(): string[];
  /** How many of them have a video. */
  videos(): number;
  waitFor(find: () => boolean): Promise<boolean>;
  /** The next first card appears, the bot's request gets no answer. */
  loseAnswerToCard(): void;
  /** The last thing people see of a delivery appears, the bot's request gets no answer. */
  loseAnswerToDelivery(): void;
  /** The next upload takes a second to be handled. */
  delayUpload(): void;
  /** Presses Remix under the delivered video; the form that opens. */
  pressRemix(): Promise<string>;
  /** The old card and one video with what belongs to it are there, nothing else is. */
  expectDelivered(): void;
}

async function openDiscord(): Promise<Platform> {
  const server = await createDiscordServer({ rateLimits: {} });
  onTestFinished(() => server.close());
  const ada = server.person("ada");
  const all = () => server.channel("general").messages;
  const cut = { after: "drop" } as const;
  return {
    settings: { DISCORD_TOKEN: server.token, DISCORD_API_URL: server.apiUrl },
    ask: () => void ada.slash({ name: "video", subcommand: "create", options: { prompt: "a paper boat" } }),
    texts: () => all().map(({ text }) => text),
    videos: () => all().filter(({ media }) => media.length > 0).length,
    waitFor: (find) => server.waitFor(find),
    loseAnswerToCard: () => server.inject({ method: "POST", path: /\/callback$/, fault: cut }),
    loseAnswerToDelivery: () => server.inject({ method: "POST", path: /\/messages$/, fault: cut }),
    delayUpload: () => server.inject({ method: "PATCH", path: /\/messages\//, fault: { delayMs: 1_000 } }),
    async pressRemix() {
      const [card] = all();
      if (!card) throw new Error("There is no card.");
      return JSON.stringify(await ada.press(card, "Remix").modal());
    },
    expectDelivered() {
      const [card, reply, ...others] = all();
      expect(others).toEqual([]);
      expect(card).toMatchObject({ media: [{}], attachments: [{ contentType: "video/mp4" }] });
      expect(card?.text).toContain("Done in");
      expect(reply).toMatchObject({ replyTo: { messageId: card?.id }, notified: [ada.id], media: [] });
    },
  };
}

async function openSlack(): Promise<Platform> {
  const slack = await createSlackServer({ rateLimits: "429" });
  onTestFinished(() => slack.close());
  const bob = slack.person("bob");
  const all = () => slack.channel("general").messages;
  const cut = { after: "drop" } as const;
  return {
    settings: {
      SLACK_BOT_TOKEN: slack.team().botToken,
      SLACK_APP_TOKEN: slack.appToken,
      SLACK_API_URL: slack.apiUrl,
    },
    ask: () => void bob.slash({ channel: "general", command: "/video", text: "a paper boat" }),
    texts: () => all().map(textOf),
    videos: () => all().filter(({ files }) => files.length > 0).length,
    waitFor: (find) => slack.waitFor(find),
    loseAnswerToCard: () => slack.inject({ method: "chat.postMessage", fault: cut }),
    loseAnswerToDelivery: () => slack.inject({ method: "files.completeUploadExternal", fault: cut }),
    delayUpload: () => slack.inject({ method: "upload", fault: { delayMs: 1_000 } }),
    async pressRemix() {
      const video = all().find(({ files }) => files.length > 0);
      if (!video) throw new Error("There is no video.");
      return JSON.stringify((await (await bob.press(video, "Remix")).openedView()).blocks);
    },
    expectDelivered() {
      const [card, video, ...others] = all();
      expect(others).toEqual([]);
      expect(textOf(card ?? { blocks: [] })).toContain("Done in");
      expect(textOf(card ?? { blocks: [] })).toContain("See the video");
      expect(video?.files).toMatchObject([{ mimetype: "video/mp4", status: "complete" }]);
      expect(buttonsOf(video ?? { blocks: [] }).map(({ label }) => label)).toEqual(finishedButtons);
    },
  };
}

/** When the process is killed: resolves at that moment. */
type Moment = (stage: {
  platform: Platform;
  pass: (ms: number) => void;
  /** How many videos the backend has. */
  made: () => Promise<number>;
  mediaFolder: string;
}) => Promise<unknown>;

const rendering: Moment = async ({ platform, pass, made }) => {
  platform.ask();
  await expect.poll(made, { timeout: 10_000 }).toBe(1);
  pass(3_000);
  await platform.waitFor(() => platform.texts().some((text) => text.includes("Rendering")));
};

const moments: [string, Moment][] = [
  [
    "as soon as the backend has the video",
    async ({ platform, made }) => {
      platform.ask();
      await expect.poll(made, { timeout: 10_000, interval: 5 }).toBe(1);
    },
  ],
  ["while the video is rendered", rendering],
  [
    "while the video is uploaded",
    async (stage) => {
      await rendering(stage);
      stage.platform.delayUpload();
      stage.pass(60_000);
      const files = () => readdir(stage.mediaFolder, { recursive: true }).catch(() => []);
      const names = async () => (await files()).filter((name) => /\w+\/thumbnail\.webp$/.test(name));
      await expect.poll(names, { timeout: 10_000 }).toHaveLength(1);
    },
  ],
  [
    "when the video has appeared",
    async (stage) => {
      await rendering(stage);
      stage.pass(60_000);
      await stage.platform.waitFor(() => stage.platform.videos() === 1);
    },
  ],
  [
    "before it knows that the delivery is done",
    async (stage) => {
      await rendering(stage);
      stage.platform.loseAnswerToDelivery();
      stage.pass(60_000);
      await stage.platform.waitFor(
        () => stage.platform.videos() === 1 && stage.platform.texts().length === 2,
      );
    },
  ],
];

/** Kills a process at that moment, starts the next one and looks at what came of the job. */
async function killAndGoOn(platform: Platform, moment: Moment): Promise<void> {
  const { simulator, client, pass } = await startSimulator({ pace: 1 });
  const folder = temporaryFolder(onTestFinished);
  const env = { ...settingsFor({ folder, baseUrl: simulator.baseUrl }), ...platform.settings };
  const made = () => client.videos.list().then(({ data }) => data.length);
  const killed = await startBot(env);
  await moment({ platform, pass, made, mediaFolder: join(folder, "media") });
  expect(await killed.kill("SIGKILL")).toBeNull();

  const bot = await startBot(env);
  await expect.poll(made, { timeout: 10_000 }).toBe(1);
  pass(60_000);
  await platform.waitFor(() => platform.texts().length === 2 && /Done in/.test(platform.texts()[0] ?? ""));
  await bot.logged("video delivered");
  expect(await platform.pressRemix()).toContain('"a paper boat"');
  platform.expectDelivered();
  expect(await made()).toBe(1);
  expect(bot.log().filter(({ level }) => Number(level) > 30)).toEqual([]);
}

describe.each([
  ["Discord", openDiscord],
  ["Slack", openSlack],
])("a process on %s that is killed", (_name, open) => {
  it.each(moments)("%s is followed by one that makes and shows nothing twice", async (_when, moment) => {
    await killAndGoOn(await open(), moment);
  });
});

it("finds the card on Discord whose answer never arrived", async () => {
  const discord = await openDiscord();
  await killAndGoOn(discord, async ({ platform }) => {
    platform.loseAnswerToCard();
    platform.ask();
    await platform.waitFor(() => platform.texts().length === 1);
  });
});
