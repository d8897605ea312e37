// What the page does beyond htmx: dialogs, notices, links to messages, and telling when the bot is out of reach.
// Everything is delegated to the document, because htmx replaces elements.

import { draft, line, take } from "./composer.js";

/** What a picture may weigh (bytes), as the server has it. */
const PICTURE_MAX_BYTES = 10 * 1024 ** 2;

/** @param {string} selector @param {EventTarget | null} from @returns {HTMLElement | null} */
function closest(selector, from) {
  return from instanceof Element ? from.closest(selector) : null;
}

/** What a click on something does. @type {Record<string, (element: HTMLElement, event: MouseEvent) => void>} */
const clicks = {
  "[role=option]": take,
  "[data-dismiss]"(button) {
    button.closest(".notice")?.remove();
    line.focus();
  },
  "[data-draft]"(example, event) {
    event.preventDefault();
    draft(example.dataset.draft ?? "");
  },
  /** A message that is on the page is scrolled to; any other one is loaded by the link itself. */
  "a[href*='#job-']"(link, event) {
    const { hash } = /** @type {HTMLAnchorElement} */ (link);
    const message = document.getElementById(hash.slice(1));
    if (!message) return;
    event.preventDefault();
    location.hash = hash;
    message.focus({ preventScroll: true });
  },
};

document.addEventListener("click", (event) => {
  for (const [selector, act] of Object.entries(clicks)) {
    const element = closest(selector, event.target);
    if (element) act(element, event);
  }
});

/** The list scrolls from its end, so the end is at 0. */
function scrollToEnd() {
  document.querySelector(".scroller")?.scrollTo({ top: 0 });
}

/** A page that took another one's place is read from its top, unless the button that was pressed is there again. @param {HTMLElement} page */
function keepPlace(page) {
  if (page.contains(document.activeElement)) return;
  page.focus({ preventScroll: true });
  page.scrollIntoView({ block: "start" });
}

// A form from the server opens as a dialog; a notice is brought into view.
document.addEventListener("htmx:after:swap", ({ target }) => {
  const dialog = /** @type {HTMLDialogElement | null} */ (
    document.querySelector("dialog[data-modal]:not([open])")
  );
  if (dialog) {
    if (line.value.startsWith("/")) draft("");
    dialog.showModal();
  } else if (target instanceof HTMLElement && target.matches(".page")) {
    keepPlace(target);
  } else if (closest("form", target) && document.querySelector("#feed > .notice:last-child")) {
    scrollToEnd();
  }
});

// A closed dialog goes, and the browser gives the focus back. The event does not bubble, hence the capture.
document.addEventListener("close", ({ target }) => closest("dialog", target)?.remove(), true);

// The server took a request: what was typed for it is done with.
document.addEventListener("accepted", (event) => {
  const { target, detail } = /** @type {CustomEvent<{ page?: string }>} */ (event);
  const form = closest("form", target);
  const carriedOver = form?.querySelector("textarea")?.defaultValue.trim();
  form?.closest("dialog")?.close();
  if (form === line.form || carriedOver === line.value.trim()) draft("");
  const page = document.getElementById(detail.page ?? "");
  if (page) page.scrollIntoView({ block: "start" });
  else scrollToEnd();
});

document.addEventListener("change", ({ target }) => {
  if (!(target instanceof HTMLInputElement) || target.type !== "file") return;
  const heavy = [...(target.files ?? [])].some(({ size }) => size > PICTURE_MAX_BYTES);
  target.setCustomValidity(heavy ? "This picture is larger than 10 MB. Choose a smaller one." : "");
  target.reportValidity();
});

/** Says that a request failed on its way; what the server refuses comes as a notice of its own. */
function showTrouble() {
  const template = /** @type {HTMLTemplateElement} */ (document.querySelector("#trouble"));
  const notice = document.importNode(template.content, true);
  const dialog = document.querySelector("dialog[open] .form-answer");
  if (dialog) dialog.replaceChildren(...notice.querySelectorAll(".lines"));
  else document.querySelector("#feed")?.append(notice);
}

document.addEventListener("htmx:response:error", showTrouble);
document.addEventListener("htmx:error", (event) => {
  const { detail } = /** @type {CustomEvent} */ (event);
  if (detail.ctx?.response === undefined) showTrouble();
});

/** @param {boolean} lost */
function showConnection(lost) {
  document.querySelector(".connection")?.toggleAttribute("hidden", !lost);
}

document.addEventListener("htmx:sse:after:connection", () => showConnection(false));
document.addEventListener("htmx:sse:error", (event) => {
  const { detail } = /** @type {CustomEvent} */ (event);
  // The session has ended; the page leads to the login.
  if (detail.status === 401) location.reload();
  else showConnection(true);
});
