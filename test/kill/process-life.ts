import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const root = new URL("../..", import.meta.url).pathname;
const killSwitch = new URL("./kill-switch.ts", import.meta.url).href;

/** One run of the real process, from its start to its end. */
export interface ProcessLife {
  /** Resolves when it said that it is ready, or has ended. */
  readonly ready: Promise<void>;
  /** Resolves to the signal that ended it, or its exit code. */
  readonly ended: Promise<number | string>;
  isOver(): boolean;
  /** All that it printed. */
  output(): string;
  /** The point at which the switch killed it, as "create during 2". */
  killedAt(): string | undefined;
  /** How often it passed each moment, by "create during". */
  passed(): Map<string, number>;
  /** Asks it to end in good order. */
  stop(): void;
  /** Ends it whatever it does. */
  destroy(): void;
}

/** Starts the bot with the kill switch in its process. */
export function startLife(options: {
  env: Record<string, string>;
  /** File that the switch writes into. */
  trace: string;
  /** As "create during 2"; none: it lives. */
  point: string | undefined;
  /** How far its clock is ahead of the real one (ms). */
  aheadMs: number;
}): ProcessLife {
  const { env, trace, point = "", aheadMs } = options;
  const child = spawn(process.execPath, ["--import", killSwitch, join(root, "src/main.ts")], {
    cwd: root,
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      ...env,
      KILL_TRACE: trace,
      KILL_POINT: point,
      CLOCK_AHEAD_MS: String(aheadMs),
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  let over = false;
  const ready = Promise.withResolvers<void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      if (output.includes('"msg":"ready"')) ready.resolve();
    });
  }
  // "close" comes when both streams have ended, too.
  const ended = once(child, "close").then(([code, signal]): number | string => {
    over = true;
    ready.resolve();
    return typeof signal === "string" ? signal : Number(code);
  });
  const lines = () => readFileSync(trace, "utf8").split("\n").filter(Boolean);

  return {
    ready: ready.promise,
    ended,
    isOver: () => over,
    output: () => output,
    killedAt: () => lines().flatMap((line) => /^killed (.+)$/.exec(line)?.[1] ?? [])[0],
    passed: () => {
      const moments = lines().map((line) => line.replace(/^killed /, "").replace(/ \d+$/, ""));
      return new Map([...Map.groupBy(moments, (moment) => moment)].map(([name, all]) => [name, all.length]));
    },
    stop: () => void child.kill("SIGTERM"),
    destroy: () => void child.kill("SIGKILL"),
  };
}
