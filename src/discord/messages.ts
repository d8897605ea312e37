import {
  type APIButtonComponentWithCustomId,
  type APIComponentInContainer,
  type APIMessage,
  type APIMessageTopLevelComponent,
  type APITextDisplayComponent,
  ButtonStyle,
  ComponentType,
  MessageFlags,
  type RESTPostAPIChannelMessageJSONBody,
} from "discord.js";
import { type Card, type CardButton, encodeButton, type Notice } from "../chat/card.ts";
import { escapeText, quote, renderLine, renderLines, visibleText } from "./rich-text.ts";

/** Shares of the 4,000 characters that all texts of a message have together (Components V2). */
const ROOM = { heading: 400, prompt: 1_700, lines: 1_500, footnote: 300 };
const NOTICE_ROOM = 3_900;
const QUOTED_LINES_MAX = 12;
const ALT_TEXT_MAX = 1_024;
const LABEL_MAX = 80;
const ROW_BUTTONS_MAX = 5;
const BAR_CELLS = 16;

const ACCENT: Record<Card["tone"], number> = { neutral: 0x58_65_f2, good: 0x24_80_46, bad: 0xda_37_3c };
const NOTICE_ACCENT: Record<Notice["tone"], number> = { info: ACCENT.neutral, error: ACCENT.bad };
const STYLES = {
  primary: ButtonStyle.Primary,
  secondary: ButtonStyle.Secondary,
  danger: ButtonStyle.Danger,
} satisfies Record<CardButton["style"], ButtonStyle>;

/** A body that fits a post, an edit and an answer alike. Nobody is told: a prompt may contain any mention. */
export interface MessageBody {
  flags: MessageFlags;
  components: APIMessageTopLevelComponent[];
  allowed_mentions: { parse: [] };
}

/** A card as a message; `video` names the attachment that it plays. */
export function cardMessage(card: Card, video?: { filename: string }): MessageBody {
  return layout(ACCENT[card.tone], [
    ...text(heading(card)),
    ...text(quote(card.prompt, { max: ROOM.prompt, maxLines: QUOTED_LINES_MAX })),
    ...text(renderLines(card.lines, ROOM.lines)),
    ...(video ? [gallery(video.filename, card.altText ?? "")] : []),
    ...rows(card.buttons),
    ...text(`-# ${renderLine(card.footnote, ROOM.footnote)}`),
  ]);
}

/** A private answer as a message; the ephemeral flag is the answer's to set. */
export function noticeMessage(notice: Notice): MessageBody {
  return layout(NOTICE_ACCENT[notice.tone], text(renderLines(notice.lines, NOTICE_ROOM)));
}

/** The short reply to a card which tells the requester that the video is there: an edit notifies nobody. */
export function announcement(card: { message: string }, requester: { id: string }) {
  return {
    content: `<@${requester.id}> your video is ready.`,
    allowed_mentions: { parse: [], users: [requester.id], replied_user: false },
    message_reference: { message_id: card.message, fail_if_not_exists: false },
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

function layout(accent: number, components: APIComponentInContainer[]): MessageBody {
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

/** A text display holds one character at least. */
function text(content: string): APITextDisplayComponent[] {
  return content === "" ? [] : [{ type: ComponentType.TextDisplay, content }];
}

function gallery(filename: string, altText: string): APIComponentInContainer {
  const description = visibleText(altText).slice(0, ALT_TEXT_MAX).toWellFormed();
  const media = { url: `attachment://${filename}` };
  return { type: ComponentType.MediaGallery, items: [{ media, ...(description !== "" && { description }) }] };
}

function rows(buttons: readonly CardButton[]): APIComponentInContainer[] {
  return Array.from({ length: Math.ceil(buttons.length / ROW_BUTTONS_MAX) }, (_, row) => ({
    type: ComponentType.ActionRow,
    components: buttons.slice(row * ROW_BUTTONS_MAX, (row + 1) * ROW_BUTTONS_MAX).map(button),
  }));
}

function button({ label, style, ...target }: CardButton): APIButtonComponentWithCustomId {
  return {
    type: ComponentType.Button,
    style: STYLES[style],
    label: label.slice(0, LABEL_MAX),
    custom_id: encodeButton(target),
  };
}
