import { allOf, type Catalog, describeSize, shapeOf } from "../src/videos/catalog.ts";
import type { Choice } from "./command.ts";

/** Whether some model can start from a picture. */
export const takePictures = ({ models }: Catalog): boolean => models.some(({ image }) => image);

/** Whether some model lets people choose its lengths. */
export const haveLengths = (catalog: Catalog): boolean => allOf(catalog, "seconds").length > 0;

/** Whether some model lets people choose its sizes. */
export const haveSizes = (catalog: Catalog): boolean => allOf(catalog, "sizes").length > 0;

/** The models by their labels. */
export function modelChoices({ models }: Catalog): Choice[] {
  return models.map(({ id, label }) => ({ value: id, label, aliases: [id] }));
}

/** The lengths of all models. */
export function lengthChoices(catalog: Catalog): Choice[] {
  return allOf(catalog, "seconds").map((seconds) => ({
    value: seconds,
    label: seconds === "1" ? "1 second" : `${seconds} seconds`,
    aliases: [`${seconds}s`],
  }));
}

/** The sizes of all models; a shape's word means the first of them that has it. */
export function sizeChoices(catalog: Catalog): Choice[] {
  return allOf(catalog, "sizes").map((size) => ({
    value: size,
    label: describeSize(size),
    aliases: [shapeOf(size)],
  }));
}
