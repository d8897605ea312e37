import type { Colour } from "./palette.ts";

/**
 * The scene as an Advanced SubStation Alpha script: ffmpeg's own vector renderer. It draws filled paths and text that
 * move, at any size, out of this process and far faster than pixels computed one by one.
 */
export interface Drawing {
  /** Higher layers cover lower ones. */
  readonly layer: number;
  /** `m x y l x y x y b …` in pixels, relative to the position. */
  readonly path: string;
  readonly colour: Colour;
  /** 0 (invisible) to 1, the default. */
  readonly opacity?: number;
  /** Radius of a soft edge in pixels. */
  readonly blur?: number;
}

/** Where something is, in pixels. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A stretch of time, in seconds. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** A line of the script that shows the drawing, gliding in a straight line from one place to another. */
export function glide(drawing: Drawing, span: Span, from: Point, to: Point = from): string {
  const place =
    from === to
      ? `\\pos(${fixed(from.x)},${fixed(from.y)})`
      : `\\move(${[from.x, from.y, to.x, to.y].map(fixed).join()})`;
  return eventLine(drawing.layer, span, "drawing", `{${place}${look(drawing)}\\p1}${drawing.path}`);
}

/** Lines that move the drawing along a curve, in straight pieces of `step` seconds. */
export function follow(drawing: Drawing, span: Span, step: number, at: (seconds: number) => Point): string[] {
  const lines: string[] = [];
  for (let from = span.from; from < span.to; from += step) {
    const to = Math.min(from + step, span.to);
    lines.push(glide(drawing, { from, to }, at(from), at(to)));
  }
  return lines;
}

/** A line of the script that shows text in one of its styles; the text must have gone through `plainText`. */
export function write(layer: number, span: Span, style: "caption" | "mark", text: string): string {
  return eventLine(layer, span, style, `{\\fad(${span.from === 0 ? 0 : 250},0)}${text}`);
}

/** The whole script for a picture of this size in pixels. */
export function assScript(width: number, height: number, lines: readonly string[]): string {
  const unit = Math.min(width, height) / 720;
  const size = (value: number) => Math.round(value * unit);
  const margin = size(48);
  const style = (name: string, ...fields: (string | number)[]) =>
    `Style: ${name},DejaVu Sans,${fields.join()}`;
  return [
    "[Script Info]",
    "ScriptType: v4.00+",
    `PlayResX: ${width}`,
    `PlayResY: ${height}`,
    "WrapStyle: 0",
    "ScaledBorderAndShadow: yes",
    "",
    "[V4+ Styles]",
    "Format: Name, Fontname, Fontsize, PrimaryColour, OutlineColour, BackColour, Bold, Spacing, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV",
    style("drawing", 20, "&H00FFFFFF", "&H00FFFFFF", "&H00FFFFFF", 0, 0, 1, 0, 0, 7, 0, 0, 0),
    style(
      "caption",
      size(44),
      "&H00FFFFFF",
      "&HA0000000",
      "&H90000000",
      -1,
      0,
      1,
      size(2),
      size(2),
      2,
      margin,
      margin,
      size(64),
    ),
    style(
      "mark",
      size(19),
      "&H50FFFFFF",
      "&HFF000000",
      "&HA0000000",
      -1,
      size(4),
      1,
      0,
      size(1),
      9,
      margin,
      size(36),
      size(34),
    ),
    "",
    "[Events]",
    "Format: Layer, Start, End, Style, Text",
    ...lines,
    "",
  ].join("\n");
}

function eventLine(layer: number, span: Span, style: string, text: string): string {
  return `Dialogue: ${layer},${timestamp(span.from)},${timestamp(span.to)},${style},${text}`;
}

function look({ colour, opacity = 1, blur = 0 }: Drawing): string {
  const hex = (value: number) => Math.round(value).toString(16).padStart(2, "0");
  const [red, green, blue] = colour;
  const tags = `\\1c&H${hex(blue)}${hex(green)}${hex(red)}&`;
  return `${tags}${opacity < 1 ? `\\1a&H${hex(255 * (1 - opacity))}&` : ""}${blur > 0 ? `\\blur${fixed(blur)}` : ""}`;
}

function timestamp(seconds: number): string {
  const hundredths = Math.round(seconds * 100);
  const two = (value: number) => String(Math.floor(value)).padStart(2, "0");
  return `${Math.floor(hundredths / 360_000)}:${two((hundredths / 6000) % 60)}:${two((hundredths / 100) % 60)}.${two(hundredths % 100)}`;
}

function fixed(value: number): string {
  return String(Math.round(value * 100) / 100);
}
