import { UserError } from "../errors.ts";
import type { Catalog, VideoModel } from "./catalog.ts";

/** A parameter that a model has besides the API's own, offered as an option of `/video create`. */
export type ModelExtra = { name: string; description: string } & (
  | { type: "number"; min?: number; max?: number; integer?: boolean }
  | { type: "text"; maxLength: number }
  | { type: "choice"; choices: readonly string[] }
);

/** Values of extras by their names, in the types that backends take. */
export type ClipExtras = Readonly<Record<string, string | number>>;

/**
 * Parameters that servers of video models have besides the API's own (vLLM-Omni, SGLang, TensorRT-LLM, OpenRouter), for
 * catalogues that name them and say no more.
 */
export const KNOWN_EXTRAS: readonly ModelExtra[] = [
  {
    name: "seed",
    description: "The same number makes the same video again",
    type: "number",
    min: 0,
    max: 4_294_967_295,
    integer: true,
  },
  {
    name: "negative_prompt",
    description: "What the video should not show",
    type: "text",
    maxLength: 1_000,
  },
  {
    name: "guidance_scale",
    description: "How closely it follows the prompt",
    type: "number",
    min: 0,
    max: 30,
  },
  {
    name: "num_inference_steps",
    description: "More steps take longer and look better",
    type: "number",
    min: 1,
    max: 200,
    integer: true,
  },
  { name: "fps", description: "Frames a second", type: "number", min: 1, max: 60, integer: true },
  { name: "num_frames", description: "How many frames", type: "number", min: 1, max: 1_000, integer: true },
];

/**
 * Checks what was asked for besides against what the model has.
 * @param wanted values as they were typed. @throws UserError naming what can be.
 */
export function settleExtras(
  catalog: Catalog,
  model: VideoModel,
  wanted: Readonly<Record<string, string>>,
): ClipExtras {
  return Object.fromEntries(
    Object.entries(wanted).map(([name, typed]) => {
      const extra = model.extras.find((candidate) => candidate.name === name);
      if (!extra) throw hasNoExtra(catalog, model, name);
      return [name, settleExtra(extra, typed.trim())];
    }),
  );
}

function hasNoExtra({ models }: Catalog, { label }: VideoModel, name: string): UserError {
  const others = models.filter(({ extras }) => extras.some((extra) => extra.name === name));
  const advice =
    others.length === 0 ? "Leave it out." : `These have: ${others.map((other) => other.label).join(", ")}.`;
  return new UserError("unknown_extra", `${label} has no “${name}”. ${advice}`, name);
}

function settleExtra(extra: ModelExtra, typed: string): string | number {
  const { name } = extra;
  switch (extra.type) {
    case "number": {
      const value = numberWithin(typed, extra);
      if (value !== undefined) return value;
      throw new UserError("extra_value", `“${name}” has to be ${describeNumbers(extra)}.`, name);
    }
    case "text":
      if (typed.length <= extra.maxLength) return typed;
      throw new UserError(
        "extra_value",
        `“${name}” has ${typed.length} characters; ${extra.maxLength} is the most.`,
        name,
      );
    case "choice":
      if (extra.choices.includes(typed)) return typed;
      throw new UserError(
        "extra_value",
        `“${name}” cannot be “${typed.slice(0, 60)}”. Choose one of: ${extra.choices.join(", ")}.`,
        name,
      );
  }
}

/** Which numbers are meant. */
export interface NumberBounds {
  min?: number;
  max?: number;
  integer?: boolean;
}

/** A number as it was typed, if it is one of those that are meant. */
export function numberWithin(typed: string, bounds: NumberBounds): number | undefined {
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY, integer = false } = bounds;
  const value = typed === "" ? Number.NaN : Number(typed);
  const isNumber = integer ? Number.isSafeInteger(value) : Number.isFinite(value);
  return isNumber && value >= min && value <= max ? value : undefined;
}

/** "a whole number from 0 to 10" */
export function describeNumbers(numbers: NumberBounds): string {
  const { min, max, integer } = numbers;
  const what = integer ? "a whole number" : "a number";
  if (min !== undefined && max !== undefined) return `${what} from ${min} to ${max}`;
  if (min !== undefined) return `${what}, ${min} at least`;
  return max === undefined ? what : `${what}, ${max} at most`;
}
