import { ComponentType } from "discord.js";
import type { AttachmentStore } from "./attachments.ts";
import { walk } from "./components.ts";
import type { Modal } from "./state.ts";
import type { Channel, Component, Upload } from "./types.ts";

/** What a person puts into a field of a form: text, picked values, a tick, files. */
export type FieldValue = string | readonly string[] | boolean | readonly Upload[];

/** Data of a submitted form. Fields that are not named keep what the form showed. */
export function answerModal(deps: {
  modal: Modal;
  values: Record<string, FieldValue>;
  channel: Channel;
  attachments: AttachmentStore;
}) {
  const { modal, values, channel, attachments } = deps;
  const known = [...walk(modal.components)].map(({ custom_id: id }) => id);
  const unknown = Object.keys(values).find((id) => !known.includes(id));
  if (unknown !== undefined) throw new Error(`The form has no field ${unknown}, but ${known.join(", ")}.`);

  const uploaded: Record<string, unknown> = {};
  function upload(files: readonly Upload[]): string[] {
    return files.map((file) => {
      const attachment = attachments.add(channel.id, file);
      uploaded[attachment.id] = attachments.present(attachment);
      return attachment.id;
    });
  }

  function answer(component: Component): object {
    const { type, components, component: labelled, custom_id: id } = component;
    if (components) return { type, components: components.map(answer) };
    if (labelled) return { type, component: answer(labelled) };
    if (!id) return { type };
    return { type, custom_id: id, ...fieldAnswer(component, values[id], upload) };
  }

  const components = modal.components.map((component, index) => ({ id: index + 1, ...answer(component) }));
  const resolved = Object.keys(uploaded).length > 0 ? { resolved: { attachments: uploaded } } : {};
  return { custom_id: modal.custom_id, components, ...resolved };
}

function fieldAnswer(
  field: Component,
  value: FieldValue | undefined,
  upload: (files: readonly Upload[]) => string[],
): { value: string | boolean | null } | { values: string[] } {
  const preset = (field.options ?? []).filter((option) => option.default).map((option) => option.value);
  switch (field.type) {
    case ComponentType.TextInput:
      return { value: checkText(field, String(value ?? field.value ?? "")) };
    case ComponentType.Checkbox:
      return { value: typeof value === "boolean" ? value : Boolean(field.default) };
    case ComponentType.RadioGroup: {
      const [picked = null] = checkPicked(field, typeof value === "string" ? [value] : preset, 1);
      return { value: picked };
    }
    case ComponentType.FileUpload: {
      const files = Array.isArray(value) ? value.filter((one) => typeof one === "object") : [];
      checkCount(field, files.length, 1);
      return { values: upload(files) };
    }
    default: {
      const picked = Array.isArray(value) ? value.filter((one) => typeof one === "string") : preset;
      return { values: checkPicked(field, picked, field.options?.length ?? 1) };
    }
  }
}

function checkText(field: Component, text: string): string {
  const { required, min_length: min, max_length: max } = field;
  const isNeeded = required !== false;
  if (text === "" ? isNeeded : text.length < (min ?? 0)) throw notSent(field, "it is too short");
  if (text.length > (max ?? 4000)) throw notSent(field, "it is too long");
  return text;
}

function checkPicked(field: Component, picked: string[], most: number): string[] {
  const known = field.options?.map(({ value }) => value);
  const stranger = picked.find((value) => known && !known.includes(value));
  if (stranger !== undefined) throw notSent(field, `${stranger} is none of its options`);
  checkCount(field, picked.length, most);
  return picked;
}

function checkCount(field: Component, count: number, mostByDefault: number): void {
  const { required, min_values: min, max_values: max } = field;
  if (count === 0 ? required !== false && min !== 0 : count < (min ?? 1)) {
    throw notSent(field, "too few are given");
  }
  if (count > (max ?? mostByDefault)) throw notSent(field, "too many are given");
}

function notSent({ custom_id: id }: Component, why: string): Error {
  return new Error(`Discord's client does not send the form: field ${id}: ${why}.`);
}
