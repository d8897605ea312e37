import { type ChildProcess, spawn } from "node:child_process";
import { resolve } from "node:path";

/** Characters of what ffmpeg prints that are kept, and of those how many reach the log. */
const KEPT = 65_536;
const LOGGED = 1_000;
/** What a shell and `nice` end with when a program cannot be started or is not there (POSIX, 2.8.2). */
const NOT_STARTED: ReadonlySet<number | null> = new Set([126, 127]);

/**
 * Bounds the process before ffmpeg takes its place: KiB of data, seconds of all cores together (should the bot be killed
 * meanwhile, nobody else would end it), and niceness. Data are what is really allocated; shared libraries alone reserve
 * 300 MB of addresses, which `-v` would count. What a system does not bound (macOS: the data) it leaves unbounded.
 * Tokens in the bot's environment are nothing for ffmpeg; where it and its libraries are found is.
 */
const SCRIPT = `ulimit -d "$1" 2>/dev/null
ulimit -t "$2" 2>/dev/null
shift 2
exec env -i PATH="$PATH" \${LD_LIBRARY_PATH:+"LD_LIBRARY_PATH=$LD_LIBRARY_PATH"} nice -n 10 "$@"`;

/** There is no such ffmpeg here, or none that can be started. */
export class FfmpegAbsent extends Error {
  override readonly name = "FfmpegAbsent";
}

/** The system's ffmpeg, in processes of its own. */
export interface Ffmpeg {
  /**
   * Runs it to its end in a folder; `output` is the last of what it printed on stderr, with the file's own texts.
   * Resolves, and rejects, only once the process is gone. @throws FfmpegAbsent, and the signal's reason.
   */
  run(
    args: readonly string[],
    options: { directory: string; signal: AbortSignal },
  ): Promise<{ code: number | null; output: string }>;
}

/**
 * @param options.path a file, or a name that is looked up in PATH.
 * @param options.memoryBytes what a process may allocate, where the system can bound it; 1920 × 1080 pixels take 450 MB, a source of 3840 × 2160 more.
 * @param options.cpuSeconds what a process may compute, on all cores together.
 */
export function createFfmpeg(options: { path: string; memoryBytes: number; cpuSeconds: number }): Ffmpeg {
  const { path, memoryBytes, cpuSeconds } = options;
  const program = path.includes("/") ? resolve(path) : path;
  const bounds = [String(Math.ceil(memoryBytes / 1024)), String(Math.ceil(cpuSeconds))];

  return {
    async run(args, { directory, signal }) {
      signal.throwIfAborted();
      const child = spawn(
        "sh",
        ["-c", SCRIPT, "sh", ...bounds, program, "-hide_banner", "-nostdin", ...args],
        {
          cwd: directory,
          stdio: ["ignore", "ignore", "pipe"],
          // A group of its own, which can be ended whole: a distribution's ffmpeg may be a script that starts another.
          detached: true,
        },
      );
      const kill = () => killGroup(child);
      signal.addEventListener("abort", kill, { once: true });
      try {
        const { code, output } = await ended(child);
        signal.throwIfAborted();
        if (NOT_STARTED.has(code)) throw new FfmpegAbsent(lastWords(output));
        return { code, output };
      } finally {
        signal.removeEventListener("abort", kill);
      }
    },
  };
}

/** The end of what ffmpeg printed, for the log: without the indented lines, which hold what the file says of itself. */
export function lastWords(output: string): string {
  const lines = output.split(/[\r\n]+/).filter((line) => /^\S/.test(line));
  return lines.join("\n").slice(-LOGGED);
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It has just ended by itself.
  }
}

/** Waits until the process and its pipes are closed. @throws FfmpegAbsent where there is no shell to start it. */
async function ended(child: ChildProcess): Promise<{ code: number | null; output: string }> {
  let failure: Error | undefined;
  let output = "";
  child.on("error", (error) => {
    failure = error;
  });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    output = (output + text).slice(-KEPT);
  });
  const code = await new Promise<number | null>((closed) => child.once("close", closed));
  if (failure) throw new FfmpegAbsent(failure.message);
  return { code, output };
}
