/**
 * `npm run soak [-- --minutes 10]`: the real process at load on a local Discord and a local Slack, for minutes on end. Prints
 * what it took each half minute; exits with 1 where its memory grows, something was not delivered, or it logged an error.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { createSimulator } from "../../src/videos/simulator/simulator.ts";
import { temporaryFolder } from "../fixtures/temporary-folder.ts";
import { createDiscordServer } from "../servers/discord/discord-server.ts";
import { createSlackServer } from "../servers/slack/slack-server.ts";

const { values } = parseArgs({ options: { minutes: { type: "string", default: "10" } } });
const MINUTES = Number(values.minutes);
if (!(MINUTES >= 4)) throw new Error("--minutes has to be 4 at least: memory settles in the first ones.");
const root = new URL("../..", import.meta.url).pathname;
/** Somebody asks on Discord each second, and on Slack, whose edits are 50 a minute, every three. */
const TICK_MS = 1_000;
const SLACK_EVERY = 3;
const CHANNELS = ["general", "random"] as const;
const REPORT_EVERY = 30;
/** Of the first minute and a half compilers and caches take what they need. */
const SETTLED_AFTER = 3;
/** By how much the memory of the last reports may exceed that of the first settled ones. */
const GROWTH_MAX = 0.15;
const RETRIES_ARE_FINE = 40;

const closers: (() => unknown)[] = [];
const folder = temporaryFolder((close) => closers.push(close));
const discord = await createDiscordServer({ rateLimits: {}, recordTo: "" });
const slack = await createSlackServer({ rateLimits: "429" });
const simulator = await createSimulator({ dataDir: undefined, rendering: "canned", pace: 0.5 });
const child = spawn(process.execPath, [join(root, "src/main.ts")], {
  cwd: root,
  env: {
    PATH: process.env.PATH,
    OPENAI_API_KEY: "sk-soak",
    OPENAI_BASE_URL: simulator.baseUrl,
    DISCORD_TOKEN: discord.token,
    DISCORD_API_URL: discord.apiUrl,
    SLACK_BOT_TOKEN: slack.team().botToken,
    SLACK_APP_TOKEN: slack.appToken,
    SLACK_API_URL: slack.apiUrl,
    STORE_URL: `sqlite:${join(folder, "showreel.db")}`,
    MEDIA_URL: `file:${join(folder, "media")}`,
    POLL_INTERVAL_MS: "1000",
    MAX_ACTIVE_JOBS: "100",
    PORT: "0",
  },
  stdio: ["ignore", "pipe", "pipe"],
});
const counts = { asked: 0, delivered: 0 };
const errors: string[] = [];
const ready = Promise.withResolvers<void>();
let rest = "";
for (const stream of [child.stdout, child.stderr]) {
  stream.setEncoding("utf8").on("data", (text: string) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) hear(line);
  });
}
let ended: string | undefined;
void once(child, "close").then(([code, signal]) => {
  ended = String(signal ?? code);
  ready.resolve();
});

/** A line that is no log line is an error: Node says so of a rejection that nobody handles. */
function hear(line: string): void {
  const entry = line.startsWith("{") ? JSON.parse(line) : { level: 60, msg: line };
  if (entry.msg === "ready") ready.resolve();
  if (entry.msg === "video delivered") counts.delivered += 1;
  if (entry.level > RETRIES_ARE_FINE) errors.push(line);
}

/** Megabytes that the process has in memory. */
function memory(): number {
  const [, kilobytes = "0"] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8")) ?? [];
  return Math.round(Number(kilobytes) / 1024);
}

await ready.promise;
const [ada, bob] = [discord.person("ada"), slack.person("bob")];
const reports: number[] = [];
console.log("seconds | asked | delivered | MB");
for (let second = 1; second <= MINUTES * 60 && ended === undefined; second++) {
  const prompt = `a paper boat, number ${counts.asked + 1}`;
  const channel = CHANNELS[second % CHANNELS.length] ?? "general";
  ada.slash({ channel, name: "video", subcommand: "create", options: { prompt } });
  counts.asked += 1;
  if (second % SLACK_EVERY === 0) {
    void bob.slash({ channel: "general", command: "/video", text: `${prompt} too` });
    counts.asked += 1;
  }
  await sleep(TICK_MS);
  if (second % REPORT_EVERY !== 0) continue;
  reports.push(memory());
  console.log([second, counts.asked, counts.delivered, reports.at(-1)].join(" | "));
}
for (let waited = 0; counts.delivered < counts.asked && waited < 120 && ended === undefined; waited++)
  await sleep(1_000);
child.kill("SIGTERM");
if (ended === undefined) await once(child, "close");
await Promise.all([simulator.close(), discord.close(), slack.close()]);
for (const close of closers) await close();

const mean = (numbers: readonly number[]) => numbers.reduce((sum, one) => sum + one, 0) / numbers.length;
const settled = reports.slice(SETTLED_AFTER);
const third = Math.max(1, Math.floor(settled.length / 3));
const growth = mean(settled.slice(-third)) / mean(settled.slice(0, third)) - 1;
console.log(
  `asked ${counts.asked}, delivered ${counts.delivered}, ended with ${ended}, errors ${errors.length}`,
);
console.log(`memory: ${Math.round(growth * 100)} % more in the last third than in the first, settled`);
for (const line of errors.slice(0, 10)) console.log(line);
const isWell =
  counts.delivered === counts.asked && errors.length === 0 && ended === "0" && growth <= GROWTH_MAX;
process.exitCode = isWell ? 0 : 1;
