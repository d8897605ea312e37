import { createContext, Script } from "node:vm";

/** Regular expressions that are tried one after the other. */
export interface Patterns {
  add(pattern: RegExp, line: number): void;
  /**
   * The first one that matches one of the texts, or could not be tried to its end in time: whether it matches is not known
   * then.
   */
  find(texts: readonly string[]): { line: number; matches: boolean } | undefined;
}

/** Leaves `at` at the pattern that matches, or that was being tried when the time was over. */
const TRY_ALL = new Script(
  "for (; at < patterns.length; at++) if (texts.some((text) => patterns[at].test(text))) break;",
);
/** What holds brackets, signs of repetition or braces and repeats nothing: escapes and classes. */
const ATOMS = /\\[pP]\{[^}]*\}|\\u\{[^}]*\}|\\k<[^>]*>|\\.|\[(?:\\.|[^\]\\])*\]/gsu;
const INNERMOST_GROUP = /\((?:\?(?:[:=!]|<[=!]|<[^>]*>|[a-z-]*:))?([^()]*)\)([*+]|\{\d+,\d*\})?/u;
const REPETITION = /[*+]|\{\d+,\d*\}/;

/**
 * An empty collection.
 * @param timeLimitMs for all of them together on one prompt; the process does nothing else in that time.
 */
export function createPatterns(timeLimitMs: number): Patterns {
  const lines: number[] = [];
  const scope = { patterns: [] as RegExp[], texts: [] as readonly string[], at: 0 };
  const context = createContext(scope);
  return {
    add(pattern, line) {
      lines.push(line);
      scope.patterns.push(pattern);
    },
    find(texts) {
      if (lines.length === 0) return undefined;
      Object.assign(scope, { texts, at: 0 });
      let matches = true;
      try {
        // Nothing else can stop an expression that never comes to an end.
        TRY_ALL.runInContext(context, { timeout: timeLimitMs });
      } catch {
        matches = false;
      }
      scope.texts = [];
      const line = lines[scope.at];
      return line === undefined ? undefined : { line, matches };
    },
  };
}

/** The expression that a line holds between its slashes, or what is wrong with it. */
export function readPattern(source: string): RegExp | string {
  let pattern: RegExp;
  try {
    pattern = new RegExp(source, "iu");
  } catch (error) {
    return `is no regular expression: ${error instanceof Error ? error.message : ""}`;
  }
  if (pattern.test("")) return "matches the empty text, and so every prompt";
  if (hasNestedRepetition(source))
    return "repeats something that repeats something, which may take forever: write it without, or with {n}";
  return pattern;
}

/** Whether a group that is repeated has something repeated in it, as in `(a+)+`. Some of these are harmless. */
function hasNestedRepetition(source: string): boolean {
  let rest = source.replace(ATOMS, "x");
  for (let group = INNERMOST_GROUP.exec(rest); group; group = INNERMOST_GROUP.exec(rest)) {
    const [whole, inside = "", repeated] = group;
    const repeats = REPETITION.test(inside);
    if (repeats && repeated !== undefined) return true;
    rest = rest.replace(whole, () => (repeats || repeated !== undefined ? "x+" : "x"));
  }
  return false;
}
