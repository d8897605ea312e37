import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** A process that is measured. Linux alone has the numbers (`/proc`). */
export interface BenchProcess {
  readonly pid: number;
  /** From the spawn to its `ready` (ms). */
  readonly readyMs: number;
  /** What it said when it was ready. */
  readonly ready: Readonly<Record<string, unknown>>;
  /** Processor time of all its threads until now (seconds). */
  cpuSeconds(): number;
  /** Memory that it holds now, and the most that it ever held (bytes). */
  rss(): number;
  peakRss(): number;
  /** Its log lines of warnings and worse, counted by their message. */
  readonly complaints: ReadonlyMap<string, number>;
  stop(): Promise<void>;
}

const root = new URL("../..", import.meta.url).pathname;
const READY_TIMEOUT_MS = 30_000;
const STOP_TIMEOUT_MS = 12_000;
/** Linux counts processor time in hundredths of a second (`getconf CLK_TCK`, the same on every architecture). */
const TICKS_PER_SECOND = 100;
const WARNING = 40;

/** Starts a script of the project with these settings and no others, and waits for its `ready`. */
export async function startProcess(options: {
  script: string;
  env: Record<string, string>;
  nodeArguments?: readonly string[];
}): Promise<BenchProcess> {
  const { script, env, nodeArguments = [] } = options;
  const spawnedAt = performance.now();
  const child = spawn(process.execPath, [...nodeArguments, join(root, script)], {
    cwd: root,
    env: { PATH: process.env.PATH, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const complaints = new Map<string, number>();
  const ready = await whenReady(child, complaints);
  const readyMs = performance.now() - spawnedAt;
  const pid = Number(child.pid);
  const status = (name: string) => {
    const text = readFileSync(`/proc/${pid}/status`, "utf8");
    return Number(new RegExp(`${name}:\\s+(\\d+)`).exec(text)?.[1] ?? 0) * 1024;
  };
  return {
    pid,
    readyMs,
    ready,
    complaints,
    cpuSeconds() {
      // What follows the name in brackets, which may have spaces in it; utime and stime are fields 14 and 15.
      const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
      return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
    },
    rss: () => status("VmRSS"),
    peakRss: () => status("VmHWM"),
    stop: () => end(child),
  };
}

/** Resolves to the log line that says so; reads on for as long as it runs. */
async function whenReady(child: ChildProcess, complaints: Map<string, number>) {
  const { promise, resolve, reject } = Promise.withResolvers<Record<string, unknown>>();
  let output = "";
  function hear(line: string): void {
    const entry = line.startsWith("{") ? JSON.parse(line) : { level: WARNING, msg: line };
    if (entry.msg === "ready") resolve(entry);
    if (!(entry.level >= WARNING)) return;
    const reason = entry.err?.code ?? entry.err?.message;
    const what = reason === undefined ? String(entry.msg) : `${entry.msg} (${reason})`;
    complaints.set(what, (complaints.get(what) ?? 0) + 1);
  }
  for (const stream of [child.stdout, child.stderr]) {
    let rest = "";
    stream?.setEncoding("utf8").on("data", (text: string) => {
      if (output.length < 10_000) output += text;
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) if (line !== "") hear(line);
    });
  }
  const fail = (why: string) => reject(new Error(`The process ${why}:\n${output}`));
  const timer = setTimeout(fail, READY_TIMEOUT_MS, "is not ready");
  child.once("exit", (code, signal) => fail(`ended with ${code ?? signal}`));
  return promise.finally(() => clearTimeout(timer));
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), STOP_TIMEOUT_MS);
  await exited;
  clearTimeout(timer);
}
