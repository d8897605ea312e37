// The line people type into: its keys, and the list of suggestions that the server fills.

/** @type {HTMLTextAreaElement} */
export const line = required("#line");
/** @type {HTMLElement} */
const completions = required("#completions");

/**
 * @template {Element} T
 * @param {string} selector
 * @returns {T}
 */
function required(selector) {
  const element = document.querySelector(selector);
  if (!element) throw new Error(`The page has no ${selector}.`);
  return /** @type {T} */ (element);
}

/** Puts a text into the line. @param {string} text */
export function draft(text) {
  line.value = text;
  line.focus();
  closeCompletions();
}

/** Takes a suggestion. @param {HTMLElement} option */
export function take(option) {
  line.value = option.dataset.line ?? "";
  line.focus();
  closeCompletions();
  complete();
}

/** @returns {HTMLElement[]} */
function options() {
  return [...completions.querySelectorAll("[role=option]")];
}

function activeOption() {
  return options().find((option) => option.getAttribute("aria-selected") === "true");
}

/** @param {HTMLElement | undefined} active */
function activate(active) {
  for (const option of options()) option.setAttribute("aria-selected", String(option === active));
  if (active) line.setAttribute("aria-activedescendant", active.id);
  else line.removeAttribute("aria-activedescendant");
  active?.scrollIntoView({ block: "nearest" });
}

/** Moves through the list, round its ends. @param {1 | -1} step @returns {boolean} Whether there is one. */
function move(step) {
  const all = options();
  const active = activeOption();
  const from = active ? all.indexOf(active) : step > 0 ? -1 : all.length;
  if (all.length > 0) activate(all.at((from + step) % all.length));
  return all.length > 0;
}

/**
 * Asks the server for suggestions where a command is typed, and only at the line's end. Until they come none is
 * chosen, so that Enter never takes one that was meant for an earlier line.
 */
function complete() {
  activate(undefined);
  const typing = line.value.startsWith("/") && line.selectionStart === line.value.length;
  if (typing) line.dispatchEvent(new CustomEvent("complete"));
  else closeCompletions();
}

function closeCompletions() {
  line.dispatchEvent(new CustomEvent("htmx:abort"));
  completions.replaceChildren();
  showCompletions();
}

/** Says how long the list is, which a text field of several lines has no attribute for. @param {string} words */
function announce(words) {
  const count = required("#suggestion-count");
  if (count.textContent !== words) count.textContent = words;
}

/** Tells assistive technology what is in the list; an answer that comes too late is thrown away. */
function showCompletions() {
  if (!line.value.startsWith("/") || document.activeElement !== line) completions.replaceChildren();
  const offered = options().length;
  if (offered > 0) line.setAttribute("aria-controls", "suggestions");
  else line.removeAttribute("aria-controls");
  announce(offered > 0 ? `${offered} suggestions` : "");
  activate(completions.querySelector("[data-begun]") ? options()[0] : undefined);
}

/** What keys do here; each tells whether it used the key up. @type {Record<string, (event: KeyboardEvent) => boolean>} */
const keys = {
  ArrowDown: () => move(1),
  ArrowUp: () => move(-1),
  Escape() {
    const open = completions.childElementCount > 0;
    closeCompletions();
    return open;
  },
  Tab({ shiftKey }) {
    const option = shiftKey ? undefined : (activeOption() ?? options()[0]);
    if (option) take(option);
    return option !== undefined;
  },
  Enter({ shiftKey }) {
    if (shiftKey) return false;
    const option = activeOption();
    if (option) take(option);
    else line.form?.requestSubmit();
    return true;
  },
};

line.addEventListener("input", complete);
line.addEventListener("blur", closeCompletions);
line.addEventListener("htmx:after:swap", showCompletions);
line.addEventListener("keydown", (event) => {
  // While an input method composes a word, its keys are its own.
  if (!event.isComposing && keys[event.key]?.(event)) event.preventDefault();
});
// A press must not take the focus from the line, which would close the list before the click.
completions.addEventListener("mousedown", (event) => event.preventDefault());
