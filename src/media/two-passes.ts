import type { EncodePlan, SourceVideo } from "./encode-plan.ts";
import { type Ffmpeg, lastWords } from "./ffmpeg-process.ts";
import { readInspection } from "./video-inspection.ts";

const THREADS = ["-threads", "2"];
/** What videos are made with; a crafted file meets no other decoder of the hundreds that ffmpeg has. */
const DECODERS =
  "h264,hevc,av1,libdav1d,libaom-av1,vp9,libvpx-vp9,mpeg4,aac,mp3float,mp3,opus,libopus,flac,ac3,eac3,alac";
/** Shares of the length, or seconds, by which a whole copy may differ. */
const LENGTH_TOLERANCE = 0.05;
const LENGTH_TOLERANCE_SECONDS = 0.5;
/** A hand's breadth of lookahead: x264's own forty frames take 50 MB more at 1920 × 1080 and change little. */
const LOOKAHEAD = "rc-lookahead=20";

/** What ffmpeg could not do with a video; its message is ffmpeg's last words. */
export class EncodeFailed extends Error {
  override readonly name = "EncodeFailed";
}

/** Where ffmpeg works: a folder that holds nothing else, and what ends it. */
export interface Workplace {
  directory: string;
  signal: AbortSignal;
}

/** Looks at an MP4 in the folder. @throws EncodeFailed where it is none, or has no moving picture. */
export async function inspect(ffmpeg: Ffmpeg, file: string, at: Workplace): Promise<SourceVideo> {
  const { output } = await ffmpeg.run(["-loglevel", "info", ...input(file)], at);
  const video = readInspection(output);
  if (!video) throw new EncodeFailed(lastWords(output));
  return video;
}

/**
 * Encodes a file of the folder to another one: H.264 with AAC, no metadata, and its index first. It stops writing at
 * `stopAtBytes`, of which the file may then have a little more. @throws EncodeFailed
 */
export async function encode(
  ffmpeg: Ffmpeg,
  options: { from: string; to: string; plan: EncodePlan; stopAtBytes: number },
  at: Workplace,
): Promise<void> {
  const { from, to, plan, stopAtBytes } = options;
  for (const output of [firstPass(plan), secondPass(plan, to, stopAtBytes)]) {
    const ended = await ffmpeg.run(["-loglevel", "error", "-y", ...input(from), ...output], at);
    if (ended.code !== 0)
      throw new EncodeFailed(lastWords(ended.output) || `ffmpeg ended with ${ended.code}`);
  }
}

/** Whether an encoded video has all of the other one: a file that ends early is read without an error. */
export function isWhole(made: SourceVideo, source: SourceVideo): boolean {
  const tolerance = Math.max(LENGTH_TOLERANCE_SECONDS, source.seconds * LENGTH_TOLERANCE);
  return made.hasSound === source.hasSound && Math.abs(made.seconds - source.seconds) <= tolerance;
}

/** The demuxer is given, for playlists and concat scripts name files and addresses; an MP4 opens nothing but itself. */
function input(file: string): string[] {
  const only = ["-f", "mp4", "-protocol_whitelist", "file", "-codec_whitelist", DECODERS];
  return [...THREADS, ...only, "-i", file];
}

function firstPass(plan: EncodePlan): string[] {
  return [...video(plan), "-an", "-pass", "1", "-f", "null", "-"];
}

function secondPass(plan: EncodePlan, to: string, stopAtBytes: number): string[] {
  const { audioBitsPerSecond } = plan;
  const encoded = ["-map", "0:a:0", "-c:a", "aac", "-b:a", String(audioBitsPerSecond), "-ac", "2"];
  const sound = audioBitsPerSecond > 0 ? encoded : ["-an"];
  // Metadata would take bytes that nobody planned for, and may hold the prompt.
  const bare = ["-map_metadata", "-1", "-map_chapters", "-1"];
  const file = ["-fs", String(stopAtBytes), "-movflags", "+faststart", "-f", "mp4", to];
  return [...video(plan), ...sound, ...bare, "-pass", "2", ...file];
}

/** The same in both passes: ffmpeg's muxers differ in how they space frames, and the passes need the same ones. */
function video({ width, height, framesPerSecond, videoBitsPerSecond }: EncodePlan): string[] {
  const frames = `fps=${framesPerSecond},scale=${width}:${height}`;
  const encoder = ["-c:v", "libx264", "-preset", "medium", "-x264-params", LOOKAHEAD, ...THREADS];
  const rate = ["-b:v", String(videoBitsPerSecond), "-passlogfile", "passes"];
  // Capital V is a moving picture, not a cover.
  return ["-map", "0:V:0", "-vf", frames, "-pix_fmt", "yuv420p", ...encoder, ...rate];
}
