import type { ActionsBlock, Button, ImageBlock, KnownBlock, ModalView } from "@slack/types";
import { z } from "zod";
import { encodeButton } from "../chat/card.ts";
import type { MediaFile } from "../chat/media-file.ts";
import type { Page, PageButton, PagePicture, PageRow } from "../chat/page.ts";
import { type Line, visibleText } from "../chat/rich-text.ts";
import { BUTTON_STYLES, noticeText, plain, type SlackMessage } from "./messages.ts";
import { escapeMrkdwn, mrkdwnLines } from "./mrkdwn.ts";
import type { PictureIds } from "./pictures.ts";
import type { Place } from "./places.ts";
import { clamp, richText, section } from "./rich-text.ts";

// docs.slack.dev/reference/block-kit: title 24, header 150, section 3000, alt text 2000, button 75 characters.
const TITLE_MAX = 24;
const HEADER_MAX = 150;
const SECTION_MAX = 3000;
const ALT_TEXT_MAX = 2000;
const BUTTON_MAX = 75;
const TEXT_MAX = 300;

/** The pictures of a page, each once. */
export function picturesOf({ rows, video }: Page): MediaFile[] {
  const pictures = [...rows.map(({ picture }) => picture), video && shownPicture(video)];
  const files = pictures.flatMap((picture) => (picture ? [picture.file] : []));
  return [...new Map(files.map((file) => [file.key, file])).values()];
}

const shownSchema = z.object({ slack_file: z.object({ id: z.string() }) });
const besideSchema = z.object({ accessory: shownSchema });

/** Slack's id of the picture that a block shows, if it shows one. */
export function pictureOf(block: unknown): string | undefined {
  const shown = shownSchema.safeParse(block).data ?? besideSchema.safeParse(block).data?.accessory;
  return shown?.slack_file.id;
}

/** A page as a modal; it remembers the conversation that its buttons act in. */
export function pageView(page: Page, place: Place, ids: PictureIds): ModalView {
  const fits = page.title.length <= TITLE_MAX;
  return {
    type: "modal",
    callback_id: "page",
    private_metadata: JSON.stringify(place),
    title: plain(fits ? page.title : "Showreel", TITLE_MAX),
    close: plain("Close", TITLE_MAX),
    blocks: [...(fits ? [] : [header(page)]), ...body(page, ids)],
  };
}

/** A page as a message, where there is no opening a modal. */
export function pageMessage(page: Page, ids: PictureIds): SlackMessage {
  const text = [page.title, noticeText(page.lines)].filter((words) => words !== "").join(": ");
  return {
    text: escapeMrkdwn(clamp(visibleText(text), TEXT_MAX)),
    blocks: [header(page), ...body(page, ids)],
  };
}

/** A few words on top of a page. */
export function noticeView(lines: readonly Line[]): ModalView {
  return {
    type: "modal",
    callback_id: "notice",
    title: plain("Showreel", TITLE_MAX),
    close: plain("Back", TITLE_MAX),
    blocks: richText(section(lines)),
  };
}

function header({ title }: Page): KnownBlock {
  return { type: "header", text: plain(title, HEADER_MAX) };
}

function body({ lines, rows, video, buttons }: Page, ids: PictureIds): KnownBlock[] {
  const nameButtons = createButtonNames();
  const watch: PageButton[] =
    video?.link === undefined ? [] : [{ label: "Watch in the channel", style: "primary", link: video.link }];
  return [
    ...richText(section(lines)),
    ...(video ? videoBlocks(video, ids) : []),
    ...rows.flatMap((row) => rowBlocks(row, ids, nameButtons)),
    ...actions([...watch, ...buttons], nameButtons),
  ];
}

type Video = NonNullable<Page["video"]>;

/** Slack has no way to hide a picture until it is wanted, so one that should be hidden is left out. */
function shownPicture({ picture, spoiler }: Video): PagePicture | undefined {
  return spoiler ? undefined : picture;
}

/** Modals play no videos: the picture stands for it. */
function videoBlocks(video: Video, ids: PictureIds): ImageBlock[] {
  const image = imageOf(shownPicture(video), ids);
  return image ? [{ ...image, type: "image" }] : [];
}

function rowBlocks(
  { lines, picture, buttons }: PageRow,
  ids: PictureIds,
  nameButtons: ButtonNames,
): KnownBlock[] {
  const image = imageOf(picture, ids);
  const words = mrkdwnLines(lines);
  const top: KnownBlock[] =
    image && words !== "" && words.length <= SECTION_MAX
      ? [
          {
            type: "section",
            text: { type: "mrkdwn", text: words, verbatim: true },
            accessory: { ...image, type: "image" },
          },
        ]
      : richText(section(lines));
  return [{ type: "divider" }, ...top, ...actions(buttons, nameButtons)];
}

function imageOf(picture: PagePicture | undefined, ids: PictureIds) {
  const id = picture && ids.get(picture.file.key);
  if (id === undefined) return undefined;
  return {
    alt_text: clamp(visibleText(picture?.altText ?? "") || "A picture", ALT_TEXT_MAX),
    slack_file: { id },
  };
}

type ButtonNames = (action: string) => string;

/** Slack tells the buttons of a view by their ids, and many buttons of a page do the same to different things. */
function createButtonNames(): ButtonNames {
  let count = 0;
  return (action) => {
    count += 1;
    return `${action}-${count}`;
  };
}

function actions(buttons: readonly PageButton[], nameButtons: ButtonNames): ActionsBlock[] {
  const elements = buttons.map((declared): Button => {
    const { label, style } = declared;
    const look = { type: "button", text: plain(label, BUTTON_MAX), ...BUTTON_STYLES[style] } as const;
    if ("link" in declared) return { ...look, action_id: nameButtons("link"), url: declared.link };
    return { ...look, action_id: nameButtons(declared.action), value: encodeButton(declared) };
  });
  return elements.length === 0 ? [] : [{ type: "actions", elements }];
}
