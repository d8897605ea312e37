import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { path as ffmpegPath } from "@ffmpeg-installer/ffmpeg";
import { pino } from "pino";
import { expect, it, onTestFinished } from "vitest";
import { createVideoFitter } from "../../src/media/video-fitter.ts";
import { createBotMemory } from "../fixtures/bot.ts";
import { startDiscordBot } from "../fixtures/discord-bot.ts";
import { makeNoisyClip, playWhole } from "../fixtures/noisy-clip.ts";
import { temporaryFolder } from "../fixtures/temporary-folder.ts";
import { createDiscordServer } from "../servers/discord/discord-server.ts";

it("a video that Discord finds too large is encoded anew, and plays there; the gallery keeps the whole one", async () => {
  const folder = temporaryFolder(onTestFinished);
  const clip = await makeNoisyClip(folder, { name: "large.mp4", size: "480x270", seconds: 1 });
  const large = await readFile(clip);
  const server = await createDiscordServer({ rateLimits: {} });
  const memory = await createBotMemory(server.now);
  const logger = pino({ level: "silent" });
  const limits = { timeoutMs: 60_000, memoryBytes: 700 * 1024 ** 2 };
  const fitter = createVideoFitter({ ffmpeg: ffmpegPath, ...limits, logger });
  const bot = await startDiscordBot(server, memory, { fitter });
  onTestFinished(async () => {
    await bot.stop();
    await memory.store.close();
    await server.close();
  });
  memory.videos.serve("video", large);
  const ada = server.person("ada");
  const card = await ada
    .slash({ name: "video", subcommand: "create", options: { prompt: "a paper boat" } })
    .reply();
  await expect.poll(() => memory.videos.all().length).toBe(1);
  await expect.poll(async () => (await bot.jobs.active())[0]?.phase).toBe("rendering");
  memory.videos.complete(memory.videos.all()[0]?.id ?? "");
  server.inject({
    method: "PATCH",
    path: /\/messages\//,
    fault: { status: 413, body: { code: 40_005, message: "Request entity too large" } },
  });
  await bot.poll();
  await server.waitFor(() => card.media.length === 1, { description: "the video" });

  const shown = card.media[0]?.attachment?.bytes ?? Buffer.alloc(0);
  expect(shown.length).toBeLessThanOrEqual(large.length / 2);
  const file = join(folder, "shown.mp4");
  await writeFile(file, shown);
  expect(await playWhole(file)).toMatchObject({ hasSound: true });
  expect(card.text).toContain("encoded anew to fit");
  expect((await firstJob(bot)).media?.video.bytes).toBe(large.length);
});

async function firstJob(bot: Awaited<ReturnType<typeof startDiscordBot>>) {
  const [workspace = ""] = await bot.jobs.workspaces("discord");
  const [entry] = await bot.jobs.history({ platform: "discord", workspace });
  const [job] = await bot.jobs.getMany(entry ? [entry.id] : []);
  if (!job) throw new Error("There is no job.");
  return job;
}
