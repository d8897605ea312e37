import { randomBytes } from "node:crypto";
import { makeRoom } from "../answers.ts";

/** What was shown to somebody and is asked for again by a name that nobody can guess. */
export interface Shown<T> {
  /** The name of something that is about to be shown. */
  keep(value: T): string;
  /** Undefined once its time is over. */
  find(name: string): T | undefined;
}

/** As long as somebody may leave an answer open and still press play, or take to fill in a form. */
const LIFETIME_MS = 12 * 3_600_000;

/** Keeps the `max` newest in this process's memory. */
export function createShown<T>({ now, max }: { now: () => number; max: number }): Shown<T> {
  const shown = new Map<string, { value: T; until: number }>();
  return {
    keep(value) {
      const name = randomBytes(18).toString("base64url");
      makeRoom(shown, max);
      shown.set(name, { value, until: now() + LIFETIME_MS });
      return name;
    },
    find(name) {
      const entry = shown.get(name);
      return entry && entry.until > now() ? entry.value : undefined;
    },
  };
}
