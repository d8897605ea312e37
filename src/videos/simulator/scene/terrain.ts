import type { Random } from "./random.ts";
import type { Scene } from "./scene.ts";

/** Height above the foot line at `x`, both in units; `share` is 0 for the farthest layer and 1 for the nearest. */
type Profile = (x: number, phase: number, share: number) => number;

interface Terrain {
  readonly height: Profile;
  /** Units between two points of the outline. */
  readonly step: number;
  /** How fast it passes, hills being 1; water goes to and fro. */
  readonly pace: number;
}

/** A corner of an outline: x to the right and y downwards from the foot line, in units. */
export type Corner = readonly [x: number, y: number];

const cusp = (angle: number) => 1 - Math.abs(Math.sin(angle));
const hills: Profile = (x, phase) =>
  46 *
  (0.6 * Math.sin(x / 150 + phase) + 0.3 * Math.sin(x / 67 + 2 * phase) + 0.1 * Math.sin(x / 29 + 3 * phase));

/** A number from 0 to 1 that belongs to the whole number. */
function lot(value: number): number {
  const wave = Math.sin(value * 127.1) * 43758.5;
  return wave - Math.floor(wave);
}

const terrains: Record<Exclude<Scene["ground"], "city">, Terrain> = {
  hills: { step: 16, pace: 1, height: hills },
  mountains: {
    step: 8,
    pace: 1,
    height: (x, phase, share) =>
      (1 - 0.75 * share) *
        (210 * cusp(x / 230 + phase) ** 1.3 +
          70 * cusp(x / 83 + 2 * phase) +
          20 * cusp(x / 31 + phase) +
          9 * cusp(x / 13)) -
      45,
  },
  dunes: {
    step: 14,
    pace: 1,
    height: (x, phase) => {
      const angle = x / 205 + phase;
      return 58 * Math.sin(angle + 0.65 * Math.sin(angle + phase)) + 8 * Math.sin(x / 70 + phase);
    },
  },
  sea: {
    step: 7,
    pace: 2.2,
    height: (x, phase, share) =>
      (0.2 + share) * (26 * cusp(x / (36 + 34 * share) + phase) + 14 * Math.sin(x / 170 + phase)),
  },
  forest: {
    step: 5,
    pace: 1,
    height: (x, phase, share) => {
      const wide = 30 + 26 * share;
      const tree = Math.floor(x / wide);
      const across = 1 - Math.abs((2 * x) / wide - 2 * tree - 1);
      const boughs = across + 0.16 * ((across * 4) % 1);
      return 0.6 * hills(x, phase, share) + boughs * wide * (1 + 1.5 * lot(tree + phase));
    },
  },
  space: {
    step: 12,
    pace: 0.5,
    height: (x, phase, share) => 0.4 * hills(x, phase, share) - 12 * cusp(x / 46 + phase),
  },
  deep: {
    step: 6,
    pace: 0.8,
    height: (x, phase, share) =>
      1.2 * hills(x, phase, share) +
      (lot(Math.floor(x / 40) + phase) > 0.55 ? 90 * share * cusp(x / 12.73) ** 3 : 0),
  },
};

/** How fast the ground passes, hills being 1. */
export function paceOf(ground: Scene["ground"]): number {
  return ground === "city" ? 1 : terrains[ground].pace;
}

/** The upper edge of one layer of ground, `length` units long, and the lit windows in it. */
export function outline(
  ground: Scene["ground"],
  length: number,
  share: number,
  random: Random,
): { edge: Corner[]; windows: Corner[] } {
  if (ground === "city") return skyline(length, share, random);
  const { height, step } = terrains[ground];
  const phase = random.between(0, 6);
  const count = Math.ceil(length / step) + 1;
  return {
    edge: Array.from({ length: count }, (_, i) => [i * step, -height(i * step, phase, share)]),
    windows: [],
  };
}

function skyline(length: number, share: number, random: Random): { edge: Corner[]; windows: Corner[] } {
  const edge: Corner[] = [];
  const windows: Corner[] = [];
  let left = 0;
  while (left < length) {
    const right = left + random.between(42, 92) * (0.7 + 0.6 * share);
    const top = -(1 - 0.6 * share) * (40 + 250 * random.between(0, 1) ** 1.8);
    const middle = (left + right) / 2;
    edge.push([left, top]);
    if (random.between(0, 1) < 0.25)
      edge.push([middle - 1.5, top], [middle - 1.5, top - 26], [middle + 1.5, top - 26], [middle + 1.5, top]);
    edge.push([right, top]);
    for (let y = top + 14; y < 60 && share > 0 && share < 0.7; y += 28) {
      for (let x = left + 10; x < right - 14; x += 20) if (random.between(0, 1) < 0.42) windows.push([x, y]);
    }
    left = right;
  }
  return { edge, windows };
}
