import { ComponentType } from "discord.js";
import { z } from "zod";
import { entitySelect, stringSelect, textDisplay } from "./component-schema.ts";
import { walk } from "./components.ts";
import { invalidFormBody } from "./errors.ts";
import { parseForm, text } from "./form-body.ts";
import type { Modal } from "./state.ts";

// Limits as in Discord's OpenAPI description, the schemas named `...ForModalRequest`.

const id = z.int().min(0).nullish();
const customId = text(1, 100);
const flag = z.boolean().nullish();
const upTo = (least: number, most: number) => z.int().min(least).max(most).nullish();

const textInput = z.object({
  type: z.literal(ComponentType.TextInput),
  id,
  custom_id: customId,
  style: z.int().min(1).max(2),
  label: text(1, 45).nullish(),
  value: text(0, 4000).nullish(),
  placeholder: text(0, 100).nullish(),
  required: flag,
  min_length: upTo(0, 4000),
  max_length: upTo(1, 4000),
});

const fileUpload = z.object({
  type: z.literal(ComponentType.FileUpload),
  id,
  custom_id: customId,
  min_values: upTo(0, 10),
  max_values: upTo(1, 10),
  required: flag,
});

const option = z.object({
  label: text(1, 100),
  value: text(1, 100),
  description: text(0, 100).nullish(),
  default: flag,
});

const radioGroup = z.object({
  type: z.literal(ComponentType.RadioGroup),
  id,
  custom_id: customId,
  required: flag,
  options: z.array(option).min(2).max(10),
});

const checkboxGroup = z.object({
  type: z.literal(ComponentType.CheckboxGroup),
  id,
  custom_id: customId,
  required: flag,
  min_values: upTo(0, 10),
  max_values: upTo(1, 10),
  options: z.array(option).min(1).max(10),
});

const checkbox = z.object({
  type: z.literal(ComponentType.Checkbox),
  id,
  custom_id: customId,
  default: flag,
});

const label = z.object({
  type: z.literal(ComponentType.Label),
  id,
  label: text(1, 45),
  description: text(1, 100).nullish(),
  component: z.discriminatedUnion("type", [
    textInput.extend({ label: z.null().optional() }),
    fileUpload,
    stringSelect,
    entitySelect,
    radioGroup,
    checkboxGroup,
    checkbox,
  ]),
});

const row = z.object({
  type: z.literal(ComponentType.ActionRow),
  id,
  components: z
    .array(textInput.extend({ label: text(1, 45) }))
    .min(1)
    .max(1),
});

const modal = z.object({
  custom_id: customId,
  title: text(1, 45),
  components: z
    .array(z.discriminatedUnion("type", [label, row, textDisplay]))
    .min(1)
    .max(5),
});

/** Reads the data of a modal answer; its fields' custom ids differ. */
export function parseModal(body: unknown): Modal {
  const parsed: Modal = parseForm(modal, body);
  const ids = [...walk(parsed.components)].map(({ custom_id: one }) => one).filter(Boolean);
  if (new Set(ids).size < ids.length) {
    const message = "Component custom id cannot be duplicated";
    throw invalidFormBody([{ path: ["components"], code: "COMPONENT_CUSTOM_ID_DUPLICATED", message }]);
  }
  return parsed;
}
