import { html } from "hono/html";
import type { AssetUrl } from "../assets.ts";
import { reel } from "../icons.ts";
import type { Html } from "../rich-text.ts";
import { renderFrame } from "./frame.ts";

/** Why there is nothing to see. */
export type Closed = "unknown" | "expired" | "revoked" | "off" | "no-video" | "trouble";

/** The status that goes with each reason, and its words. Nothing on the page tells whose gallery it would be. */
export const CLOSED: Record<
  Closed,
  { status: 404 | 410 | 500; title: string; advice: Html; mayGoBack?: true }
> = {
  unknown: {
    status: 404,
    title: "This link leads nowhere",
    advice: html`Perhaps a part of it got lost on the way. Type <code>/video gallery</code> in the channel: the answer has a link that works.`,
  },
  expired: {
    status: 410,
    title: "This link has expired",
    advice: html`Links to a gallery work for some days. Type <code>/video gallery</code> in the channel again to get a new one.`,
  },
  revoked: {
    status: 410,
    title: "This link was withdrawn",
    advice: html`Somebody who looks after the channel made its links invalid. If you are in the channel, type <code>/video gallery</code> there to get a new one.`,
  },
  off: {
    status: 404,
    title: "This gallery is closed",
    advice: html`The channel has no web gallery at the moment. Type <code>/video gallery</code> there to see its videos in the chat.`,
  },
  "no-video": {
    status: 404,
    title: "This video is not here",
    advice: html`It may have been deleted, or it was never part of this gallery. Type <code>/video gallery</code> in the channel to see those that are.`,
    mayGoBack: true,
  },
  trouble: {
    status: 500,
    title: "The projector jammed",
    advice: html`That went wrong on our side; the log says more. Load the page again in a moment.`,
  },
};

/** A page that says why there is nothing to see, and what to do. */
export function renderClosed({
  reason,
  home,
  asset,
}: {
  reason: Closed;
  /** The way to the gallery's beginning. */
  home: string;
  asset: AssetUrl;
}): Html {
  const { title, advice, mayGoBack } = CLOSED[reason];
  return renderFrame({
    title,
    asset,
    body: html`<section class="closed">
      <div class="dark-screen">${reel}</div>
      <h1>${title}</h1>
      <p>${advice}</p>
      ${mayGoBack && html`<p><a class="button" href="${home}">See the videos that are</a></p>`}
    </section>`,
  });
}
