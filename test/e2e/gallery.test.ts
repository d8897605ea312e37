import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { AxeResults } from "axe-core";
import type { Browser, BrowserContextOptions, Locator, Page } from "playwright-core";
import { beforeEach, expect, test } from "vitest";
import type { Channel } from "../../src/gallery/gallery.ts";
import { type GallerySite, LIFETIME_MS, NOON, startGallerySite } from "../fixtures/gallery-site.ts";
import { launchBrowser, openWindow, type Window } from "../servers/browser.ts";

/** What the tests ask of a video element. */
interface Video {
  videoWidth: number;
  currentTime: number;
  duration: number;
  error: unknown;
  seeking: boolean;
}

const general: Channel = { platform: "discord", workspace: "g1", channel: "general" };
const random: Channel = { ...general, channel: "random" };
const axe = readFileSync(fileURLToPath(import.meta.resolve("axe-core/axe.min.js")), "utf8");
const ada = { id: "ada", name: "Ada" };
const noor = { id: "noor", name: "نور" };
const HOUR_MS = 3_600_000;
const MANY = 30;

let site: GallerySite;
let address: string;

/** A channel with a family of kites, an old video whose file is gone, and a page full of boats. */
beforeEach(async () => {
  site = await startGallerySite();
  site.names.set("general", "#general");
  for (let n = 0; n < MANY; n++) {
    const id = `boat${String(n).padStart(6, "0")}`;
    const prompt = `A paper boat drifts down a rainy street, take ${n + 1}`;
    const landscape = n % 3 === 0;
    await site.show(general, {
      ...{ id, prompt, at: NOON - (100 + n) * HOUR_MS, stars: n % 5 === 0 ? n : 0 },
      ...(landscape && { size: "1280x720" }),
    });
  }
  await site.show(general, {
    id: "kite000001",
    at: NOON - 9 * HOUR_MS,
    prompt: "A red kite over dunes",
    stars: 2,
  });
  await site.show(general, {
    ...{ id: "kite000002", at: NOON - 5 * HOUR_MS, person: noor, model: "sora-2-pro" },
    prompt: "طائرة ورقية حمراء فوق الكثبان, a kite at night",
  });
  await site.show(general, {
    id: "kite000003",
    at: NOON - HOUR_MS,
    person: ada,
    prompt: "The kite in a storm",
  });
  await site.show(general, { id: "whale00001", at: NOON - 900 * HOUR_MS, prompt: "A glass whale" });
  await site.media.delete("whale00001/video.mp4");
  const node = (id: string, prompt: string) => ({ id, prompt, state: "Done", link: undefined, children: [] });
  const family = {
    ...node("kite000001", "A red kite over dunes"),
    operation: "create",
    children: [
      { ...node("kite000002", "طائرة ورقية حمراء فوق الكثبان, a kite at night"), operation: "remix" },
      { ...node("kite000003", "The kite in a storm"), operation: "extend" },
    ],
  };
  for (const id of ["kite000001", "kite000002", "kite000003"]) site.families.set(id, family);
  address = await site.address(general);
});

/** The names of the rules that a page breaks, with the elements that break them. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  const { violations: found } = await page.evaluate<AxeResults>("axe.run()");
  return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
}

/** A window into which axe may be put: its script is the test's, and the policy allows the server's alone. */
function openAxeWindow(browser: Browser, options: BrowserContextOptions): Promise<Window> {
  return openWindow(browser, { ...options, bypassCSP: true });
}

const stateOf = (video: Locator): Promise<Video> =>
  video.evaluate(({ videoWidth, currentTime, duration, error, seeking }: Video) => {
    return { videoWidth, currentTime, duration, error, seeking };
  });

/** Goes to a second of the video as the player's slider does; resolves once its picture is there. */
const seek = (video: Locator, seconds: number): Promise<void> =>
  video.evaluate(
    (element: EventTarget & Video, to: number) =>
      new Promise<void>((resolve) => {
        element.addEventListener("seeked", () => resolve(), { once: true });
        element.currentTime = to;
      }),
    seconds,
  );

const filmsOn = (page: Page) =>
  page.getByRole("listitem").filter({ has: page.getByRole("heading", { level: 2 }) });

