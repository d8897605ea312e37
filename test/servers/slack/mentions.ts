import { isObject, type JsonObject, stringIn } from "./json.ts";

/** Whom a text calls. */
export interface Mentions {
  users: string[];
  groups: string[];
  /** `channel`, `here` or `everyone`. */
  broadcasts: string[];
}

/** Nobody: what `toEqual` compares a harmless message with. */
export const nobody: Mentions = { users: [], groups: [], broadcasts: [] };

interface Rendering {
  text: string;
  blocks: readonly JsonObject[];
  /** `link_names` or `parse: "full"`: plain `@channel` counts as well. */
  linkNames?: boolean;
}

const control = /<(?:@([UW]\w+)|!subteam\^(\w+)|!(channel|here|everyone))(?:\|[^>]*)?>/g;
const plainBroadcast = /(?:^|\s)@(channel|here|everyone)\b/g;
/** Slack reads no markup in these parts of a block. */
const unread = new Set(["options", "option_groups", "initial_option", "confirm", "value", "alt_text"]);

/**
 * Reads text and blocks alike: with blocks the text is only the notification, but a control sequence in it is a
 * mistake all the same. Only mrkdwn, markdown and rich text are read, as plain_text shows the sequence as it is.
 */
export function mentionsIn({ text, blocks, linkNames = false }: Rendering): Mentions {
  const found: Mentions = { users: [], groups: [], broadcasts: [] };
  const add = (list: string[], name: string | undefined) => {
    if (name && !list.includes(name)) list.push(name);
  };
  function readText(markup: string) {
    for (const [, user, group, broadcast] of markup.matchAll(control)) {
      add(found.users, user);
      add(found.groups, group);
      add(found.broadcasts, broadcast);
    }
    if (linkNames)
      for (const [, broadcast] of markup.matchAll(plainBroadcast)) add(found.broadcasts, broadcast);
  }
  function readBlock(node: unknown) {
    if (Array.isArray(node)) return node.forEach(readBlock);
    if (!isObject(node)) return;
    if (node.type === "mrkdwn" || node.type === "markdown") readText(stringIn(node, "text"));
    if (node.type === "user") add(found.users, stringIn(node, "user_id"));
    if (node.type === "usergroup") add(found.groups, stringIn(node, "usergroup_id"));
    if (node.type === "broadcast") add(found.broadcasts, stringIn(node, "range"));
    for (const [key, value] of Object.entries(node)) if (!unread.has(key)) readBlock(value);
  }
  readText(text);
  readBlock(blocks);
  return found;
}
