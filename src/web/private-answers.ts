import { html } from "hono/html";
import { encodeButton, type Notice } from "../chat/card.ts";
import type { MediaFile } from "../chat/media-file.ts";
import type { Page, PageButton, PageRow } from "../chat/page.ts";
import { cross, download, eye, reel } from "./icons.ts";
import { renderPlayer } from "./player.ts";
import { type Html, renderLine, safeLink } from "./rich-text.ts";

/** Gives a file that is about to be shown its address. */
export type AddressOf = (file: MediaFile) => string;

interface Answer {
  /** Attributes of the element. */
  attributes: Html;
  body: Html;
}

/** What only the tab which asked gets to see. */
function renderAnswer({ attributes, body }: Answer): Html {
  return html`<article ${attributes}>
    <div class="avatar">${reel}</div>
    <header class="byline"><span class="author">Showreel</span> <span class="tag">bot</span></header>
    <div class="card">
      <div class="details">
        ${body}
        <p class="footnote">
          ${eye} Only you can see this
          <button type="button" class="dismiss" data-dismiss>${cross} Dismiss</button>
        </p>
      </div>
    </div>
  </article>`;
}

/** A notice; its file is shown in it, where it can be, and offered for download. */
export function renderNotice(notice: Notice, addressOf?: AddressOf): Html {
  const { tone, lines, file } = notice;
  return renderAnswer({
    attributes: html`class="message notice" data-tone="${tone === "error" ? "bad" : "neutral"}" aria-label="Private answer"`,
    body: html`${renderLines(lines)}${file && addressOf && renderFile(file, addressOf(file))}`,
  });
}

function renderFile({ contentType, filename }: MediaFile, address: string): Html {
  const [kind] = contentType.split("/");
  return html`<div class="file">
    ${kind === "image" && html`<div class="screen"><img src="${address}" alt="${filename}" /></div>`}
    ${kind === "video" && html`<div class="screen">${renderPlayer({ id: idOf(address), source: address, poster: undefined, label: filename, spoiler: false })}</div>`}
    <a class="button" href="${address}" download="${filename}">${download} Download</a>
  </div>`;
}

/** What is wrong with a form, said inside of it. */
export function renderProblem({ lines }: Notice): Html {
  return html`${lines.map((line) => html`<p dir="auto">${renderLine(line)}</p>`)}`;
}

/**
 * A page to look through.
 * @param id of the element: the one of the page whose place it takes, so that the focus finds its button again
 */
export function renderAnswerPage(page: Page, { id, addressOf }: { id: string; addressOf: AddressOf }): Html {
  const { title, lines, rows, video, buttons } = page;
  const button = (each: PageButton, place: string) => renderButton(each, { page: id, place });
  return renderAnswer({
    attributes: html`class="message notice page" id="${id}" tabindex="-1" aria-labelledby="${id}-title"`,
    body: html`<h2 class="page-title" id="${id}-title" dir="auto">${title}</h2>
      ${lines.length > 0 && renderLines(lines)}
      ${video && renderVideo(video, addressOf)}
      ${
        rows.length > 0 &&
        html`<ul class="rows">${rows.map((row, index) => renderRow(row, { addressOf, button: (each, nth) => button(each, `${index}-${nth}`) }))}</ul>`
      }
      ${buttons.length > 0 && html`<div class="actions">${buttons.map((each, nth) => button(each, `${nth}`))}</div>`}`,
  });
}

function renderVideo(
  { file, picture, altText, spoiler }: NonNullable<Page["video"]>,
  addressOf: AddressOf,
): Html {
  const source = addressOf(file);
  const poster = picture && addressOf(picture.file);
  return html`<div class="screen">${renderPlayer({ id: idOf(source), source, poster, label: altText, spoiler })}</div>`;
}

function renderRow(
  { lines, picture, buttons }: PageRow,
  { addressOf, button }: { addressOf: AddressOf; button: (each: PageButton, nth: number) => Html },
): Html {
  return html`<li class="row">
    ${picture && html`<div class="poster"><img src="${addressOf(picture.file)}" alt="${picture.altText}" loading="lazy" /></div>`}
    ${renderLines(lines)}
    ${buttons.length > 0 && html`<div class="actions">${buttons.map(button)}</div>`}
  </li>`;
}

/** The page that a press comes from goes with it: what it leads to takes that page's place. */
function renderButton(button: PageButton, { page, place }: { page: string; place: string }): Html {
  const { label, style } = button;
  if ("link" in button) {
    const link = safeLink(button.link);
    if (link === undefined) return html``;
    return html`<a class="button" data-style="${style}" href="${link}"${!link.startsWith("/") && html` target="_blank" rel="noopener noreferrer"`}>${label}</a>`;
  }
  return html`<form method="post" action="/buttons" hx-post="/buttons" hx-target="closest .page" hx-swap="outerHTML" hx-sync="closest .page:drop">
    <input type="hidden" name="page" value="${page}" />
    <button class="button" id="${page}-${place}" data-style="${style}" name="button" value="${encodeButton(button)}">${label}</button>
  </form>`;
}

function renderLines(lines: Notice["lines"]): Html {
  return html`<div class="lines">${lines.map((line) => html`<p dir="auto">${renderLine(line)}</p>`)}</div>`;
}

/** An element's id that is as unique as its file's address. */
function idOf(address: string): string {
  return `file-${address.split("/").at(-1)}`;
}
