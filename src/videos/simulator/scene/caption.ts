/** Blocks of Unicode that the caption's font, DejaVu Sans, covers in full. */
const shown =
  /[\u0020-\u007e\u00a1-\u024f\u0370-\u04ff\u0531-\u058a\u05d0-\u05ea\u060c\u0621-\u064a\u0660-\u0669\u10d0-\u10fc\u2010-\u2027\u2030-\u205e\u20ac\u2190-\u21ff]/u;

/** A word longer than this is broken: the renderer wraps at spaces alone. */
const longestWord = 20;

/**
 * A prompt as one line that the script's text may hold: what the font cannot show (emoji, other scripts, control
 * characters) is left out, as are the characters that would start a tag; shortened at a word to about `limit` characters.
 */
export function plainText(prompt: string, limit: number): string {
  const characters = Array.from(prompt.normalize("NFC").replace(/\s+/g, " "));
  const text = characters
    .filter((character) => shown.test(character))
    .join("")
    .replace(/[{}\\]/g, "")
    .replace(new RegExp(`\\S{${longestWord}}(?=\\S)`, "gu"), "$& ")
    .replace(/ +/g, " ")
    .trim();
  if (text.length <= limit) return text;
  const cut = text.slice(0, limit);
  return `${cut.slice(0, Math.max(cut.lastIndexOf(" "), limit - longestWord)).replace(/[\s,;:.–-]+$/u, "")}…`;
}
