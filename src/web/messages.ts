import { html } from "hono/html";
import { type Card, type CardButton, encodeButton, type Notice } from "../chat/card.ts";
import { anchorOf } from "./adapter.ts";
import type { FeedMessage } from "./feed.ts";
import { cross, download, eye, reel } from "./icons.ts";
import { renderLeader } from "./leader.ts";
import { type Html, renderLine } from "./rich-text.ts";

/** A message of the bot with its card. Ids stand wherever a morph has to find the element again. */
export function renderMessage(message: FeedMessage): Html {
  const { card, postedAt } = message;
  const id = anchorOf(card.jobId);
  return html`<article class="message" id="${id}" data-tone="${card.tone}" data-kind="${card.kind}" tabindex="-1" aria-labelledby="${id}-author ${id}-state">
    ${renderAuthor(postedAt, id)}
    <div class="card">
      ${renderScreen(message, id)}
      <div class="details">
        <h2 class="state" id="${id}-state">${card.title}</h2>
        <blockquote class="prompt">${card.prompt}</blockquote>
        ${card.progress && renderProgress(card.progress, id)}
        <div class="lines">${card.lines.map((line) => html`<p>${renderLine(line)}</p>`)}</div>
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

/** The video; while there is none yet, a film leader of its shape. */
function renderScreen({ card, video, thumbnail }: FeedMessage, id: string): Html | undefined {
  if (!video && !card.progress) return undefined;
  const source = mediaPath(card.jobId, "video");
  const poster = thumbnail && html` poster="${mediaPath(card.jobId, "thumbnail")}"`;
  return html`<div class="screen" id="${id}-screen">
    ${card.frame && renderLeader(card.frame, card.progress?.percent)}
    ${
      video &&
      html`<video id="${id}-video" src="${source}"${poster} controls playsinline preload="metadata" aria-label="${card.altText ?? card.prompt}"></video>`
    }
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

function renderActions({ card, video }: FeedMessage, id: string): Html | undefined {
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
    <button class="button" id="${id}-${button.action}" data-style="${button.style}" name="button" value="${encodeButton(button)}">${button.label}</button>
  </form>`;
}

/** An answer that only the tab which asked gets to see. */
export function renderNotice(notice: Notice): Html {
  return html`<article class="message notice" data-tone="${notice.tone === "error" ? "bad" : "neutral"}" aria-label="Private answer">
    <div class="avatar">${reel}</div>
    <header class="byline"><span class="author">Showreel</span> <span class="tag">bot</span></header>
    <div class="card">
      <div class="details">
        <div class="lines">${notice.lines.map((line) => html`<p>${renderLine(line)}</p>`)}</div>
        <p class="footnote">
          ${eye} Only you can see this
          <button type="button" class="dismiss" data-dismiss>${cross} Dismiss</button>
        </p>
      </div>
    </div>
  </article>`;
}

/** What is wrong with a form, said inside of it. */
export function renderProblem({ lines }: Notice): Html {
  return html`${lines.map((line) => html`<p>${renderLine(line)}</p>`)}`;
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
