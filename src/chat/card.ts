import type { MediaFile } from "./media-file.ts";
import type { Line } from "./rich-text.ts";

/** How a button looks; every platform has these three. */
export type ButtonStyle = "primary" | "secondary" | "danger";

/** What a press of a button means: the command it belongs to, and what it is about, as a rule a job's id. */
export interface ButtonTarget {
  /** The command's name. */
  action: string;
  /** Letters, digits, `.`, `_` and `-`, 64 at most. */
  argument: string;
}

/** A button; it carries `v1:action:argument` and nothing else, so it works for as long as its message stands. */
export interface CardButton extends ButtonTarget {
  label: string;
  style: ButtonStyle;
}

/** How far the work is: `percent` only where the backend reports one. */
export interface CardProgress {
  percent: number | undefined;
  /** "32 s so far, about 40 s left" */
  label: string;
}

/** The chat message that shows a job, in neutral terms. */
export interface Card {
  jobId: string;
  /** The job document's revision it was made from: an older one is dropped, never shown over a newer one. */
  revision: number;
  /** `final`: nothing follows by itself; final cards go first and are never dropped. */
  kind: "progress" | "final";
  tone: "neutral" | "good" | "bad";
  /** One or two words of state: "Queued", "Rendering", "Done". */
  title: string;
  /** Shortened, not escaped: the platform quotes it. */
  prompt: string;
  lines: Line[];
  progress?: CardProgress;
  /** The clip's shape in pixels, for platforms that keep its place free. */
  frame?: { width: number; height: number };
  /** Small print: job id, "simulated". */
  footnote: Line;
  /** Describes the video for those who do not see it; set once there is a video to show. */
  altText?: string;
  /** The video is hidden until somebody wants to see it, where the platform can do that. */
  spoiler?: boolean;
  buttons: CardButton[];
}

/** A private answer to one person. */
export interface Notice {
  tone: "info" | "error";
  lines: Line[];
  /** The option that an error is about: a form shows it there. */
  option?: string;
  /** A file for that person alone, shown where the platform can show it. */
  file?: MediaFile;
}

const BUTTON_ID = /^v1:([a-z-]{1,32}):([A-Za-z0-9._-]{1,64})$/;

/**
 * What a button means that carries something else: no command has that name, so whoever pressed it is told that it is
 * from another version.
 */
export const UNREADABLE_BUTTON: ButtonTarget = { action: "", argument: "" };

/** What a button carries on the wire (Discord `custom_id`, Slack `value`). */
export function encodeButton({ action, argument }: ButtonTarget): string {
  return `v1:${action}:${argument}`;
}

/** Reads what a button carried; undefined for anything that is not ours. */
export function decodeButton(id: string): ButtonTarget | undefined {
  const [, action, argument] = BUTTON_ID.exec(id) ?? [];
  return action !== undefined && argument !== undefined ? { action, argument } : undefined;
}
