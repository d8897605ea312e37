import { Readable } from "node:stream";
import { html } from "hono/html";
import type { Choice, Option } from "../../commands/command.ts";
import type { Invocation, RawValue } from "../chat/adapter.ts";
import { type Form, type FormField, fieldTitle } from "../chat/form.ts";
import type { Catalog } from "../videos/catalog.ts";
import { cross } from "./icons.ts";
import { type Html, renderLine } from "./rich-text.ts";

type ChoiceOption = Extract<Option, { type: "choice" }>;

/** Pictures the API takes, as a file picker wants to know it. */
const PICTURES = "image/jpeg,image/png,image/webp";
/** More choices than these fill the screen. */
const RADIOS_MAX = 8;
/** The choice that is none. */
const OPEN: Choice = { value: "", label: "No preference" };

/** A form as it is shown. */
export interface FormView {
  form: Form;
  /** By which it is found again when it is refused. */
  name?: string;
  /** What was wrong with it. */
  problem?: Html;
}

/** A form as a dialog; `open` shows it without a script's help. */
export function renderForm(
  { form, name, problem }: FormView,
  { catalog, open }: { catalog: Catalog; open: boolean },
): Html {
  const action = `/commands/${form.command}${name === undefined ? "" : `?form=${name}`}`;
  return html`<dialog class="dialog" id="form-dialog" aria-labelledby="dialog-title"${open && html` open`} data-modal>
    <form method="post" action="${action}" enctype="multipart/form-data" hx-post="${action}" hx-target="find .form-answer" hx-sync="this:drop">
      <header>
        <h2 id="dialog-title">${form.title}</h2>
        <button type="button" class="icon-button" command="close" commandfor="form-dialog" aria-label="Close">${cross}</button>
      </header>
      ${form.intro.map((line) => html`<p class="intro" dir="auto">${renderLine(line)}</p>`)}
      ${Object.entries(form.hidden).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`)}
      ${form.fields.map((field, index) => renderField(field, { catalog, focus: index === 0 }))}
      <div class="form-answer" role="alert">${problem}</div>
      <footer>
        <button type="button" class="button" command="close" commandfor="form-dialog">Cancel</button>
        <button class="button submit" data-style="primary">${form.submitLabel}</button>
      </footer>
    </form>
  </dialog>`;
}

function renderField(
  { name, option, initial = "" }: FormField,
  { catalog, focus }: { catalog: Catalog; focus: boolean },
): Html {
  if (option.type === "hidden") return html`<input type="hidden" name="${name}" value="${initial}" />`;
  const id = `field-${name}`;
  const hint = html`<span class="hint" id="${id}-hint">${option.description}</span>`;
  const common = html`id="${id}" name="${name}" aria-describedby="${id}-hint"${option.required && html` required`}${focus && html` autofocus`}`;
  if (option.type === "choice" && option.choices(catalog).length > RADIOS_MAX) {
    const choices = selectable(choicesOf(option, catalog), initial);
    return html`<div class="field"><p><label for="${id}">${fieldTitle(name)}</label> ${hint}</p><select ${common}>${choices.map((choice) => renderOption(choice, initial))}</select></div>`;
  }
  if (option.type === "choice") {
    return html`<fieldset class="field">
      <legend>${fieldTitle(name)} ${hint}</legend>
      <div class="choices">${choicesOf(option, catalog).map((choice) => renderChoice(choice, { name, initial, required: option.required }))}</div>
    </fieldset>`;
  }
  const input = {
    number: () =>
      html`<input ${common} type="number" inputmode="decimal" step="${option.type === "number" && option.integer ? 1 : "any"}"${limits(option)} value="${initial}" autocomplete="off" />`,
    text: () => html`<textarea ${common} rows="4" dir="auto">${initial}</textarea>`,
    image: () => html`<input ${common} type="file" accept="${PICTURES}" />`,
    video: () => html`<input ${common} dir="auto" type="text" value="${initial}" autocomplete="off" />`,
    person: () => html`<input ${common} dir="auto" type="text" value="${initial}" autocomplete="off" />`,
  }[option.type];
  return html`<div class="field"><p><label for="${id}">${fieldTitle(name)}</label> ${hint}</p>${input()}</div>`;
}

function limits(option: Option): Html {
  if (option.type !== "number") return html``;
  const { min, max } = option;
  return html`${min !== undefined && html` min="${min}"`}${max !== undefined && html` max="${max}"`}`;
}

function renderOption({ value, label }: Choice, initial: string): Html {
  return html`<option value="${value}"${value === initial && html` selected`}>${label}</option>`;
}

/** A choice that has no beginning and need not be made can be taken back: no radio button does that by itself. */
function choicesOf(option: ChoiceOption, catalog: Catalog): Choice[] {
  const choices = option.choices(catalog);
  return option.required || option.initial ? choices : [OPEN, ...choices];
}

/** A list always shows one of its choices, where radio buttons can show none. */
function selectable(choices: Choice[], initial: string): Choice[] {
  return choices.some(({ value }) => value === initial) ? choices : [OPEN, ...choices];
}

function renderChoice(
  { value, label }: Choice,
  { name, initial, required }: { name: string; initial: string; required: true | undefined },
): Html {
  return html`<label class="choice"><input type="radio" name="${name}" value="${value}"${required && html` required`}${value === initial && html` checked`} /><span>${label}</span></label>`;
}

/** A form with what somebody put into it; a picture has to be chosen anew. */
export function refill(form: Form, body: FormData): Form {
  const fields = form.fields.map((field) => {
    const typed = body.get(field.name);
    return typeof typed === "string" ? { ...field, initial: typed } : field;
  });
  return { ...form, fields };
}

/** Reads a submitted form; fields that were left empty are left out. */
export function readForm(command: string, body: FormData): Invocation {
  const filled = [...body].filter(
    ([, value]) => value !== "" && (typeof value === "string" || value.size > 0),
  );
  const values = Object.fromEntries(filled.map(([name, value]) => [name, readValue(value)]));
  return { kind: "command", name: command, values };
}

function readValue(value: string | File): RawValue {
  if (typeof value === "string") return value;
  return {
    filename: value.name,
    contentType: value.type,
    bytes: value.size,
    open: async () => Readable.fromWeb(value.stream()),
  };
}
