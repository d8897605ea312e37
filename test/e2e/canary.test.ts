import { readFileSync } from "node:fs";
import { expect, it, onTestFinished } from "vitest";
import { settingsFor, spawnScript, startBot } from "../fixtures/bot-process.ts";
import { temporaryFolder } from "../fixtures/temporary-folder.ts";
import { createDiscordServer } from "../servers/discord/discord-server.ts";
import { createHttpServer, type HttpAnswer, route } from "../servers/http-server.ts";
import { textOf } from "../servers/slack/reading.ts";
import { createSlackServer } from "../servers/slack/slack-server.ts";

/** What whoever runs the bot keeps secret, and a key that a proxy has for somebody else. */
const canaries = {
  OPENAI_API_KEY: "canary+of.the/backend=7",
  SLACK_SIGNING_SECRET: "canary-signs-for-slack",
  PLAYGROUND_PASSWORD: "canary opens the page",
};
const UPSTREAM = "sk-canary-of-somebody-else";
const clip = readFileSync(new URL("../fixtures/clip.mp4", import.meta.url));

/** A backend that quotes the key wherever it says something. */
async function startIndiscreetBackend() {
  const asked = new Map<string, string>();
  let quoted = 0;
  function words(key = ""): string {
    const bare = key.replace("Bearer ", "");
    if (bare === canaries.OPENAI_API_KEY) quoted++;
    return `Who is ${key}? ${bare} or ${UPSTREAM} at https://ada:${UPSTREAM}@up.example/v1?api_key=${UPSTREAM}`;
  }
  const error = (message: string, code: string) => ({ error: { message, code, type: "error", param: null } });
  const server = await createHttpServer({
    routes: [
      route("GET /openapi.json", (): HttpAnswer => ({ status: 404, body: "" })),
      route(
        "GET /v1/videos",
        (): HttpAnswer => ({ status: 200, body: { object: "list", data: [], has_more: false } }),
      ),
      route(
        "GET /v1/models",
        ({ headers }): HttpAnswer => ({ status: 500, body: words(headers.authorization) }),
      ),
      route("POST /v1/videos", ({ headers, payload }): HttpAnswer => {
        const prompt = String(Reflect.get(Object(payload), "prompt"));
        const said = words(headers.authorization);
        if (prompt.includes("refused")) return { status: 400, body: error(said, "invalid_request_error") };
        if (prompt.includes("unauthorized")) return { status: 401, body: error(said, "invalid_api_key") };
        if (prompt.includes("markup")) return { status: 400, body: `<h1>${said}</h1>` };
        const id = `video_${asked.size + 1}`;
        asked.set(id, prompt);
        return { status: 200, body: { id, object: "video", status: "queued", progress: 0 } };
      }),
      route("GET /v1/videos/{id}", ({ params: { id }, headers }): HttpAnswer => {
        const fails = asked.get(id)?.includes("fails");
        const end = fails
          ? { status: "failed", ...error(words(headers.authorization), "generation_failed") }
          : { status: "completed", progress: 100 };
        return { status: 200, body: { id, object: "video", ...end } };
      }),
      route("GET /v1/videos/{id}/content", ({ query }): HttpAnswer => {
        if (query.has("variant") && query.get("variant") !== "video")
          return { status: 404, body: error("No such variant.", "not_found") };
        return { status: 200, headers: { "content-type": "video/mp4" }, body: clip };
      }),
    ],
  });
  onTestFinished(() => server.close());
  return { baseUrl: `${server.origin}/v1`, quoted: () => quoted };
}

const ENDINGS = {
  "a kite, refused": "did not accept the request",
  "a kite, markup": "did not accept the request",
  "a kite, unauthorized": "does not accept this bot's key",
  "a kite that fails": "had a problem",
  "a kite": "Done",
};

