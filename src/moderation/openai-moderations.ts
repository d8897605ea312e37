import { ServiceError } from "../errors.ts";
import { field } from "../videos/json.ts";
import { createModerationCall, refusalOf, toServiceError } from "../videos/openai-calls.ts";
import { causeCode } from "../videos/refusal.ts";
import type { ModerationService, ModerationVerdict } from "./moderation.ts";

/**
 * Of one question (characters). The endpoint cuts off what is over 32,768 tokens without a word, and no character has more
 * than four. The prompts of today, of 3,000 characters, are sent whole.
 */
const PART_MAX = 8000;
/** So that what stands across a cut is read whole in one of the parts. */
const OVERLAP = 400;
const TIMEOUT_MS = 10_000;

/**
 * Asks OpenAI's moderations endpoint, or one that speaks like it. Its errors hold none of the endpoint's own words: those
 * may repeat the prompt.
 * @param options.timeoutMs of one try; both together take at most twice as long.
 */
export function createOpenAIModerations(options: {
  apiKey: string;
  baseUrl?: string | undefined;
  timeoutMs?: number;
}): ModerationService {
  const { timeoutMs = TIMEOUT_MS } = options;
  const call = createModerationCall({ ...options, timeoutMs });

  async function ask(input: Parameters<typeof call>[0]): Promise<ModerationVerdict> {
    const signal = AbortSignal.timeout(2 * timeoutMs);
    const answer = await call(input, signal).catch((error: unknown) => {
      throw signal.aborted ? failed("timeout", "took too long to answer") : failureOf(error);
    });
    return readVerdict(answer);
  }

  return {
    async check({ text, image }) {
      const [first = "", ...others] = partsOf(text.toWellFormed());
      const url = image && `data:${image.contentType};base64,${image.bytes.toString("base64")}`;
      // One picture to a question is the most that it takes. Servers that know only texts take them as plain ones.
      const withPicture = url && [
        { type: "text" as const, text: first },
        { type: "image_url" as const, image_url: { url } },
      ];
      const verdicts = await Promise.all([withPicture || first, ...others].map(ask));
      return {
        flagged: verdicts.some(({ flagged }) => flagged),
        categories: [...new Set(verdicts.flatMap(({ categories }) => categories))],
      };
    },
  };
}

function partsOf(text: string): string[] {
  const characters = Array.from(text);
  const step = PART_MAX - OVERLAP;
  const count = Math.max(1, Math.ceil((characters.length - OVERLAP) / step));
  return Array.from({ length: count }, (_, part) =>
    characters.slice(part * step, part * step + PART_MAX).join(""),
  );
}

/** @throws ServiceError where it does not say of everything whether it is flagged. */
function readVerdict(answer: unknown): ModerationVerdict {
  const results = field(answer, "results");
  if (!Array.isArray(results) || results.length === 0)
    throw failed("malformed", "sent an answer without results");
  const flagged = results.filter((result: unknown) => {
    const said = field(result, "flagged");
    if (typeof said !== "boolean") throw failed("malformed", "sent a result that says nothing");
    return said;
  });
  const categories = flagged.flatMap((result: unknown) =>
    Object.entries(Object(field(result, "categories"))).flatMap(([name, holds]) =>
      holds === true ? [name] : [],
    ),
  );
  return { flagged: flagged.length > 0, categories };
}

function failureOf(error: unknown): ServiceError {
  const { retryable, requestId, cause } = toServiceError(error);
  const status = refusalOf(error)?.status;
  if (status === undefined)
    return failed("unavailable", `gave no answer (${causeCode(cause) || "unreadable"})`);
  const code = status >= 300 && status < 400 ? "redirected" : `http_${status}`;
  return failed(code, `answered with ${status}`, { retryable, requestId });
}

function failed(
  code: string,
  did: string,
  details: { retryable: boolean; requestId?: string | undefined } = { retryable: true },
): ServiceError {
  return new ServiceError("moderation", code, `The moderation service ${did}.`, details);
}
