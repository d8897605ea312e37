import { readdirSync } from "node:fs";
import type { Locator } from "playwright-core";
import { expect, test } from "vitest";
import { createSimulator } from "../../src/videos/simulator/simulator.ts";
import { settingsFor, startBot } from "../fixtures/bot-process.ts";
import { PREFIX, s3Settings, startS3 } from "../fixtures/s3.ts";
import { temporaryFolder } from "../fixtures/temporary-folder.ts";
import { launchBrowser, openWindow } from "../servers/browser.ts";

/** What a page says of its video; the tests are compiled without the browser's types. */
interface Video {
  videoWidth: number;
  currentTime: number;
  currentSrc: string;
}

const RENDERING_MS = 30_000;

test("videos are kept in a bucket, and browsers play them from there", async ({ onTestFinished }) => {
  const folder = temporaryFolder(onTestFinished);
  const server = await startS3();
  const simulator = await createSimulator({ dataDir: undefined, rendering: "canned" });
  onTestFinished(() => simulator.close());
  const settings = { ...settingsFor({ folder, baseUrl: simulator.baseUrl }), ...s3Settings(server) };
  const bot = await startBot({ ...settings, PLAYGROUND: "1", LOG_LEVEL: "trace" });
  const window = await openWindow(await launchBrowser());
  const page = await window.newPage();
  await page.goto(bot.url);
  await page.getByRole("textbox", { name: /^Message #playground/ }).fill("/video create a paper boat");
  await page.getByRole("button", { name: "Send" }).click();

  const video = page.locator("video");
  const state = (at: Locator): Promise<Video> =>
    at.evaluate(({ videoWidth, currentTime, currentSrc }: Video) => ({
      videoWidth,
      currentTime,
      currentSrc,
    }));
  await expect.poll(() => video.count(), { timeout: RENDERING_MS }).toBe(1);
  await expect.poll(async () => (await state(video)).videoWidth).toBe(720);
  await video.click();
  await expect.poll(async () => (await state(video)).currentTime).toBeGreaterThan(0.3);

  expect(window.problems).toEqual([]);
  expect(server.asked).toContain("GetObject");
  const kept = [...server.objects.keys()].filter((key) => key.endsWith("/video.mp4"));
  expect(kept).toHaveLength(1);
  expect(kept[0]?.startsWith(PREFIX)).toBe(true);
  expect(readdirSync(folder)).not.toContain("media");
  expect(await bot.kill("SIGTERM")).toBe(0);
});
