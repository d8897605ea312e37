import { UserError } from "../errors.ts";

/** The text that something is said about. */
export type CheckedPart = "prompt" | "negative prompt";

/** OpenAI's categories (its moderation guide) in people's words; those that differ in degree alone share theirs. */
const WORDS: Record<string, string> = {
  harassment: "harassment",
  "harassment/threatening": "threats",
  hate: "hate",
  "hate/threatening": "hate",
  illicit: "help with crimes",
  "illicit/violent": "help with violent crimes",
  "self-harm": "self-harm",
  "self-harm/intent": "self-harm",
  "self-harm/instructions": "self-harm",
  sexual: "sexual content",
  "sexual/minors": "sexual content with minors",
  violence: "violence",
  "violence/graphic": "graphic violence",
};

const NOTHING_LOST = "Nothing was made and nothing was spent.";

/** The refusal of what may not be made; which entry of a block list it was is the operator's to know. */
export function refusedBy(
  part: CheckedPart,
  { categories, withPicture = false }: { categories: readonly string[]; withPicture?: boolean },
): UserError {
  const words = new Set(categories.map((name) => WORDS[name] ?? name.replace(/[/_]+/g, " ")));
  const about = words.size === 0 ? "" : ` (${[...words].join(", ")})`;
  const what = withPicture ? `${part}, or the picture with it,` : part;
  const advice = withPicture ? "Word it differently, or choose another picture." : "Word it differently.";
  const message = `This ${what} was refused by this bot's content rules${about}. ${NOTHING_LOST} ${advice}`;
  return new UserError("moderated", message, "prompt");
}

/** The refusal of what could not be checked, which says nothing about it. */
export function uncheckable(): UserError {
  return new UserError(
    "moderation_unavailable",
    `This bot checks prompts against its content rules, and could not check this one right now. ${NOTHING_LOST} Try again in a few minutes; if that does not help, whoever runs this bot finds the reason in its log.`,
    "prompt",
  );
}

/** The refusal of a text that is longer than what is checked (characters). */
export function tooLongToCheck(part: CheckedPart, max: number): UserError {
  return new UserError(
    "moderation_unavailable",
    `This ${part} is longer than the ${max} characters that can be checked against this bot's content rules. ${NOTHING_LOST} Shorten it.`,
    "prompt",
  );
}
