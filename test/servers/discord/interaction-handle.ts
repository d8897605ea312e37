import type { ChangeSignal } from "../change-signal.ts";
import { ANSWER_WITHIN_MS, type InteractionDesk } from "./interactions.ts";
import type { Choice, Interaction, Modal, StoredMessage } from "./state.ts";

/** What a person sees of the bot's answer; every promise rejects when no answer came in time. */
export interface InteractionHandle {
  /** All the server knows of it, alive. */
  readonly interaction: Interaction;
  /** Type of the first answer and the time it took. */
  acknowledged(): Promise<{ type: number; afterMs: number }>;
  /** The message that is the first answer, or that it updates; still empty while the bot thinks. */
  reply(): Promise<StoredMessage>;
  /** The form that is the first answer. */
  modal(): Promise<Modal>;
  /** What autocomplete offers. */
  choices(): Promise<Choice[]>;
}

/** Watches one interaction. */
export function createInteractionHandle(deps: {
  interaction: Interaction;
  desk: InteractionDesk;
  signal: ChangeSignal;
}): InteractionHandle {
  const { interaction, desk, signal } = deps;

  const acknowledged = () =>
    signal.waitFor(
      () => {
        if (desk.isLate(interaction)) throw new Error("The application did not respond");
        return interaction.callback;
      },
      { description: "the bot's answer to an interaction", timeoutMs: ANSWER_WITHIN_MS + 500 },
    );

  async function answerIn<T>(read: () => T | undefined, name: string): Promise<T> {
    const { type } = await acknowledged();
    const found = read();
    if (found === undefined) throw new Error(`The answer is of type ${type}, not ${name}.`);
    return found;
  }

  return {
    interaction,
    acknowledged,
    reply: () => answerIn(() => interaction.original, "a message"),
    modal: () => answerIn(() => interaction.modal, "a form"),
    choices: () => answerIn(() => interaction.choices, "a list of choices"),
  };
}
