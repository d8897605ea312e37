const UNITS: readonly [name: string, ms: number][] = [
  ["year", 365 * 24 * 3_600_000],
  ["month", 30 * 24 * 3_600_000],
  ["day", 24 * 3_600_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
];

/** A stretch of time in its largest unit: "3 days", "1 hour", "under a minute". */
export function roughly(ms: number): string {
  for (const [name, unit] of UNITS) {
    const count = Math.floor(ms / unit);
    if (count >= 1) return `${count} ${name}${count === 1 ? "" : "s"}`;
  }
  return "under a minute";
}

/** "3 days ago", "just now". */
export function ago(at: number, now: number): string {
  return now - at < 60_000 ? "just now" : `${roughly(now - at)} ago`;
}

/** "2026-11-26 08:30 UTC" */
export function momentOf(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
