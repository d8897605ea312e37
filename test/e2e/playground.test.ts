import { join } from "node:path";
import type { Locator, Page } from "playwright-core";
import { expect, test } from "vitest";
import { violationsIn } from "../fixtures/accessibility.ts";
import { type BotProcess, startBot } from "../fixtures/bot-process.ts";
import { temporaryFolder } from "../fixtures/temporary-folder.ts";
import { launchBrowser, openWindow } from "../servers/browser.ts";

/** What the tests ask of a video element. */
interface Video {
  videoWidth: number;
  videoHeight: number;
  currentTime: number;
  paused: boolean;
  error: unknown;
}

/** The README's picture, which is taken anew only on demand. */
const PICTURE = new URL("../../docs/playground.png", import.meta.url).pathname;
const RENDERING_MS = 30_000;

/** The bot with nothing set but where it keeps its things: the page, over the embedded backend. */
function startPlayground(folder: string): Promise<BotProcess> {
  return startBot({
    STORE_URL: `sqlite:${join(folder, "showreel.db")}`,
    MEDIA_URL: `file:${join(folder, "media")}`,
    PORT: "0",
    POLL_INTERVAL_MS: "200",
  });
}

const messageWith = (page: Page, prompt: string) => page.getByRole("article").filter({ hasText: prompt });
const videoOf = (message: Locator) => message.locator("video");
const stateOf = (video: Locator): Promise<Video> =>
  video.evaluate(({ videoWidth, videoHeight, currentTime, paused, error }: Video) => {
    return { videoWidth, videoHeight, currentTime, paused, error };
  });

const focusOf = (page: Page): Promise<unknown> => page.evaluate("document.activeElement?.id");
const innerWidth = ({ clientWidth }: { clientWidth: number }) => clientWidth;
const naturalWidth = ({ naturalWidth: width }: { naturalWidth: number }) => width;
const fullWidth = ({ scrollWidth }: { scrollWidth: number }) => scrollWidth;

/** Every value that the progress bar shows until the video is there. */
async function watchProgress(message: Locator): Promise<number[]> {
  const seen = new Set<number>();
  await expect
    .poll(
      async () => {
        const bar = message.getByRole("progressbar");
        const value =
          (await bar.count()) > 0 && (await bar.getAttribute("value", { timeout: 200 }).catch(() => null));
        if (value) seen.add(Number(value));
        return videoOf(message).count();
      },
      { timeout: RENDERING_MS, interval: 100 },
    )
    .toBe(1);
  return [...seen];
}

/** Both videos stand in their middle. */
async function takePicture(page: Page): Promise<void> {
  for (const video of await page.locator("video").all()) {
    await video.click();
    await expect.poll(async () => (await stateOf(video)).currentTime).toBeGreaterThan(1.5);
    await video.click();
    await expect.poll(async () => (await stateOf(video)).paused).toBe(true);
  }
  await page.mouse.move(0, 0);
  await page.screenshot({ path: PICTURE });
}

