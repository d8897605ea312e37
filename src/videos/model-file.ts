import { z } from "zod";
import { readSettingsFile, settingsFileError } from "../settings-file.ts";
import type { Catalog, VideoModel } from "./catalog.ts";
import type { ModelExtra } from "./extras.ts";
import { KNOWN_EXTRAS } from "./extras.ts";

/** Most lengths that a range stands for: Slack's longest list of choices. */
const LENGTHS_MAX = 100;
/** Names that `/video create` has for itself. */
const TAKEN = ["prompt", "image", "model", "seconds", "size", "from"];

/** Keeps what binary numbers cannot say exactly (0.1 + 2 * 0.1) from costing a range its end. */
const ROUNDING = 1e-9;
/** What platforms show of a choice without cutting it off (Slack's, characters). */
const CHOICE_MAX = 75;

const SECONDS = "has to be a number of seconds above 0";
const seconds = z
  .union([z.number(), z.string().regex(/^\d+(\.\d+)?$/, SECONDS)], SECONDS)
  .transform(Number)
  .refine((value) => value > 0, SECONDS)
  .transform(String);

const isOnce = (values: readonly unknown[]) => new Set(values).size === values.length;
const TWICE = "has the same twice";
const isOrdered = ({ min, max }: { min?: number | undefined; max?: number | undefined }) =>
  min === undefined || max === undefined || min <= max;
const DISORDERED = "min has to be max at most";

const lengths = z.union(
  [
    z.array(seconds).max(LENGTHS_MAX, `has more than ${LENGTHS_MAX} values`).refine(isOnce, TWICE),
    z
      .strictObject({
        min: z.number().positive(),
        max: z.number().positive(),
        step: z.number().positive().default(1),
      })
      .refine(isOrdered, DISORDERED)
      .transform(({ min, max, step }) => ({
        min,
        step,
        count: Math.floor((max - min) / step + ROUNDING) + 1,
      }))
      .refine(({ count }) => count <= LENGTHS_MAX, `has more than ${LENGTHS_MAX} values`)
      .transform(({ min, step, count }) =>
        Array.from({ length: count }, (_, at) => String(Number((min + at * step).toPrecision(12)))),
      ),
  ],
  "has to be a list of lengths, or a range with min and max",
);
const size = z.string().regex(/^[1-9]\d{1,4}x[1-9]\d{1,4}$/, "has to look like 1280x720");
const ratio = z.string().regex(/^[1-9]\d?:[1-9]\d?$/, "has to look like 16:9");

const extraName = z
  .string()
  .regex(/^[a-z0-9_-]{1,32}$/, "has to be small letters, digits, _ and -, 32 at most")
  .refine((name) => !TAKEN.includes(name), "is an option of its own");
const described = { name: extraName, description: z.string().min(1).max(100) };
const extra = z.union(
  [
    z
      .string()
      .refine(
        (name) => KNOWN_EXTRAS.some((known) => known.name === name),
        `has to be one of ${KNOWN_EXTRAS.map(({ name }) => name).join(", ")}, or an object that describes it`,
      )
      .transform((name) => KNOWN_EXTRAS.find((known) => known.name === name)),
    z.discriminatedUnion("type", [
      z
        .strictObject({
          ...described,
          type: z.literal("number"),
          min: z.number().optional(),
          max: z.number().optional(),
          integer: z.boolean().optional(),
        })
        .refine(isOrdered, DISORDERED),
      z.strictObject({
        ...described,
        type: z.literal("text"),
        maxLength: z.number().int().min(1).default(1_000),
      }),
      z.strictObject({
        ...described,
        type: z.literal("choice"),
        choices: z.array(z.string().min(1).max(CHOICE_MAX)).min(1).max(25).refine(isOnce, TWICE),
      }),
    ]),
  ],
  "has to be the name of an extra, or an object that describes it",
);

