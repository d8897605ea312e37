import { UserError } from "../errors.ts";

/** A model as people can choose it. */
export interface VideoModel {
  id: string;
  /** Clip lengths in seconds, as the API spells them. */
  seconds: readonly string[];
  /** Resolutions as `width x height` in pixels. */
  sizes: readonly string[];
}

/** The models a backend offers and what holds when nothing is chosen. */
export interface Catalog {
  models: readonly VideoModel[];
  defaults: { model: string; seconds: string; size: string };
}

/** The two hosted models the API was made for; sora-2 took the 720p sizes only (vendor's documentation). */
export const defaultCatalog: Catalog = {
  models: [
    { id: "sora-2", seconds: ["4", "8", "12"], sizes: ["720x1280", "1280x720"] },
    {
      id: "sora-2-pro",
      seconds: ["4", "8", "12"],
      sizes: ["720x1280", "1280x720", "1024x1792", "1792x1024"],
    },
  ],
  defaults: { model: "sora-2", seconds: "4", size: "720x1280" },
};

/** "portrait 720x1280": the shape in a word, then the pixels. */
export function describeSize(size: string): string {
  return `${shapeOf(size)} ${size}`;
}

/** The word for a resolution's shape. */
export function shapeOf(size: string): "portrait" | "landscape" | "square" {
  const [width = 0, height = 0] = size.split("x").map(Number);
  return width === height ? "square" : width < height ? "portrait" : "landscape";
}

/** Every value of a model's property over the whole catalogue, each once, in catalogue order. */
export function allOf(catalog: Catalog, property: "seconds" | "sizes"): string[] {
  return [...new Set(catalog.models.flatMap((model) => model[property]))];
}

/** How much longer an extension may make a video, in seconds as the API spells them, and how long it may get in all. */
export const EXTEND_STEPS: readonly string[] = ["4", "8", "12", "16", "20"];
const EXTENDED_MAX_SECONDS = 120;

/** The steps by which a video of that length can still be extended. */
export function extendSteps(seconds: string): string[] {
  return EXTEND_STEPS.filter((step) => Number(seconds) + Number(step) <= EXTENDED_MAX_SECONDS);
}

/** What to make: every field decided. */
export interface ClipSettings {
  model: string;
  seconds: string;
  size: string;
}

/**
 * Fills in defaults and checks that the model offers the length and the size.
 * @throws UserError naming what the model offers.
 */
export function settleClip(
  catalog: Catalog,
  wanted: Partial<Record<keyof ClipSettings, string | undefined>>,
): ClipSettings {
  const id = wanted.model ?? catalog.defaults.model;
  const model = catalog.models.find((candidate) => candidate.id === id);
  if (!model) {
    const known = catalog.models.map((candidate) => candidate.id).join(", ");
    throw new UserError("unknown_model", `There is no model “${id}” here. Choose one of: ${known}.`, "model");
  }
  const seconds = wanted.seconds ?? pick(model.seconds, catalog.defaults.seconds);
  if (!model.seconds.includes(seconds)) {
    throw new UserError(
      "unsupported_seconds",
      `${model.id} makes clips of ${model.seconds.join(", ")} seconds, not ${seconds}.`,
      "seconds",
    );
  }
  const size = wanted.size ?? pick(model.sizes, catalog.defaults.size);
  if (!model.sizes.includes(size)) {
    const offered = model.sizes.map(describeSize).join(", ");
    throw new UserError(
      "unsupported_size",
      `${model.id} does not make ${size}. It makes: ${offered}.`,
      "size",
    );
  }
  return { model: model.id, seconds, size };
}

function pick(offered: readonly string[], preferred: string): string {
  return offered.includes(preferred) ? preferred : (offered[0] ?? preferred);
}
