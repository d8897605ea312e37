import { expect, test } from "vitest";
import { startWebBot, type WebBot } from "../fixtures/web-bot.ts";
import { launchBrowser, openWindow } from "../servers/browser.ts";

const box = { name: /^Message #playground/ };
const heightOf = ({ clientHeight }: { clientHeight: number }) => clientHeight;
const fullHeightOf = ({ scrollHeight }: { scrollHeight: number }) => scrollHeight;
/** Whether its text runs from the right. */
const isRtl = (element: { matches(selector: string): boolean }) => element.matches(":dir(rtl)");

/** Makes a video and has it delivered; resolves to its id. */
async function make(bot: WebBot, text: string): Promise<string> {
  await bot.post("/messages", { text });
  const [job] = await bot.jobs.active();
  const id = job?.id ?? "";
  await expect.poll(async () => (await bot.jobs.get(id))?.phase).toBe("rendering");
  bot.memory.videos.complete((await bot.jobs.get(id))?.video?.id ?? "");
  await bot.poll();
  await expect.poll(async () => (await bot.jobs.get(id))?.phase).toBe("delivered");
  return id;
}

test("without a script a refused form comes back as it was filled in", async () => {
  const bot = await startWebBot();
  const browser = await launchBrowser();
  const window = await openWindow(browser, {
    javaScriptEnabled: false,
    viewport: { width: 900, height: 820 },
  });
  const page = await window.newPage();
  await page.goto(bot.url);
  await page.getByRole("button", { name: "Create a video with every option" }).click();
  const dialog = page.getByRole("dialog", { name: "Make a video from a prompt" });
  await dialog.getByRole("textbox", { name: "Prompt" }).fill("a paper boat in the rain");
  await dialog.getByText("12 seconds").click();
  await dialog.getByText("landscape 1792x1024").click();
  await dialog.getByRole("button", { name: "Create" }).click();
  await dialog.getByText("sora-2 does not make 1792x1024").waitFor();
  expect(await dialog.getByRole("textbox", { name: "Prompt" }).inputValue()).toBe("a paper boat in the rain");
  expect(await dialog.getByRole("radio", { name: "12 seconds" }).isChecked()).toBe(true);
  await dialog.getByText("landscape 1280x720", { exact: true }).click();
  await dialog.getByRole("button", { name: "Create" }).click();
  await page.getByRole("article").filter({ hasText: "a paper boat in the rain" }).waitFor();

  await page.getByRole("button", { name: "Help" }).click();
  await page.getByText("Only you can see this").waitFor();
  expect(await page.getByRole("button", { name: "Dismiss" }).count()).toBe(0);
  expect(window.problems).toEqual([]);
});

test("a gallery keeps long prompts short, and each in its direction", async () => {
  const bot = await startWebBot();
  const arabic = "قارب ورقي ينجرف في شارع ممطر عند الغسق";
  await make(bot, "A paper boat drifts down a rainy street at dusk, past lanterns. ".repeat(20));
  const gone = await make(bot, arabic);
  const browser = await launchBrowser();
  const window = await openWindow(browser, { viewport: { width: 1000, height: 1000 }, colorScheme: "dark" });
  const page = await window.newPage();
  await bot.memory.media.delete(`${gone}/video.mp4`);
  await page.goto(bot.url);
  const card = page.locator(`#job-${gone}`);
  await card.getByText("no longer kept here").waitFor();
  expect(await card.locator("video").count()).toBe(0);
  expect(await card.getByRole("link", { name: "Download" }).count()).toBe(0);
  expect(await card.locator(".prompt").evaluate(isRtl)).toBe(true);

  await page.getByRole("textbox", box).fill(arabic);
  expect(await page.getByRole("textbox", box).evaluate(isRtl)).toBe(true);
  await page.getByRole("textbox", box).fill("/video gallery");
  await page.getByRole("button", { name: "Send" }).click();
  const rows = page.getByRole("article", { name: "Gallery" }).getByRole("listitem");
  await rows.first().waitFor();
  const long = rows.filter({ hasText: "A paper boat" }).locator(".lines > p").first();
  expect(await long.evaluate(fullHeightOf)).toBeGreaterThan(await long.evaluate(heightOf));
  expect(window.problems).toEqual([]);
});
