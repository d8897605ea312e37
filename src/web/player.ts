import { html } from "hono/html";
import { eye } from "./icons.ts";
import type { Html } from "./rich-text.ts";

/** A video with what stands for it until it plays. */
export interface Player {
  /** Of the element; unique in the page. */
  id: string;
  source: string;
  poster: string | undefined;
  /** For those who do not see it. */
  label: string;
  /** It stays covered until somebody wants to see it. */
  spoiler: boolean;
}

/** A video to play. What covers a spoiler is a disclosure, so keys, screen readers and pages without scripts know it. */
export function renderPlayer({ id, source, poster, label, spoiler }: Player): Html {
  const preload = spoiler ? "none" : "metadata";
  const video = html`<video id="${id}" src="${source}"${poster !== undefined && html` poster="${poster}"`} controls playsinline preload="${preload}" aria-label="${label}"></video>`;
  if (!spoiler) return video;
  return html`<details class="spoiler" id="${id}-cover">
    <summary>
      ${poster !== undefined && html`<img src="${poster}" alt="" />`}
      <span class="button reveal">${eye} Show</span><span class="button conceal">Hide</span>
    </summary>
    ${video}
  </details>`;
}
