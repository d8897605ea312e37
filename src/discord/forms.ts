import {
  type APIComponentInLabel,
  type APILabelComponent,
  type APIModalInteractionResponseCallbackData,
  type APITextInputComponent,
  ComponentType,
  type ModalData,
  TextInputStyle,
} from "discord.js";
import type { Option } from "../../commands/command.ts";
import type { RawValue } from "../chat/adapter.ts";
import { type Form, fieldTitle } from "../chat/form.ts";
import { shorten } from "../chat/rich-text.ts";
import type { Catalog } from "../videos/catalog.ts";
import type { PersonFile } from "./person-files.ts";
import { renderLines } from "./rich-text.ts";

/** Discord's limits of a modal and its parts (its documentation, "Modal" and "Component Reference"). */
const MAX = {
  id: 100,
  title: 45,
  label: 45,
  description: 100,
  components: 5,
  options: 25,
  choice: 100,
  text: 4_000,
};
const FORM_ID = /^v1:form:([a-z-]{1,32}):(.*)$/;

/** A form's command and the values that travel with it unseen. */
export interface FormKey {
  command: string;
  hidden: Record<string, string>;
}

/** A form as a modal. @throws Error when it has more than Discord can show. */
export function modalOf(form: Form, catalog: Catalog): APIModalInteractionResponseCallbackData {
  const shown = form.fields.filter(({ option }) => option.type !== "hidden");
  // What need not be filled in and has no place is left as it is: `/video` itself has room for it.
  const places = MAX.components - shown.filter(({ option }) => option.required).length;
  const optional = shown.filter(({ option }) => !option.required).slice(0, Math.max(0, places));
  const labels = shown.flatMap(({ name, option, initial }) =>
    option.type === "hidden" || !(option.required || optional.some((field) => field.name === name))
      ? []
      : [labelOf(name, option, inputOf(name, option, initial, catalog))],
  );
  const intro = renderLines(form.intro, MAX.text);
  // Where every place is taken, the inputs say enough by themselves.
  const hasIntro = intro !== "" && labels.length < MAX.components;
  const components = [
    ...(hasIntro ? [{ type: ComponentType.TextDisplay, content: intro } as const] : []),
    ...labels,
  ];
  if (components.length > MAX.components)
    throw new Error(`A form of ${components.length} parts is too long.`);
  return { custom_id: encodeForm(form), title: shorten(form.title, MAX.title), components };
}

/** What a modal's `custom_id` carries: `v1:form:remix:video=0k3v8zq1xw`. */
export function encodeForm({ command, hidden }: FormKey): string {
  const id = `v1:form:${command}:${new URLSearchParams(hidden)}`;
  if (id.length > MAX.id) throw new Error(`The form's id is longer than ${MAX.id} characters.`);
  return id;
}

/** Reads what a modal carried; undefined for anything that is not ours. */
export function decodeForm(id: string): FormKey | undefined {
  const [, command, hidden] = FORM_ID.exec(id) ?? [];
  if (command === undefined || hidden === undefined) return undefined;
  return { command, hidden: Object.fromEntries(new URLSearchParams(hidden)) };
}

/** What was filled in, by field; fields that were left empty are missing. */
export function submittedValues(
  fields: Iterable<[name: string, data: ModalData]>,
  open: (file: PersonFile) => RawValue,
): Record<string, RawValue> {
  const values: Record<string, RawValue> = {};
  for (const [name, data] of fields) {
    const value = submittedValue(data, open);
    if (value !== undefined && value !== "") values[name] = value;
  }
  return values;
}

function submittedValue(data: ModalData, open: (file: PersonFile) => RawValue): RawValue | undefined {
  if (data.type === ComponentType.TextInput) return data.value;
  if (data.type === ComponentType.StringSelect) return data.values[0];
  if (data.type !== ComponentType.FileUpload) return undefined;
  // The library's typings promise a collection also where no file was picked; there is none then.
  const attachments: typeof data.attachments | undefined = data.attachments;
  const file = attachments?.first();
  return file && open(file);
}

function labelOf(name: string, option: Option, component: APIComponentInLabel): APILabelComponent {
  return {
    type: ComponentType.Label,
    label: shorten(fieldTitle(name), MAX.label),
    description: shorten(option.description, MAX.description),
    component,
  };
}

function inputOf(
  name: string,
  option: Exclude<Option, { type: "hidden" }>,
  initial: string | undefined,
  catalog: Catalog,
): APIComponentInLabel {
  const common = { custom_id: name, required: option.required === true };
  switch (option.type) {
    case "image":
      return {
        type: ComponentType.FileUpload,
        ...common,
        min_values: option.required ? 1 : 0,
        max_values: 1,
      };
    case "choice": {
      const options = option.choices(catalog);
      if (options.length > MAX.options) return textInput(common, { isLong: false, max: MAX.choice, initial });
      return {
        type: ComponentType.StringSelect,
        ...common,
        options: options.map(({ value, label }) => ({
          value,
          label: shorten(label, MAX.choice),
          ...(value === initial && { default: true }),
        })),
      };
    }
    case "text":
      return textInput(common, { isLong: true, max: Math.min(option.maxLength, MAX.text), initial });
    default:
      return textInput(common, { isLong: false, max: MAX.choice, initial });
  }
}

function textInput(
  common: { custom_id: string; required: boolean },
  { isLong, max, initial }: { isLong: boolean; max: number; initial: string | undefined },
): APITextInputComponent {
  const value = initial?.slice(0, max);
  return {
    type: ComponentType.TextInput,
    ...common,
    style: isLong ? TextInputStyle.Paragraph : TextInputStyle.Short,
    max_length: max,
    ...(value !== undefined && { value }),
  };
}
