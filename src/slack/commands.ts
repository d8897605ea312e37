import type {
  FileInput,
  InputBlock,
  ModalView,
  NumberInput,
  PlainTextInput,
  StaticSelect,
  UsersSelect,
} from "@slack/types";
import { z } from "zod";
import type { Option } from "../../commands/command.ts";
import type { RawValue } from "../chat/adapter.ts";
import { type Form, type FormField, fieldTitle } from "../chat/form.ts";
import type { Catalog } from "../videos/catalog.ts";
import { fileSchema, type SlackFile } from "./attachments.ts";
import { plain } from "./messages.ts";
import { clamp, richText, section } from "./rich-text.ts";

// docs.slack.dev/reference/views and /block-kit: title 24, text input 3000, label 2000, option 75 (value 150) characters.
const TITLE_MAX = 24;
const INPUT_MAX = 3000;
const LABEL_MAX = 2000;
const CHOICE_MAX = 75;
const CHOICES_MAX = 100;
/** Texts that may be longer than this get several lines (characters). */
const SHORT_TEXT_MAX = 150;
const ACTION_ID = "value";

/** What a form needs to know again when it is submitted: a submission names no channel. */
const metadataSchema = z.object({
  channel: z.string(),
  thread: z.string().optional(),
  hidden: z.record(z.string(), z.string()),
});

/** Where a form was opened, and the values that travel unseen. */
export type FormMetadata = z.infer<typeof metadataSchema>;

/** A form as a modal: one input block for each field that people see, named after it. */
export function formView(form: Form, place: Omit<FormMetadata, "hidden">, catalog: Catalog): ModalView {
  const shown = form.fields.filter(({ option }) => option.type !== "hidden");
  const unseen = form.fields.flatMap(({ name, option, initial }) =>
    option.type === "hidden" && initial !== undefined ? [[name, initial] as const] : [],
  );
  const hidden = { ...form.hidden, ...Object.fromEntries(unseen) };
  const fits = form.title.length <= TITLE_MAX;
  const intro = fits ? form.intro : [[form.title], ...form.intro];
  return {
    type: "modal",
    callback_id: form.command,
    private_metadata: JSON.stringify({ ...place, hidden } satisfies FormMetadata),
    title: plain(fits ? form.title : `/video ${form.command}`, TITLE_MAX),
    submit: plain(form.submitLabel, TITLE_MAX),
    close: plain("Cancel", TITLE_MAX),
    blocks: [...richText(section(intro)), ...shown.map((field) => inputBlock(field, catalog))],
  };
}

function inputBlock(field: FormField, catalog: Catalog): InputBlock {
  const { name, option } = field;
  return {
    type: "input",
    block_id: name,
    optional: option.required !== true,
    label: plain(fieldTitle(name), LABEL_MAX),
    hint: plain(option.description, LABEL_MAX),
    element: { ...inputElement(option, field.initial, catalog), action_id: ACTION_ID },
  };
}

function inputElement(
  option: Option,
  initial: string | undefined,
  catalog: Catalog,
): PlainTextInput | NumberInput | StaticSelect | UsersSelect | FileInput {
  switch (option.type) {
    case "image":
      // No `filetypes`: Slack's list of them has no WebP, and one that it does not know could keep the form shut.
      return { type: "file_input", max_files: 1 };
    case "number": {
      const { min, max, integer = false } = option;
      return {
        type: "number_input",
        is_decimal_allowed: !integer,
        ...(min !== undefined && { min_value: String(min) }),
        ...(max !== undefined && { max_value: String(max) }),
        ...(initial !== undefined && { initial_value: initial }),
      };
    }
    case "choice": {
      const choices = option.choices(catalog);
      if (choices.length > CHOICES_MAX) return textInput({ multiline: false, max: CHOICE_MAX, initial });
      const options = choices.map(({ value, label }) => ({ value, text: plain(label, CHOICE_MAX) }));
      const chosen = options.find(({ value }) => value === initial);
      return { type: "static_select", options, ...(chosen && { initial_option: chosen }) };
    }
    case "person":
      // A list of people has no room for other words.
      if (option.words) return textInput({ multiline: false, max: CHOICE_MAX, initial });
      return { type: "users_select", ...(isUserId(initial) && { initial_user: initial }) };
    case "text": {
      const max = Math.min(option.maxLength, INPUT_MAX);
      return textInput({ multiline: max > SHORT_TEXT_MAX, max, initial });
    }
    default:
      return textInput({ multiline: false, max: CHOICE_MAX, initial });
  }
}

function textInput(input: { multiline: boolean; max: number; initial: string | undefined }): PlainTextInput {
  const { multiline, max, initial } = input;
  return {
    type: "plain_text_input",
    multiline,
    max_length: max,
    ...(initial !== undefined && { initial_value: clamp(initial, max) }),
  };
}

function isUserId(text: string | undefined): text is string {
  return text !== undefined && /^[UW][A-Z0-9]+$/.test(text);
}

const inputSchema = z.object({
  value: z.string().nullish(),
  selected_option: z.object({ value: z.string() }).nullish(),
  selected_user: z.string().nullish(),
  files: z.array(fileSchema).optional(),
});

/** What a submission says, as far as it is read. */
export const submissionSchema = z.object({
  callback_id: z.string(),
  private_metadata: z.preprocess((text) => JSON.parse(String(text)), metadataSchema),
  state: z.object({ values: z.record(z.string(), z.record(z.string(), inputSchema)) }),
});

/** The values of a submitted form by the names of its fields; empty ones are left out. */
export function submittedValues(
  { private_metadata, state }: z.infer<typeof submissionSchema>,
  imageOf: (file: SlackFile) => RawValue,
): Record<string, RawValue> {
  const values: Record<string, RawValue> = { ...private_metadata.hidden };
  for (const [name, { [ACTION_ID]: input }] of Object.entries(state.values)) {
    const [file] = input?.files ?? [];
    const value = file
      ? imageOf(file)
      : (input?.selected_option?.value ?? input?.selected_user ?? input?.value);
    if (value !== undefined && value !== null && value !== "") values[name] = value;
  }
  return values;
}
