/** Answers of a platform, each kept for a while and asked for once, however many want it at the same time. */
export interface Answers<T> {
  /** @throws what `ask` throws; nothing is remembered of that. */
  get(key: string, ask: () => Promise<T>): Promise<T>;
  /** Asks anew the next time. */
  forget(key: string): void;
}

/**
 * Keeps answers in memory.
 * @param options.freshMs how long an answer holds, from when it was asked for; @param options.max how many are kept.
 */
export function createAnswers<T>(options: { now: () => number; freshMs: number; max: number }): Answers<T> {
  const { now, freshMs, max } = options;
  const kept = new Map<string, { answer: Promise<T>; until: number }>();

  return {
    get(key, ask) {
      const known = kept.get(key);
      if (known && known.until > now()) return known.answer;
      const entry = { answer: ask(), until: now() + freshMs };
      kept.delete(key);
      makeRoom(kept, max);
      kept.set(key, entry);
      entry.answer.catch(() => {
        if (kept.get(key) === entry) kept.delete(key);
      });
      return entry.answer;
    },
    forget: (key) => void kept.delete(key),
  };
}

/** Drops what was added first until there is room for one more. */
export function makeRoom(kept: Map<string, unknown> | Set<string>, max: number): void {
  for (const key of kept.keys()) {
    if (kept.size < max) return;
    kept.delete(key);
  }
}
