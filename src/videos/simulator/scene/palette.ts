import type { Scene } from "./scene.ts";

/** Red, green and blue, 0 to 255 each. */
export type Colour = readonly [red: number, green: number, blue: number];

/** The colours of one scene; `far` and `near` are the ends of a ramp that the layers of the ground share. */
export interface Palette {
  readonly skyTop: Colour;
  readonly skyMiddle: Colour;
  readonly skyLow: Colour;
  readonly far: Colour;
  readonly near: Colour;
  readonly light: Colour;
  readonly accent: Colour;
  readonly accentDark: Colour;
  readonly paper: Colour;
  readonly paperDark: Colour;
  readonly ink: Colour;
}

/** Hue in degrees; saturation and lightness in per cent. */
type Hsl = readonly [hue: number, saturation: number, lightness: number];

interface Mood {
  readonly sky: readonly [top: Hsl, middle: Hsl, low: Hsl];
  readonly light: Hsl;
  /** Saturation and lightness of the farthest and the nearest layer of the ground. */
  readonly ground: readonly [far: readonly [number, number], near: readonly [number, number]];
  /** How far the ground's own colour is drawn to the sky's, 0 to 1. */
  readonly tint: number;
}

const moods: Record<Scene["mood"], Mood> = {
  dawn: {
    sky: [
      [212, 48, 52],
      [268, 38, 70],
      [18, 88, 79],
    ],
    light: [45, 100, 88],
    ground: [
      [38, 62],
      [46, 17],
    ],
    tint: 0.55,
  },
  day: {
    sky: [
      [208, 72, 46],
      [200, 76, 64],
      [188, 70, 86],
    ],
    light: [50, 100, 88],
    ground: [
      [40, 66],
      [50, 24],
    ],
    tint: 0.1,
  },
  dusk: {
    sky: [
      [258, 52, 20],
      [322, 56, 43],
      [26, 96, 64],
    ],
    light: [42, 100, 76],
    ground: [
      [46, 44],
      [52, 9],
    ],
    tint: 0.7,
  },
  night: {
    sky: [
      [232, 62, 8],
      [236, 52, 21],
      [258, 44, 44],
    ],
    light: [48, 70, 90],
    ground: [
      [40, 30],
      [52, 7],
    ],
    tint: 0.85,
  },
  storm: {
    sky: [
      [218, 30, 15],
      [214, 26, 32],
      [200, 24, 56],
    ],
    light: [200, 30, 82],
    ground: [
      [24, 38],
      [36, 8],
    ],
    tint: 0.4,
  },
  deep: {
    sky: [
      [182, 62, 58],
      [196, 72, 36],
      [208, 70, 22],
    ],
    light: [170, 60, 88],
    ground: [
      [40, 26],
      [52, 7],
    ],
    tint: 0.5,
  },
};

/** Hue of the ground in degrees, and how rich its colour is. */
const grounds: Record<Scene["ground"], readonly [hue: number, richness: number]> = {
  hills: [136, 1],
  mountains: [226, 0.9],
  dunes: [28, 1.7],
  sea: [202, 1.4],
  city: [238, 0.9],
  forest: [158, 1.1],
  space: [262, 1],
  deep: [196, 1.2],
};

function wrap(hue: number): number {
  return ((hue % 360) + 360) % 360;
}

/** Goes the short way round the colour wheel. */
function towards(hue: number, target: number, share: number): number {
  return hue + (wrap(target - hue + 180) - 180) * share;
}

function rgb([hue, saturation, lightness]: Hsl): Colour {
  const l = lightness / 100;
  const reach = (saturation / 100) * Math.min(l, 1 - l);
  const channel = (offset: number) => {
    const step = (offset + wrap(hue) / 30) % 12;
    return Math.round(255 * (l - reach * Math.max(-1, Math.min(step - 3, 9 - step, 1))));
  };
  return [channel(0), channel(8), channel(4)];
}

/** The colour `share` (0 to 1) of the way from one to the other. */
export function mix(from: Colour, to: Colour, share: number): Colour {
  const channel = (index: 0 | 1 | 2) => Math.round(from[index] + (to[index] - from[index]) * share);
  return [channel(0), channel(1), channel(2)];
}

/** The colours of a scene: its mood's, drawn to the hue its prompt names and turned by what its remixes turned. */
export function paletteOf(scene: Scene): Palette {
  const mood = moods[scene.mood];
  const [top, middle, low] = mood.sky;
  const skyHue = (hue: number) =>
    (scene.skyHue === undefined ? hue : towards(hue, scene.skyHue, 0.75)) + scene.hueShift;
  const sky = ([hue, saturation, lightness]: Hsl): Colour => rgb([skyHue(hue), saturation, lightness]);
  const snowed = scene.weather === "snow" && !["sea", "city"].includes(scene.ground);
  const [groundHue, richness] = grounds[scene.ground];
  const ground = ([saturation, lightness]: readonly [number, number], tint: Hsl) => {
    const bare = rgb([groundHue + scene.hueShift, Math.min(90, saturation * richness), lightness]);
    const lit = mix(bare, rgb([skyHue(tint[0]), tint[1] * 0.8, lightness]), mood.tint);
    return snowed ? mix(lit, [232, 238, 250], lightness / 90) : lit;
  };
  const accentHue = scene.accentHue + scene.hueShift;
  return {
    skyTop: sky(top),
    skyMiddle: sky(middle),
    skyLow: sky(low),
    far: ground(mood.ground[0], low),
    near: ground(mood.ground[1], top),
    light: rgb(mood.light),
    accent: rgb([accentHue, 82, 58]),
    accentDark: rgb([accentHue, 76, 43]),
    paper: rgb([42, 45, 95]),
    paperDark: rgb([225, 24, 80]),
    ink: rgb([top[0] + scene.hueShift, 45, 8]),
  };
}
