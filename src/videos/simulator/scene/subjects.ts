import type { Point } from "./ass-script.ts";
import type { Palette } from "./palette.ts";
import type { Scene } from "./scene.ts";
import { ellipse, polygon } from "./shapes.ts";

/** One piece of coloured paper of a subject, drawn about (0, 0) in a box of about 200 by 200 units. */
type Part = readonly [colour: keyof Palette, path: string, opacity?: number];

interface Subject {
  readonly parts: (seconds: number) => readonly Part[];
  /** Size of the box in units is 200 times this. */
  readonly scale: number;
  /** Index of the ridge it stands or swims before; undefined: it is in the air. */
  readonly ridge?: number;
  /** Height above the foot line of that ridge, in units; in the air: share of the picture's height from the top. */
  readonly lift: number;
  /** Where it is at a time, in units from its place, and how far it leans in degrees. */
  readonly motion: (seconds: number) => Point & { lean: number };
  /** Several of them, each so many units apart. */
  readonly flock?: readonly (Point & { scale: number; delay: number })[];
}

const wave = (seconds: number, period: number) => Math.sin((seconds / period) * 2 * Math.PI);
const still = () => ({ x: 0, y: 0, lean: 0 });

/** Every subject, drawn as if cut from paper. */
export const subjects: Record<Scene["subject"], Subject> = {
  boat: {
    scale: 1.15,
    ridge: 1,
    lift: 50,
    motion: (t) => ({ x: 18 * t - 40, y: 9 * wave(t, 2.9), lean: 6 * wave(t + 0.4, 3.3) }),
    parts: () => [
      ["paperDark", polygon([-44, 10], [0, -84], [44, 10], [0, 24])],
      ["paper", polygon([-44, 10], [0, -84], [0, 24])],
      ["paper", polygon([-112, -18], [-62, 48], [0, 48], [0, 12])],
      ["paperDark", polygon([112, -18], [62, 48], [0, 48], [0, 12])],
      ["accent", polygon([0, -84], [0, -104], [30, -95])],
    ],
  },
  kite: {
    scale: 1.15,
    lift: 0.3,
    motion: (t) => ({ x: 42 * wave(t, 5.2), y: 30 * wave(t + 1, 3.7), lean: 22 + 10 * wave(t, 2.6) }),
    parts: (t) => {
      const tail = (side: number) =>
        Array.from(
          { length: 13 },
          (_, i) => [16 * Math.sin(i * 0.75 - t * 6) * (i / 12) + side, 92 + i * 17] as const,
        );
      return [
        ["paper", polygon(...tail(-1.6), ...tail(1.6).reverse()), 0.9],
        ...[3, 6, 9, 12].map((i): Part => {
          const [x, y] = tail(0)[i] ?? [0, 0];
          return [
            i % 2 === 0 ? "accent" : "light",
            polygon([x - 13, y - 8], [x, y], [x - 13, y + 8], [x + 13, y - 8], [x, y], [x + 13, y + 8]),
          ];
        }),
        ["accent", polygon([0, -100], [-66, -20], [0, -20])],
        ["accentDark", polygon([0, -100], [66, -20], [0, -20])],
        ["accentDark", polygon([0, 96], [-66, -20], [0, -20])],
        ["light", polygon([0, 96], [66, -20], [0, -20])],
      ];
    },
  },
  balloon: {
    scale: 1.2,
    lift: 0.33,
    motion: (t) => ({ x: 10 * t - 20 + 8 * wave(t, 6), y: -7 * t + 8 * wave(t, 4.2), lean: 3 * wave(t, 5) }),
    parts: () => [
      [
        "accent",
        "m 0 -112 b 66 -112 92 -62 86 -20 80 22 40 50 22 76 l -22 76 b -40 50 -80 22 -86 -20 -92 -62 -66 -112 0 -112",
      ],
      [
        "paper",
        "m 0 -112 b 44 -112 62 -62 58 -20 54 22 26 50 15 76 l -15 76 b -26 50 -54 22 -58 -20 -62 -62 -44 -112 0 -112",
      ],
      [
        "accentDark",
        "m 0 -112 b 22 -112 30 -62 28 -20 26 22 12 50 7 76 l -7 76 b -12 50 -26 22 -28 -20 -30 -62 -22 -112 0 -112",
      ],
      ["ink", polygon([-21, 76], [-18, 76], [-14, 100], [-17, 100]), 0.8],
      ["ink", polygon([21, 76], [18, 76], [14, 100], [17, 100]), 0.8],
      ["ink", polygon([-20, 99], [20, 99], [16, 126], [-16, 126])],
    ],
  },
  rocket: {
    scale: 1.1,
    lift: 0.42,
    motion: (t) => ({
      x: 14 * t + 3 * wave(t, 0.31),
      y: -24 * t + 3 * wave(t, 0.23),
      lean: 24 + 2 * wave(t, 3),
    }),
    parts: (t) => [
      ["accent", `m -16 74 b -34 110 -8 130 0 ${170 + 22 * wave(t, 0.19)} b 8 130 34 110 16 74`],
      ["light", `m -9 74 b -18 100 -4 112 0 ${128 + 14 * wave(t, 0.13)} b 4 112 18 100 9 74`],
      ["accentDark", "m -34 20 b -64 40 -66 70 -62 92 l -24 66"],
      ["accentDark", "m 34 20 b 64 40 66 70 62 92 l 24 66"],
      ["paper", "m 0 -112 b 44 -70 46 10 28 76 l -28 76 b -46 10 -44 -70 0 -112"],
      ["paperDark", "m 0 -112 b 44 -70 46 10 28 76 l 6 76 b 20 10 18 -70 0 -112"],
      ["accent", "m 0 -112 b 16 -97 26 -78 31 -58 l -31 -58 b -26 -78 -16 -97 0 -112"],
      ["ink", ellipse(0, -18, 18)],
      ["skyLow", ellipse(0, -18, 12)],
    ],
  },
  lighthouse: {
    scale: 1.35,
    ridge: 1,
    lift: 120,
    motion: still,
    parts: (t) => {
      const swing = Math.cos(t * 1.1);
      const beam = (side: number) =>
        polygon([0, -86], [side * 620, -86 - 70 - 20 * swing], [side * 620, -86 + 60 - 20 * swing]);
      return [
        ["ink", "m -120 150 b -90 112 -60 104 0 106 b 60 104 90 112 120 150"],
        ["light", beam(swing > 0 ? 1 : -1), 0.1 + 0.26 * Math.abs(swing)],
        ["paper", polygon([-22, -66], [22, -66], [38, 130], [-38, 130])],
        ["accent", polygon([-26, -20], [26, -20], [30, 26], [-30, 26])],
        ["accent", polygon([-33, 66], [33, 66], [37, 112], [-37, 112])],
        ["paperDark", polygon([8, -66], [22, -66], [38, 130], [16, 130]), 0.35],
        ["ink", polygon([-30, -72], [30, -72], [30, -64], [-30, -64])],
        ["light", polygon([-15, -100], [15, -100], [15, -72], [-15, -72])],
        ["ink", polygon([-22, -100], [0, -124], [22, -100])],
      ];
    },
  },
  cat: {
    scale: 1.2,
    ridge: 1,
    lift: 88,
    motion: still,
    parts: (t) => {
      const tip = 16 * wave(t, 2.4);
      const open = t % 3 > 2.85 ? 1 : 9;
      return [
        [
          "ink",
          `m 34 84 b 90 92 104 40 ${84 + tip} 6 b ${80 + tip} -4 ${96 + tip} -8 ${100 + tip} 4 b 124 60 100 112 30 104`,
        ],
        ["ink", "m -50 104 b -62 40 -40 -8 -24 -26 l 24 -26 b 40 -8 62 40 50 104"],
        ["ink", ellipse(0, -50, 42, 36)],
        ["ink", polygon([-41, -56], [-38, -104], [-8, -80])],
        ["ink", polygon([41, -56], [38, -104], [8, -80])],
        ["accent", polygon([-35, -72], [-34, -93], [-20, -81])],
        ["accent", polygon([35, -72], [34, -93], [20, -81])],
        ["light", ellipse(-16, -52, 8, open)],
        ["light", ellipse(16, -52, 8, open)],
        ["ink", ellipse(-16, -52, 3, open)],
        ["ink", ellipse(16, -52, 3, open)],
        ["accent", polygon([-5, -37], [5, -37], [0, -31])],
      ];
    },
  },
  birds: {
    scale: 0.5,
    lift: 0.3,
    motion: (t) => ({ x: 34 * t - 60, y: -6 * t + 8 * wave(t, 3), lean: -4 }),
    flock: [
      { x: 0, y: 0, scale: 1, delay: 0 },
      { x: -92, y: 42, scale: 0.8, delay: 0.2 },
      { x: -104, y: -50, scale: 0.75, delay: 0.43 },
      { x: -190, y: 84, scale: 0.7, delay: 0.1 },
      { x: 84, y: -76, scale: 0.62, delay: 0.31 },
    ],
    parts: (t) => {
      const wing = 52 * wave(t, 0.85);
      return [
        [
          "ink",
          `m 0 -8 b 20 -14 60 ${-20 - wing} 112 ${-wing} b 70 ${4 - wing * 0.7} 40 4 10 12 l -10 12 b -40 4 -70 ${4 - wing * 0.7} -112 ${-wing} b -60 ${-20 - wing} -20 -14 0 -8`,
        ],
        ["ink", "m -12 4 b 6 -14 40 -12 56 4 b 30 16 0 16 -40 18"],
      ];
    },
  },
  fish: {
    scale: 0.75,
    lift: 0.4,
    motion: (t) => ({ x: 30 * t - 60, y: 14 * wave(t, 3.4), lean: 5 * wave(t, 3.4) }),
    flock: [
      { x: 0, y: 0, scale: 1.3, delay: 0 },
      { x: -190, y: 120, scale: 0.8, delay: 0.5 },
      { x: 60, y: 210, scale: 0.65, delay: 0.9 },
      { x: -130, y: -150, scale: 0.6, delay: 0.3 },
    ],
    parts: (t) => {
      const flap = 22 * wave(t, 0.9);
      return [
        [
          "accentDark",
          `m -62 0 b -84 -10 -104 -40 ${-124 + flap / 3} ${-46 + flap} b ${-108} -10 ${-108} 10 ${-124 + flap / 3} ${46 + flap} b -104 40 -84 10 -62 0`,
        ],
        ["accentDark", "m -20 -40 b -6 -76 40 -66 50 -34"],
        ["accent", "m -74 0 b -44 -54 44 -62 92 0 b 44 62 -44 54 -74 0"],
        ["paper", "m 24 -38 b 12 -16 12 16 24 38 l 12 42 b -2 16 -2 -16 12 -42"],
        ["paper", ellipse(58, -10, 10)],
        ["ink", ellipse(60, -10, 5)],
        [
          "accentDark",
          `m 6 12 b -6 ${34 + flap / 2} -26 ${36 + flap / 2} -34 ${26 + flap} b -20 20 -8 14 6 12`,
        ],
      ];
    },
  },
  lanterns: {
    scale: 0.55,
    lift: 0.4,
    motion: (t) => ({ x: 12 * wave(t, 5), y: -15 * t, lean: 4 * wave(t, 3) }),
    flock: [
      { x: 0, y: 0, scale: 1.35, delay: 0 },
      { x: -180, y: 120, scale: 0.95, delay: 1.1 },
      { x: 190, y: 70, scale: 0.85, delay: 0.6 },
      { x: -120, y: -170, scale: 0.62, delay: 1.7 },
      { x: 120, y: -220, scale: 0.52, delay: 0.3 },
      { x: 250, y: -110, scale: 0.42, delay: 2.2 },
    ],
    parts: (t) => [
      ["light", ellipse(0, 0, 132), 0.07],
      ["light", ellipse(0, 10, 96), 0.1 + 0.03 * wave(t, 0.7)],
      ["accent", "m -44 70 b -62 0 -66 -60 -44 -86 b -20 -104 20 -104 44 -86 b 66 -60 62 0 44 70"],
      ["light", "m -26 70 b -38 20 -38 -20 -22 -44 b -8 -56 8 -56 22 -44 b 38 -20 38 20 26 70", 0.85],
      ["accentDark", polygon([-46, 66], [46, 66], [43, 78], [-43, 78])],
    ],
  },
};
