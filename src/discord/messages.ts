import {
  type APIComponentInContainer,
  type APIMessage,
  type APIMessageTopLevelComponent,
  type APITextDisplayComponent,
  ComponentType,
  MessageFlags,
  type RESTPostAPIChannelMessageJSONBody,
} from "discord.js";
import type { Card, Notice } from "../chat/card.ts";
import type { MediaFile } from "../chat/media-file.ts";
import { createButtonRows } from "./buttons.ts";
import type { Upload } from "./discord-api.ts";
import { escapeText, quote, renderLine, renderLines } from "./rich-text.ts";
import { createUploads, galleryOf } from "./uploads.ts";

/** Shares of the 4,000 characters that all texts of a message have together (Components V2). */
const ROOM = { heading: 400, prompt: 1_700, lines: 1_500, footnote: 300 };
const NOTICE_ROOM = 3_800;
const QUOTED_LINES_MAX = 12;
const BAR_CELLS = 16;

/** The colour of a message's frame. */
export const ACCENT: Record<Card["tone"], number> = {
  neutral: 0x58_65_f2,
  good: 0x24_80_46,
  bad: 0xda_37_3c,
};
const NOTICE_ACCENT: Record<Notice["tone"], number> = { info: ACCENT.neutral, error: ACCENT.bad };

/** A body that fits a post, an edit and an answer alike. Nobody is told: a prompt may contain any mention. */
export interface MessageBody {
  flags: MessageFlags;
  components: APIMessageTopLevelComponent[];
  allowed_mentions: { parse: [] };
  /** All that the message has afterwards; absent in an edit: all that it had. */
  attachments?: { id: string; filename?: string }[];
}

/** A message with its files. */
export interface Outgoing {
  body: MessageBody;
  uploads: Upload[];
}

/** Whether a file can be uploaded where the message goes. */
export type Fits = (file: MediaFile) => boolean;

/** A card as a message; `video` names the attachment that it plays. */
export function cardMessage(card: Card, video?: { filename: string }): MessageBody {
  return layout(ACCENT[card.tone], [
    ...text(heading(card)),
    ...text(quote(card.prompt, { max: ROOM.prompt, maxLines: QUOTED_LINES_MAX })),
    ...text(renderLines(card.lines, ROOM.lines)),
    ...(video ? [playerOf(card, video)] : []),
    ...createButtonRows()(card.buttons),
    ...text(`-# ${renderLine(card.footnote, ROOM.footnote)}`),
  ]);
}

/** A private answer as a message; the ephemeral flag is the answer's to set. */
export function noticeMessage({ tone, lines, file }: Notice, fits: Fits): Outgoing {
  const uploads = createUploads();
  const words = text(renderLines(lines, NOTICE_ROOM));
  const tooLarge = text(
    file && !fits(file) ? `-# ${escapeText(file.filename, 80)} is too large for Discord.` : "",
  );
  const shown = file && fits(file) ? [fileView(file, uploads.add(file))] : [];
  return outgoing(layout(NOTICE_ACCENT[tone], [...words, ...tooLarge, ...shown]), uploads.list);
}

/** A message that has these files and no others afterwards. */
export function outgoing(body: MessageBody, uploads: Upload[]): Outgoing {
  const attachments = uploads.map(({ filename }, index) => ({ id: String(index), filename }));
  return { body: { ...body, attachments }, uploads };
}

/** The short reply to a card which tells the requester that the video is there: an edit notifies nobody. */
export function announcement(card: { message: string }, requester: { id: string }) {
  return {
    content: `<@${requester.id}> your video is ready.`,
    allowed_mentions: { parse: [], users: [requester.id], replied_user: false },
    message_reference: { message_id: card.message, fail_if_not_exists: false },
  } satisfies RESTPostAPIChannelMessageJSONBody;
}

/** The direct message that says the same where the requester does not want to be mentioned in the channel. */
export function directAnnouncement(link: string) {
  return {
    content: `Your video is ready: ${link}`,
    allowed_mentions: { parse: [] },
  } satisfies RESTPostAPIChannelMessageJSONBody;
}

/**
 * The attachment that a message's gallery plays. Discord leaves attachments that a component shows out of the
 * message's list and names them in the component instead (discord/discord-api-docs#8277).
 */
export function shownVideo(message: APIMessage): { id: string; filename: string } | undefined {
  const components = (message.components ?? []).flatMap((component) =>
    component.type === ComponentType.Container ? component.components : [],
  );
  const [media] = components.flatMap((component) =>
    component.type === ComponentType.MediaGallery ? component.items.map((item) => item.media) : [],
  );
  if (media?.attachment_id === undefined || !URL.canParse(media.url)) return undefined;
  const filename = new URL(media.url).pathname.split("/").at(-1) ?? "";
  return { id: media.attachment_id, filename: decodeURIComponent(filename) };
}

/** Components in a coloured frame. */
export function layout(accent: number, components: APIComponentInContainer[]): MessageBody {
  return {
    flags: MessageFlags.IsComponentsV2,
    components: [{ type: ComponentType.Container, accent_color: accent, components }],
    allowed_mentions: { parse: [] },
  };
}

function heading({ title, progress }: Card): string {
  const name = `**${escapeText(title, ROOM.heading / 2)}**`;
  if (!progress) return name;
  const label = escapeText(progress.label, ROOM.heading / 4);
  if (progress.percent === undefined) return `${name}\n${label}`;
  const percent = Math.min(100, Math.max(0, progress.percent));
  const filled = Math.floor((percent / 100) * BAR_CELLS);
  return `${name}\n${"▰".repeat(filled)}${"▱".repeat(BAR_CELLS - filled)} ${percent} % · ${label}`;
}

/** A text display, which holds one character at least. */
export function text(content: string): APITextDisplayComponent[] {
  return content === "" ? [] : [{ type: ComponentType.TextDisplay, content }];
}

function playerOf({ altText = "", spoiler = false }: Card, { filename }: { filename: string }) {
  return galleryOf({ url: `attachment://${filename}` }, { altText, spoiler });
}

function fileView({ contentType, filename }: MediaFile, media: { url: string }): APIComponentInContainer {
  const isVisible = /^(image|video)\//.test(contentType);
  return isVisible ? galleryOf(media, { altText: filename }) : { type: ComponentType.File, file: media };
}
