import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import PQueue from "p-queue";
import type { Logger } from "pino";
import { ServiceError } from "../errors.ts";
import { planEncode } from "./encode-plan.ts";
import { createFfmpeg, FfmpegAbsent } from "./ffmpeg-process.ts";
import type { MediaStore } from "./media-store.ts";
import { copyFromStore, copyToStore } from "./store-copies.ts";
import { EncodeFailed, encode, inspect, isWhole, type Workplace } from "./two-passes.ts";

const SOURCE = "source.mp4";
const RESULT = "result.mp4";
const ATTEMPTS = 3;
/** What of the bytes that a later attempt may have is aimed at: short and noisy clips miss it by far. */
const LATER_AIM = 0.95;
/** Cores that ffmpeg keeps busy at most: two threads that decode, two that encode. */
const CORES = 4;

/** One encode at a time in the whole process: each takes two cores and hundreds of megabytes. */
const turns = new PQueue({ concurrency: 1 });

/** What is to be made small, and where it goes. */
export interface FitOptions {
  media: MediaStore;
  from: string;
  to: string;
  maxBytes: number;
  signal?: AbortSignal;
}

/** Makes videos small enough to be uploaded. */
export interface VideoFitter {
  /**
   * Encodes a stored MP4 anew in two passes so that it has at most `maxBytes`, and no more than before; resolves to the
   * bytes of the new file under `to`, or to undefined where it cannot be made that small at a quality that one can
   * watch, is no such video, takes too long, or where there is no ffmpeg. Then nothing is written.
   * @throws ServiceError "media" as the store does, retryable where the store is broken; the signal's reason, once
   *   nothing is left of the work.
   */
  fit(options: FitOptions): Promise<{ bytes: number } | undefined>;
}

/**
 * Builds it on the system's ffmpeg, which need not be there.
 * @param options.ffmpeg a file, or a name that is looked up in PATH.
 * @param options.timeoutMs for all of a video's work, once its turn has come (milliseconds).
 * @param options.memoryBytes what ffmpeg may allocate; 1920 × 1080 pixels take 450 MB, a source of 3840 × 2160 more.
 */
export function createVideoFitter(options: {
  ffmpeg: string;
  timeoutMs: number;
  memoryBytes: number;
  logger: Logger;
}): VideoFitter {
  const { timeoutMs, memoryBytes, logger } = options;
  const cpuSeconds = (timeoutMs / 1000) * CORES;
  const ffmpeg = createFfmpeg({ path: options.ffmpeg, memoryBytes, cpuSeconds });
  let absenceIsKnown = false;

  async function fitAt(work: FitOptions, at: Workplace): Promise<{ bytes: number } | undefined> {
    const { media, from, to } = work;
    // Before the video is copied for nothing.
    await ffmpeg.run(["-loglevel", "error", "-version"], at);
    const result = join(at.directory, RESULT);
    const sourceBytes = await copyFromStore(media, from, join(at.directory, SOURCE), at.signal);
    const maxBytes = Math.floor(Math.min(work.maxBytes, sourceBytes));
    const source = await inspect(ffmpeg, SOURCE, at);
    let aim = maxBytes;
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const plan = planEncode(source, aim);
      if (!plan) break;
      await encode(ffmpeg, { from: SOURCE, to: RESULT, plan, stopAtBytes: 2 * maxBytes }, at);
      const { size } = await stat(result);
      if (size <= maxBytes) {
        if (!isWhole(await inspect(ffmpeg, RESULT, at), source)) throw new EncodeFailed("a part is missing");
        return await copyToStore(media, to, result, at.signal);
      }
      aim *= (maxBytes / size) * LATER_AIM;
    }
    logger.info({ from, maxBytes, seconds: source.seconds }, "video too long to be made small enough");
    return undefined;
  }

  /** What a failure means for whoever asked: most of them, that there is no smaller video. */
  function given(error: unknown, { from }: FitOptions, timeout: AbortSignal): undefined {
    if (error instanceof ServiceError) throw error;
    if (error instanceof FfmpegAbsent) {
      if (!absenceIsKnown) logger.warn({ reason: error.message }, "no ffmpeg, so no video is made smaller");
      absenceIsKnown = true;
    } else if (timeout.aborted) logger.warn({ from, timeoutMs }, "video not made smaller in time");
    else if (error instanceof EncodeFailed)
      logger.warn({ from, reason: error.message }, "video not made smaller");
    else logger.warn({ from, err: error }, "video not made smaller");
  }

  async function fitInTurn(work: FitOptions): Promise<{ bytes: number } | undefined> {
    const timeout = AbortSignal.timeout(timeoutMs);
    const signal = work.signal ? AbortSignal.any([work.signal, timeout]) : timeout;
    try {
      return await inFolder((directory) => fitAt(work, { directory, signal }));
    } catch (error) {
      work.signal?.throwIfAborted();
      return given(error, work, timeout);
    }
  }

  return { fit: (work) => inTurn(() => fitInTurn(work), work.signal) };
}

/** Whoever aborts while they wait leaves the line at once; p-queue's own signal would also not wait for the clean-up. */
async function inTurn<T>(work: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  signal?.throwIfAborted();
  const waiting = new AbortController();
  const leave = () => waiting.abort(signal?.reason);
  signal?.addEventListener("abort", leave, { once: true });
  const begin = () => {
    signal?.removeEventListener("abort", leave);
    return work();
  };
  return turns.add(begin, { signal: waiting.signal });
}

/** Lends a fresh folder of temporary files. */
async function inFolder<T>(work: (directory: string) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), "showreel-fit-"));
  try {
    return await work(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
