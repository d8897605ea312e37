/** A video as it is shown: pixels once it is turned as its file says, and seconds. */
export interface SourceVideo {
  width: number;
  height: number;
  seconds: number;
  framesPerSecond: number;
  hasSound: boolean;
}

/** How a video is encoded so that it has no more than so many bytes. */
export interface EncodePlan {
  /** Pixels, even. */
  width: number;
  height: number;
  framesPerSecond: number;
  videoBitsPerSecond: number;
  /** 0: without sound. */
  audioBitsPerSecond: number;
}

/** Pixels of the longest side. Above the first an encoder takes too much memory for a bot, so nothing stays larger. */
const LONGEST_SIDES = [1920, 1280, 960, 854, 640, 480, 360];
/** Pixels; narrower ones are no picture to look at. */
const MIN_SIDE = 16;
/** Chats show no more, and a rate goes further on fewer frames. */
const MAX_FRAMES_PER_SECOND = 30;

/** Below these, x264 shows blocks rather than a picture: bits per second at all, and bits for each pixel of a frame. */
const MIN_VIDEO_BITS_PER_SECOND = 80_000;
const MIN_BITS_PER_PIXEL = 0.03;
/** More than a clip's picture can use; it bounds what a file with a false length makes of itself. */
const MAX_VIDEO_BITS_PER_SECOND = 40_000_000;
const MIN_AUDIO_BITS_PER_SECOND = 64_000;
const MAX_AUDIO_BITS_PER_SECOND = 96_000;
/** Sound's share of all bits, between these bounds. */
const AUDIO_SHARE = 0.1;

/** What of a limit is planned with: two passes meet their rate within about two per cent. */
const USED_SHARE = 0.97;
/** Bytes of an MP4's header, and of its index for each second of frames and sound. */
const HEADER_BYTES = 4_096;
const INDEX_BYTES_PER_SECOND = 1_000;

/**
 * The largest picture, never larger than the video's, at which `maxBytes` are enough for a quality that one can watch;
 * undefined where they are not enough at any size.
 */
export function planEncode(source: SourceVideo, maxBytes: number): EncodePlan | undefined {
  const { seconds, hasSound } = source;
  const bytes = maxBytes * USED_SHARE - HEADER_BYTES - INDEX_BYTES_PER_SECOND * seconds;
  const bitsPerSecond = Math.floor((bytes * 8) / seconds);
  const audioBitsPerSecond = hasSound ? audioShare(bitsPerSecond) : 0;
  const videoBitsPerSecond = Math.min(bitsPerSecond - audioBitsPerSecond, MAX_VIDEO_BITS_PER_SECOND);
  const framesPerSecond = Math.min(source.framesPerSecond, MAX_FRAMES_PER_SECOND);
  const size = sizesOf(source).find(
    ({ width, height }) => videoBitsPerSecond >= leastRate(width * height * framesPerSecond),
  );
  return size && { ...size, framesPerSecond, videoBitsPerSecond, audioBitsPerSecond };
}

function audioShare(bitsPerSecond: number): number {
  const share = Math.round(bitsPerSecond * AUDIO_SHARE);
  return Math.min(Math.max(share, MIN_AUDIO_BITS_PER_SECOND), MAX_AUDIO_BITS_PER_SECOND);
}

function leastRate(pixelsPerSecond: number): number {
  return Math.max(MIN_VIDEO_BITS_PER_SECOND, pixelsPerSecond * MIN_BITS_PER_PIXEL);
}

/** The sizes that a video can have, its own or the one nearest below the largest first. */
function sizesOf({ width, height }: SourceVideo): { width: number; height: number }[] {
  const longest = Math.max(width, height);
  const smaller = LONGEST_SIDES.filter((side) => side < longest);
  const own = longest > Math.max(...LONGEST_SIDES) ? [] : [longest];
  return [...own, ...smaller]
    .map((side) => ({ width: even((width * side) / longest), height: even((height * side) / longest) }))
    .filter((size) => Math.min(size.width, size.height) >= MIN_SIDE);
}

/** The pixel format halves colours in both directions, so sides are even. */
function even(pixels: number): number {
  return 2 * Math.floor(pixels / 2);
}
