import { expect, it, onTestFinished } from "vitest";
import { settingsFor, startBot } from "../fixtures/bot-process.ts";
import { startSimulator } from "../fixtures/simulator.ts";
import { temporaryFolder } from "../fixtures/temporary-folder.ts";
import { createDiscordServer } from "../servers/discord/discord-server.ts";
import { createSlackServer } from "../servers/slack/slack-server.ts";

const PROMPT = "a secret kite";
const METRICS_TOKEN = "canary-of-prometheus";

it("tells of a video by its log and its metrics, from request to delivery, without a word of the prompt", async () => {
  const [discord, slack] = await Promise.all([createDiscordServer(), createSlackServer()]);
  onTestFinished(() => discord.close());
  onTestFinished(() => slack.close());
  const { simulator, client, pass } = await startSimulator({ pace: 1 });
  const bot = await startBot({
    ...settingsFor({ folder: temporaryFolder(onTestFinished), baseUrl: simulator.baseUrl }),
    DISCORD_TOKEN: discord.token,
    DISCORD_API_URL: discord.apiUrl,
    SLACK_BOT_TOKEN: slack.team().botToken,
    SLACK_APP_TOKEN: slack.appToken,
    SLACK_API_URL: slack.apiUrl,
    METRICS_TOKEN,
    LOG_LEVEL: "trace",
  });
  const made = () => client.videos.list().then(({ data }) => data.length);
  discord.person("ada").slash({ name: "video", subcommand: "create", options: { prompt: PROMPT } });
  await expect.poll(made, { timeout: 10_000 }).toBe(1);
  await slack.person("bob").slash({ channel: "general", command: "/video", text: PROMPT });
  await expect.poll(made, { timeout: 10_000 }).toBe(2);
  pass(60_000);
  await bot.logged("video delivered", 2);

  const lines = bot.log();
  for (const platform of ["discord", "slack"]) {
    const asked = lines.find((line) => line.msg === "video asked for" && line.platform === platform);
    const about = lines.filter(({ jobId }) => jobId === asked?.jobId);
    const said = about.map(({ msg }) => msg);
    for (const msg of ["video asked for", "video created", "video delivered"]) expect(said).toContain(msg);
    const { requestId } = asked ?? {};
    expect(requestId).toEqual(expect.any(String));
    for (const line of about) expect(line).toMatchObject({ platform, requestId });
  }
  expect(bot.output()).not.toContain(PROMPT);

  expect((await fetch(`${bot.url}/metrics`)).status).toBe(401);
  const ask = async () =>
    (await fetch(`${bot.url}/metrics`, { headers: { authorization: `Bearer ${METRICS_TOKEN}` } })).text();
  // The last write of a job is a moment after its line.
  const ended = (operation: string) =>
    new RegExp(`^showreel_jobs_ended_total\\{.*${operation}.*delivered.*\\} 2$`, "m");
  await expect.poll(ask).toMatch(ended("create"));
  const metrics = await ask();
  expect(metrics).toMatch(/^showreel_chat_calls_total\{platform="slack",kind="deliver",status="ok"\} 1$/m);
  expect(metrics).toMatch(/^showreel_spend_usd_total\{dialect="\w+",model="sora-2"\} 0\.8$/m);
  expect(metrics).toMatch(/^showreel_jobs_active\{phase="posted"\} \d$/m);
  expect(metrics).toContain("nodejs_eventloop_lag_seconds");
  for (const { id } of [discord.person("ada"), discord.channel("general")]) expect(metrics).not.toContain(id);
  expect(metrics).not.toContain("secret");
  expect(await bot.kill("SIGTERM")).toBe(0);
});

it("has metrics on loopback alone where no token is set", async () => {
  const settings = settingsFor({ folder: temporaryFolder(onTestFinished), baseUrl: "http://127.0.0.1:9/v1" });
  const local = await startBot(settings);
  expect((await fetch(`${local.url}/metrics`)).status).toBe(200);
  expect(await local.kill("SIGTERM")).toBe(0);
  for (const more of [{ PUBLIC_URL: "https://reel.example.com" }, { HOST: "0.0.0.0", PLAYGROUND: "0" }]) {
    const reached = await startBot({ ...settings, ...more });
    expect((await fetch(`${reached.url}/metrics`)).status).toBe(404);
    expect(await reached.kill("SIGTERM")).toBe(0);
  }
});