const price = z.number().min(0);
const model = z
  .strictObject({
    id: z.string().min(1).max(100),
    label: z.string().min(1).max(75).optional(),
    seconds: lengths.default([]),
    sizes: z.array(size).refine(isOnce, TWICE).optional(),
    aspectRatios: z.array(ratio).refine(isOnce, TWICE).optional(),
    image: z.boolean().default(true),
    extras: z
      .array(extra)
      .max(15)
      .refine((extras) => isOnce(extras.map((one) => one?.name)), TWICE)
      .default([]),
    usdPerSecond: z
      .union(
        [price.transform((value) => ({ "*": value })), z.record(z.string(), price)],
        "has to be a number of dollars, or one for each size",
      )
      .optional(),
  })
  .refine(({ sizes, aspectRatios }) => !sizes || !aspectRatios, "has sizes or aspectRatios, not both")
  .superRefine(({ sizes, aspectRatios, usdPerSecond }, context) => {
    const offered = ["*", ...(sizes ?? aspectRatios ?? [])];
    // A price under a name that no size has would leave that size without one, and dollar limits with nothing to count.
    for (const name of Object.keys(usdPerSecond ?? {}).filter((key) => !offered.includes(key)))
      context.addIssue({
        code: "custom",
        path: ["usdPerSecond", name],
        message: "the model has no such size",
      });
  });

const file = z.strictObject({
  models: z.array(model).min(1, "names no model").max(25, "names more than 25 models"),
  defaults: z
    .strictObject({ model: z.string().optional(), seconds: seconds.optional(), size: z.string().optional() })
    .default({}),
});

/**
 * Reads the catalogue of VIDEO_MODELS.
 * @param path of a JSON file as docs/models.md describes it. @throws UserError listing all that is wrong.
 */
export async function readModelFile(path: string): Promise<Catalog> {
  const written = await readSettingsFile("VIDEO_MODELS", path, file);
  const models = written.models.map(toModel);
  const chosen = defined(written.defaults);
  const defaults = { model: models[0]?.id ?? "", seconds: "", size: "", ...chosen };
  const problems = [...twice(models), ...unmet({ models, defaults })];
  if (problems.length > 0) throw settingsFileError("VIDEO_MODELS", path, problems);
  return { models, defaults: { ...firstOf(models, defaults.model), ...chosen } };
}

function toModel({
  id,
  label,
  seconds,
  sizes,
  aspectRatios,
  image,
  extras,
  usdPerSecond,
}: z.infer<typeof model>): VideoModel {
  return {
    id,
    label: label ?? id,
    seconds,
    sizes: sizes ?? aspectRatios ?? [],
    image,
    extras: extras.filter((known) => known !== undefined).map(withoutUndefined),
    ...(usdPerSecond && { usdPerSecond }),
  };
}

function withoutUndefined(extra: object): ModelExtra {
  return Object.fromEntries(Object.entries(extra).filter(([, value]) => value !== undefined)) as ModelExtra;
}

function defined(values: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

/** What holds where the file says nothing: the first of what the default model offers. */
function firstOf(models: readonly VideoModel[], id: string): Catalog["defaults"] {
  const chosen = models.find((candidate) => candidate.id === id);
  return { model: id, seconds: chosen?.seconds[0] ?? "", size: chosen?.sizes[0] ?? "" };
}

function twice(models: readonly VideoModel[]): string[] {
  return models.flatMap(({ id, label }, at) => {
    const other = models.slice(0, at).find((before) => before.id === id || before.label === label);
    return other ? [`models[${at}]: “${label}” (${id}) is there twice`] : [];
  });
}

function unmet({ models, defaults }: Catalog): string[] {
  const chosen = models.find(({ id }) => id === defaults.model);
  if (!chosen) return [`defaults.model: there is no model “${defaults.model}”`];
  return [
    ...(defaults.seconds !== "" && !chosen.seconds.includes(defaults.seconds)
      ? [`defaults.seconds: ${chosen.label} has no length of ${defaults.seconds}`]
      : []),
    ...(defaults.size !== "" && !chosen.sizes.includes(defaults.size)
      ? [`defaults.size: ${chosen.label} has no size ${defaults.size}`]
      : []),
  ];
}
