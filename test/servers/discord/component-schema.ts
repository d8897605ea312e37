import { ButtonStyle, ComponentType } from "discord.js";
import { z } from "zod";
import { snowflake, text } from "./form-body.ts";

// Limits as in Discord's OpenAPI description, the schemas named `...ForMessageRequest`.

const id = z.int().min(0).nullish();
const customId = text(1, 100);
const flag = z.boolean().nullish();
const emoji = z.object({ id: snowflake.nullish(), name: text(0, 32).optional() });
const media = z.object({
  url: z
    .string()
    .max(2048)
    .regex(/^(https?|attachment):\/\/./),
});
const attachedFile = z.object({ url: z.string().regex(/^attachment:\/\/./) });

const button = z
  .object({
    type: z.literal(ComponentType.Button),
    id,
    style: z.int().min(1).max(6),
    custom_id: customId.nullish(),
    label: text(0, 80).nullish(),
    url: z.url().max(512).nullish(),
    sku_id: snowflake.nullish(),
    emoji: emoji.nullish(),
    disabled: flag,
  })
  .superRefine((value, context) => {
    const issue = (path: string, code: string, message: string) =>
      context.addIssue({ code: "custom", path: [path], message, params: { code } });
    const isLink = value.style === ButtonStyle.Link;
    if (isLink && !value.url) issue("url", "BASE_TYPE_REQUIRED", "A url is required");
    if (!isLink && !value.custom_id) issue("custom_id", "BASE_TYPE_REQUIRED", "A custom id is required");
    if (isLink === Boolean(value.custom_id)) {
      issue(
        "custom_id",
        "BUTTON_COMPONENT_CUSTOM_ID_AND_URL",
        "A custom id and url cannot both be specified",
      );
    }
    if (!value.label && !value.emoji) {
      issue("label", "BUTTON_COMPONENT_INVALID", "A label or an emoji is required");
    }
  });

const choice = z.object({
  label: text(1, 100),
  value: text(1, 100),
  description: text(0, 100).nullish(),
  default: flag,
  emoji: emoji.nullish(),
});

const selectFields = {
  id,
  custom_id: customId,
  placeholder: text(0, 150).nullish(),
  min_values: z.int().min(0).max(25).nullish(),
  max_values: z.int().min(1).max(25).nullish(),
  disabled: flag,
  required: flag,
};

/** A menu of the author's own choices, in a message or a form. */
export const stringSelect = z.object({
  type: z.literal(ComponentType.StringSelect),
  ...selectFields,
  options: z.array(choice).min(1).max(25),
});

/** A menu of users (5), roles (6), both (7) or channels (8). */
export const entitySelect = z.object({ type: z.literal([5, 6, 7, 8]), ...selectFields });

const actionRow = z
  .object({
    type: z.literal(ComponentType.ActionRow),
    id,
    components: z
      .array(z.discriminatedUnion("type", [button, stringSelect, entitySelect]))
      .min(1)
      .max(5),
  })
  .refine(({ components }) => components.length === 1 || components.every(({ type }) => type === 2), {
    path: ["components"],
    message: "The specified component exceeds the maximum width",
    params: { code: "COMPONENT_LAYOUT_WIDTH_EXCEEDED" },
  });

/** Text with markdown. */
export const textDisplay = z.object({
  type: z.literal(ComponentType.TextDisplay),
  id,
  content: text(1, 4000),
});

const thumbnail = z.object({
  type: z.literal(ComponentType.Thumbnail),
  id,
  media,
  description: text(1, 1024).nullish(),
  spoiler: flag,
});

const section = z.object({
  type: z.literal(ComponentType.Section),
  id,
  components: z.array(textDisplay).min(1).max(3),
  accessory: z.discriminatedUnion("type", [button, thumbnail]),
});

const mediaGallery = z.object({
  type: z.literal(ComponentType.MediaGallery),
  id,
  items: z
    .array(z.object({ media, description: text(1, 1024).nullish(), spoiler: flag }))
    .min(1)
    .max(10),
});

const file = z.object({ type: z.literal(ComponentType.File), id, file: attachedFile, spoiler: flag });

const separator = z.object({
  type: z.literal(ComponentType.Separator),
  id,
  divider: flag,
  spacing: z.int().min(1).max(2).nullish(),
});

const content = [actionRow, textDisplay, section, mediaGallery, file, separator] as const;

const container = z.object({
  type: z.literal(ComponentType.Container),
  id,
  accent_color: z.int().min(0).max(0xff_ff_ff).nullish(),
  spoiler: flag,
  components: z.array(z.discriminatedUnion("type", content)).min(1).max(40),
});

/** Components of a message without the flag: rows only. */
export const legacyComponents = z.array(z.discriminatedUnion("type", [actionRow])).max(5);

/** Components of a message with `IS_COMPONENTS_V2`. */
export const layoutComponents = z.array(z.discriminatedUnion("type", [container, ...content])).max(40);
