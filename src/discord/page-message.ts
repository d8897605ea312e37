import { type APIComponentInContainer, ComponentType } from "discord.js";
import type { Page, PageButton, PageRow } from "../chat/page.ts";
import { createButtonRows } from "./buttons.ts";
import { ACCENT, type Fits, layout, type Outgoing, outgoing, text } from "./messages.ts";
import { escapeText, fitLines } from "./rich-text.ts";
import { createUploads, descriptionOf, galleryOf, type Uploads } from "./uploads.ts";

/** Shares of the 4,000 characters that all texts of a message have together (Components V2). */
const ROOM = { all: 3_900, title: 200, row: 500 };
const ROWS_MAX = 5;
const ROW_BUTTONS_MAX = 2;
const BUTTONS_MAX = 5;

/**
 * A page as a message. Its 40 components at most are: frame and heading 2; a row 6, which are section, text, picture and
 * buttons in their row; a video 1; the last row of buttons 6. The link to a video that cannot be played there takes two
 * more, so that page has a row less.
 */
export function pageMessage(page: Page, fits: Fits): Outgoing {
  const uploads = createUploads();
  const buttonRows = createButtonRows();
  const plays = page.video !== undefined && fits(page.video.file);
  const rows = page.rows.slice(0, page.video && !plays ? ROWS_MAX - 1 : ROWS_MAX);
  const room = ROOM.all - ROOM.title - rows.length * ROOM.row;
  const title = `### ${escapeText(page.title.replaceAll(/\s+/gu, " "), ROOM.title - 10)}`;
  const heading = [title, fitLines(page.lines, room)].filter((part) => part !== "").join("\n");
  const body = layout(ACCENT.neutral, [
    ...text(heading),
    ...(page.video ? videoView(page.video, uploads, fits) : []),
    ...buttonRows(page.video && !plays ? watchButton(page.video.link) : []),
    ...rows.flatMap((row) => [
      ...rowView(row, uploads, fits),
      ...buttonRows(row.buttons.slice(0, ROW_BUTTONS_MAX)),
    ]),
    ...buttonRows(page.buttons.slice(0, BUTTONS_MAX)),
  ]);
  return outgoing(body, uploads.list);
}

/** The video to play, or the picture that stands for it. */
function videoView(
  { file, picture, altText, spoiler }: NonNullable<Page["video"]>,
  uploads: Uploads,
  fits: Fits,
): APIComponentInContainer[] {
  if (fits(file)) return [galleryOf(uploads.add(file), { altText, spoiler })];
  if (!picture || !fits(picture.file)) return [];
  return [galleryOf(uploads.add(picture.file), { altText: picture.altText, spoiler })];
}

function watchButton(link: string | undefined): PageButton[] {
  return link === undefined ? [] : [{ label: "Watch", style: "secondary", link }];
}

function rowView({ lines, picture }: PageRow, uploads: Uploads, fits: Fits): APIComponentInContainer[] {
  const words = text(fitLines(lines, ROOM.row));
  if (!picture || !fits(picture.file)) return words;
  const media = uploads.add(picture.file);
  // A section has words in it.
  if (words.length === 0) return [galleryOf(media, { altText: picture.altText })];
  const accessory = { type: ComponentType.Thumbnail, media, ...descriptionOf(picture.altText) } as const;
  return [{ type: ComponentType.Section, components: words, accessory }];
}
