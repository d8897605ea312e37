import type { Point } from "./ass-script.ts";

/** A path around an ellipse, in four curves. */
export function ellipse(x: number, y: number, radiusX: number, radiusY = radiusX): string {
  const [bendX, bendY] = [radiusX * 0.5523, radiusY * 0.5523];
  return (
    `m ${x} ${y - radiusY} b ${x + bendX} ${y - radiusY} ${x + radiusX} ${y - bendY} ${x + radiusX} ${y} ` +
    `${x + radiusX} ${y + bendY} ${x + bendX} ${y + radiusY} ${x} ${y + radiusY} ` +
    `${x - bendX} ${y + radiusY} ${x - radiusX} ${y + bendY} ${x - radiusX} ${y} ` +
    `${x - radiusX} ${y - bendY} ${x - bendX} ${y - radiusY} ${x} ${y - radiusY}`
  );
}

/** A path along the corners. */
export function polygon(...corners: readonly (readonly [x: number, y: number])[]): string {
  const [first, ...rest] = corners.map(([x, y]) => `${x} ${y}`);
  return `m ${first} l ${rest.join(" ")}`;
}

/** The path turned by `degrees` about its origin, scaled, and moved. */
export function place(path: string, { x, y }: Point, scale: number, degrees = 0): string {
  const [sine, cosine] = [Math.sin((degrees * Math.PI) / 180), Math.cos((degrees * Math.PI) / 180)];
  return path.replace(/(-?\d\S*) (-?\d\S*)/g, (_, left: string, down: string) => {
    const [a, b] = [Number(left) * scale, Number(down) * scale];
    return `${(x + a * cosine - b * sine).toFixed(1)} ${(y + a * sine + b * cosine).toFixed(1)}`;
  });
}
