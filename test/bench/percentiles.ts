/** How long something took (ms): the middle one, and those that 5 and 1 of a hundred exceed. */
export interface Percentiles {
  p50: number;
  p95: number;
  p99: number;
}

/** Of no times at all: not a number, which is below no target. */
export function percentilesOf(times: readonly number[]): Percentiles {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share: number) =>
    Math.round(sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN);
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}
