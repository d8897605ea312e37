import { elementsOf } from "./blocks.ts";
import { shownFileJson } from "./files.ts";
import { type JsonObject, stringIn } from "./json.ts";
import { type Mentions, mentionsIn } from "./mentions.ts";
import type { Channel, Message, Revision, SlackContext, SlackFile } from "./state.ts";

/** Id of the one app. */
export const appId = "A1SHOWREEL";

/** What a message shows. */
export interface Content {
  text: string;
  blocks: JsonObject[];
  linkNames?: boolean;
}

interface Draft extends Content {
  channel: Channel;
  user: string;
  bot_id?: string | undefined;
  thread_ts?: string | undefined;
  files?: SlackFile[];
}

/** A timestamp that names a message: unique and rising. */
export function nextTs({ clock, nextNumber }: SlackContext): string {
  return `${Math.floor(clock.now() / 1000)}.${String(nextNumber()).padStart(6, "0")}`;
}

/** Adds a message at the end of its channel. */
export function postMessage(context: SlackContext, { channel, ...draft }: Draft): Message {
  const { text, blocks, user, bot_id, thread_ts, files = [], linkNames = false } = draft;
  const named = withIds(blocks, context);
  const revision = revisionOf({ text, blocks: named, linkNames }, context);
  const message: Message = {
    team: channel.team,
    channel: channel.id,
    ts: nextTs(context),
    thread_ts,
    user,
    bot_id,
    text,
    blocks: named,
    files,
    revisions: [revision],
    pinged: reached(revision.mentions, channel, user),
    deadActions: new Set(),
    reactions: new Map(),
    isTombstone: false,
  };
  channel.messages.push(message);
  context.changed();
  return message;
}

/** Shows something else in the same message. */
export function editMessage(context: SlackContext, message: Message, content: Content) {
  const before = new Set(actionsOf(message.blocks));
  const blocks = withIds(content.blocks, context);
  message.text = content.text;
  message.blocks = blocks;
  message.revisions.push(revisionOf({ ...content, blocks }, context));
  if (message.files.length > 0) {
    for (const action of actionsOf(blocks)) if (!before.has(action)) message.deadActions.add(action);
  }
  context.changed();
}

/** Takes a message out of its channel; one that has a thread leaves a tombstone. */
export function removeMessage(context: SlackContext, channel: Channel, message: Message) {
  const { ts } = message;
  const previous_message = messageJson(message, context);
  const where = { type: "message", hidden: true, channel: channel.id, ts: nextTs(context) };
  channel.deletedMessages.push({ ...message });
  if (channel.messages.some((one) => one.thread_ts === ts && one !== message)) {
    const words = "This message was deleted.";
    Object.assign(message, { text: words, blocks: [], files: [], isTombstone: true });
    const tombstone = { ...messageJson(message, context), subtype: "tombstone", hidden: true };
    const changed = { subtype: "message_changed", message: tombstone, previous_message };
    context.emit(channel.team, { ...where, ...changed });
  } else {
    channel.messages = channel.messages.filter((one) => one !== message);
    const gone = { subtype: "message_deleted", deleted_ts: ts, previous_message };
    context.emit(channel.team, { ...where, ...gone });
  }
  context.changed();
}

/** A message as the API and the payloads show it. */
export function messageJson(message: Message, context: SlackContext): JsonObject {
  const { user, bot_id, text, ts, thread_ts, team, blocks, files } = message;
  return {
    type: "message",
    user,
    ...(bot_id ? { bot_id, app_id: appId } : {}),
    text,
    ts,
    ...(thread_ts ? { thread_ts } : {}),
    team,
    ...(blocks.length > 0 ? { blocks } : {}),
    ...(files.length > 0 ? { files: files.map((file) => shownFileJson(file, context, team)) } : {}),
  };
}

/** Blocks whose elements people act on. */
const interactive = ["actions", "section", "input"];

/** Slack gives every block and every interactive element an id where the app gave none. */
export function withIds(blocks: readonly JsonObject[], { nextNumber }: SlackContext): JsonObject[] {
  const id = () => `g${nextNumber()}`;
  return structuredClone([...blocks]).map((block) => {
    const elements = interactive.includes(String(block.type)) ? elementsOf(block) : [];
    for (const element of elements) if (element.type !== "image") element.action_id ??= id();
    return { ...block, block_id: block.block_id ?? id() };
  });
}

function revisionOf(content: Content, { clock }: SlackContext): Revision {
  const { text, blocks } = content;
  return { text, blocks, at: clock.now(), mentions: mentionsIn(content) };
}

/** A person is notified where they are a member, and never by themselves. */
function reached(mentions: Mentions, channel: Channel, author: string): Mentions {
  const users = mentions.users.filter((user) => channel.members.has(user) && user !== author);
  return { ...mentions, users };
}

function actionsOf(blocks: readonly JsonObject[]): string[] {
  return blocks.flatMap(elementsOf).map((element) => stringIn(element, "action_id"));
}