/** The channel's gallery as a private page: a video plays in it and goes again; nothing of it breaks a rule of axe's. */
async function lookThroughGallery(page: Page): Promise<void> {
  await page.getByRole("textbox", { name: /^Message #playground/ }).fill("/video gallery");
  await page.getByRole("button", { name: "Send" }).click();
  const gallery = page.getByRole("article", { name: "Gallery" });
  const rows = gallery.getByRole("listitem");
  await expect.poll(() => rows.count()).toBe(2);
  for (const poster of await gallery.getByRole("img").all())
    await expect.poll(() => poster.evaluate(naturalWidth)).toBeGreaterThan(0);
  expect(await violationsIn(page)).toEqual([]);

  await rows.last().getByRole("button", { name: "Play" }).press("Enter");
  const player = page.locator(".page");
  await expect.poll(async () => (await stateOf(videoOf(player))).videoWidth).toBe(720);
  await expect.poll(() => focusOf(page)).toBe(await player.getAttribute("id"));
  await videoOf(player).click();
  await expect.poll(async () => (await stateOf(videoOf(player))).currentTime).toBeGreaterThan(0.3);
  await player.getByRole("button", { name: "Back to the gallery" }).click();
  await expect.poll(() => rows.count()).toBe(2);

  await rows.first().getByRole("button", { name: "Remix" }).click();
  const dialog = page.getByRole("dialog", { name: "Remix" });
  await dialog.waitFor();
  expect(await violationsIn(page)).toEqual([]);
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await gallery.getByRole("button", { name: "Dismiss" }).click();
  await gallery.waitFor({ state: "detached" });
}

test("the whole job: create, watch, play, remix, in two tabs that stay in step", async ({
  onTestFinished,
}) => {
  const bot = await startPlayground(temporaryFolder(onTestFinished));
  expect(bot).toMatchObject({ platforms: ["web"], backend: "simulator" });
  const browser = await launchBrowser();
  const window = await openWindow(browser, {
    viewport: { width: 1280, height: 890 },
    deviceScaleFactor: 2,
    colorScheme: "dark",
  });
  const page = await window.newPage();
  const other = await window.newPage();
  await page.goto(bot.url);
  await other.goto(bot.url);
  await page.getByRole("heading", { name: "Welcome to #playground" }).waitFor();
  await page.getByText("simulated", { exact: true }).waitFor();

  const prompt = "A paper boat drifts down a rainy street at dusk";
  await page.getByRole("textbox", { name: /^Message #playground/ }).fill(prompt);
  await page.getByRole("button", { name: "Send" }).click();
  const parent = messageWith(page, prompt);
  const elsewhere = messageWith(other, prompt);
  const [progress] = await Promise.all([watchProgress(parent), elsewhere.getByText("Rendering").waitFor()]);
  expect(new Set(progress).size).toBeGreaterThanOrEqual(2);
  expect(progress).toEqual(progress.toSorted((a, b) => a - b));

  await elsewhere.getByText("Done in").waitFor();
  await videoOf(elsewhere).waitFor();
  const video = videoOf(parent);
  await expect.poll(async () => (await stateOf(video)).videoWidth).toBe(720);
  expect(await stateOf(video)).toMatchObject({ videoHeight: 1280, error: null });
  expect(await video.getAttribute("aria-label")).toContain(prompt);
  await video.click();
  await expect.poll(async () => (await stateOf(video)).currentTime).toBeGreaterThan(0.3);

  const dialog = page.getByRole("dialog", { name: "Remix" });
  const remixButton = parent.getByRole("button", { name: "Remix" });
  await remixButton.press("Enter");
  await dialog.waitFor();
  await page.keyboard.press("Escape");
  await expect.poll(() => focusOf(page)).toBe(await remixButton.getAttribute("id"));
  await remixButton.click();
  const field = dialog.getByRole("textbox", { name: "Prompt" });
  expect(await field.inputValue()).toBe(prompt);
  const before = (await stateOf(video)).currentTime;
  await field.fill("The same street at night, paper lanterns on the water");
  await dialog.getByRole("button", { name: "Remix" }).click();
  await dialog.waitFor({ state: "detached" });
  await parent.getByText("Remixed once").waitFor();
  // The card changed around the video, which played on.
  expect((await stateOf(video)).currentTime).toBeGreaterThanOrEqual(before);

  const remix = messageWith(page, "lanterns on the water");
  await videoOf(remix).waitFor({ timeout: RENDERING_MS });
  await expect.poll(async () => (await stateOf(videoOf(remix))).videoWidth).toBe(720);
  await messageWith(other, "lanterns on the water").getByText("Done in").waitFor();
  await remix.getByText("(inherited)").waitFor();
  await remix.getByRole("link", { name: /^[a-z0-9]{10}$/ }).click();
  await expect
    .poll(() =>
      parent.evaluate((element: { matches(selector: string): boolean }) => element.matches(":target")),
    )
    .toBe(true);
  expect(page.url()).toBe(`${bot.url}/#${await parent.getAttribute("id")}`);

  const words = await page.getByRole("article").allInnerTexts();
  await page.goto(bot.url);
  expect(await page.getByRole("article").allInnerTexts()).toEqual(words);
  expect(await other.getByRole("article").allInnerTexts()).toEqual(words);
  if (process.env.UPDATE_SCREENSHOT === "1") await takePicture(page);
  await lookThroughGallery(page);
  expect(window.problems).toEqual([]);
});

test("by keyboard alone, on a narrow screen", async ({ onTestFinished }) => {
  const bot = await startPlayground(temporaryFolder(onTestFinished));
  const browser = await launchBrowser();
  const window = await openWindow(browser, {
    viewport: { width: 360, height: 640 },
    reducedMotion: "reduce",
  });
  const page = await window.newPage();
  await page.goto(bot.url);
  const { keyboard } = page;
  const focused = () => focusOf(page);
  const line = page.getByRole("textbox", { name: /^Message #playground/ });
  const suggestion = (name: string) => page.getByRole("option", { name });
  await expect.poll(focused).toBe("line");

  await keyboard.type("/video he");
  await expect.poll(() => suggestion("/video help").getAttribute("aria-selected")).toBe("true");
  await keyboard.press("Enter");
  await expect.poll(() => line.inputValue()).toBe("/video help");
  await keyboard.press("Enter");
  const notice = page.getByRole("article", { name: "Private answer" });
  await notice.getByText("/video create").waitFor();
  await expect.poll(() => line.inputValue()).toBe("");

  await keyboard.type("/video create a locomotive [moderation] --size ");
  await suggestion("landscape 1280x720").waitFor();
  await keyboard.press("ArrowDown");
  await keyboard.press("ArrowDown");
  await keyboard.press("Tab");
  await expect.poll(() => line.inputValue()).toBe("/video create a locomotive [moderation] --size 1280x720 ");
  await keyboard.press("Enter");
  const failed = messageWith(page, "a locomotive");
  await failed.getByText("refused by the content rules").waitFor();
  await failed.getByText("landscape 1280x720").waitFor();
  await expect
    .poll(() => page.getByRole("status").allInnerTexts())
    .toContain("Failed: a locomotive [moderation]");

  await keyboard.press("Shift+Tab");
  await keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Make a video from a prompt" });
  await dialog.waitFor();
  expect(await focused()).toBe("field-prompt");
  expect(await dialog.evaluate(fullWidth)).toBe(await dialog.evaluate(innerWidth));
  await keyboard.type("a glass whale");
  await keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  await keyboard.press("Enter");
  await dialog.waitFor();
  await keyboard.type("a glass whale");
  for (const _ of ["image", "model", "seconds"]) await keyboard.press("Tab");
  await keyboard.press("ArrowRight");
  expect(await dialog.getByRole("radio", { name: "8 seconds" }).isChecked()).toBe(true);
  for (const _ of ["size", "cancel", "create"]) await keyboard.press("Tab");
  await keyboard.press("Enter");
  const whale = messageWith(page, "a glass whale");
  await whale.getByText("8 s ·").waitFor();
  await dialog.waitFor({ state: "detached" });

  expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(360);
  expect(await page.evaluate("document.querySelector('.scroller').scrollWidth")).toBe(360);
  expect(window.problems).toEqual([]);
});
