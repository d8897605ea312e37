import type { Palette } from "./palette.ts";
import type { Random } from "./random.ts";
import type { Scene } from "./scene.ts";

/** Everything that a part of the picture is drawn from. */
export interface Stage {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** Pixels to a design unit: pictures are designed 720 units wide or high, whichever is less. */
  readonly unit: number;
  readonly seconds: number;
  readonly scene: Scene;
  readonly palette: Palette;
  readonly random: Random;
}
