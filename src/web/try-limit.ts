/** Slows down guessing: after some wrong tries an address has to wait. */
export interface TryLimit {
  /** How long this address has to wait before its next try; 0: not at all. */
  waitMs(address: string): number;
  wrong(address: string): void;
}

const TRIES = 5;
const WINDOW_MS = 60_000;
/** More addresses than this are forgotten together, so that they cannot fill the memory. */
const ADDRESSES_MAX = 10_000;

/** Five wrong tries a minute for each address, in this process's memory. */
export function createTryLimit({ now }: { now: () => number }): TryLimit {
  const seen = new Map<string, { count: number; until: number }>();
  return {
    waitMs(address) {
      const entry = seen.get(address);
      return entry && entry.count >= TRIES ? Math.max(0, entry.until - now()) : 0;
    },
    wrong(address) {
      const entry = seen.get(address);
      if (seen.size >= ADDRESSES_MAX) seen.clear();
      const running = entry !== undefined && entry.until > now();
      seen.set(
        address,
        running ? { ...entry, count: entry.count + 1 } : { count: 1, until: now() + WINDOW_MS },
      );
    },
  };
}
