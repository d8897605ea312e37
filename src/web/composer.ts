import { html } from "hono/html";
import type { AnyCommand } from "../../commands/command.ts";
import type { Invocation } from "../chat/adapter.ts";
import { UserError } from "../errors.ts";
import type { Completion } from "./completion.ts";
import { plus, send } from "./icons.ts";
import type { Html } from "./rich-text.ts";

/** The box to type into; it works as a plain form where scripts do not run. */
export function renderComposer({ draft }: { draft: string }): Html {
  return html`<form class="composer" id="composer" aria-label="New message" method="post" action="/messages" hx-post="/messages" hx-target="#feed" hx-swap="beforeend" hx-sync="this:drop" autocomplete="off">
    <div class="completions" id="completions" aria-live="off"></div>
    <p id="suggestion-count" class="visually-hidden" role="status"></p>
    <div class="composer-box">
      <button class="icon-button" formaction="/form" formnovalidate hx-post="/form" hx-target="#form-slot" hx-sync="this:drop" aria-label="Create a video with every option" title="Every option, and a picture to start from">${plus}</button>
      <label class="visually-hidden" for="line">Message #playground: what the video should show, or a command that begins with a slash</label>
      <textarea id="line" name="text" rows="1" dir="auto" required autofocus placeholder="Describe a video, or type /" hx-get="/completions" hx-trigger="complete" hx-target="#completions" hx-sync="this:replace" aria-autocomplete="list" aria-haspopup="listbox" enterkeyhint="send">${draft}</textarea>
      <button class="icon-button send" aria-label="Send">${send}</button>
    </div>
  </form>`;
}

/** What the completion list shows; the script moves through it. */
export function renderCompletion({ usage, suggestions, begun }: Completion): Html {
  return html`${usage && html`<p class="usage"><code>${usage.command}</code> ${usage.options}</p>`}
    ${
      suggestions.length > 0 &&
      html`<ul id="suggestions" role="listbox" aria-label="Suggestions"${begun && html` data-begun`}>
      ${suggestions.map(
        (
          { line, label, detail },
          index,
        ) => html`<li role="option" id="suggestion-${index}" data-line="${line}" aria-selected="false" dir="auto">
        <code>${label}</code> <span>${detail}</span>
      </li>`,
      )}
    </ul>`
    }`;
}

/**
 * Reads a typed line: a text without a slash is a prompt, whatever its first word is.
 * @throws UserError for a slash command of another name.
 */
export function readLine(typed: string, commands: readonly AnyCommand[]): Invocation {
  const line = typed.replaceAll("\r\n", "\n").trim();
  const [, word, rest] = /^\/(\S*)(.*)$/s.exec(line) ?? [];
  if (word === undefined || rest === undefined)
    return { kind: "text", text: `${commands[0]?.name ?? ""} ${line}` };
  if (word.toLowerCase() === "video") return { kind: "text", text: rest.trim() };
  throw new UserError(
    "unknown_slash",
    `There is no /${word.slice(0, 40)} here. Commands begin with /video; /video help lists them.`,
  );
}
