import { html } from "hono/html";
import type { Card } from "../chat/card.ts";
import type { Html } from "./rich-text.ts";

/**
 * A film leader, as it runs before a reel starts: it keeps the video's place, in its shape, so that nothing moves when
 * the video arrives. Sizes are in the video's own pixels.
 */
export function renderLeader(
  { width, height }: NonNullable<Card["frame"]>,
  percent: number | undefined,
): Html {
  const x = width / 2;
  const y = height / 2;
  const unit = Math.min(width, height) / 100;
  return html`<svg class="leader" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" aria-hidden="true" focusable="false">
    <path class="leader-lines" d="M0 ${y}H${width}M${x} 0V${height}" stroke-width="${unit * 0.5}" />
    <circle class="leader-lines" cx="${x}" cy="${y}" r="${unit * 34}" stroke-width="${unit * 0.8}" />
    <circle class="leader-lines" cx="${x}" cy="${y}" r="${unit * 29}" stroke-width="${unit * 0.8}" />
    <path class="leader-sweep" d="M${x} ${y}V${y - unit * 34}A${unit * 34} ${unit * 34} 0 0 1 ${x + unit * 34} ${y}Z" />
    <text class="leader-count" x="${x}" y="${y}" font-size="${unit * 22}">${percent}</text>
  </svg>`;
}
