import { isObject, type JsonObject, objectsIn, stringIn } from "./json.ts";

/** What a person enters: text, the value or label of a choice, several of them, or ids of uploaded files. */
export type FieldValue = string | readonly string[];

interface FieldKind {
  /** What `state.values` holds for the element with nothing entered by the person. */
  initial: (element: JsonObject) => JsonObject;
  /** The same with `value` entered; throws where the Slack client would not take it. */
  entered: (element: JsonObject, value: readonly string[], files: FileLookup) => JsonObject;
}

type FileLookup = (id: string) => JsonObject;

const text: FieldKind = {
  initial: ({ initial_value = null }) => ({ value: initial_value }),
  entered: (element, [value = ""]) => {
    const { min_length: min, max_length: max } = element;
    if (typeof max === "number" && value.length > max) throw new Error(`longer than ${max} characters`);
    if (typeof min === "number" && value.length < min) throw new Error(`shorter than ${min} characters`);
    return { value: value === "" ? null : value };
  },
};

/** A number is text on the wire; the client takes none that is out of bounds. */
const number: FieldKind = {
  initial: ({ initial_value = null }) => ({ value: initial_value }),
  entered: ({ is_decimal_allowed, min_value, max_value }, [value = ""]) => {
    const entered = Number(value);
    if (Number.isNaN(entered)) throw new Error(`${value} is no number`);
    if (is_decimal_allowed === false && !Number.isInteger(entered)) throw new Error(`${value} is not whole`);
    if (typeof min_value === "string" && entered < Number(min_value))
      throw new Error(`less than ${min_value}`);
    if (typeof max_value === "string" && entered > Number(max_value))
      throw new Error(`more than ${max_value}`);
    return { value: value === "" ? null : value };
  },
};

const oneChoice: FieldKind = {
  initial: ({ initial_option = null }) => ({ selected_option: initial_option }),
  entered: (element, [value = ""]) => ({ selected_option: value === "" ? null : choose(element, value) }),
};

const kinds: Record<string, FieldKind> = {
  plain_text_input: text,
  url_text_input: text,
  number_input: number,
  static_select: oneChoice,
  users_select: {
    initial: ({ initial_user = null }) => ({ selected_user: initial_user }),
    entered: (_element, [id = ""]) => ({ selected_user: id === "" ? null : id }),
  },
  radio_buttons: oneChoice,
  checkboxes: {
    initial: ({ initial_options = [] }) => ({ selected_options: initial_options }),
    entered: (element, values) => ({ selected_options: values.map((value) => choose(element, value)) }),
  },
  file_input: {
    initial: () => ({ files: [] }),
    entered: (element, ids, files) => ({ files: chooseFiles(element, ids.map(files)) }),
  },
};

function choose(element: JsonObject, wanted: string): JsonObject {
  const groups = objectsIn(element.option_groups).flatMap((group) => objectsIn(group.options));
  const options = [...objectsIn(element.options), ...groups];
  const found = options.find((option) => option.value === wanted || labelOf(option) === wanted);
  if (!found) throw new Error(`no option ${wanted} among ${options.map(labelOf).join(", ")}`);
  return { text: found.text, value: found.value };
}

function labelOf({ text: label }: JsonObject): string {
  return isObject(label) ? stringIn(label, "text") : "";
}

function chooseFiles({ max_files: max = 10, filetypes }: JsonObject, files: JsonObject[]): JsonObject[] {
  if (files.length > Number(max)) throw new Error(`more than ${max} files`);
  for (const { filetype, name } of files) {
    const isTaken = !Array.isArray(filetypes) || filetypes.includes(filetype);
    if (!isTaken) throw new Error(`${name} is none of ${filetypes.join(", ")}`);
  }
  return files;
}

/**
 * `state.values` of a submitted form. `values` go by block id or action id. Throws where the Slack client would not
 * let the person submit: a required field is empty, text is too long, an option is not there.
 */
export function fillForm(
  blocks: readonly JsonObject[],
  values: Record<string, FieldValue>,
  files: FileLookup,
): JsonObject {
  const inputs = blocks.filter(({ type }) => type === "input");
  const filled: JsonObject = {};
  const used = new Set<string>();
  for (const block of inputs) {
    const element = isObject(block.element) ? block.element : {};
    const names = [stringIn(block, "block_id"), stringIn(element, "action_id")] as const;
    const name = names.find((one) => one in values);
    if (name) used.add(name);
    const state = fillField(block, element, name === undefined ? undefined : values[name], files);
    filled[names[0]] = { [names[1]]: state };
  }
  const unknown = Object.keys(values).filter((name) => !used.has(name));
  if (unknown.length > 0) throw new Error(`the form has no ${unknown.join(", ")}: ${JSON.stringify(inputs)}`);
  return filled;
}

function fillField(
  block: JsonObject,
  element: JsonObject,
  value: FieldValue | undefined,
  files: FileLookup,
): JsonObject {
  const type = stringIn(element, "type");
  const kind = kinds[type];
  if (!kind) throw new Error(`this server cannot fill a ${type}`);
  const list = typeof value === "string" ? [value] : value;
  const state = list ? kind.entered(element, list, files) : kind.initial(element);
  const [content] = Object.values(state);
  const isEmpty = content === null || (Array.isArray(content) && content.length === 0);
  if (isEmpty && block.optional !== true) {
    throw new Error(`the form needs ${stringIn(block, "block_id")}, as it is not optional`);
  }
  return { type, ...state };
}
