import type { Context } from "hono";
import { html } from "hono/html";
import { streamSSE } from "hono/streaming";
import { shorten } from "../chat/rich-text.ts";
import { anchorOf } from "./adapter.ts";
import type { Feed } from "./feed.ts";
import type { FindKept, KeptMessage } from "./kept-files.ts";
import { renderMessage } from "./messages.ts";
import type { Html } from "./rich-text.ts";

/** Often enough for proxies, which cut silent connections after a minute. */
const HEARTBEAT_MS = 25_000;

/**
 * Keeps a tab in step: first what it missed since the stamp it knows, then every change. Each event's id is a stamp, so
 * a tab that was cut off or asleep goes on where it was, also with the next process.
 */
export function streamEvents(c: Context, feed: Feed, findKept: FindKept): Response {
  const known = Number(c.req.header("last-event-id") ?? c.req.query("after"));
  return streamSSE(c, async (stream) => {
    const gone = new AbortController();
    stream.onAbort(() => gone.abort());
    let sent = Number.isFinite(known) ? known : feed.stamp();
    await stream.write(": in step\n\n");
    while (!gone.signal.aborted && !feed.closed) {
      for (const message of await feed.changedSince(sent)) {
        await stream.writeSSE({
          id: String(message.changedAt),
          data: String(await renderChange(await findKept(message), sent)),
        });
        sent = message.changedAt;
      }
      const beat = AbortSignal.any([gone.signal, AbortSignal.timeout(HEARTBEAT_MS)]);
      await feed.changeAfter(sent, beat);
      if (beat.aborted) await stream.write(": still here\n\n");
    }
  });
}

/** Adds the message where the tab cannot have it yet, otherwise changes it in place; a new state is said aloud. */
function renderChange(message: KeptMessage, sent: number): Html {
  const body = renderMessage(message);
  const { card, postedAt, stateAt } = message;
  const change =
    postedAt > sent
      ? html`<hx-partial hx-target="#feed" hx-swap="beforeend">${body}</hx-partial>`
      : html`<hx-partial hx-target="#${anchorOf(card.jobId)}" hx-swap="outerMorph">${body}</hx-partial>`;
  return stateAt > sent
    ? html`${change}${renderAnnouncement(`${card.title}: ${shorten(card.prompt, 80)}`)}`
    : change;
}

/** Says something to screen readers, without a change of focus. */
export function renderAnnouncement(text: string): Html {
  return html`<hx-partial hx-target="#announcer" hx-swap="textContent">${text}</hx-partial>`;
}
