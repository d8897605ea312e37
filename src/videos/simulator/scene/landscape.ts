import { type Drawing, follow, type Point } from "./ass-script.ts";
import { mix } from "./palette.ts";
import { polygon } from "./shapes.ts";
import type { Stage } from "./stage.ts";
import { type Corner, outline, paceOf } from "./terrain.ts";

/** How many layers of paper the ground is made of. */
const ridgeCount = 5;

/** The drawing layer just before the ridge with this index, 0 the farthest. */
export function layerBefore(index: number): number {
  return 20 + 10 * index + 5;
}

/** The foot line of the ridge with this index, in pixels from the top. */
export function ridgeLine({ width, height }: Stage, index: number): number {
  const horizon = height * (width > height ? 0.56 : 0.6);
  return horizon + (height * 0.93 - horizon) * (index / (ridgeCount - 1)) ** 0.9;
}

/** The script lines of the ground: layers of cut paper that pass at different speeds, as seen from something moving. */
export function drawLandscape(stage: Stage): string[] {
  return Array.from({ length: ridgeCount }, (_, index) => drawRidge(stage, index)).flat();
}

function drawRidge(stage: Stage, index: number): string[] {
  const { width, height, unit, scene, palette, random, seconds } = stage;
  const share = index / (ridgeCount - 1);
  const pace = paceOf(scene.ground);
  const sway = (14 + 76 * share) * unit * pace ** 0.5;
  const line = ridgeLine(stage, index);
  const bottom = index === ridgeCount - 1 ? height - line : ridgeLine(stage, index + 1) - line + 70 * unit;
  const { edge, windows } = outline(scene.ground, (width + 2 * sway) / unit + 20, share, random);
  const corners = edge.map(([x, y]): Corner => [round(x * unit), round(y * unit)]);
  const end = corners.at(-1)?.[0] ?? width;
  const layer = 20 + 10 * index;
  const body: Drawing = {
    layer,
    path: polygon([0, round(bottom)], ...corners, [end, round(bottom)]),
    colour: mix(palette.far, palette.near, share),
  };
  // A ribbon along the edge is shadow enough; a whole second layer would double the cost.
  const ribbon = [...corners, ...corners.map(([x, y]): Corner => [x, y + 10 * unit]).reverse()];
  const shadow: Drawing = { layer: layer - 1, path: polygon(...ribbon), colour: palette.ink, opacity: 0.18 };
  const water = scene.ground === "sea";
  const direction = (water && index % 2 === 1) || (!water && scene.seed % 2 === 1) ? -1 : 1;
  const at = (time: number): Point => ({
    x: -sway - 4 * unit + direction * sway * Math.sin((time * pace * Math.PI) / 15 + share),
    y: line + (water ? 5 * unit * share * Math.sin(1.7 * time + index) : 0),
  });
  const above = (time: number): Point => ({ x: at(time).x, y: at(time).y - 7 * unit });
  const span = { from: 0, to: seconds };
  const step = water ? 0.5 : 1;
  const lines = [...follow(body, span, step, at), ...follow(shadow, span, step, above)];
  if (windows.length > 0) {
    const [wide, high] = [7 * unit, 11 * unit];
    const pane = ([x, y]: Corner) => {
      const [left, top] = [round(x * unit), round(y * unit)];
      return polygon([left, top], [left + wide, top], [left + wide, top + high], [left, top + high]);
    };
    const colour = mix(palette.light, palette.accent, 0.35 * share);
    lines.push(
      ...follow(
        { layer: layer + 1, path: windows.map(pane).join(" "), colour, opacity: 0.35 + 0.5 * share },
        span,
        step,
        at,
      ),
    );
  }
  return lines;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
