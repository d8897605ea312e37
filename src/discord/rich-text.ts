import { type Line, type Span, visibleText } from "../chat/rich-text.ts";

/** What could begin markup, wherever it stands; a backslash before punctuation makes it plain text. */
const MARKUP = /[\\*_~|`<>[\]@#]|:(?=\S)|(?<=^\s*)[-+]|(?<=^\s*\d+)\./gmu;
/** Hebrew, Arabic and the other scripts that run from right to left. */
const RIGHT_TO_LEFT = /[\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFC\u{10800}-\u{10FFF}\u{1E800}-\u{1EFFF}]/u;
const ISOLATE = "\u2068";
const END_ISOLATE = "\u2069";
const QUOTE = "> ";
const ELLIPSIS = "…";

/** Text as Discord shows it word for word, in at most `max` UTF-16 units; what does not fit ends in an ellipsis. */
export function escapeText(text: string, max = Number.POSITIVE_INFINITY): string {
  const visible = visibleText(text);
  const isolated = RIGHT_TO_LEFT.test(visible) && max > ISOLATE.length + END_ISOLATE.length;
  if (!isolated) return cut(escaped(visible), max);
  const body = cut(escaped(visible), max - ISOLATE.length - END_ISOLATE.length);
  return `${ISOLATE}${body}${END_ISOLATE}`;
}

/** A block quote of at most `max` UTF-16 units and `maxLines` lines; empty lines are left out. */
export function quote(text: string, { max, maxLines }: { max: number; maxLines: number }): string {
  const lines = visibleText(text)
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  const shown = lines.length > maxLines ? [...lines.slice(0, maxLines - 1), ELLIPSIS] : lines;
  const quoted: string[] = [];
  let left = max;
  for (const line of shown) {
    const room = left - QUOTE.length - 1;
    if (room < 1) break;
    const piece = `${QUOTE}${escapeText(line, room)}`;
    quoted.push(piece);
    left -= piece.length + 1;
  }
  return quoted.join("\n");
}

/** A line in Discord's markdown, in at most `max` UTF-16 units. */
export function renderLine(line: Line, max = Number.POSITIVE_INFINITY): string {
  let out = "";
  for (const span of line) out += renderSpan(span, max - out.length);
  return out;
}

/** Lines below each other, as many as fit into `max` UTF-16 units. */
export function renderLines(lines: readonly Line[], max: number): string {
  let out = "";
  for (const line of lines) {
    const room = max - out.length - 1;
    if (room < 1) break;
    out += `${out === "" ? "" : "\n"}${renderLine(line, room)}`;
  }
  return out;
}

/** All lines below each other in at most `max` UTF-16 units: where they do not fit, the longest are cut. */
export function fitLines(lines: readonly Line[], max: number): string {
  const lengths = lines.map((line) => renderLine(line).length + 1).sort((a, b) => a - b);
  let share = max;
  let room = max;
  for (const [index, length] of lengths.entries()) {
    share = Math.floor(room / (lengths.length - index));
    if (length > share) break;
    room -= length;
  }
  const fits = lengths.reduce((sum, length) => sum + length, 0) <= max;
  const shown = lines.map((line) => renderLine(line, fits ? max : share - 1));
  return shown.filter((line) => line !== "").join("\n");
}

function renderSpan(span: Span, room: number): string {
  if (room < 1) return "";
  if (typeof span === "string") return escapeText(span, room);
  if ("bold" in span) return wrap("**", escapeText(span.bold, room - 4));
  if ("code" in span) return codeSpan(span.code, room);
  if ("link" in span) return linkSpan(span, room);
  const mention = /^\d{1,20}$/.test(span.person) ? `<@${span.person}>` : escapeText(span.name, room);
  return mention.length <= room ? mention : "";
}

/** Nothing can be escaped within code, so its own mark is replaced by one that looks alike. */
function codeSpan(text: string, room: number): string {
  const code = wrap("`", visibleText(text).replaceAll("`", "ˋ").replaceAll(/\s+/gu, " ").trim());
  return code.length <= room ? code : "";
}

function linkSpan({ link, text }: { link: string; text: string }, room: number): string {
  const url = /^https?:\/\/[^\s<>()]+$/.test(link) ? link : undefined;
  const label = escapeText(text, room);
  const masked = `[${label}](${url})`;
  return url !== undefined && masked.length <= room ? masked : label;
}

function wrap(mark: string, text: string): string {
  return text === "" ? "" : `${mark}${text}${mark}`;
}

function escaped(text: string): string {
  return text.replaceAll(MARKUP, "\\$&");
}

/** Cuts escaped text between characters; of an escape cut in half the backslash escapes the ellipsis. */
function cut(text: string, max: number): string {
  if (text.length <= max) return text;
  if (max < 1) return "";
  return `${text.slice(0, max - 1).replace(/[\uD800-\uDBFF]$/u, "")}${ELLIPSIS}`;
}
