import { GAP, SOFT_GAP } from "./normal-text.ts";

/** Words and phrases that are looked for all at once: the time depends on the text, not on how many there are. */
export interface Phrases {
  /** @param phrase a normal text that is not empty; the first one of two alike keeps its line. */
  add(phrase: string, line: number): void;
  /** The line of the first phrase in a normal text. */
  find(text: string): number | undefined;
}

/** A place in the tree of all phrases, which are spelled on the way to it. */
interface Spelled {
  next: Map<string, Spelled>;
  /** Where a phrase ends here. */
  phrase?: { line: number; joinable: boolean };
}

/** Scripts that put no spaces between words, and Korean, whose particles follow the word without one. */
const UNSPACED =
  /[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{Script=Bopomofo}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

/** An empty collection. */
export function createPhrases(): Phrases {
  const root: Spelled = { next: new Map() };
  return {
    add(phrase, line) {
      let place = root;
      for (const character of phrase.replaceAll(SOFT_GAP, GAP)) {
        const next: Spelled = place.next.get(character) ?? { next: new Map() };
        place.next.set(character, next);
        place = next;
      }
      place.phrase ??= { line, joinable: isJoinable(phrase) };
    },

    find(text) {
      const characters = Array.from(text);
      const within = characters.map((character, at) => isWithinWord(characters[at - 1], character));
      for (const [start] of characters.entries()) {
        const line = within[start] ? undefined : phraseAt(root, characters, start, within);
        if (line !== undefined) return line;
      }
      return undefined;
    },
  };
}

/**
 * Follows the tree from one place of a text; at a soft gap both ways, over it and as a space.
 * @param within by place: whether a word goes on there, so that no phrase begins or ends.
 */
function phraseAt(
  root: Spelled,
  characters: readonly string[],
  start: number,
  within: readonly boolean[],
): number | undefined {
  const open = [{ place: root, at: start, joined: false }];
  for (let step = open.pop(); step; step = open.pop()) {
    const { place, at, joined } = step;
    const { phrase } = place;
    if (phrase && !within[at] && (phrase.joinable || !joined)) return phrase.line;
    const character = characters[at];
    if (character === undefined) continue;
    const isSoft = character === SOFT_GAP;
    if (isSoft && at > start) open.push({ place, at: at + 1, joined: true });
    const next = place.next.get(isSoft ? GAP : character);
    if (next) open.push({ place: next, at: at + 1, joined });
  }
  return undefined;
}

/** Two letters apart are rarely meant as a word; two Chinese characters are. */
function isJoinable(phrase: string): boolean {
  const letters = Array.from(phrase).filter((character) => character !== GAP && character !== SOFT_GAP);
  return letters.length >= (UNSPACED.test(phrase) ? 2 : 3);
}

/** Whether no word ends between two characters. */
function isWithinWord(before: string | undefined, after: string): boolean {
  return [before, after].every(
    (character) =>
      character !== undefined && character !== GAP && character !== SOFT_GAP && !UNSPACED.test(character),
  );
}
