import { elementsOf } from "./blocks.ts";
import { isObject, type JsonObject, stringIn } from "./json.ts";

/** What a message, an ephemeral or a view shows. */
interface Shown {
  text?: string;
  blocks: readonly JsonObject[];
}

/** A button as a test wants to see it. */
export interface ShownButton {
  label: string;
  actionId: string;
  value: string;
  style: string;
  url: string;
  /** As a payload's `actions` has it. */
  action: JsonObject;
}

/** All buttons, in order. */
export function buttonsOf({ blocks }: Shown): ShownButton[] {
  return blocks.flatMap((block) =>
    elementsOf(block)
      .filter(({ type }) => type === "button")
      .map((element) => {
        const { text, value, style } = element;
        const actionId = stringIn(element, "action_id");
        const { block_id } = block;
        return {
          label: isObject(text) ? stringIn(text, "text") : "",
          actionId,
          value: stringIn(element, "value"),
          style: stringIn(element, "style"),
          url: stringIn(element, "url"),
          action: { type: "button", action_id: actionId, block_id, text, value, style },
        };
      }),
  );
}

/** What people read: the texts of all blocks, line by line, or the text where there is no block. */
export function textOf({ text = "", blocks }: Shown): string {
  return blocks.length === 0 ? text : blocks.flatMap((block) => textsIn(block)).join("\n");
}

function textsIn(node: unknown): string[] {
  if (Array.isArray(node)) return node.flatMap(textsIn);
  if (!isObject(node)) return [];
  const { text } = node;
  if (typeof text === "string") return [text];
  return Object.values(node).flatMap(textsIn);
}

/** Ids of the files that are shown as pictures, in order. */
export function picturesShown(blocks: readonly JsonObject[]): string[] {
  return blocks
    .flatMap((block) => [block, ...elementsOf(block)])
    .flatMap(({ type, slack_file }) =>
      type === "image" && isObject(slack_file) ? [stringIn(slack_file, "id")] : [],
    );
}
