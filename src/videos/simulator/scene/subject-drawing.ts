import { glide } from "./ass-script.ts";
import { lightPlace } from "./heavens.ts";
import { layerBefore, ridgeLine } from "./landscape.ts";
import { place } from "./shapes.ts";
import type { Stage } from "./stage.ts";
import { subjects } from "./subjects.ts";

/** Poses a second; clips longer than `longSeconds` make do with half, as the script grows with them. */
const posesPerSecond = 24;
const longSeconds = 20;

/** The script lines of the scene's subject, drawn anew for every pose because it leans and flaps. */
export function drawSubject(stage: Stage): string[] {
  const { width, height, unit, scene, palette, seconds } = stage;
  const { scale, ridge, lift, motion, parts, flock } = subjects[scene.subject];
  const middle = width * (lightPlace(stage).x > width / 2 ? 0.37 : 0.63);
  const base = ridge === undefined ? height * lift : ridgeLine(stage, ridge + 1) - lift * unit;
  const layer = layerBefore(ridge ?? 0);
  const rate = seconds > longSeconds ? posesPerSecond / 2 : posesPerSecond;
  const lines: string[] = [];
  for (const member of flock ?? [{ x: 0, y: 0, scale: 1, delay: 0 }]) {
    for (let pose = 0; pose < seconds * rate; pose += 1) {
      const span = { from: pose / rate, to: (pose + 1) / rate };
      const time = span.from + member.delay;
      const { x, y, lean } = motion(time);
      const spot = { x: middle + (member.x + x) * unit, y: base + (member.y + y) * unit };
      for (const [colour, path, opacity = 1] of parts(time)) {
        const placed = place(path, spot, scale * member.scale * unit, lean);
        lines.push(glide({ layer, path: placed, colour: palette[colour], opacity }, span, { x: 0, y: 0 }));
      }
    }
  }
  return lines;
}
