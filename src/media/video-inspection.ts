import type { SourceVideo } from "./encode-plan.ts";

/** Of a file that does not say how many frames it shows. */
const USUAL_FRAMES_PER_SECOND = 30;

/**
 * Reads what `ffmpeg -i` prints about a file on stderr; undefined where it found no moving picture or no length. It is
 * printed alike since 2013, but for the indentation and the words for a turned picture.
 */
export function readInspection(output: string): SourceVideo | undefined {
  const length = /^ {2}Duration: (\d+):(\d\d):(\d\d\.\d+),/m.exec(output);
  const streams = output.match(/^ {2,4}Stream #0:\d+.*$/gm) ?? [];
  const video = streams.find((line) => line.includes(" Video: ") && !line.includes("(attached pic)"));
  const size = / (\d{1,5})x(\d{1,5})\b/.exec(video ?? "");
  if (!length || !video || !size) return undefined;
  const [, hours = 0, minutes = 0, rest = 0] = length.map(Number);
  const seconds = hours * 3600 + minutes * 60 + rest;
  const [, width = 0, height = 0] = size.map(Number);
  if (seconds === 0 || width === 0 || height === 0) return undefined;
  const shown = isOnItsSide(output) ? { width: height, height: width } : { width, height };
  const framesPerSecond = Number(/, ([\d.]+) fps\b/.exec(video)?.[1]) || USUAL_FRAMES_PER_SECOND;
  const hasSound = streams.some((line) => line.includes(" Audio: "));
  return { ...shown, seconds, framesPerSecond, hasSound };
}

/** A telephone's upright video is stored lying; ffmpeg turns it before it is scaled. */
function isOnItsSide(output: string): boolean {
  const degrees = /^ {4,8}display ?matrix: rotation of (-?\d+)/im.exec(output)?.[1];
  return degrees !== undefined && Math.abs(Number(degrees)) % 180 === 90;
}
