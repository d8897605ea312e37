import { mkdtempSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSimulator } from "../../src/videos/simulator/simulator.ts";
import { openDiscord } from "./discord-platform.ts";
import type { Platform } from "./platform.ts";
import { type ProcessLife, startLife } from "./process-life.ts";
import { openSlack } from "./slack-platform.ts";
import { lookIntoStore, type StoreLook } from "./store-look.ts";

/** A 4 s clip takes so much of seven seconds: enough for the poller to see it on its way. */
const PACE = 0.04;
const DAY_MS = 24 * 3_600_000;
const LIMITS = { all: { usdPerMonth: 500 }, person: { videosPerDay: 100, running: 50 } };

/** What outlives the bot's process: its folder, a chat platform and a backend, each in the harness's own process. */
export interface World {
  platform: Platform;
  /** Address of its store, for `createStore`. */
  storeUrl: string;
  /** Values that nobody may find in a log. */
  secrets: readonly string[];
  look(): StoreLook;
  /** Prompts of all videos that the backend has. */
  made(): Promise<string[]>;
  /** The machine is switched off for so long (ms). */
  wait(ms: number): void;
  start(point: string | undefined): ProcessLife;
  close(): Promise<void>;
}

/** Opens an empty one. */
export async function openWorld(name: Platform["name"]): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), "showreel-kill-"));
  let ahead = 0;
  let lives = 0;
  const platform = await (name === "discord" ? openDiscord() : openSlack());
  const simulator = await createSimulator({
    dataDir: undefined,
    rendering: "canned",
    pace: PACE,
    mediaLifetimeMs: DAY_MS,
    clock: () => Date.now() + ahead,
  });
  const file = join(folder, "showreel.db");
  const limits = join(folder, "limits.json");
  writeFileSync(limits, JSON.stringify(LIMITS));
  const env = {
    OPENAI_API_KEY: "sk-canary-of-the-backend",
    OPENAI_BASE_URL: simulator.baseUrl,
    STORE_URL: `sqlite:${file}`,
    MEDIA_URL: `file:${join(folder, "media")}`,
    LIMITS: limits,
    PORT: "0",
    POLL_INTERVAL_MS: "100",
    ...platform.settings,
  };
  return {
    platform,
    storeUrl: env.STORE_URL,
    secrets: Object.entries(env).flatMap(([key, value]) => (/KEY|TOKEN/.test(key) ? [value] : [])),
    look: () => lookIntoStore(file),
    async made() {
      const answer = await fetch(`${simulator.baseUrl}/videos?limit=100`, {
        headers: { authorization: "Bearer any" },
      });
      const { data }: { data: { prompt: string }[] } = JSON.parse(await answer.text());
      return data.map(({ prompt }) => prompt);
    },
    wait(ms) {
      ahead += ms;
      platform.advance(ms);
    },
    start(point) {
      lives += 1;
      const trace = join(folder, `trace-${lives}`);
      writeFileSync(trace, "");
      return startLife({ env, trace, point, aheadMs: ahead });
    },
    async close() {
      await simulator.close();
      await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
      await platform.close();
    },
  };
}
