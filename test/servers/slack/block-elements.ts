import { isDeepStrictEqual } from "node:util";
import * as z from "zod";

// Limits: docs.slack.dev/reference/block-kit, blocks, block elements and composition objects.

/** At most `max` characters, at least one. */
export const limited = (max: number) => z.string().min(1).max(max);

/** A `block_id`, `action_id` or `callback_id`. */
export const identifier = z.string().max(255).optional();

/** A plain_text object. */
export const plainText = (max: number) =>
  z.strictObject({ type: z.literal("plain_text"), text: limited(max), emoji: z.boolean().optional() });

const mrkdwn = (max: number) =>
  z.strictObject({ type: z.literal("mrkdwn"), text: limited(max), verbatim: z.boolean().optional() });

/** A plain_text or mrkdwn object. */
export const textObject = (max: number) => z.discriminatedUnion("type", [plainText(max), mrkdwn(max)]);

/** One of both: the address of a picture, or a file that Slack has. */
export const imageSource = {
  image_url: limited(3000).optional(),
  slack_file: z.strictObject({ id: z.string().optional(), url: z.string().optional() }).optional(),
};

/** A picture beside text; blocks.ts checks that exactly one source is given. */
export const imageElement = z.strictObject({
  type: z.literal("image"),
  alt_text: limited(2000),
  ...imageSource,
});

const confirm = z
  .strictObject({
    title: plainText(100),
    text: textObject(300),
    confirm: plainText(30),
    deny: plainText(30),
    style: z.enum(["primary", "danger"]).optional(),
  })
  .optional();

const button = z.strictObject({
  type: z.literal("button"),
  text: plainText(75),
  action_id: identifier,
  url: z.string().max(3000).optional(),
  value: z.string().max(2000).optional(),
  style: z.enum(["primary", "danger"]).optional(),
  accessibility_label: z.string().max(75).optional(),
  confirm,
});

const optionWith = <T extends z.ZodType>(text: T) =>
  z.strictObject({ text, value: limited(150), description: plainText(75).optional() });
const menuOption = optionWith(plainText(75));
const choiceOption = optionWith(textObject(75));
const optionGroup = z.strictObject({ label: plainText(75), options: z.array(menuOption).min(1).max(100) });

interface Menu {
  options?: unknown[] | undefined;
  option_groups?: { options: unknown[] }[] | undefined;
  initial_option?: unknown;
  initial_options?: unknown[] | undefined;
}

/** `options` or `option_groups`, and what is chosen at first is one of them. */
function checkMenu(menu: Menu, problems: z.RefinementCtx) {
  if ((menu.options === undefined) === (menu.option_groups === undefined)) {
    problems.addIssue({ code: "custom", message: "must have either options or option_groups" });
  }
  const offered = [...(menu.options ?? []), ...(menu.option_groups ?? []).flatMap((group) => group.options)];
  const chosen = [...(menu.initial_options ?? []), ...(menu.initial_option ? [menu.initial_option] : [])];
  for (const option of chosen) {
    if (!offered.some((one) => isDeepStrictEqual(one, option))) {
      problems.addIssue({ code: "custom", message: "initial option was not found in options" });
    }
  }
}

const input = { action_id: identifier, focus_on_load: z.boolean().optional() };
const placeholder = plainText(150).optional();
const menuSource = {
  options: z.array(menuOption).min(1).max(100).optional(),
  option_groups: z.array(optionGroup).min(1).max(100).optional(),
};
const choices = z.array(choiceOption).min(1).max(10);

const staticSelect = z
  .strictObject({
    type: z.literal("static_select"),
    ...input,
    ...menuSource,
    initial_option: menuOption.optional(),
    placeholder,
    confirm,
  })
  .superRefine(checkMenu);

const radioButtons = z
  .strictObject({
    type: z.literal("radio_buttons"),
    ...input,
    options: choices,
    initial_option: choiceOption.optional(),
    confirm,
  })
  .superRefine(checkMenu);

const checkboxes = z
  .strictObject({
    type: z.literal("checkboxes"),
    ...input,
    options: choices,
    initial_options: z.array(choiceOption).min(1).optional(),
    confirm,
  })
  .superRefine(checkMenu);

const overflow = z.strictObject({
  type: z.literal("overflow"),
  action_id: identifier,
  options: z.array(menuOption).min(1).max(5),
  confirm,
});

const typed = { ...input, initial_value: z.string().max(3000).optional(), placeholder };

const plainTextInput = z.strictObject({
  type: z.literal("plain_text_input"),
  ...typed,
  multiline: z.boolean().optional(),
  min_length: z.int().min(0).max(3000).optional(),
  max_length: z.int().min(1).max(3000).optional(),
  dispatch_action_config: z.looseObject({}).optional(),
});

const urlInput = z.strictObject({ type: z.literal("url_text_input"), ...typed });

const decimal = z.string().regex(/^-?\d+(\.\d+)?$/);

const numberInput = z.strictObject({
  type: z.literal("number_input"),
  ...input,
  is_decimal_allowed: z.boolean(),
  initial_value: decimal.optional(),
  min_value: decimal.optional(),
  max_value: decimal.optional(),
  placeholder,
});

const usersSelect = z.strictObject({
  type: z.literal("users_select"),
  ...input,
  initial_user: z
    .string()
    .regex(/^[UW][A-Z0-9]+$/)
    .optional(),
  placeholder,
  confirm,
});

const fileInput = z.strictObject({
  type: z.literal("file_input"),
  action_id: identifier,
  filetypes: z.array(z.string()).min(1).optional(),
  max_files: z.int().min(1).max(10).optional(),
});

const inMessages = [
  plainTextInput,
  urlInput,
  numberInput,
  staticSelect,
  usersSelect,
  radioButtons,
  checkboxes,
] as const;

/** What an actions block takes. */
export const actionElement = z.discriminatedUnion("type", [
  button,
  staticSelect,
  radioButtons,
  checkboxes,
  overflow,
]);

/** What stands beside a section. */
export const accessory = z.discriminatedUnion("type", [
  button,
  staticSelect,
  radioButtons,
  checkboxes,
  overflow,
  imageElement,
]);

/** What an input block takes in a message. */
export const messageInput = z.discriminatedUnion("type", inMessages);

/** What an input block takes in a modal: files as well. */
export const modalInput = z.discriminatedUnion("type", [...inMessages, fileInput]);
