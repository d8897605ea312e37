import { html } from "hono/html";
import { shorten } from "../../chat/rich-text.ts";
import type { GalleryPage } from "../../gallery/gallery.ts";
import type { AssetUrl } from "../assets.ts";
import { reel } from "../icons.ts";
import type { Html } from "../rich-text.ts";
import type { Film } from "./films.ts";
import { type Facets, renderFilters } from "./filters.ts";
import { renderFrame } from "./frame.ts";
import { back, forward, star } from "./icons.ts";
import { isFiltered, type Place, writePlace } from "./place.ts";
import { hasPoster, renderPoster, shapeOfFilm } from "./poster.ts";
import { countOf, isolate, renderAge } from "./words.ts";

/** What a page of posters shows. */
export interface GridView {
  /** What the channel is called. */
  name: string;
  place: Place;
  page: GalleryPage;
  films: Film[];
  facets: Facets;
  now: number;
  asset: AssetUrl;
}

/** Longest prompt under a poster, in characters; the video's own page has the whole. */
const PROMPT_MAX = 160;
/** Posters that are surely in view at once. */
const EAGER = 4;

/** A channel's videos as posters. */
export function renderGrid(view: GridView): Html {
  const { name, place, page, films, asset } = view;
  const empty = page.total === 0 && !isFiltered(place);
  return renderFrame({
    title: name,
    asset,
    body: html`
      <div class="marquee">
        ${reel}
        <h1>${isolate(name)}</h1>
        <p>${empty ? "Now showing: nothing yet" : headline(view)}</p>
      </div>
      ${!empty && renderFilters(view)}
      ${
        films.length > 0
          ? html`<ul class="wall">${films.map((film, index) => renderFilm(film, { view, lazy: index >= EAGER }))}</ul>`
          : renderNothing({ empty })
      }
      ${renderTurning(view)}`,
  });
}

function headline({ page: { total }, place }: GridView): string {
  if (isFiltered(place)) return total === 0 ? "Nothing found" : `${countOf(total, "video")} found`;
  return `Now showing: ${countOf(total, "video")}`;
}

function renderFilm(film: Film, { view, lazy }: { view: GridView; lazy: boolean }): Html {
  const { entry, job } = film;
  const { id, prompt, person, seconds, stars, at } = entry;
  const badge = job.spoiler === true && !hasPoster(film) && html`<span class="badge">Spoiler</span>`;
  return html`<li class="film" id="film-${id}" data-shape="${shapeOfFilm(film)}">
    <div class="still">
      ${renderPoster(film, { lazy })}
      ${badge}
      <span class="length"><span class="visually-hidden">Length: </span>${seconds} s</span>
    </div>
    <h2><a href="${id}${writePlace(view.place)}" dir="auto">${shorten(prompt, PROMPT_MAX) || "Untitled"}</a></h2>
    <p class="credits">
      <span>by ${isolate(person.name)}</span>
      <span>${renderAge(at, view.now)}</span>
      ${stars > 0 && html`<span class="stars">${star} <span aria-hidden="true">${stars}</span><span class="visually-hidden">${countOf(stars, "star")}</span></span>`}
    </p>
  </li>`;
}

function renderNothing({ empty }: { empty: boolean }): Html {
  if (empty) {
    return html`<section class="closed">
      <h2>The first one could be yours</h2>
      <p>Type <code>/video</code> in the channel, and what you would like to see. The video is here as soon as it is done.</p>
    </section>`;
  }
  return html`<section class="closed">
    <h2>No video is like that</h2>
    <p>Try fewer words or another name. <a href="./">Show all videos</a></p>
  </section>`;
}

/** Links to the neighbouring pages. */
function renderTurning({ page: { previous, next }, place: { query, at } }: GridView): Html | false {
  if (previous === undefined && next === undefined && at === undefined) return false;
  const to = (cursor: string | undefined) => `./${writePlace({ query, ...(cursor && { at: cursor }) })}`;
  return html`<nav class="turning" aria-label="Pages">
    ${previous !== undefined && html`<a class="button" rel="prev" href="${to(previous)}">${back} Previous</a>`}
    ${at !== undefined && html`<a class="button" href="${to(undefined)}">First page</a>`}
    ${next !== undefined && html`<a class="button" rel="next" href="${to(next)}">Next ${forward}</a>`}
  </nav>`;
}
