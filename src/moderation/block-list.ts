import { readFile } from "node:fs/promises";
import { UserError } from "../errors.ts";
import { settingsFileError } from "../settings-file.ts";
import { normalText, visibleText } from "./normal-text.ts";
import { createPatterns, readPattern } from "./patterns.ts";
import { createPhrases } from "./phrases.ts";

/** What a block list says to a text; "undecided" where an expression took too long. */
export type BlockListVerdict = { verdict: "clear" } | { verdict: "blocked" | "undecided"; line: number };

/** The operator's words, phrases and regular expressions that no prompt may hold. */
export interface BlockList {
  /** By the first entry that says something; `line` is its line in the file, from 1. */
  check(text: string): BlockListVerdict;
}

/** Longer ones are no words or phrases (characters, normalized). */
const ENTRY_MAX = 200;
const TIME_LIMIT_MS = 500;

/**
 * Reads the file that BLOCK_LIST names, as docs/moderation.md describes it.
 * @param options.timeLimitMs for all regular expressions together on one prompt.
 * @throws UserError naming the setting, the file and each line that does not hold.
 */
export async function readBlockList(
  path: string,
  { timeLimitMs = TIME_LIMIT_MS }: { timeLimitMs?: number } = {},
): Promise<BlockList> {
  const phrases = createPhrases();
  const patterns = createPatterns(timeLimitMs);

  /** Takes an entry, or says what is wrong with it. */
  function add(entry: string, line: number): string | undefined {
    if (!entry.startsWith("/")) {
      const phrase = normalText(entry);
      if (phrase === "")
        return "has no letter and no digit; write it as a regular expression, between slashes";
      if (phrase.length > ENTRY_MAX) return `is longer than ${ENTRY_MAX} characters`;
      phrases.add(phrase, line);
      return undefined;
    }
    if (entry.length < 3 || !entry.endsWith("/"))
      return "begins with a slash and does not end with one; regular expressions stand between two, without flags";
    const pattern = readPattern(entry.slice(1, -1));
    if (typeof pattern === "string") return pattern;
    patterns.add(pattern, line);
    return undefined;
  }

  const problems = (await readLines(path)).flatMap((text, index) => {
    const entry = text.trim();
    const problem = entry === "" || entry.startsWith("#") ? undefined : add(entry, index + 1);
    return problem === undefined ? [] : [`line ${index + 1} ${problem}`];
  });
  if (problems.length > 0) throw settingsFileError("BLOCK_LIST", path, problems);

  return {
    check(text) {
      const normal = normalText(text);
      const line = phrases.find(normal);
      if (line !== undefined) return { verdict: "blocked", line };
      const words = normal.replaceAll("-", " ");
      const found = patterns.find([visibleText(text), words]);
      return found
        ? { verdict: found.matches ? "blocked" : "undecided", line: found.line }
        : { verdict: "clear" };
    },
  };
}

async function readLines(path: string): Promise<string[]> {
  const bytes = await readFile(path).catch(() => {
    throw new UserError("settings_file", `BLOCK_LIST: the file ${path} cannot be read.`);
  });
  try {
    // Without a byte order mark.
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes).split(/\r\n|\r|\n/);
  } catch {
    throw new UserError("settings_file", `BLOCK_LIST: ${path} is no text in UTF-8.`);
  }
}
