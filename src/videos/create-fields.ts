import { pixelsOf, ratioOf, resolutionOf } from "./catalog.ts";
import type { Fields } from "./dialect.ts";
import type { InputReference } from "./videos-client.ts";

/** The ways in which servers take a length, a size and a picture; a dialect picks one of each. */

/** `seconds: "8"`, as the API's own specification has it. */
export const secondsAsText = (seconds: string): Fields => ({ seconds });

/** `duration: 8` */
export const durationAsNumber = (seconds: string): Fields => ({ duration: Number(seconds) });

/** `size: "1280x720"`; a shape without pixels goes by the name that gateways have for it. */
export const sizeAsPixels = (size: string): Fields => (pixelsOf(size) ? { size } : { aspect_ratio: size });

/** `resolution: "720p"` and `aspect_ratio: "16:9"`; of a shape the second alone. */
export function sizeAsResolution(size: string): Fields {
  if (!pixelsOf(size)) return { aspect_ratio: size };
  return { resolution: resolutionOf(size), aspect_ratio: nearestRatio(ratioOf(size)) };
}

/** The shapes that video models know (OpenRouter's `supported_aspect_ratios`). */
const RATIOS = ["16:9", "9:16", "1:1", "4:3", "3:4", "3:2", "2:3", "21:9", "9:21"];

function nearestRatio(ratio: number): string {
  const apart = (shape: string) => Math.abs(Math.log(ratio / ratioOf(shape)));
  return RATIOS.toSorted((a, b) => apart(a) - apart(b))[0] ?? "16:9";
}

/** `input_reference` as a file of a form. */
export const imageAsFile = ({ bytes, filename, contentType }: InputReference): Fields => ({
  input_reference: new File([Buffer.from(bytes)], filename, { type: contentType }),
});

/** OpenRouter's first frame. */
export const imageAsFirstFrame = (image: InputReference): Fields => ({
  frame_images: [{ type: "image_url", image_url: { url: dataUrl(image) }, frame_type: "first_frame" }],
});

function dataUrl({ bytes, contentType }: InputReference): string {
  return `data:${contentType};base64,${Buffer.from(bytes).toString("base64")}`;
}
