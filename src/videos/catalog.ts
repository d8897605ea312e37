import { UserError } from "../errors.ts";
import type { ModelExtra } from "./extras.ts";

/** A model as people can choose it. */
export interface VideoModel {
  id: string;
  /** What people see. */
  label: string;
  /** Clip lengths in seconds, as the API spells them; none: the backend decides. */
  seconds: readonly string[];
  /** Resolutions as `width x height` in pixels, or shapes such as `16:9`; none: the backend decides. */
  sizes: readonly string[];
  /** Whether it can start from a picture. */
  image: boolean;
  extras: readonly ModelExtra[];
  /** US dollars a second by size, `*` for every other size; absent: not known. */
  usdPerSecond?: Readonly<Record<string, number>>;
}

/** The models a backend offers and what holds when nothing is chosen. */
export interface Catalog {
  models: readonly VideoModel[];
  defaults: ClipSettings;
}

/** What to make: every field decided; "" where the backend decides. */
export interface ClipSettings {
  model: string;
  seconds: string;
  size: string;
}

/** The API's own lengths and sizes, which servers take unless they say otherwise (its specification). */
export const API_SECONDS: readonly string[] = ["4", "8", "12"];
export const API_SIZES: readonly string[] = ["720x1280", "1280x720", "1024x1792", "1792x1024"];

/**
 * The two hosted models the API was made for, with their prices at the time; sora-2 took the 720p sizes only (vendor's
 * documentation).
 */
export const defaultCatalog: Catalog = {
  models: [
    {
      id: "sora-2",
      label: "sora-2",
      seconds: API_SECONDS,
      sizes: ["720x1280", "1280x720"],
      image: true,
      extras: [],
      usdPerSecond: { "*": 0.1 },
    },
    {
      id: "sora-2-pro",
      label: "sora-2-pro",
      seconds: API_SECONDS,
      sizes: API_SIZES,
      image: true,
      extras: [],
      usdPerSecond: { "*": 0.3, "1024x1792": 0.5, "1792x1024": 0.5 },
    },
  ],
  defaults: { model: "sora-2", seconds: "4", size: "720x1280" },
};

/** A catalogue that can be replaced while everybody holds it. */
export function createLiveCatalog(first: Catalog): Catalog & { replace(next: Catalog): void } {
  let current = first;
  return {
    get models() {
      return current.models;
    },
    get defaults() {
      return current.defaults;
    },
    replace(next) {
      current = next;
    },
  };
}

/** What people know a model by; its id where the catalogue does not have it (any more). */
export function labelOf({ models }: Catalog, model: string): string {
  return models.find(({ id }) => id === model)?.label ?? model;
}

/** "portrait 720x1280", "landscape 16:9": the shape in a word, then what it is; "" stays "". */
export function describeSize(size: string): string {
  return size === "" ? "" : `${shapeOf(size)} ${size}`;
}

/** The word for a resolution's shape. */
export function shapeOf(size: string): "portrait" | "landscape" | "square" {
  const { width, height } = partsOf(size);
  return width === height ? "square" : width < height ? "portrait" : "landscape";
}

/** How many times as wide as high a resolution or a shape is. */
export function ratioOf(size: string): number {
  const { width, height } = partsOf(size);
  return width / height;
}

/** Resolutions that go by another name than their short side (OpenRouter's `resolution`). */
const RESOLUTIONS: Readonly<Record<number, string>> = { 1440: "2K", 2160: "4K" };

/** What a size in pixels is called: "720p", "4K". */
export function resolutionOf(size: string): string {
  const { width, height } = partsOf(size);
  const short = Math.min(width, height);
  return RESOLUTIONS[short] ?? `${short}p`;
}

/** Width and height in pixels; undefined where a size is a shape, or the backend's to decide. */
export function pixelsOf(size: string): { width: number; height: number } | undefined {
  return /^\d+x\d+$/.test(size) ? partsOf(size) : undefined;
}

function partsOf(size: string): { width: number; height: number } {
  const [width = 0, height = 0] = size.split(/[x:]/).map(Number);
  return { width, height };
}

/** Every value of a model's property over the whole catalogue, each once; lengths in order, sizes in catalogue order. */
export function allOf(catalog: Catalog, property: "seconds" | "sizes"): string[] {
  const all = [...new Set(catalog.models.flatMap((model) => model[property]))];
  return property === "seconds" ? all.sort((a, b) => Number(a) - Number(b)) : all;
}

/** How much longer an extension may make a video, in seconds as the API spells them, and how long it may get in all. */
export const EXTEND_STEPS: readonly string[] = ["4", "8", "12", "16", "20"];
const EXTENDED_MAX_SECONDS = 120;

/** The steps by which a video of that length can still be extended. */
export function extendSteps(seconds: string): string[] {
  return EXTEND_STEPS.filter((step) => Number(seconds) + Number(step) <= EXTENDED_MAX_SECONDS);
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
    const known = catalog.models.map(({ label }) => label).join(", ");
    throw new UserError("unknown_model", `There is no model “${id}” here. Choose one of: ${known}.`, "model");
  }
  return {
    model: model.id,
    seconds: settle("seconds", model, model.seconds, wanted.seconds, catalog.defaults.seconds),
    size: settle("size", model, model.sizes, wanted.size, catalog.defaults.size),
  };
}

function settle(
  option: "seconds" | "size",
  { label }: VideoModel,
  offered: readonly string[],
  wanted: string | undefined,
  preferred: string,
): string {
  if (wanted === undefined && preferred === "") return "";
  if (wanted === undefined) return offered.includes(preferred) ? preferred : (offered[0] ?? "");
  if (offered.includes(wanted)) return wanted;
  const isLength = option === "seconds";
  if (offered.length === 0) {
    const what = isLength ? "length" : "size";
    throw new UserError(
      `unsupported_${option}`,
      `${label} has a ${what} of its own. Leave “${option}” open.`,
      option,
    );
  }
  const message = isLength
    ? `${label} makes clips of ${describeLengths(offered)} seconds, not ${wanted}.`
    : `${label} does not make ${wanted}. It makes: ${offered.map(describeSize).join(", ")}.`;
  throw new UserError(`unsupported_${option}`, message, option);
}

/** "4, 8, 12"; "1 to 10" where it is every whole number between them. */
function describeLengths(seconds: readonly string[]): string {
  const isRange = seconds.length > 3 && seconds.every((s, at) => Number(s) === Number(seconds[0]) + at);
  return isRange ? `${seconds[0]} to ${seconds.at(-1)}` : seconds.join(", ");
}
