import { html } from "hono/html";
import { shapeOf } from "../../videos/catalog.ts";
import type { Html } from "../rich-text.ts";
import type { Film } from "./films.ts";

/** A clip's size in pixels; a portrait one where the document names none that can be read. */
export function pixelsOf(size: string): { width: number; height: number } {
  const [width, height] = size.split("x").map(Number);
  return width && height ? { width, height } : { width: 720, height: 1280 };
}

/** The word for a clip's shape, as style sheets tell them apart. */
export function shapeOfFilm({ entry }: Film): string {
  const { width, height } = pixelsOf(entry.size);
  return shapeOf(`${width}x${height}`);
}

/** Whether the thumbnail is there and may be shown to those who did not ask for it. */
export function hasPoster({ files, job }: Film): boolean {
  return files.thumbnail !== undefined && job.spoiler !== true;
}

/** A video's thumbnail; in its place, and in the clip's shape, an unlit frame of film where there is none to show. */
export function renderPoster(film: Film, { lazy }: { lazy: boolean }): Html {
  if (!hasPoster(film)) return renderUnlit(film);
  const { width, height } = pixelsOf(film.entry.size);
  const loading = lazy && html` loading="lazy"`;
  return html`<img class="picture" src="${film.entry.id}/thumbnail" width="${width}" height="${height}"${loading} decoding="async" alt="" />`;
}

/** A frame of film in the clip's shape, with nothing on it yet. */
export function renderUnlit({ entry }: Film): Html {
  const { width, height } = pixelsOf(entry.size);
  const x = width / 2;
  const y = height / 2;
  const unit = Math.min(width, height) / 100;
  return html`<svg class="picture unlit" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" preserveAspectRatio="xMidYMid slice" aria-hidden="true" focusable="false">
    <path d="M0 ${y}H${width}M${x} 0V${height}" stroke-width="${unit * 0.5}" />
    <circle cx="${x}" cy="${y}" r="${unit * 30}" stroke-width="${unit * 0.8}" />
    <circle cx="${x}" cy="${y}" r="${unit * 25}" stroke-width="${unit * 0.8}" />
  </svg>`;
}
