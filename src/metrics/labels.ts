import { ServiceError, UserError } from "../errors.ts";

/** Keeps the values of a label few: a backend may call its errors whatever it likes. */
export interface Labels {
  /** The word itself, or "other". */
  of(word: string): string;
}

/** So many words one label has; what comes later is "other". */
const WORDS_MAX = 60;
/** What a stable code looks like; a sentence is none. */
const CODE = /^[a-z][a-z\d_.-]{0,59}$/i;

/** Takes the first words that come. */
export function createLabels(): Labels {
  const known = new Set<string>();
  return {
    of(word) {
      if (known.has(word)) return word;
      if (!CODE.test(word) || known.size >= WORDS_MAX) return "other";
      known.add(word);
      return word;
    },
  };
}

/** How a call ended: "ok", the code of what was refused, or "bug". */
export function statusOf(error: unknown): string {
  if (error === undefined) return "ok";
  return error instanceof ServiceError || error instanceof UserError ? error.code : "bug";
}
