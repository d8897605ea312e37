import type { ButtonStyle, ButtonTarget } from "./card.ts";
import type { MediaFile } from "./media-file.ts";
import type { Line } from "./rich-text.ts";

/** A picture in a page; its bytes never change under its key. */
export interface PagePicture {
  file: MediaFile;
  altText: string;
}

/** A button of a page: it is pressed, or leads to an address. */
export type PageButton = { label: string; style: ButtonStyle } & (ButtonTarget | { link: string });

/** One thing in a page. */
export interface PageRow {
  lines: Line[];
  picture?: PagePicture;
  /** Two at most. */
  buttons: PageButton[];
}

/**
 * Something to look through, seen by one person alone: what the smallest platform can show, which is Discord with its
 * 40 components and 4,000 characters of text. What a button of a page leads to is shown in its place.
 */
export interface Page {
  title: string;
  lines: Line[];
  /** Five at most. */
  rows: PageRow[];
  /** A video to play, where the platform can play one privately; elsewhere its picture and `link` stand for it. */
  video?: { file: MediaFile; picture?: PagePicture; altText: string; spoiler: boolean; link?: string };
  /** Below everything; five at most. */
  buttons: PageButton[];
}
