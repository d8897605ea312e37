import { type Drawing, glide } from "./ass-script.ts";
import type { Palette } from "./palette.ts";
import type { Scene } from "./scene.ts";
import { ellipse, place, polygon } from "./shapes.ts";
import type { Stage } from "./stage.ts";

/** A swarm of small things that cross the picture again and again; lengths in units, speeds in units a second. */
interface Particles {
  readonly count: number;
  readonly path: string;
  readonly scale: readonly [low: number, high: number];
  readonly fall: number;
  readonly drift: number;
  readonly opacity: number;
  readonly colours: readonly [keyof Palette, ...(keyof Palette)[]];
}

const leaf = "m 0 0 b 6 -8 16 -8 22 0 b 16 7 6 7 0 0";

const swarms: Record<Scene["weather"], Particles> = {
  clear: {
    count: 22,
    path: ellipse(0, 0, 2),
    scale: [0.6, 1.4],
    fall: -14,
    drift: 10,
    opacity: 0.35,
    colours: ["paper"],
  },
  rain: {
    count: 110,
    path: "m 0 0 l 2.4 0 -4 46 -6.4 46",
    scale: [0.6, 1.3],
    fall: 1150,
    drift: -160,
    opacity: 0.42,
    colours: ["paper"],
  },
  snow: {
    count: 90,
    path: ellipse(0, 0, 5),
    scale: [0.4, 1.3],
    fall: 105,
    drift: -26,
    opacity: 0.85,
    colours: ["paper"],
  },
  petals: {
    count: 46,
    path: leaf,
    scale: [0.6, 1.3],
    fall: 120,
    drift: 70,
    opacity: 0.92,
    colours: ["accent", "paper"],
  },
  leaves: {
    count: 40,
    path: leaf,
    scale: [0.9, 1.7],
    fall: 135,
    drift: -85,
    opacity: 0.95,
    colours: ["accent", "accentDark"],
  },
  fireflies: {
    count: 54,
    path: ellipse(0, 0, 4),
    scale: [0.5, 1.4],
    fall: -48,
    drift: 22,
    opacity: 0.9,
    colours: ["light", "accent"],
  },
  bubbles: {
    count: 40,
    path: ellipse(0, 0, 7),
    scale: [0.4, 1.8],
    fall: -125,
    drift: 8,
    opacity: 0.34,
    colours: ["light"],
  },
  confetti: {
    count: 80,
    path: polygon([-5, -8], [5, -6], [4, 8], [-6, 6]),
    scale: [0.7, 1.4],
    fall: 190,
    drift: 24,
    opacity: 0.95,
    colours: ["accent", "paper", "light", "accentDark"],
  },
};

/** The script lines of what falls, rises or drifts through the air. */
export function drawWeather(stage: Stage): string[] {
  const { scene, seconds, height, width, unit, random, palette } = stage;
  const swarm = swarms[scene.weather];
  const reach = height + 120 * unit;
  return Array.from({ length: swarm.count }).flatMap(() => {
    const scale = random.between(...swarm.scale);
    const colour = palette[random.pick(swarm.colours)];
    const path = place(
      swarm.path,
      { x: 0, y: 0 },
      scale * unit,
      swarm.fall > 500 ? 0 : random.between(-60, 60),
    );
    const drawing: Drawing = { layer: scale > 1 ? 75 : 15, path, colour, opacity: swarm.opacity };
    // Near things are larger and pass faster.
    const fall = swarm.fall * unit * (0.55 + 0.45 * scale);
    const period = reach / Math.abs(fall);
    const drift = swarm.drift * unit * period * random.between(0.5, 1.5);
    const x = random.between(-0.1, 1.1) * width;
    const [start, end] = fall > 0 ? [-60 * unit, height + 60 * unit] : [height + 60 * unit, -60 * unit];
    const lines: string[] = [];
    for (let from = -random.between(0, period); from < seconds; from += period) {
      const shown = { from: Math.max(0, from), to: Math.min(seconds, from + period) };
      const at = (time: number) => {
        const share = (time - from) / period;
        return { x: x + drift * (share - 0.5), y: start + (end - start) * share };
      };
      lines.push(glide(drawing, shown, at(shown.from), at(shown.to)));
    }
    return lines;
  });
}

/** A flash over the whole picture, now and then. */
export function drawLightning({ scene, seconds, width, height, random }: Stage): string[] {
  if (!scene.lightning) return [];
  const path = polygon([0, 0], [width, 0], [width, height], [0, height]);
  const lines: string[] = [];
  for (let time = 0.9; time < seconds; time += random.between(1.6, 3)) {
    for (const [delay, opacity] of [
      [0, 0.5],
      [0.05, 0.2],
      [0.16, 0.38],
      [0.22, 0.12],
    ] as const) {
      const span = { from: time + delay, to: time + delay + 0.06 };
      lines.push(glide({ layer: 74, path, colour: [235, 240, 255], opacity }, span, { x: 0, y: 0 }));
    }
  }
  return lines;
}
