import { type Drawing, glide, type Point } from "./ass-script.ts";
import { mix } from "./palette.ts";
import { ellipse } from "./shapes.ts";
import type { Stage } from "./stage.ts";

/** Where the sun or the moon stands, in pixels: on one side, so that the other is free for the subject. */
export function lightPlace({ scene, width, height }: Stage): Point {
  const side = 0.18 + ((scene.seed >>> 8) % 14) / 100;
  return {
    x: width * (scene.seed % 2 === 0 ? side : 1 - side),
    y: height * (0.19 + ((scene.seed >>> 16) % 15) / 100),
  };
}

/** The script lines of sun or moon, stars and clouds. */
export function drawHeavens(stage: Stage): string[] {
  const { scene } = stage;
  return [
    ...(scene.mood === "night" ? drawStars(stage) : []),
    ...(scene.mood === "storm" || scene.mood === "deep" ? [] : drawLight(stage)),
    ...(scene.ground === "deep" || scene.ground === "space" ? [] : drawClouds(stage)),
  ];
}

function drawLight(stage: Stage): string[] {
  const { seconds, unit, palette, scene } = stage;
  const from = lightPlace(stage);
  const to = { x: from.x, y: from.y + (scene.mood === "dawn" ? -1 : 1) * 3 * unit * seconds };
  const radius = (scene.mood === "night" ? 46 : 62) * unit;
  const span = { from: 0, to: seconds };
  const disc: Drawing = { layer: 5, path: ellipse(0, 0, radius), colour: palette.light };
  const halo = (share: number, opacity: number): Drawing => ({
    ...disc,
    layer: 4,
    path: ellipse(0, 0, radius * share),
    opacity,
  });
  return [disc, halo(1.5, 0.14), halo(2.1, 0.09)].map((drawing) => glide(drawing, span, from, to));
}

function drawStars({ seconds, width, height, unit, palette, random }: Stage): string[] {
  return Array.from({ length: 90 }).flatMap(() => {
    const place = { x: random.between(0, width), y: random.between(0, height * 0.6) ** 1 };
    const path = ellipse(0, 0, random.between(0.8, 2.4) * unit);
    const lines: string[] = [];
    for (let from = -random.between(0, 2); from < seconds; from += 1.2) {
      const span = { from: Math.max(0, from), to: Math.min(seconds, from + 1.2) };
      if (span.to > span.from)
        lines.push(
          glide({ layer: 2, path, colour: palette.paper, opacity: random.between(0.35, 1) }, span, place),
        );
    }
    return lines;
  });
}

function drawClouds({ seconds, width, height, unit, palette, random, scene }: Stage): string[] {
  const colour =
    scene.mood === "storm"
      ? mix(palette.skyMiddle, palette.ink, 0.3)
      : mix(palette.skyLow, palette.paper, 0.45);
  return Array.from({ length: scene.mood === "night" ? 3 : 5 }, (_, index) => {
    const size = random.between(0.7, 1.5) * unit;
    const puffs = [ellipse(0, 0, 70 * size, 20 * size)];
    for (let puff = 0; puff < 4; puff += 1) {
      puffs.push(
        ellipse(
          (puff * 30 - 45) * size,
          -random.between(4, 16) * size,
          random.between(24, 40) * size,
          random.between(16, 28) * size,
        ),
      );
    }
    const from = { x: random.between(-0.1, 1.1) * width, y: height * random.between(0.08, 0.46) };
    const to = { x: from.x + (14 + 7 * index) * size * seconds, y: from.y };
    return glide(
      { layer: 8, path: puffs.join(" "), colour, opacity: scene.mood === "night" ? 0.16 : 0.5 },
      { from: 0, to: seconds },
      from,
      to,
    );
  });
}
