import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";
import { createSimulator } from "../../src/videos/simulator/simulator.ts";
import { type BotProcess, startBot } from "../fixtures/bot-process.ts";
import { type RedisServer, startRedis } from "../fixtures/redis-server.ts";
import { clientOf } from "../fixtures/simulator.ts";
import { temporaryFolder } from "../fixtures/temporary-folder.ts";
import { createDiscordServer } from "../servers/discord/discord-server.ts";
import { textOf } from "../servers/slack/reading.ts";
import { createSlackServer } from "../servers/slack/slack-server.ts";

let redis: RedisServer;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.stop());

/** A bot of seven processes between a Discord, a Slack that calls over HTTP, and a backend. */
async function createCity() {
  const discord = await createDiscordServer({ rateLimits: {} });
  onTestFinished(() => discord.close());
  const slack = await createSlackServer({ rateLimits: "429" });
  onTestFinished(() => slack.close());
  const simulator = await createSimulator({ dataDir: undefined, rendering: "canned", pace: 0.4 });
  onTestFinished(() => simulator.close());
  const folder = temporaryFolder(onTestFinished);
  const settings = {
    OPENAI_API_KEY: "sk-canary-of-the-backend",
    OPENAI_BASE_URL: simulator.baseUrl,
    STORE_URL: redis.url,
    MEDIA_URL: `file:${folder}`,
    DISCORD_TOKEN: discord.token,
    DISCORD_API_URL: discord.apiUrl,
    SLACK_BOT_TOKEN: slack.team().botToken,
    SLACK_SIGNING_SECRET: slack.signingSecret,
    SLACK_API_URL: slack.apiUrl,
    PORT: "0",
    POLL_INTERVAL_MS: "500",
    MAX_ACTIVE_JOBS: "6",
  };
  const start = (role: string, count: number) =>
    Promise.all(Array.from({ length: count }, () => startBot({ ...settings, ROLE: role })));
  const workers = await start("worker", 3);
  const webs = await start("web", 2);
  const gateways = await start("gateway", 2);
  return { discord, slack, simulator, gateways, webs, workers };
}

/** Takes one away, at once. */
async function kill(processes: BotProcess[]): Promise<void> {
  await processes.shift()?.kill("SIGKILL");
}

it("seven processes lose one of each kind under load, and every video is delivered once", async () => {
  const { discord, slack, simulator, gateways, webs, workers } = await createCity();
  const [ada, bob] = [discord.person("ada"), slack.person("bob")];
  const asked: string[] = [];
  let name = 0;

  /** Asks on Discord until somebody answers, as people do. */
  async function askOnDiscord(): Promise<void> {
    const prompt = `a paper boat ${++name}`;
    const channel = name % 2 === 0 ? "general" : "random";
    asked.push(prompt);
    for (let tries = 0; tries < 10; tries++) {
      const handle = ada.slash({ channel, name: "video", subcommand: "create", options: { prompt } });
      if (
        await handle.acknowledged().then(
          () => true,
          () => false,
        )
      )
        return;
    }
    throw new Error("Nobody answers on Discord.");
  }
  async function askOnSlack(): Promise<void> {
    const prompt = `a paper kite ${++name}`;
    asked.push(prompt);
    const { ack } = await bob.slash({ channel: "general", command: "/video", text: prompt });
    expect(ack).toMatchObject({ ok: true });
  }
  const reach = (web: BotProcess | undefined) => slack.connectHttp({ url: `${web?.url}/slack/events` });

  reach(webs[0]);
  const load = async (count: number) => {
    for (let n = 0; n < count; n++)
      await Promise.all([askOnDiscord(), ...(n % 3 === 0 ? [askOnSlack()] : [])]);
  };
  const onDiscord = () => ["general", "random"].flatMap((channel) => discord.channel(channel).messages);
  const onSlack = () => slack.channel("general").messages;
  const boats = () => onDiscord().filter(({ media }) => media.length > 0);
  const kites = () => onSlack().filter(({ files }) => files.length > 0);
  /** Loses one process while there is work for all of them. */
  const lose = async (processes: BotProcess[]) => {
    await load(6);
    expect(boats().length + kites().length).toBeLessThan(asked.length);
    await kill(processes);
  };
  await lose(workers);
  await lose(gateways);
  await lose(webs);
  reach(webs[0]);
  await load(6);
  await expect
    .poll(() => boats().length + kites().length, { timeout: 150_000, interval: 500 })
    .toBe(asked.length);
  // All that is to happen has happened: every card says so.
  await expect
    .poll(
      () => [
        onDiscord().filter(
          ({ media, text, replyTo }) => !replyTo && (media.length === 0 || !text.includes("Done in")),
        ).length,
        onSlack().filter((message) => message.files.length === 0 && !textOf(message).includes("Done in"))
          .length,
      ],
      { timeout: 60_000, interval: 500 },
    )
    .toEqual([0, 0]);
  for (const prompt of asked) {
    const shown = [...boats().map(({ text }) => text), ...kites().map((message) => textOf(message))];
    expect(
      shown.filter(
        (text) => text.includes(`“${prompt}”`) || text.includes(`${prompt}\n`) || text.endsWith(prompt),
      ),
      prompt,
    ).toHaveLength(1);
  }
  const { data } = await clientOf(simulator.baseUrl).videos.list({ limit: 100 });
  expect(data).toHaveLength(asked.length);
  // The deliveries are spread over the workers.
  const delivered = workers.map(
    (worker) => worker.log().filter(({ msg }) => msg === "video delivered").length,
  );
  expect(Math.min(...delivered)).toBeGreaterThan(0);
  for (const bot of [...gateways, ...webs, ...workers]) expect(await bot.kill("SIGTERM")).toBe(0);
  const lines = [...gateways, ...webs, ...workers].flatMap((bot) => bot.log());
  expect(lines.filter(({ level }) => Number(level) >= 50)).toEqual([]);
}, 300_000);
