import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { onTestFinished } from "vitest";

/** A window of its own, with everything that went wrong in its pages. */
export interface Window {
  newPage(): Promise<Page>;
  /** Errors on the console (refusals of the content security policy are some), exceptions, answers of 400 and above. */
  problems: readonly string[];
}

/** Chromium, closed at the end of the test: CHROMIUM_PATH, or one that brings its own system libraries. */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = process.env.CHROMIUM_PATH ?? (await unpackChromium());
  // As root, and in most containers, Chromium has no sandbox; it opens no page but the tests' own.
  const browser = await chromium.launch({
    executablePath,
    args: ["--no-sandbox", "--font-render-hinting=none"],
  });
  onTestFinished(() => browser.close());
  return browser;
}

/** Unpacks the packaged Chromium into the temporary folder, once for all runs. */
async function unpackChromium(): Promise<string> {
  // Read when the package is loaded: with it, the system libraries are unpacked as well.
  process.env.AWS_EXECUTION_ENV ??= "AWS_Lambda_nodejs24.x";
  const { default: packaged } = await import("@sparticuz/chromium");
  return packaged.executablePath();
}

/** Opens a window whose pages share their cookies. */
export async function openWindow(browser: Browser, options: BrowserContextOptions = {}): Promise<Window> {
  const context = await browser.newContext(options);
  const problems: string[] = [];
  context.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") problems.push(message.text());
  });
  context.on("weberror", (error) => problems.push(String(error.error())));
  context.on("response", (response) => {
    if (response.status() >= 400) problems.push(`${response.status()} ${response.url()}`);
  });
  return { newPage: () => context.newPage(), problems };
}
