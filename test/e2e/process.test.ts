import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { settingsFor, spawnScript, startBot } from "../fixtures/bot-process.ts";
import { attributes, textOf } from "../fixtures/markup.ts";
import { startSimulator } from "../fixtures/simulator.ts";
import { temporaryFolder } from "../fixtures/temporary-folder.ts";
import { createDiscordServer } from "../servers/discord/discord-server.ts";
import { createSlackServer } from "../servers/slack/slack-server.ts";

const script = "src/main.ts";
/** A line of a stack, which only bugs may show. */
const STACK = /^ +at /m;
const nowhere = "http://127.0.0.1:9";

/** Settings of a process that has nothing to do. */
function settings(): Record<string, string> {
  return settingsFor({ folder: temporaryFolder(onTestFinished), baseUrl: `${nowhere}/v1` });
}

it("tells everything that is wrong with the settings at once", async () => {
  const env = { PORT: "ninety", LOG_LEVEL: "loud", STORE_URL: "mysql:x", SLACK_BOT_TOKEN: "xoxb-canary" };
  const { exited, output } = spawnScript({ script, env });
  expect(await exited).toBe(1);
  for (const name of ["PORT:", "LOG_LEVEL:", "STORE_URL:", "SLACK_BOT_TOKEN:", ".env.example"]) {
    expect(output()).toContain(name);
  }
  expect(output()).not.toMatch(STACK);
});

it("listens and says how it is", async () => {
  const [discord, slack] = await Promise.all([createDiscordServer(), createSlackServer()]);
  onTestFinished(() => discord.close());
  onTestFinished(() => slack.close());
  const { simulator } = await startSimulator();
  const bot = await startBot({
    ...settings(),
    OPENAI_BASE_URL: simulator.baseUrl,
    PLAYGROUND: "1",
    DISCORD_TOKEN: discord.token,
    DISCORD_API_URL: discord.apiUrl,
    SLACK_BOT_TOKEN: slack.team().botToken,
    SLACK_APP_TOKEN: slack.appToken,
    SLACK_API_URL: slack.apiUrl,
  });
  expect(bot.platforms).toEqual(["discord", "slack", "web"]);
  const ask = async (path: string) => {
    const response = await fetch(`${bot.url}${path}`);
    return { status: response.status, body: await response.json() };
  };
  expect(await ask("/healthz")).toEqual({ status: 200, body: { status: "ok" } });
  const own = { store: true, media: true, backend: true, documents: true };
  const checks = { ...own, discord: true, slack: true, web: true };
  expect(await ask("/readyz")).toEqual({ status: 200, body: { status: "ok", checks, trouble: [] } });
  expect(await bot.kill("SIGTERM")).toBe(0);
  expect(discord.gateway.connected).toBe(0);
  expect(slack.sockets.count()).toBe(0);
});

it("serves the playground on the embedded backend when nothing is set", async () => {
  const { OPENAI_API_KEY: _key, OPENAI_BASE_URL: _url, ...env } = settings();
  const bot = await startBot(env);
  expect(bot).toMatchObject({ platforms: ["web"], backend: "simulator" });
  expect(await (await fetch(bot.url)).text()).toContain("<title>");
  // The channel's web gallery, by the link that the command gives.
  const headers = { origin: bot.url, "hx-request": "true" };
  const asked = await fetch(`${bot.url}/commands/gallery`, { method: "POST", headers, body: new FormData() });
  const [link = ""] = attributes(await asked.text(), "a", "href");
  const gallery = await fetch(`${bot.url}${link}`);
  expect([link.startsWith("/g/"), gallery.status]).toEqual([true, 200]);
  expect(textOf(/<h1[^>]*>.*?<\/h1>/s.exec(await gallery.text())?.[0] ?? "").trim()).toBe("#playground");
  expect(await bot.kill("SIGTERM")).toBe(0);
});