test("search, filter, watch and seek, walk through the family", async () => {
  const browser = await launchBrowser();
  const window = await openWindow(browser, { viewport: { width: 1280, height: 900 } });
  const page = await window.newPage();
  await page.goto(address);
  await page.getByRole("heading", { name: "#general", level: 1 }).waitFor();
  expect(await filmsOn(page).count()).toBe(24);
  await page.getByRole("link", { name: "Next", exact: true }).click();
  await page.getByRole("heading", { name: "A glass whale" }).waitFor();
  expect(await filmsOn(page).count()).toBe(MANY + 4 - 24);
  await page.getByRole("link", { name: "Previous", exact: true }).click();
  await page.getByRole("heading", { name: "The kite in a storm" }).waitFor();

  await page.getByRole("searchbox", { name: "Search" }).fill("kite");
  await page.getByRole("combobox", { name: "Order" }).selectOption("Oldest first");
  await page.getByRole("button", { name: "Show" }).click();
  await page.getByText("3 videos found").waitFor();
  expect(new URL(page.url()).search).toBe("?search=kite&sort=oldest");
  expect(await filmsOn(page).getByRole("heading").allInnerTexts()).toEqual([
    "A red kite over dunes",
    "طائرة ورقية حمراء فوق الكثبان, a kite at night",
    "The kite in a storm",
  ]);

  await page.getByRole("link", { name: "A red kite over dunes" }).click();
  const video = page.locator("video");
  await expect.poll(async () => (await stateOf(video)).duration).toBeGreaterThan(3.5);
  for (const to of [3, 0.5, 2.25]) {
    await seek(video, to);
    expect(await stateOf(video)).toMatchObject({ currentTime: to, error: null, seeking: false });
  }
  await video.press("Space");
  await expect.poll(async () => (await stateOf(video)).currentTime).toBeGreaterThan(2.5);

  await page.getByRole("link", { name: "Next video" }).click();
  await page.getByText("نور").first().waitFor();
  const family = page.getByRole("region", { name: "Family tree" });
  expect(await family.getByRole("link").allInnerTexts()).toEqual([
    "A red kite over dunes",
    "The kite in a storm",
  ]);
  await family.getByRole("link", { name: "The kite in a storm" }).click();
  await page.getByText("Extension").waitFor();
  expect(await family.locator("[aria-current=page]").textContent()).toBe("The kite in a storm");
  await page.getByRole("link", { name: "#general" }).click();
  await page.getByText(`${MANY + 4} videos`).waitFor();
  expect(window.problems).toEqual([]);
});

test("copy the prompt, download, and what is left of a video whose file is gone", async () => {
  const browser = await launchBrowser();
  const permissions = ["clipboard-read", "clipboard-write"];
  const window = await openWindow(browser, { permissions, acceptDownloads: true });
  const page = await window.newPage();
  await page.goto(`${address}kite000001`);
  await page.getByRole("button", { name: "Copy prompt" }).click();
  await page.getByRole("button", { name: "Copied" }).waitFor();
  expect(await page.evaluate("navigator.clipboard.readText()")).toBe("A red kite over dunes");
  const [taken] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Download" }).click(),
  ]);
  expect(taken.suggestedFilename()).toBe("showreel-kite000001.mp4");

  await page.goto(`${address}whale00001`);
  await page.getByText("no longer kept").waitFor();
  expect(await page.locator("video").count()).toBe(0);
  expect(await page.getByRole("link", { name: "See it in the chat" }).getAttribute("href")).toContain(
    "message-of-",
  );
  expect(window.problems).toEqual([]);
});

test("without a script, by keyboard alone", async () => {
  const browser = await launchBrowser();
  const window = await openWindow(browser, { javaScriptEnabled: false });
  const page = await window.newPage();
  await page.goto(address);
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  await page.keyboard.type("storm");
  await page.keyboard.press("Enter");
  await page.getByText("1 video found").waitFor();
  await page.getByRole("link", { name: "The kite in a storm" }).press("Enter");
  await page.locator("video").waitFor();
  expect(await page.getByRole("button", { name: "Copy prompt" }).count()).toBe(0);
  await page.getByRole("link", { name: "#general" }).press("Enter");
  await page.getByText("1 video found").waitFor();
  expect(new URL(page.url()).hash).toBe("#film-kite000003");
  expect(window.problems).toEqual([]);
});

test("links that have expired, were withdrawn or are another channel's", async () => {
  const browser = await launchBrowser();
  const window = await openWindow(browser);
  const page = await window.newPage();
  await site.show(random, { id: "elsewhere0" });
  await page.goto(`${address}elsewhere0`);
  await page.getByRole("heading", { name: "This video is not here" }).waitFor();
  await page.getByRole("link", { name: "See the videos that are" }).click();
  await page.getByRole("heading", { name: "#general" }).waitFor();

  await page.getByRole("link", { name: "A red kite over dunes" }).click();
  await page.locator("video").waitFor();
  await site.links.revoke(general);
  await page.reload();
  await page.getByRole("heading", { name: "This link was withdrawn" }).waitFor();
  await page.goto(await site.address(general));
  await page.getByRole("heading", { name: "#general" }).waitFor();
  site.wait(LIFETIME_MS);
  await page.reload();
  await page.getByRole("heading", { name: "This link has expired" }).waitFor();
  expect(await page.getByRole("heading", { name: "#general" }).count()).toBe(0);
});

test.each([
  { colorScheme: "dark", viewport: { width: 1280, height: 900 } },
  { colorScheme: "light", viewport: { width: 360, height: 740 } },
] as const)("every page is accessible and fits: $colorScheme, $viewport.width wide", async (look) => {
  const browser = await launchBrowser();
  const window = await openAxeWindow(browser, { ...look, reducedMotion: "reduce" });
  const page = await window.newPage();
  const revoked = await site.address(random);
  await site.links.revoke(random);
  const pages = [
    ...["", "?search=kite&by=ada", "?search=nothing+like+it"],
    ...["kite000001", "kite000002?search=kite", "whale00001", "missing000"],
  ].map((path) => address + path);
  for (const url of [
    ...pages,
    revoked,
    `${site.url}/g/nobody/`,
    await site.address({ ...general, channel: "new" }),
  ]) {
    await page.goto(url);
    expect([url, await violations(page)]).toEqual([url, []]);
    expect([url, await page.evaluate("document.documentElement.scrollWidth")]).toEqual([
      url,
      look.viewport.width,
    ]);
  }
});
