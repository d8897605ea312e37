import { html } from "hono/html";
import { shorten } from "../../chat/rich-text.ts";
import type { FamilyNode } from "../../jobs/family.ts";
import { describeSize } from "../../videos/catalog.ts";
import type { AssetUrl } from "../assets.ts";
import { download } from "../icons.ts";
import type { Html } from "../rich-text.ts";
import { renderFamily } from "./family-tree.ts";
import type { Film } from "./films.ts";
import { renderFrame } from "./frame.ts";
import { back, forward, star } from "./icons.ts";
import type { Neighbours } from "./neighbours.ts";
import { type Place, writePlace } from "./place.ts";
import { hasPoster, pixelsOf, renderPoster, renderUnlit } from "./poster.ts";
import { bytesOf, countOf, isolate, renderMoment } from "./words.ts";

/** What the page of one video shows. */
export interface VideoView {
  /** What the channel is called. */
  name: string;
  /** What one came through. */
  query: Place["query"];
  film: Film;
  /** The video's message in the chat. */
  link: string | undefined;
  family: FamilyNode | undefined;
  /** Who of the family is in this gallery. */
  shown: ReadonlySet<string>;
  neighbours: Neighbours;
  asset: AssetUrl;
}

const TITLE_MAX = 60;
const LABEL_MAX = 300;

/** One video: to watch, to read about, to take along. */
export function renderVideo(view: VideoView): Html {
  const { name, neighbours, film, link, family, shown, asset } = view;
  const { id, prompt } = film.entry;
  return renderFrame({
    title: shorten(prompt, TITLE_MAX) || name,
    asset,
    top: html`<a class="back" href="./${writePlace(neighbours.place)}#film-${id}">${back} ${isolate(name)}</a>`,
    body: html`
      <div class="stage">${renderScreen(film)}${isCovered(film) && SPOILER}</div>
      <div class="programme">
        <div class="synopsis">
          <h1 class="visually-hidden">Video by ${isolate(film.entry.person.name)}</h1>
          ${film.files.video === undefined && renderGone(film, link)}
          <blockquote class="words" id="prompt" dir="auto">${prompt}</blockquote>
          ${renderActions(view)}
          ${family && renderFamily(family, { id, shown })}
        </div>
        ${renderFacts(film)}
      </div>
      ${renderNeighbours(view)}`,
  });
}

const SPOILER = html`<p class="covered"><strong>Spoiler:</strong> nothing is shown until you press play.</p>`;

function isCovered({ files, job }: Film): boolean {
  return files.video !== undefined && job.spoiler === true;
}

/** An empty frame keeps the place in the clip's shape; what there is to see lies over it. */
function renderScreen(film: Film): Html {
  return html`<div class="screening">
    ${renderUnlit(film)}
    ${film.files.video === undefined ? hasPoster(film) && renderPoster(film, { lazy: false }) : renderPlayer(film)}
  </div>`;
}

/** Of a spoiler nothing is loaded, not even its first picture, until somebody plays it. */
function renderPlayer(film: Film): Html {
  const { id, prompt, size } = film.entry;
  const { width, height } = pixelsOf(size);
  const poster = hasPoster(film) && html` poster="${id}/thumbnail"`;
  const preload = film.job.spoiler === true ? "none" : "metadata";
  const label = shorten(`AI-generated video: ${prompt}`, LABEL_MAX);
  return html`<video class="picture" src="${id}/video"${poster} width="${width}" height="${height}" controls playsinline loop preload="${preload}" aria-label="${label}"></video>`;
}

function renderGone(film: Film, link: string | undefined): Html {
  const left = !hasPoster(film) ? "" : " The picture above is what is left of it here.";
  const chat = link === undefined ? "" : " Its message in the chat may still have it.";
  return html`<p class="gone">This video’s file is no longer kept.${left}${chat}</p>`;
}

function renderActions({ film, link }: VideoView): Html {
  const { entry, files } = film;
  const get = (file: string) => `${entry.id}/${file}?download`;
  return html`<div class="actions">
    <button type="button" class="button" data-copy="prompt" hidden>Copy prompt</button>
    <span class="visually-hidden" role="status" data-copied></span>
    ${files.video !== undefined && html`<a class="button" data-style="primary" href="${get("video")}" download>${download} Download <span class="aside">${bytesOf(files.video)}</span></a>`}
    ${files.thumbnail !== undefined && html`<a class="button" href="${get("thumbnail")}" download>Thumbnail</a>`}
    ${files.spritesheet !== undefined && html`<a class="button" href="${get("spritesheet")}" download>Sprite sheet</a>`}
    ${link !== undefined && html`<a class="button" href="${link}">See it in the chat</a>`}
  </div>`;
}

function renderFacts({ entry, job }: Film): Html {
  const fact = (name: string, value: string | Html) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`;
  return html`<dl class="credits-roll">
    ${fact("Requested by", isolate(entry.person.name))}
    ${fact("Made by", html`${entry.model} <span class="ai">AI-generated</span>`)}
    ${fact("Length", `${entry.seconds} s`)}
    ${fact("Size", describeSize(entry.size))}
    ${fact("Asked for", renderMoment(job.createdAt))}
    ${fact("Premiere", renderMoment(entry.at))}
    ${entry.stars > 0 && fact("Audience", html`<span class="stars">${star} ${countOf(entry.stars, "star")}</span>`)}
    ${fact("Video id", html`<code>${entry.id}</code>`)}
  </dl>`;
}

function renderNeighbours({ neighbours: { previous, next }, query }: VideoView): Html | false {
  if (!previous && !next) return false;
  const to = ({ id, at }: { id: string; at?: string }) =>
    `./${id}${writePlace({ query, ...(at && { at }) })}`;
  return html`<nav class="turning" aria-label="Neighbouring videos">
    ${previous && html`<a class="button" rel="prev" href="${to(previous)}">${back} Previous video</a>`}
    ${next && html`<a class="button" rel="next" href="${to(next)}">Next video ${forward}</a>`}
  </nav>`;
}
