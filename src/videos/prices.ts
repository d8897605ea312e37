import type { Catalog, ClipSettings } from "./catalog.ts";

/** The smallest amount that is counted: a millionth of a dollar. */
const MICRO = 1_000_000;

/**
 * What a video will cost in US dollars by the catalogue's prices; of an extension the added seconds are made. Undefined
 * where the price or the length is not known.
 */
export function estimateUsd(
  catalog: Catalog,
  clip: ClipSettings & { addSeconds?: string | undefined },
): number | undefined {
  const prices = catalog.models.find(({ id }) => id === clip.model)?.usdPerSecond;
  const price = prices?.[clip.size] ?? prices?.["*"];
  const seconds = clip.addSeconds ?? clip.seconds;
  if (price === undefined || seconds === "") return undefined;
  return Math.round(price * Number(seconds) * MICRO) / MICRO;
}

/** "$0.40", "$12.00"; less than a cent as it is: "$0.005". */
export function formatUsd(usd: number): string {
  const small = usd > 0 && usd < 0.01;
  return `$${small ? Number(usd.toPrecision(2)) : usd.toFixed(2)}`;
}
