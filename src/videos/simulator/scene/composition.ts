import { assScript, type Span, write } from "./ass-script.ts";
import { plainText } from "./caption.ts";
import { drawHeavens } from "./heavens.ts";
import { drawLandscape } from "./landscape.ts";
import { paletteOf } from "./palette.ts";
import { createRandom } from "./random.ts";
import { readScene } from "./scene.ts";
import { skySource } from "./sky.ts";
import type { Stage } from "./stage.ts";
import { drawSubject } from "./subject-drawing.ts";
import { drawLightning, drawWeather } from "./weather.ts";

/** Of every clip. */
export const framesPerSecond = 24;

/** What a clip shows. */
export interface Clip {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  readonly seconds: number;
  /** The prompts that led to it, the oldest first; see `readScene`. */
  readonly lineage: readonly [string, ...string[]];
  /** What is written under it, and from when on. */
  readonly captions: readonly { readonly prompt: string; readonly fromSecond: number }[];
}

/** A clip as ffmpeg draws it: a lavfi source or a picture, the filters it goes through, and the script they read. */
export interface Composition {
  readonly source: string;
  readonly filter: string;
  readonly script: string;
}

/** The clip drawn from its prompts alone or, with a backdrop, over a still picture that slowly comes nearer. */
export function compose(clip: Clip, backdrop: boolean): Composition {
  const { width, height, seconds } = clip;
  const scene = readScene(clip.lineage);
  const stage: Stage = {
    width,
    height,
    seconds,
    scene,
    unit: Math.min(width, height) / 720,
    palette: paletteOf(scene),
    random: createRandom(scene.seed),
  };
  const drawn = backdrop ? [] : [...drawHeavens(stage), ...drawLandscape(stage), ...drawSubject(stage)];
  const lines = [...drawn, ...drawWeather(stage), ...drawLightning(stage), ...writeCaptions(clip)];
  const frames = seconds * framesPerSecond;
  const ground = backdrop
    ? `scale=${2 * width}:${2 * height}:force_original_aspect_ratio=increase,crop=${2 * width}:${2 * height},` +
      `zoompan=z='1+0.15*on/${frames}':x='(iw-iw/zoom)/2':y='(ih-ih/zoom)/2':d=${frames}:` +
      `s=${width}x${height}:fps=${framesPerSecond},hue=h=${scene.hueShift}`
    : `scale=${width}:${height}:flags=bicubic,fps=${framesPerSecond}`;
  return {
    source: skySource(stage),
    filter: `${ground},format=yuv420p,ass=scene.ass:fontsdir=fonts`,
    script: assScript(width, height, lines),
  };
}

function writeCaptions({ width, height, seconds, captions }: Clip): string[] {
  const limit = width > height ? 110 : 84;
  const spoken = captions.map(({ prompt, fromSecond }, index) => {
    const span: Span = { from: fromSecond, to: captions[index + 1]?.fromSecond ?? seconds };
    return write(90, span, "caption", plainText(prompt, limit));
  });
  return [...spoken, write(90, { from: 0, to: seconds }, "mark", "SIMULATED")];
}
