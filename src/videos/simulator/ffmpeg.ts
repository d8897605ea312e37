import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { path as ffmpegPath } from "@ffmpeg-installer/ffmpeg";

/** Fonts come with the script alone: the system's may not be there and take time to list. */
const environment = { FONTCONFIG_FILE: "/dev/null" };

/**
 * Runs ffmpeg to its end; `onFrame` hears how many frames are written, about twice a second. Should this process be
 * killed, ffmpeg dies of its next report, which nobody takes.
 * @throws Error with ffmpeg's last words, or an AbortError.
 */
export async function runFfmpeg(options: {
  args: readonly string[];
  directory: string;
  signal: AbortSignal;
  onFrame?: (frame: number) => void;
}): Promise<void> {
  const { args, directory, signal, onFrame } = options;
  const child = spawn(
    ffmpegPath,
    ["-hide_banner", "-nostdin", "-y", "-v", "error", "-nostats", "-progress", "pipe:1", ...args],
    {
      cwd: directory,
      env: environment,
      stdio: ["ignore", "pipe", "pipe"],
      signal,
      killSignal: "SIGKILL",
    },
  );
  createInterface({ input: child.stdout }).on("line", (line) => {
    if (line.startsWith("frame=")) onFrame?.(Number(line.slice(6)));
  });
  const { code, errors } = await ended(child);
  if (code !== 0) throw new Error(`ffmpeg ended with ${code}: ${errors}`);
}

/** Size in pixels and length in seconds (0 for a picture) of a file; undefined when ffmpeg cannot read it. */
export async function probe(
  path: string,
): Promise<{ width: number; height: number; seconds: number } | undefined> {
  const child = spawn(ffmpegPath, ["-hide_banner", "-nostdin", "-protocol_whitelist", "file", "-i", path], {
    env: environment,
    stdio: ["ignore", "ignore", "pipe"],
    timeout: 10_000,
    killSignal: "SIGKILL",
  });
  const { errors } = await ended(child);
  const size = /Stream #0.*: Video: .*?, (\d+)x(\d+)/.exec(errors);
  if (!size) return undefined;
  const [, hours = 0, minutes = 0, seconds = 0] =
    /Duration: (\d+):(\d+):([\d.]+)/.exec(errors)?.map(Number) ?? [];
  return { width: Number(size[1]), height: Number(size[2]), seconds: hours * 3600 + minutes * 60 + seconds };
}

/** Waits until the process and its pipes are closed, also where it was aborted or never started. */
async function ended(child: ChildProcess): Promise<{ code: number | null; errors: string }> {
  let failure: Error | undefined;
  let errors = "";
  child.on("error", (error) => {
    failure = error;
  });
  child.stderr?.on("data", (chunk: Buffer) => {
    errors = (errors + chunk.toString()).slice(-4000);
  });
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  if (failure) throw failure;
  return { code, errors };
}
