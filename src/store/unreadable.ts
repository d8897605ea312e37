import type { Logger } from "../logger.ts";
import type { Unreadable } from "./store.ts";

/** Documents that were found to be unreadable lately. */
export interface UnreadableDocuments {
  note(found: Unreadable): void;
  /** Whether there are any: found within the last minutes, in which all that matter are read again. */
  any(): boolean;
}

/** A job that is under way is read every ten seconds; one that was mended is not found again. */
const FORGET_AFTER_MS = 60_000;

/** Says each of them once in the log. @param options.now milliseconds of a steady clock. */
export function createUnreadableDocuments(options: {
  now: () => number;
  logger: Logger;
}): UnreadableDocuments {
  const { now, logger } = options;
  const seen = new Map<string, number>();
  return {
    note({ collection, key, error }) {
      const name = `${collection}:${key}`;
      if (!seen.has(name)) logger.error({ collection, key, err: error }, "a document cannot be read");
      seen.set(name, now());
    },
    any() {
      for (const [name, at] of seen) if (at < now() - FORGET_AFTER_MS) seen.delete(name);
      return seen.size > 0;
    },
  };
}
