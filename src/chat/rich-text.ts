/**
 * Text as the core writes it: plain strings plus the few marks that every platform can show.
 * A platform escapes the strings, so nothing a person typed is ever markup.
 */
export type Span =
  | string
  | { bold: string }
  | { code: string }
  | { link: string; text: string }
  /** A person, shown without notifying them. */
  | { person: string; name: string };

/** One line (or paragraph) of spans. */
export type Line = Span[];

/** The same text without marks, for alt texts, logs and terminals. */
export function plainText(line: Line): string {
  return line
    .map((span) => {
      if (typeof span === "string") return span;
      if ("bold" in span) return span.bold;
      if ("code" in span) return span.code;
      if ("link" in span) return span.text;
      return span.name;
    })
    .join("");
}

/** Cuts at `max` characters (whole code points) and marks the cut with an ellipsis. */
export function shorten(text: string, max: number): string {
  const points = Array.from(text);
  return points.length <= max ? text : `${points.slice(0, max - 1).join("")}…`;
}

const INVISIBLE = /(?!\n|\p{Join_Control}|\p{Variation_Selector})[\p{Cc}\p{Default_Ignorable_Code_Point}]/gu;
/** Joiners and variation selectors make emoji and some scripts, one or two behind something visible. */
const STRAY_JOINERS =
  /(?<![^\0-\x7F])[\p{Join_Control}\p{Variation_Selector}]+|[\p{Join_Control}\p{Variation_Selector}]{3,}/gu;
const STACKED_MARKS = /(\p{M}{4})\p{M}+/gu;

/** What people can see of a text, its lines kept: no control characters, no direction overrides, nothing hidden. */
export function visibleText(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/\r\n?|[\u2028\u2029]/gu, "\n")
    .replaceAll("\t", " ")
    .replaceAll(INVISIBLE, "")
    .replaceAll(STRAY_JOINERS, "")
    .replaceAll(STACKED_MARKS, "$1");
}