it("is set up for another kind of backend, its models and limits by settings alone", async () => {
  const folder = temporaryFolder(onTestFinished);
  const { OPENAI_API_KEY: _key, OPENAI_BASE_URL: _url, ...env } = settings();
  const [models, limits] = [join(folder, "models.json"), join(folder, "limits.json")];
  const model = {
    id: "Wan-AI/Wan2.2-T2V-A14B-Diffusers",
    label: "Wan",
    seconds: { min: 1, max: 40 },
    sizes: ["832x480"],
  };
  await writeFile(models, JSON.stringify({ models: [{ ...model, extras: ["seed"], usdPerSecond: 0.5 }] }));
  await writeFile(limits, JSON.stringify({ person: { videosPerDay: 3 } }));
  const bot = await startBot({
    ...env,
    VIDEO_BACKEND: "vllm-omni",
    VIDEO_MODELS: models,
    LIMITS: limits,
    CONFIRM_ABOVE_USD: "4",
  });
  const headers = { origin: bot.url, "hx-request": "true" };
  async function ask(command: string, values: Record<string, string> = {}): Promise<string> {
    const body = new FormData();
    for (const [name, value] of Object.entries(values)) body.set(name, value);
    const answer = await fetch(`${bot.url}/commands/${command}`, { method: "POST", headers, body });
    return textOf(await answer.text()).replaceAll(/\s+/g, " ");
  }
  const help = await ask("help");
  expect(help).toContain("Videos come from the simulator, as vLLM-Omni (as it is set up).");
  expect(help).toContain("so it is switched off: remix, extend, edit");
  expect(await ask("create", { prompt: "a kite", seconds: "9", seed: "7" })).toContain(
    "This costs about $4.50",
  );
  expect(await ask("create", { prompt: "a kite", seconds: "41" })).toContain("“seconds” cannot be “41”");
  expect(await ask("create", { prompt: "a kite", seed: "7" })).not.toContain("This costs");
  expect(await ask("usage")).toMatch(/videos a day: 1 of 3 used, 2 left/);
  expect(await bot.kill("SIGTERM")).toBe(0);
});

it("says what is wrong with a file of models", async () => {
  const file = join(temporaryFolder(onTestFinished), "models.json");
  await writeFile(file, JSON.stringify({ models: [{ id: "m", seconds: "long", price: 1 }] }));
  const { exited, output } = spawnScript({ script, env: { ...settings(), VIDEO_MODELS: file } });
  expect(await exited).toBe(1);
  expect(output()).toContain("models[0].seconds");
  expect(output()).toContain("price");
  expect(output()).not.toMatch(STACK);
});

it("leaves a store alone that another process uses", async () => {
  const env = settings();
  await startBot(env);
  const second = spawnScript({ script, env });
  expect(await second.exited).toBe(1);
  expect(second.output()).toMatch(
    /^Another process is using the store .*showreel\.db\. Stop that one first/m,
  );
  expect(second.output()).not.toMatch(STACK);
});

it("warns of a key without the address of a backend", async () => {
  const { OPENAI_BASE_URL: _url, ...env } = settings();
  const bot = await startBot(env);
  expect(bot.backend).toBe("https://api.openai.com/v1");
  expect(bot.log()).toContainEqual(
    expect.objectContaining({ level: 40, msg: expect.stringContaining("closed on 2026-09-24") }),
  );
});

it.each([
  ["DISCORD_TOKEN", "canary.of.discord"],
  ["SLACK_BOT_TOKEN", "xoxb-canary"],
  ["SLACK_APP_TOKEN", "xapp-canary"],
])("names a %s that is not accepted and ends", async (name, value) => {
  const [discord, slack] = await Promise.all([createDiscordServer(), createSlackServer()]);
  onTestFinished(() => discord.close());
  onTestFinished(() => slack.close());
  const chat: Record<string, string> =
    name === "DISCORD_TOKEN"
      ? { DISCORD_API_URL: discord.apiUrl }
      : {
          SLACK_BOT_TOKEN: slack.team().botToken,
          SLACK_APP_TOKEN: slack.appToken,
          SLACK_API_URL: slack.apiUrl,
        };
  const { exited, output } = spawnScript({ script, env: { ...settings(), ...chat, [name]: value } });
  expect(await exited).toBe(1);
  expect(output()).toContain(name);
});
