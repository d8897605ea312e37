import { ServiceError } from "../errors.ts";
import type { Logger } from "../logger.ts";
import type { BlockList } from "./block-list.ts";
import { refusedBy, tooLongToCheck, uncheckable } from "./refusal-words.ts";

/** A picture that a video is to start from. */
export interface CheckedImage {
  bytes: Buffer;
  contentType: string;
}

/** What somebody wants made. */
export interface Asked {
  prompt: string;
  negativePrompt?: string;
  image?: CheckedImage;
  jobId: string;
  platform: string;
  person: string;
}

/** Checks prompts before anything is paid. */
export interface Moderation {
  /**
   * Passes what may be made. @throws UserError `moderated` when it may not, `moderation_unavailable` when it could not be
   * checked: nothing is made unchecked.
   */
  check(asked: Asked): Promise<void>;
}

/** What a service says to a text; `categories` by the service's names for them. */
export interface ModerationVerdict {
  flagged: boolean;
  categories: string[];
}

/** A service that judges texts and pictures. @throws ServiceError when it does not. */
export interface ModerationService {
  check(asked: { text: string; image?: CheckedImage | undefined }): Promise<ModerationVerdict>;
}

/** What is checked at most (characters); no backend takes longer prompts. */
const TEXT_MAX = 32_000;

/** Moderation by the operator's block list, by a service, by both in this order, or by none. */
export function createModeration(options: {
  blockList?: BlockList | undefined;
  service?: ModerationService | undefined;
  logger: Pick<Logger, "info" | "warn">;
}): Moderation {
  const { blockList, service, logger } = options;

  return {
    async check({ prompt, negativePrompt = "", image, jobId, platform, person }) {
      if (!blockList && !service) return;
      const who = { jobId, platform, person };
      const texts = [
        { part: "prompt" as const, text: prompt, image },
        ...(negativePrompt === "" ? [] : [{ part: "negative prompt" as const, text: negativePrompt }]),
      ];

      for (const { part, text } of texts) {
        if (text.length > TEXT_MAX) {
          logger.warn({ ...who, part, code: "too_long" }, "not checked, so refused");
          throw tooLongToCheck(part, TEXT_MAX);
        }
        const found = blockList?.check(text);
        if (!found || found.verdict === "clear") continue;
        const { verdict, line } = found;
        if (verdict === "undecided") {
          logger.warn({ ...who, part, code: "pattern_too_slow", line }, "not checked, so refused");
          throw uncheckable();
        }
        logger.info({ ...who, decision: "refused", by: "block list", part, line }, "moderated");
        throw refusedBy(part, { categories: [] });
      }

      if (service) await Promise.all(texts.map((text) => judge(service, text, who)));
      logger.info({ ...who, decision: "allowed", by: service ? "openai" : "block list" }, "moderated");
    },
  };

  async function judge(
    by: ModerationService,
    {
      part,
      text,
      image,
    }: { part: "prompt" | "negative prompt"; text: string; image?: CheckedImage | undefined },
    who: object,
  ): Promise<void> {
    const { flagged, categories } = await by.check({ text, image }).catch((error: unknown) => {
      if (!(error instanceof ServiceError)) throw error;
      // Not the error itself: what a service says may repeat what it was asked.
      const { code, requestId } = error;
      logger.warn({ ...who, part, by: "openai", code, requestId }, "not checked, so refused");
      throw uncheckable();
    });
    if (!flagged) return;
    logger.info({ ...who, decision: "refused", by: "openai", part, categories }, "moderated");
    throw refusedBy(part, { categories, withPicture: image !== undefined });
  }
}
