import { buttonsOf, textOf } from "./reading.ts";
import type { SlackState } from "./state.ts";

/** The state in a few lines, for the message of a wait that failed. */
export function describeState(state: SlackState): string {
  const lines: string[] = [];
  for (const { id, name, messages } of state.channels.values()) {
    for (const message of messages) {
      const { ts, thread_ts, user, files, revisions } = message;
      const parts = [
        `${id} ${name} ${ts}${thread_ts ? ` in ${thread_ts}` : ""} ${user}: ${oneLine(textOf(message))}`,
        `revisions ${revisions.length}`,
        `buttons ${buttonsOf(message).map(({ label }) => label)}`,
        `files ${files.map((file) => file.name)}`,
      ];
      lines.push(parts.join(" | "));
    }
  }
  for (const ephemeral of state.ephemerals) {
    lines.push(`only ${ephemeral.user} by ${ephemeral.via}: ${oneLine(textOf(ephemeral))}`);
  }
  for (const view of state.views) {
    lines.push(`view ${view.id} ${view.callback_id} ${view.isOpen ? "open" : "closed"}: ${view.title}`);
  }
  for (const { kind, attempt, ack } of state.deliveries) {
    const outcome = ack ? (ack.error ?? `acknowledged after ${Math.round(ack.ms)} ms`) : "waiting";
    lines.push(`delivered ${kind} attempt ${attempt}: ${outcome}`);
  }
  for (const { method, error } of state.refused) lines.push(`refused ${method}: ${error}`);
  lines.push(...state.protocolErrors.map((problem) => `protocol error: ${problem}`));
  return lines.join("\n");
}

function oneLine(text: string): string {
  return text.replaceAll("\n", " / ").slice(0, 200);
}
