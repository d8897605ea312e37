import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { createSimulator } from "../../src/videos/simulator/simulator.ts";
import { freePort } from "../fixtures/free-port.ts";
import { startRedis } from "../fixtures/redis-server.ts";
import { temporaryFolder } from "../fixtures/temporary-folder.ts";
import { createDiscordServer } from "../servers/discord/discord-server.ts";

const root = new URL("../..", import.meta.url).pathname;

/** From which on the runner counts its own. */
async function runnerPort(): Promise<number> {
  const port = await freePort();
  return port > 60_000 ? port - 5_000 : port;
}

it("a Procfile runner starts the roles, which make a video together and end with it", async () => {
  const redis = await startRedis();
  onTestFinished(() => redis.stop());
  const discord = await createDiscordServer({ rateLimits: {} });
  onTestFinished(() => discord.close());
  const simulator = await createSimulator({ dataDir: undefined, rendering: "canned", pace: 0 });
  onTestFinished(() => simulator.close());

  const nf = join(root, "node_modules/foreman/nf.js");
  const roles = "gateway=1,web=1,worker=2";
  const child = spawn(process.execPath, [nf, "-p", String(await runnerPort()), "start", "--raw", roles], {
    cwd: root,
    detached: true,
    env: {
      PATH: `${join(root, "node_modules/.bin")}:${process.env.PATH}`,
      OPENAI_API_KEY: "sk-runner",
      OPENAI_BASE_URL: simulator.baseUrl,
      STORE_URL: redis.url,
      MEDIA_URL: `file:${temporaryFolder(onTestFinished)}`,
      DISCORD_TOKEN: discord.token,
      DISCORD_API_URL: discord.apiUrl,
      POLL_INTERVAL_MS: "200",
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  const ended = once(child, "close");
  onTestFinished(async () => {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, "SIGKILL");
    await ended;
  });
  const ready = (role: string) =>
    output.split("\n").filter((line) => line.includes(`"role":"${role}"`) && line.includes('"ready"')).length;
  await expect
    .poll(() => ["gateway", "web", "worker", "all"].map(ready), { timeout: 50_000 })
    .toEqual([1, 1, 2, 0]);

  const ada = discord.person("ada");
  ada.slash({ name: "video", subcommand: "create", options: { prompt: "a paper boat" } });
  const [card] = await discord.waitFor(() => {
    const { messages } = discord.channel("general");
    return messages.some(({ media }) => media.length > 0) ? messages : undefined;
  });
  expect(card?.media).toHaveLength(1);
  // As Ctrl-C does.
  child.kill("SIGINT");
  await ended;
  expect(output.match(/"msg":"stopping"/g)).toHaveLength(4);
});
