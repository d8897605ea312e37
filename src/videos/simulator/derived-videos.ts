import { extendedSeconds } from "./requests.ts";
import type { UploadedClip } from "./uploads.ts";
import type { NewVideo } from "./video-library.ts";

/** What a remix, an edit or an extension starts from. */
export interface SourceVideo {
  readonly model: string;
  readonly size: string;
  readonly seconds: number;
  /** The prompts that led to it, the oldest first; none for an uploaded clip. */
  readonly lineage: readonly string[];
  readonly captions: NewVideo["captions"];
  /** Path of the still picture it is drawn on. */
  readonly backdrop: string | undefined;
}

/** An uploaded clip as a source: its first frame stands for it. */
export function uploadedSource({ seconds, size, firstFrame }: UploadedClip): SourceVideo {
  const model = size.includes("720") ? "sora-2" : "sora-2-pro";
  return { model, size, seconds, lineage: [], captions: [], backdrop: firstFrame };
}

/** The same clip with another prompt: a remix or an edit. */
export function revise({ model, size, seconds, lineage, backdrop }: SourceVideo, prompt: string): NewVideo {
  const captions = [{ prompt, fromSecond: 0 }];
  return { model, size, seconds, prompt, lineage: withPrompt(lineage, prompt), captions, backdrop };
}

/** The clip going on for some seconds more. @throws ApiError 400 when it would be too long. */
export function extend(source: SourceVideo, prompt: string, step: string): NewVideo {
  const { model, size, seconds, backdrop } = source;
  const [first = prompt, ...rest] = source.lineage;
  const captions = [...source.captions, { prompt, fromSecond: seconds }];
  return {
    model,
    size,
    seconds: extendedSeconds(seconds, step),
    prompt,
    lineage: [first, ...rest],
    captions,
    backdrop,
  };
}

function withPrompt([first, ...rest]: readonly string[], prompt: string): NewVideo["lineage"] {
  return first === undefined ? [prompt] : [first, ...rest, prompt];
}
