import type { OptionalOperation } from "./dialect.ts";

/** An answer that was misread, or a backend that was updated, mends itself after this long. */
const LASTS_MS = 3_600_000;

/** What a backend turned out not to have. */
export interface MissingOperations {
  note(operation: OptionalOperation): void;
  has(operation: OptionalOperation): boolean;
}

/** Keeps each for an hour; `onMissing` hears of one when it is noted and was not known. */
export function createMissingOperations({
  onMissing,
  now,
}: {
  onMissing: (operation: OptionalOperation) => void;
  /** The time in Unix milliseconds. */
  now: () => number;
}): MissingOperations {
  const until = new Map<OptionalOperation, number>();
  const has = (operation: OptionalOperation) => (until.get(operation) ?? 0) > now();
  return {
    has,
    note(operation) {
      if (has(operation)) return;
      until.set(operation, now() + LASTS_MS);
      onMissing(operation);
    },
  };
}
