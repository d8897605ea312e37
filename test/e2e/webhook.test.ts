import { createHmac } from "node:crypto";
import { expect, it, onTestFinished } from "vitest";
import { settingsFor, startBot } from "../fixtures/bot-process.ts";
import { startSimulator } from "../fixtures/simulator.ts";
import { temporaryFolder } from "../fixtures/temporary-folder.ts";
import { createDiscordServer } from "../servers/discord/discord-server.ts";

const HOUR_MS = 3_600_000;
const KEY = Buffer.from("the key that signs webhooks");

it("a backend that says that a video is done has it delivered at once, an hour before the bot would have asked", async () => {
  const server = await createDiscordServer({ rateLimits: {} });
  onTestFinished(() => server.close());
  const { simulator, client, pass } = await startSimulator({ pace: 1 });
  const bot = await startBot({
    ...settingsFor({ folder: temporaryFolder(onTestFinished), baseUrl: simulator.baseUrl }),
    DISCORD_TOKEN: server.token,
    DISCORD_API_URL: server.apiUrl,
    POLL_INTERVAL_MS: String(HOUR_MS),
    OPENAI_WEBHOOK_SECRET: `whsec_${KEY.toString("base64")}`,
  });

  async function tell(videoId: string, key = KEY): Promise<number> {
    const body = JSON.stringify({ id: "evt_1", type: "video.completed", data: { id: videoId } });
    const at = String(Math.floor(Date.now() / 1000));
    const signature = createHmac("sha256", key).update(`evt_1.${at}.${body}`).digest("base64");
    const headers = {
      "webhook-id": "evt_1",
      "webhook-timestamp": at,
      "webhook-signature": `v1,${signature}`,
    };
    return (await fetch(`${bot.url}/webhooks/videos`, { method: "POST", body, headers })).status;
  }

  const ada = server.person("ada");
  const card = await ada
    .slash({ name: "video", subcommand: "create", options: { prompt: "a paper boat" } })
    .reply();
  const made = async () => (await client.videos.list()).data[0];
  await expect.poll(made, { timeout: 10_000 }).toBeDefined();
  await bot.logged("video created");
  pass(60_000);
  const videoId = (await made())?.id ?? "";
  await expect.poll(async () => (await made())?.status).toBe("completed");
  expect(await tell(videoId, Buffer.from("somebody else's key"))).toBe(401);
  expect(card.media).toEqual([]);
  expect(await tell(videoId)).toBe(200);
  await server.waitFor(() => card.media.length === 1, { description: "the video" });
  await bot.logged("video delivered");
  expect(card.text).toContain("Done in");
});
