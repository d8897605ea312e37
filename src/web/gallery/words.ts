import { html } from "hono/html";
import type { Html } from "../rich-text.ts";

const UNITS = [
  ["year", 365 * 86_400_000],
  ["month", 30 * 86_400_000],
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
] as const;
const ago = new Intl.RelativeTimeFormat("en");
const day = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "long",
  year: "numeric",
  timeZone: "UTC",
});
const moment = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  timeZone: "UTC",
});
const number = new Intl.NumberFormat("en");

/** How long ago something was, "3 days ago"; the date is its title. */
export function renderAge(at: number, now: number): Html {
  const [unit, ms] = UNITS.find(([, length]) => now - at >= length) ?? [];
  const words = unit ? ago.format(-Math.floor((now - at) / ms), unit) : "just now";
  return html`<time datetime="${new Date(at).toISOString()}" title="${day.format(at)}">${words}</time>`;
}

/** A date with its time; nobody says where the reader is, so it is in UTC and says so. */
export function renderMoment(at: number): Html {
  return html`<time datetime="${new Date(at).toISOString()}">${moment.format(at)} UTC</time>`;
}

/** "1 video", "1,204 videos" */
export function countOf(count: number, one: string): string {
  return `${number.format(count)} ${one}${count === 1 ? "" : "s"}`;
}

/** "3.4 MB" */
export function bytesOf(bytes: number): string {
  if (bytes < 1_000_000) return `${number.format(Math.ceil(bytes / 1_000))} kB`;
  return `${number.format(Math.round(bytes / 100_000) / 10)} MB`;
}

/** What somebody wrote or is called, kept apart from the text around it, whichever way it runs. */
export function isolate(text: string): Html {
  return html`<bdi>${text}</bdi>`;
}
