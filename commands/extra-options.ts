import type { Catalog, VideoModel } from "../src/videos/catalog.ts";
import type { ModelExtra } from "../src/videos/extras.ts";
import type { Option, Options } from "./command.ts";

/** Descriptions are not longer on Discord (characters). */
const DESCRIPTION_MAX = 100;
/** Of a value that is a number with one model and a word with another (characters). */
const MIXED_MAX = 1_000;

/**
 * The extras of all models as options, each once and as wide as the widest: which model is chosen is not known yet, and
 * what it takes is checked then.
 */
export function extraOptions({ models }: Catalog): Options {
  const names = new Set(models.flatMap(({ extras }) => extras.map(({ name }) => name)));
  return Object.fromEntries(
    [...names].map((name) => {
      const having = models.filter(({ extras }) => extras.some((extra) => extra.name === name));
      const all = having.flatMap(({ extras }) => extras.filter((extra) => extra.name === name));
      const description = describe(all[0]?.description ?? name, having.length < models.length ? having : []);
      return [name, { ...widest(all), description }];
    }),
  );
}

/** Names the models where not all have it, as far as there is room. */
function describe(description: string, having: readonly VideoModel[]): string {
  const named = `${description} (${having.map(({ label }) => label).join(", ")})`;
  return having.length > 0 && named.length <= DESCRIPTION_MAX ? named : description;
}

function widest(all: readonly ModelExtra[]): Option {
  const common = { description: "" };
  const numbers = all.filter((extra) => extra.type === "number");
  const texts = all.filter((extra) => extra.type === "text");
  const lists = all.filter((extra) => extra.type === "choice");
  if (numbers.length === all.length) {
    const [min, max] = [numbers.map((extra) => extra.min), numbers.map((extra) => extra.max)].map(boundsOf);
    return {
      ...common,
      type: "number",
      ...(min && { min: Math.min(...min) }),
      ...(max && { max: Math.max(...max) }),
      ...(numbers.every(({ integer }) => integer) && { integer: true }),
    };
  }
  if (lists.length === all.length) {
    const choices = [...new Set(lists.flatMap((extra) => extra.choices))];
    return { ...common, type: "choice", choices: () => choices.map((value) => ({ value, label: value })) };
  }
  const isText = texts.length === all.length;
  const maxLength = isText ? Math.max(...texts.map((extra) => extra.maxLength)) : MIXED_MAX;
  return { ...common, type: "text", maxLength };
}

/** All of them; undefined where one is open. */
function boundsOf(bounds: readonly (number | undefined)[]): number[] | undefined {
  const known = bounds.filter((bound) => bound !== undefined);
  return known.length === bounds.length ? known : undefined;
}
