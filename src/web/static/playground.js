// What the page does beyond htmx: the composer's keys and its list of suggestions, dialogs, and small comforts.
// Everything is delegated to the document, because htmx replaces elements.

/** @typedef {HTMLTextAreaElement & { form: HTMLFormElement }} Line */

/** What a picture may weigh (bytes), as the server has it. */
const PICTURE_MAX_BYTES = 10 * 1024 ** 2;

const line = /** @type {Line} */ (document.querySelector("#line"));
const completions = /** @type {HTMLElement} */ (document.querySelector("#completions"));
const feed = /** @type {HTMLElement} */ (document.querySelector("#feed"));

/** @param {string} selector @param {EventTarget | null} from @returns {HTMLElement | null} */
const closest = (selector, from) => (from instanceof Element ? from.closest(selector) : null);

/** @returns {HTMLElement[]} */
const options = () => [...completions.querySelectorAll("[role=option]")];
const activeOption = () => options().find((option) => option.getAttribute("aria-selected") === "true");

/** @param {HTMLElement | undefined} active */
function activate(active) {
  for (const option of options()) option.setAttribute("aria-selected", String(option === active));
  if (active) line.setAttribute("aria-activedescendant", active.id);
  else line.removeAttribute("aria-activedescendant");
  active?.scrollIntoView({ block: "nearest" });
}

/** Asks the server for suggestions where a command is typed, and only at the line's end. */
function complete() {
  const typing = line.value.startsWith("/") && line.selectionStart === line.value.length;
  if (typing) line.dispatchEvent(new CustomEvent("complete"));
  else closeCompletions();
}

function closeCompletions() {
  completions.replaceChildren();
  line.dispatchEvent(new CustomEvent("htmx:abort"));
  showCompletions();
}

/** Tells what is in the list after it changed. */
function showCompletions() {
  const stale = !line.value.startsWith("/") || document.activeElement !== line;
  if (stale) completions.replaceChildren();
  line.setAttribute("aria-expanded", String(options().length > 0));
  activate(completions.querySelector("[data-begun]") ? options()[0] : undefined);
}

/** @param {HTMLElement} option */
function take(option) {
  line.value = option.dataset.line ?? "";
  line.focus();
  complete();
}

/** @param {string} text */
function draft(text) {
  line.value = text;
  line.focus();
  closeCompletions();
}

/** @type {Record<string, (event: KeyboardEvent) => boolean>} Whether a key was used up. */
const lineKeys = {
  ArrowDown: () => move(1),
  ArrowUp: () => move(-1),
  Escape: () => {
    const open = completions.childElementCount > 0;
    closeCompletions();
    return open;
  },
  Tab: ({ shiftKey }) => {
    const option = activeOption() ?? options()[0];
    if (option && !shiftKey) take(option);
    return option !== undefined && !shiftKey;
  },
  Enter: ({ shiftKey }) => {
    if (shiftKey) return false;
    const option = activeOption();
    if (option) take(option);
    else line.form.requestSubmit();
    return true;
  },
};

/** @param {number} step @returns {boolean} */
function move(step) {
  const all = options();
  const active = activeOption();
  const from = active ? all.indexOf(active) : step > 0 ? -1 : all.length;
  if (all.length > 0) activate(all.at((from + step) % all.length));
  return all.length > 0;
}

if (line) {
  line.addEventListener("input", complete);
  line.addEventListener("blur", closeCompletions);
  line.addEventListener("keydown", (event) => {
    // While an input method composes a word, its keys are its own.
    if (!event.isComposing && lineKeys[event.key]?.(event)) event.preventDefault();
  });
  completions.addEventListener("htmx:after:swap", showCompletions);
  line.addEventListener("htmx:after:swap", showCompletions);
}

// A press must not take the focus from the line, which would close the list before the click.
document.addEventListener("mousedown", (event) => {
  if (closest("#completions", event.target)) event.preventDefault();
});

document.addEventListener("click", (event) => {
  const option = closest("[role=option]", event.target);
  const example = closest("[data-draft]", event.target);
  const link = closest("a[href*='#job-']", event.target);
  const message = link && document.getElementById(new URL(/** @type {HTMLAnchorElement} */ (link).href).hash.slice(1));
  if (option) take(option);
  closest("[data-close]", event.target)?.closest("dialog")?.close();
  if (closest("[data-dismiss]", event.target)) {
    closest(".notice", event.target)?.remove();
    line.focus();
  }
  if (example) draft(example.dataset.draft ?? "");
  if (message) {
    location.hash = message.id;
    message.focus({ preventScroll: true });
  }
  if (example || message) event.preventDefault();
});

// A form from the server opens as a dialog; closed, it goes, and the browser gives the focus back.
document.addEventListener("htmx:after:swap", () => {
  const dialog = /** @type {HTMLDialogElement | null} */ (document.querySelector("dialog[data-modal]:not([open])"));
  dialog?.showModal();
});
document.addEventListener(
  "close",
  (event) => {
    if (event.target instanceof HTMLDialogElement) event.target.remove();
  },
  true,
);

// The server took a request: what was typed is done with.
document.addEventListener("accepted", (event) => {
  const form = closest("form", event.target);
  const begun = form?.querySelector("textarea")?.defaultValue.trim() ?? "";
  form?.closest("dialog")?.close();
  if (form === line.form || begun === line.value.trim()) draft("");
  const scroller = document.querySelector(".scroller");
  if (scroller) scroller.scrollTop = 0;
});

document.addEventListener("change", ({ target }) => {
  if (!(target instanceof HTMLInputElement) || target.type !== "file") return;
  const heavy = [...(target.files ?? [])].some(({ size }) => size > PICTURE_MAX_BYTES);
  target.setCustomValidity(heavy ? "This picture is larger than 10 MB. Choose a smaller one." : "");
  target.reportValidity();
});

/** @param {boolean} lost */
function showConnection(lost) {
  const sign = document.querySelector(".connection");
  if (sign instanceof HTMLElement) sign.hidden = !lost;
}

document.addEventListener("htmx:sse:after:connection", () => showConnection(false));
document.addEventListener("htmx:sse:error", (event) => {
  if (event instanceof CustomEvent && event.detail.status === 401) location.reload();
  showConnection(true);
});

/** Says that a request failed on its way; a fault that the server explains comes as a notice of its own. */
function showTrouble() {
  const template = document.querySelector("#trouble");
  if (template instanceof HTMLTemplateElement) feed.append(template.content.cloneNode(true));
}

document.addEventListener("htmx:response:error", showTrouble);
document.addEventListener("htmx:error", (event) => {
  if (event instanceof CustomEvent && event.detail.ctx?.response === undefined) showTrouble();
});
