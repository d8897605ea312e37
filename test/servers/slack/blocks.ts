import * as z from "zod";
import type { Arguments } from "./arguments.ts";
import {
  accessory,
  actionElement,
  identifier,
  imageElement,
  imageSource,
  limited,
  messageInput,
  modalInput,
  plainText,
  textObject,
} from "./block-elements.ts";
import { imageProblems, problemsOf } from "./block-problems.ts";
import { isObject, type JsonObject, objectsIn } from "./json.ts";
import { refuseWith } from "./refusal.ts";
import type { SlackFile } from "./state.ts";

const block_id = identifier;

const section = z
  .strictObject({
    type: z.literal("section"),
    block_id,
    text: textObject(3000).optional(),
    fields: z.array(textObject(2000)).min(1).max(10).optional(),
    accessory: accessory.optional(),
    expand: z.boolean().optional(),
  })
  .refine(({ text, fields }) => text ?? fields, "must have text or fields");

const actions = z.strictObject({
  type: z.literal("actions"),
  block_id,
  elements: z.array(actionElement).min(1).max(25),
});

const context = z.strictObject({
  type: z.literal("context"),
  block_id,
  elements: z
    .array(z.discriminatedUnion("type", [imageElement, ...textObject(3000).options]))
    .min(1)
    .max(10),
});

const image = z.strictObject({
  type: z.literal("image"),
  block_id,
  alt_text: limited(2000),
  title: plainText(2000).optional(),
  ...imageSource,
});

const inputWith = <T extends z.ZodType>(element: T) =>
  z.strictObject({
    type: z.literal("input"),
    block_id,
    label: plainText(2000),
    hint: plainText(2000).optional(),
    optional: z.boolean().optional(),
    dispatch_action: z.boolean().optional(),
    element,
  });

const everywhere = [
  actions,
  context,
  z.strictObject({ type: z.literal("divider"), block_id }),
  z.strictObject({ type: z.literal("header"), block_id, text: plainText(150) }),
  image,
  z.looseObject({ type: z.literal("rich_text"), block_id, elements: z.array(z.looseObject({})) }),
  section,
] as const;

const markdown = z.strictObject({ type: z.literal("markdown"), block_id, text: limited(12_000) });

/** Blocks of a message: at most 50. */
const messageBlocks = z
  .array(z.discriminatedUnion("type", [...everywhere, markdown, inputWith(messageInput)]))
  .max(50)
  .superRefine(checkIds);

/** Blocks of a modal: at most 100. */
export const modalBlocks = z
  .array(z.discriminatedUnion("type", [...everywhere, inputWith(modalInput)]))
  .max(100)
  .superRefine(checkIds);

/** A `block_id` is unique among the blocks, an `action_id` within its block. */
function checkIds(blocks: unknown[], problems: z.RefinementCtx) {
  const duplicates = (ids: unknown[]) => ids.filter((id, at) => id !== undefined && ids.indexOf(id) !== at);
  for (const id of duplicates(objectsIn(blocks).map((block) => block.block_id))) {
    problems.addIssue({ code: "custom", message: `\`block_id\` ${id} already exists` });
  }
  objectsIn(blocks).forEach((block, at) => {
    for (const id of duplicates(elementsOf(block).map((element) => element.action_id))) {
      problems.addIssue({ code: "custom", message: `\`action_id\` ${id} already exists`, path: [at] });
    }
  });
}

/** The elements of a block: of an actions or context block, beside a section, inside an input. */
export function elementsOf(block: JsonObject): JsonObject[] {
  return [...objectsIn(block.elements), block.accessory, block.element].filter(isObject);
}

/** Blocks of a message as an argument gave them, undefined where it did not; refuses with `invalid_blocks`. */
export function readMessageBlocks(args: Arguments, files: ReadonlyMap<string, SlackFile>) {
  const value = args.json("blocks", "invalid_blocks_format");
  return value === undefined || value === null ? undefined : checkMessageBlocks(value, files);
}

/** Refuses with `invalid_blocks_format` or `invalid_blocks` and says where. */
export function checkMessageBlocks(value: unknown, files: ReadonlyMap<string, SlackFile>): JsonObject[] {
  if (!Array.isArray(value)) throw refuseWith("invalid_blocks_format", ["blocks must be a list"]);
  const parsed = messageBlocks.safeParse(value);
  const problems = parsed.success
    ? imageProblems(value, "/blocks", files)
    : problemsOf(parsed.error, value, "/blocks");
  if (problems.length > 0) throw refuseWith("invalid_blocks", problems);
  return objectsIn(value);
}
