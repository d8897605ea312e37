import { momentOf } from "../chat/times.ts";
import { UserError } from "../errors.ts";
import { type Catalog, extendSteps, type VideoModel } from "../videos/catalog.ts";
import type { ClipExtras } from "../videos/extras.ts";
import type { Derivation } from "./job.ts";

/** What Slack's form holds, and what every platform therefore takes (characters). */
export const PROMPT_MAX = 3000;

/** White space, control and format characters (Unicode): a prompt of nothing else says nothing. */
const INVISIBLE = /[\s\p{C}]/gu;

/** The prompt as it is sent. @throws UserError when it says nothing, or too much. */
export function checkPrompt(prompt: string): string {
  const text = prompt.replaceAll("\r\n", "\n").trim();
  if (text.replace(INVISIBLE, "") === "")
    throw new UserError("prompt_empty", "The prompt is empty. Say what the video should show.", "prompt");
  const length = Array.from(text).length;
  if (length > PROMPT_MAX) {
    throw new UserError(
      "prompt_too_long",
      `The prompt has ${length} characters; ${PROMPT_MAX} is the most. Shorten it.`,
      "prompt",
    );
  }
  return text;
}

/** The length of a video after an extension. @throws UserError naming the steps that there are. */
export function checkStep(seconds: string, step: string | undefined): string {
  const steps = extendSteps(seconds);
  if (step !== undefined && steps.includes(step)) return String(Number(seconds) + Number(step));
  const message =
    steps.length === 0
      ? `This video has ${seconds} seconds, and 120 is the most. Extend a shorter one.`
      : `This video of ${seconds} seconds can be extended by ${steps.join(", ")} seconds.`;
  throw new UserError("unsupported_step", message, "seconds");
}

/** What an earlier job was asked for besides, as far as this model has it. */
export function inherited(
  extras: ClipExtras | undefined,
  { extras: known }: VideoModel,
): Record<string, string> {
  const kept = Object.entries(extras ?? {}).filter(([name]) => known.some((extra) => extra.name === name));
  return Object.fromEntries(kept.map(([name, value]) => [name, String(value)]));
}

/** The refusal of a picture by a model that starts from none. */
export function takesNoImage({ label }: VideoModel, { models }: Catalog): UserError {
  const others = models.filter(({ image }) => image).map((model) => model.label);
  const advice = others.length === 0 ? "Leave it out." : `These do: ${others.join(", ")}.`;
  return new UserError("no_image", `${label} does not start from a picture. ${advice}`, "image");
}

/** The refusal of everything while the backend's account is empty; `until`: when it is tried again (Unix milliseconds). */
export function outOfMoney(until: number): UserError {
  return new UserError(
    "budget_stopped",
    `The video service's budget is used up, so no new videos are taken right now. It is tried again after ${momentOf(until)}; whoever runs this bot knows.`,
  );
}

/** The answer to a question that nobody is waiting for any more. */
export function quoteGone(): UserError {
  return new UserError(
    "quote_gone",
    "This was answered already, or asked too long ago. Ask for the video again.",
  );
}

/** The refusal to make something like a video that is gone. */
export function deletedWithPicture(): UserError {
  return new UserError("image_gone", "That video was deleted with its picture. Attach it again.", "image");
}

/** The refusal of what the backend cannot do. */
export function notOffered(operation: Derivation): UserError {
  return new UserError(
    "not_offered",
    `The video service that this bot uses cannot ${operation} videos. /video create makes a new one.`,
  );
}
