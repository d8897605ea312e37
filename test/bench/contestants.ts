import { join } from "node:path";
import project from "../../package.json" with { type: "json" };
import { startRedis } from "../fixtures/redis-server.ts";
import { type BenchProcess, startProcess } from "./bench-process.ts";
import type { Stage } from "./stage.ts";

type Settings = Record<string, string>;

/** As `npm start` runs it: arguments of Node's, then the script. */
const [, ...command] = project.scripts.start.split(" ");
const OWN_SCRIPT = command.pop() ?? "";

/** A bot that can be measured: one process or several, whose memory and processor time are added up. */
export interface Contestant {
  name: string;
  /** Resolves when all its processes are ready; `settings` go over its own. */
  start(stage: Stage, settings?: Settings): Promise<Running>;
}

/** A bot that runs. */
export interface Running {
  processes: readonly BenchProcess[];
  /** Seconds of processor time until now. */
  cpuSeconds(): number;
  /** Bytes: now, and the most that its processes ever held. */
  rss(): number;
  peakRss(): number;
  /** What its log complains of, and how often. */
  complaints(): Record<string, number>;
  stop(): Promise<void>;
}

/** This bot in its default shape, one process. */
export function showreel(name: string): Contestant {
  return {
    name,
    start: (stage, settings) => start(OWN_SCRIPT, [{}], { ...settingsOf(stage), ...settings }, command),
  };
}

/** The documentation's own loop as a bot. */
export const seed: Contestant = {
  name: "the API's own loop",
  start: (stage, settings) => start("test/bench/seed-bot.ts", [{}], { ...settingsOf(stage), ...settings }),
};

/** This bot as one process that listens and some that work, over a Redis of their own. */
export function cluster(workers: number): Contestant {
  const roles = [{ ROLE: "gateway" }, ...Array.from({ length: workers }, () => ({ ROLE: "worker" }))];
  return {
    name: workers === 1 ? "1 worker" : `${workers} workers`,
    async start(stage, settings) {
      const redis = await startRedis();
      const shared = { STORE_URL: redis.url, QUEUE_URL: redis.url };
      const running = await start(
        OWN_SCRIPT,
        roles,
        { ...settingsOf(stage), ...shared, ...settings },
        command,
      );
      const stop = () => running.stop().finally(redis.stop);
      return { ...running, stop };
    },
  };
}

async function start(
  script: string,
  roles: readonly Settings[],
  settings: Settings,
  nodeArguments: readonly string[] = [],
): Promise<Running> {
  const processes = await Promise.all(
    roles.map((role) => startProcess({ script, nodeArguments, env: { ...settings, ...role } })),
  );
  const sum = (read: (process: BenchProcess) => number) =>
    processes.reduce((total, process) => total + read(process), 0);
  return {
    processes,
    cpuSeconds: () => sum((process) => process.cpuSeconds()),
    rss: () => sum((process) => process.rss()),
    peakRss: () => sum((process) => process.peakRss()),
    complaints: () => Object.fromEntries(processes.flatMap(({ complaints }) => [...complaints])),
    stop: async () => {
      await Promise.all(processes.map((process) => process.stop()));
    },
  };
}

function settingsOf({ discord, backend, folder }: Stage): Settings {
  return {
    OPENAI_API_KEY: "sk-bench",
    OPENAI_BASE_URL: backend.baseUrl,
    DISCORD_TOKEN: discord.token,
    DISCORD_API_URL: discord.apiUrl,
    STORE_URL: `sqlite:${join(folder, "showreel.db")}`,
    MEDIA_URL: `file:${join(folder, "media")}`,
    MAX_ACTIVE_JOBS: "100000",
    PORT: "0",
  };
}