it("says no secret, whatever the backend, Slack and Discord say to it", async () => {
  const [discord, slack] = await Promise.all([createDiscordServer(), createSlackServer()]);
  onTestFinished(() => discord.close());
  onTestFinished(() => slack.close());
  const backend = await startIndiscreetBackend();
  const secrets = { ...canaries, DISCORD_TOKEN: discord.token, SLACK_BOT_TOKEN: slack.team().botToken };
  const bot = await startBot({
    ...settingsFor({ folder: temporaryFolder(onTestFinished), baseUrl: backend.baseUrl }),
    ...secrets,
    PLAYGROUND: "1",
    LOG_LEVEL: "trace",
    DISCORD_API_URL: discord.apiUrl,
    SLACK_API_URL: slack.apiUrl,
  });
  slack.connectHttp({ url: `${bot.url}/slack/events`, signingSecret: canaries.SLACK_SIGNING_SECRET });
  const [ada, bob] = [discord.person("ada"), slack.person("bob")];

  const origin = { origin: bot.url };
  const login = await fetch(`${bot.url}/login`, {
    method: "POST",
    headers: origin,
    body: new URLSearchParams({ password: canaries.PLAYGROUND_PASSWORD }),
    redirect: "manual",
  });
  expect(login.status).toBe(303);
  const cookie = (login.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
  const page = async () => (await fetch(bot.url, { headers: { cookie } })).text();
  for (const prompt of Object.keys(ENDINGS)) {
    ada.slash({ name: "video", subcommand: "create", options: { prompt } });
    await bob.slash({ channel: "general", command: "/video", text: prompt });
    const headers = { ...origin, cookie, "hx-request": "true" };
    await fetch(`${bot.url}/messages`, {
      method: "POST",
      headers,
      body: new URLSearchParams({ text: prompt }),
    });
  }
  const onDiscord = () => discord.channel("general").messages.map(({ text }) => text);
  const onSlack = () => slack.channel("general").messages.map((message) => textOf(message));
  for (const words of Object.values(ENDINGS)) {
    const there = expect.stringContaining(words);
    await expect.poll(() => onDiscord().map((text) => text.replaceAll("\\", ""))).toContainEqual(there);
    await expect.poll(onSlack).toContainEqual(there);
    await expect.poll(async () => (await page()).replaceAll("&#39;", "'")).toContain(words);
  }

  // The platforms refuse, too.
  discord.inject({
    path: /callback$/,
    fault: { status: 403, body: { code: 50_013, message: secrets.DISCORD_TOKEN } },
  });
  ada.slash({ name: "video", subcommand: "create", options: { prompt: "a kite nobody sees" } });
  const refusal = {
    status: 200,
    body: { ok: false, error: "restricted_action", detail: secrets.SLACK_BOT_TOKEN },
  };
  slack.inject({ method: "chat.postMessage", fault: refusal });
  await bob.slash({ channel: "general", command: "/video", text: "a kite nobody sees" });
  await expect.poll(() => slack.ephemerals.length).toBeGreaterThan(0);
  await expect.poll(() => bot.output()).toContain("50013");
  await fetch(`${bot.url}/login`, {
    method: "POST",
    headers: origin,
    body: new URLSearchParams({ password: "x" }),
  });

  const seen = [
    JSON.stringify(
      [...discord.state.messages.values()].map(({ revisions, components }) => [revisions, components]),
    ),
    JSON.stringify([
      slack.channel("general").messages,
      slack.ephemerals,
      slack.views.map(({ definition }) => definition),
    ]),
    await page(),
    await (await fetch(`${bot.url}/login`)).text(),
    await (await fetch(`${bot.url}/readyz`)).text(),
  ];
  expect(await bot.kill("SIGTERM")).toBe(0);
  for (const secret of [...Object.values(secrets), UPSTREAM]) {
    expect([secret, seen.filter((text) => text.includes(secret))]).toEqual([secret, []]);
    expect([
      secret,
      bot
        .output()
        .split("\n")
        .filter((line) => line.includes(secret)),
    ]).toEqual([secret, []]);
  }
  // The backend did say them.
  expect(backend.quoted()).toBeGreaterThan(9);
  expect(seen.filter((text) => /\[redacted\\*\]/.test(text))).toHaveLength(3);
});

const wrong: [string, Record<string, string>, says?: string][] = [
  ["half of what Slack needs", { SLACK_BOT_TOKEN: "xoxb-canary-1" }],
  [
    "too much of what Slack needs",
    { SLACK_SIGNING_SECRET: "canary-signs", SLACK_APP_TOKEN: "xapp-canary-2" },
  ],
  ["tokens in each other's places", { SLACK_BOT_TOKEN: "xapp-canary-3", SLACK_APP_TOKEN: "xoxb-canary-4" }],
  ["a key in the address", { OPENAI_BASE_URL: "http://ada:canary-secret@127.0.0.1:9/v1" }],
  [
    "a token in the address",
    { DISCORD_API_URL: "https://canary-secret@discord.example", DISCORD_TOKEN: "canary.to.ken" },
  ],
  [
    "a token of other letters",
    { DISCORD_TOKEN: "canary.ключ.token", DISCORD_API_URL: "http://127.0.0.1:9/api", PORT: "0" },
    "Discord cannot be reached",
  ],
  [
    "a token of other letters, of Slack",
    {
      SLACK_BOT_TOKEN: "xoxb-canary\u0001letter",
      SLACK_SIGNING_SECRET: "canary",
      SLACK_API_URL: "http://127.0.0.1:9/",
      PORT: "0",
    },
    "Slack did not answer",
  ],
];

it.each(wrong)(
  "ends without saying a secret where the settings are wrong: %s",
  async (_, env, says = "PORT") => {
    const folder = temporaryFolder(onTestFinished);
    const { exited, output } = spawnScript({
      script: "src/main.ts",
      env: { ...settingsFor({ folder, baseUrl: "http://127.0.0.1:9/v1" }), PORT: "ninety", ...env },
    });
    expect(await exited).toBe(1);
    expect(output()).toContain(says);
    expect(output()).not.toContain("canary");
  },
);

it("logs no key that cannot be sent", async () => {
  const bot = await startBot({
    ...settingsFor({ folder: temporaryFolder(onTestFinished), baseUrl: "http://127.0.0.1:9/v1" }),
    OPENAI_API_KEY: "canary\u0001with a control",
    LOG_LEVEL: "trace",
  });
  const body = new URLSearchParams({ text: "a kite" });
  await fetch(`${bot.url}/messages`, { method: "POST", headers: { origin: bot.url }, body });
  await bot.logged("the backend does not answer yet; it is asked again");
  await expect.poll(() => bot.log().some(({ err }) => err !== undefined)).toBe(true);
  expect(await bot.kill("SIGTERM")).toBe(0);
  expect(bot.output()).not.toContain("canary");
});
