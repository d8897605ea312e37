import type { FaultPlatform } from "../fixtures/fault-stage.ts";
import { textOf } from "../fixtures/markup.ts";
import { startWebBot, type WebBot } from "../fixtures/web-bot.ts";
import { faultMatrix } from "./suites/fault-matrix-suite.ts";

async function open(): Promise<FaultPlatform> {
  let web: WebBot | undefined;
  let told = "";
  const page = () => {
    if (!web) throw new Error("The page is not open yet.");
    return web;
  };
  async function shown(): Promise<string[]> {
    const html = await (await fetch(page().url)).text();
    return html.match(/<article class="message" id=[\s\S]*?<\/article>/g) ?? [];
  }
  return {
    sights: {
      channel: async () => (await shown()).map(textOf),
      videos: async () => (await shown()).filter((html) => html.includes("<video")).length,
      direct: () => ({ texts: [], videos: 0 }),
      told: () => told,
    },
    async ask(prompt) {
      told = textOf(await (await page().post("/messages", { text: prompt })).text());
    },
    async start({ memory, clock }) {
      web = await startWebBot({ memory, clock });
      return web;
    },
    close: async () => {},
  };
}

faultMatrix("web", open, []);
