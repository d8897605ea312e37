import type {
  ActionsBlock,
  Button,
  ContextBlock,
  HeaderBlock,
  KnownBlock,
  PlainTextElement,
  RichTextSection,
} from "@slack/types";
import type { Delivery } from "../chat/adapter.ts";
import { type Card, type CardButton, type CardProgress, encodeButton, type Notice } from "../chat/card.ts";
import { type Line, plainText, visibleText } from "../chat/rich-text.ts";
import { escapeMrkdwn } from "./mrkdwn.ts";
import { clamp, quote, richText, section } from "./rich-text.ts";

/** Blocks, and the words that notifications and screen readers read instead of them. */
export interface SlackMessage {
  text: string;
  blocks: KnownBlock[];
}

// docs.slack.dev/reference/block-kit: header 150, button 75, context element 2000 characters, 25 buttons a block.
const HEADER_MAX = 150;
const BUTTON_MAX = 75;
const BUTTONS_MAX = 25;
const CONTEXT_MAX = 2000;
const PROMPT_MAX = 3000;
/** `text` of an edit may have 4000 characters; a notification shows far fewer. */
const TEXT_MAX = 300;
const NOTICE_MAX = 3000;
const BAR_STEPS = 12;

const SIGNS: Readonly<Record<Card["tone"], string>> = { neutral: "🎬", good: "✅", bad: "⚠️" };
/** How Slack writes the three looks of a button. */
export const BUTTON_STYLES: Readonly<Record<CardButton["style"], Pick<Button, "style">>> = {
  primary: { style: "primary" },
  secondary: {},
  danger: { style: "danger" },
};

/** A job on its way, or one that failed. */
export function cardMessage(card: Card): SlackMessage {
  return { text: summary(card), blocks: [...head(card), ...foot(card)] };
}

/** The message with the video; Slack shows the file under these blocks. Only `reply` notifies the requester. */
export function videoBlocks(
  card: Card,
  { requester, ping }: Pick<Delivery, "requester" | "ping">,
): KnownBlock[] {
  const words = "here is your video.";
  const greeting: RichTextSection =
    ping === "reply"
      ? {
          type: "rich_text_section",
          elements: [
            { type: "user", user_id: requester.id },
            { type: "text", text: ` ${words}` },
          ],
        }
      : section([[{ bold: requester.name }, ` ${words}`]]);
  return [...richText(greeting), ...head(card), ...foot(card)];
}

/** What is left of a card once its video stands in a message of its own; the buttons are there. */
export function deliveredMessage(card: Card): SlackMessage {
  return { text: summary(card), blocks: richText(section([[{ bold: heading(card) }], ...card.lines])) };
}

/** An answer to one person. */
export function noticeMessage({ lines }: Notice): SlackMessage {
  return {
    text: escapeMrkdwn(clamp(noticeText(lines), NOTICE_MAX)),
    blocks: richText(section(lines)),
  };
}

/** The same where Slack takes no blocks. */
export function noticeText(lines: readonly Line[]): string {
  return visibleText(lines.map(plainText).join("\n"));
}

/** A text that Slack shows as it is, of one character at least: it refuses an empty one. */
export function plain(text: string, max: number): PlainTextElement {
  return { type: "plain_text", text: clamp(visibleText(text) || "…", max), emoji: false };
}

function heading(card: Card): string {
  return `${SIGNS[card.tone]} ${card.title}`;
}

/** `text` is read as markup even beside blocks. */
function summary(card: Card): string {
  return escapeMrkdwn(clamp(visibleText(`${card.title}: ${card.prompt}`), TEXT_MAX));
}

function head(card: Card): KnownBlock[] {
  const header: HeaderBlock = { type: "header", text: plain(heading(card), HEADER_MAX) };
  const progress = card.progress ? [progressLine(card.progress)] : [];
  const words = quote(clamp(card.prompt, PROMPT_MAX));
  return [header, ...richText(words, section([...progress, ...card.lines]))];
}

function foot(card: Card): KnownBlock[] {
  const note = plainText(card.footnote);
  const context: ContextBlock[] =
    note === "" ? [] : [{ type: "context", elements: [plain(note, CONTEXT_MAX)] }];
  const elements = card.buttons.slice(0, BUTTONS_MAX).map(button);
  const actions: ActionsBlock[] = elements.length === 0 ? [] : [{ type: "actions", elements }];
  return [...context, ...actions];
}

function progressLine({ percent, label }: CardProgress): Line {
  if (percent === undefined) return [label];
  const full = Math.round((Math.min(100, Math.max(0, percent)) / 100) * BAR_STEPS);
  return [`${"█".repeat(full)}${"░".repeat(BAR_STEPS - full)} ${percent} % · ${label}`];
}

/** `action_id`s differ within a block, though two buttons may do the same to different things. */
function button(declared: CardButton, at: number, all: readonly CardButton[]): Button {
  const isFirst = all.findIndex(({ action }) => action === declared.action) === at;
  return {
    type: "button",
    action_id: isFirst ? declared.action : `${declared.action}-${at + 1}`,
    value: encodeButton(declared),
    text: plain(declared.label, BUTTON_MAX),
    ...BUTTON_STYLES[declared.style],
  };
}
