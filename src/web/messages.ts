import { html } from "hono/html";
import { type Card, type CardButton, encodeButton } from "../chat/card.ts";
import { anchorOf } from "./adapter.ts";
import { download, reel } from "./icons.ts";
import type { KeptMessage } from "./kept-files.ts";
import { renderLeader } from "./leader.ts";
import { renderPlayer } from "./player.ts";
import { type Html, renderLine } from "./rich-text.ts";

/** A message of the bot with its card. Ids stand wherever a morph has to find the element again. */
export function renderMessage(message: KeptMessage): Html {
  const { card, postedAt } = message;
  const id = anchorOf(card.jobId);
  return html`<article class="message" id="${id}" data-tone="${card.tone}" data-kind="${card.kind}" tabindex="-1" aria-labelledby="${id}-author ${id}-state">
    ${renderAuthor(postedAt, id)}
    <div class="card">
      ${renderScreen(message, id)}
      <div class="details">
        <h2 class="state" id="${id}-state">${card.title}</h2>
        ${card.prompt !== "" && html`<blockquote class="prompt" dir="auto">${card.prompt}</blockquote>`}
        ${card.progress && renderProgress(card.progress, id)}
        <div class="lines">
          ${card.lines.map((line) => html`<p dir="auto">${renderLine(line)}</p>`)}
          ${message.videoGone && html`<p class="gone">The video is no longer kept here.</p>`}
        </div>
        ${renderActions(message, id)}
        <p class="footnote">${renderLine(card.footnote)}</p>
      </div>
    </div>
  </article>`;
}

function renderAuthor(postedAt: number, id: string): Html {
  return html`<div class="avatar">${reel}</div>
    <header class="byline">
      <span class="author" id="${id}-author">Showreel</span> <span class="tag">bot</span>
      <time datetime="${new Date(postedAt).toISOString()}">${clockTime(postedAt)}</time>
    </header>`;
}

/** The video; while there is none yet, a film leader of its shape; once it is gone, what picture is left of it. */
function renderScreen(message: KeptMessage, id: string): Html | undefined {
  const { card, video, thumbnail, videoGone } = message;
  if (videoGone && thumbnail && !card.spoiler) return renderStill(card, id);
  if (!video && !card.progress) return undefined;
  const player = video && {
    id: `${id}-video`,
    source: mediaPath(card.jobId, "video"),
    poster: thumbnail && mediaPath(card.jobId, "thumbnail"),
    label: card.altText ?? card.prompt,
    spoiler: card.spoiler ?? false,
  };
  return html`<div class="screen" id="${id}-screen">
    ${card.frame && renderLeader(card.frame, card.progress?.percent)}
    ${player && renderPlayer(player)}
  </div>`;
}

function renderStill({ jobId, frame, altText, prompt }: Card, id: string): Html {
  const shape = frame && html` width="${frame.width}" height="${frame.height}"`;
  return html`<div class="screen" id="${id}-screen" data-gone>
    <img src="${mediaPath(jobId, "thumbnail")}"${shape} alt="${altText ?? prompt}" />
  </div>`;
}

/** A value is set where the backend reports one; without it the bar moves to and fro. */
function renderProgress({ percent, label }: NonNullable<Card["progress"]>, id: string): Html {
  const value = percent === undefined ? "" : html` value="${percent}"`;
  return html`<div class="progress">
    <progress id="${id}-progress" max="100"${value} aria-label="Progress"></progress>
    <span class="percent">${percent !== undefined && html`${percent} %`}</span>
    <span class="elapsed">${label}</span>
  </div>`;
}

function renderActions({ card, video }: KeptMessage, id: string): Html | undefined {
  if (card.buttons.length === 0 && !video) return undefined;
  return html`<div class="actions">
    ${card.buttons.map((button) => renderButton(button, id))}
    ${
      video &&
      html`<a class="button" href="${mediaPath(card.jobId, "video")}" download="${video.filename}">${download} Download</a>`
    }
  </div>`;
}

function renderButton(button: CardButton, id: string): Html {
  return html`<form method="post" action="/buttons" hx-post="/buttons" hx-target="#feed" hx-swap="beforeend" hx-sync="this:drop">
    <button class="button" id="${id}-${button.action}-${button.argument}" data-style="${button.style}" name="button" value="${encodeButton(button)}">${button.label}</button>
  </form>`;
}

/** Where a message's files are served. */
function mediaPath(id: string, file: "video" | "thumbnail"): string {
  return `/media/${id}/${file}`;
}

/** In the server's time zone, which is the reader's on a local page. */
function clockTime(at: number): string {
  return new Date(at).toLocaleString("en-GB", {
    day: "numeric",
    month: "short",
    hour: "2-digit",
    minute: "2-digit",
  });
}
