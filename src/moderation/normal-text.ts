/** Stands between two words of a normal text. */
export const GAP = " ";
/** A gap over which one word may go on: `f.o.o`, `f o o`, `fo-o`. No other punctuation is left in a normal text. */
export const SOFT_GAP = "-";

/** Characters that show nothing, and the Arabic one that only makes a word longer. White space stays. */
const HIDDEN = /[\p{Cf}\p{Default_Ignorable_Code_Point}\u0640]|(?![\t-\r\x85])\p{Cc}/gu;
/** Marks on letters that are read without them too. In other scripts they are vowels, or make another letter. */
const MARKS =
  /(?<=[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Arabic}\p{Script=Hebrew}\p{N}])\p{M}+|[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]/gu;
const WORD = /[\p{L}\p{N}\p{M}]+/gu;
const NO_WORD = /([^\p{L}\p{N}\p{M}]+)/u;
/** Signs after which another word begins, whether or not there is a space. */
const ENDS_WORD = /[\s\x85,;:!?。、]/;
const ONE_CHARACTER = /^.\p{M}*$/su;
const LETTER_LAST = /[\p{L}\p{M}]$/u;
const LETTER_FIRST = /^\p{L}/u;
const LATIN = /\p{Script=Latin}/u;
/** Cyrillic and Greek letters, small, with the Latin ones that they look like, small or capital. */
const ALIKE = new Map(
  "аa вb сc ԁd еe нh һh іi јj кk ӏl мm оo рp ѕs тt уy хx ԛq ԝw αa βb γy εe ιi κk νv οo ρp τt υu χx"
    .split(" ")
    .map((pair): [string, string] => [pair.slice(0, 1), pair.slice(1)]),
);

/** A text as it is read (NFKC), without characters that show nothing. */
export function visibleText(text: string): string {
  return text.normalize("NFKC").replace(HIDDEN, "");
}

/**
 * A text as block lists compare it: words of small letters without diacritics, a gap between each two of them. What is
 * written differently and reads alike becomes alike, whoever wrote it: entries are normalized as prompts are.
 */
export function normalText(text: string): string {
  // Words at even places, what stands between them at odd ones.
  const pieces = fold(text).split(NO_WORD);
  return pieces
    .map((piece, place) =>
      place % 2 === 0 ? piece : gapBetween(pieces[place - 1], piece, pieces[place + 1]),
    )
    .join("");
}

function fold(text: string): string {
  return (
    text
      .normalize("NFKD")
      .replace(HIDDEN, "")
      .replace(MARKS, "")
      // Capitals first: “ß” has none of its own, “ſ” and “ı” share theirs.
      .toUpperCase()
      .toLowerCase()
      .replaceAll("ς", "σ")
      .normalize("NFC")
      .replace(WORD, inOneScript)
  );
}

/** A Latin word with letters of another script in it was written to look like another word. */
function inOneScript(word: string): string {
  return LATIN.test(word) ? word.replace(/./gsu, (letter) => ALIKE.get(letter) ?? letter) : word;
}

function gapBetween(before = "", gap: string, after = ""): string {
  if (before === "" || after === "") return "";
  if (ONE_CHARACTER.test(before) && ONE_CHARACTER.test(after)) return SOFT_GAP;
  const oneSign = Array.from(gap).length === 1 && !ENDS_WORD.test(gap);
  return oneSign && LETTER_LAST.test(before) && LETTER_FIRST.test(after) ? SOFT_GAP : GAP;
}
