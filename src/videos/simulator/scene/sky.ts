import { lightPlace } from "./heavens.ts";
import type { Colour } from "./palette.ts";
import type { Stage } from "./stage.ts";

/** The sky is computed in this share of the picture's size and scaled up: it has no edges, only slopes. */
const skyScale = 1 / 20;

/** Frames a second: slopes that drift need fewer than things that move. */
const skyRate = 12;

/** A lavfi source of the sky: three colours from top to horizon, the glow of the light, slow bands of haze. */
export function skySource(stage: Stage): string {
  const { width, height, seconds, palette, scene } = stage;
  const light = lightPlace(stage);
  const glow = `0.7*exp(-4.5*hypot(X/W-${(light.x / width).toFixed(3)},(Y/H-${(light.y / height).toFixed(3)})*${(height / width).toFixed(3)}))`;
  const haze = `9*sin(6*X/W+0.5*T+${scene.seed % 7})*sin(11*Y/H-0.4*T)`;
  const channel = (pick: (colour: Colour) => number) => {
    const [top, middle, low, lit] = [palette.skyTop, palette.skyMiddle, palette.skyLow, palette.light].map(
      pick,
    );
    const slope = `lerp(lerp(${top},${middle},clip(Y/H/0.34,0,1)),${low},clip((Y/H-0.34)/0.26,0,1))`;
    return `clip(lerp(${slope},${lit},${glow})+${haze},0,255)`;
  };
  const size = `${Math.round(width * skyScale)}x${Math.round(height * skyScale)}`;
  return (
    `color=black:size=${size}:rate=${skyRate}:duration=${seconds},format=gbrp,` +
    `geq=r='${channel((c) => c[0])}':g='${channel((c) => c[1])}':b='${channel((c) => c[2])}'`
  );
}
