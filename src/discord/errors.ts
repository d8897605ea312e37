import { DiscordAPIError, HTTPError, RateLimitError, RESTJSONErrorCodes } from "discord.js";
import { ServiceError } from "../errors.ts";

/** What an answer of Discord's means to a job. */
export type DiscordErrorCode =
  /** The message or channel is no more. */
  | "gone"
  /** The bot may not see the channel, or not do that in it. */
  | "no_access"
  | "archived"
  | "too_large"
  /** The interaction was answered already, came too late, or its token's 15 minutes are over. */
  | "interaction_over"
  | "rate_limited"
  | "unauthorized"
  | "unavailable"
  | "refused";

/** Discord's JSON error codes, where they say more than the status (its documentation, "JSON Error Codes"). */
const BY_CODE: Record<number, DiscordErrorCode> = {
  [RESTJSONErrorCodes.UnknownChannel]: "gone",
  [RESTJSONErrorCodes.UnknownMessage]: "gone",
  [RESTJSONErrorCodes.UnknownWebhook]: "interaction_over",
  [RESTJSONErrorCodes.UnknownInteraction]: "interaction_over",
  [RESTJSONErrorCodes.InteractionHasAlreadyBeenAcknowledged]: "interaction_over",
  [RESTJSONErrorCodes.InvalidWebhookToken]: "interaction_over",
  [RESTJSONErrorCodes.RequestEntityTooLarge]: "too_large",
  [RESTJSONErrorCodes.OpeningDirectMessagesTooFast]: "rate_limited",
  [RESTJSONErrorCodes.MissingAccess]: "no_access",
  [RESTJSONErrorCodes.MissingPermissions]: "no_access",
  [RESTJSONErrorCodes.CannotSendMessagesToThisUser]: "no_access",
  [RESTJSONErrorCodes.CannotReplyWithoutPermissionToReadMessageHistory]: "no_access",
  [RESTJSONErrorCodes.ThreadLocked]: "no_access",
  [RESTJSONErrorCodes.InvalidActionOnArchivedThread]: "archived",
};

const BY_STATUS: Record<number, DiscordErrorCode> = {
  401: "unauthorized",
  403: "no_access",
  404: "gone",
  413: "too_large",
  429: "rate_limited",
};

/** A token that was revoked is replaced some time, and what is paid for is delivered then. */
const RETRYABLE: ReadonlySet<DiscordErrorCode> = new Set(["rate_limited", "unavailable", "unauthorized"]);

/**
 * Puts whatever a call to Discord rejected with into the core's terms. The library's error is not kept as the cause:
 * it carries the request's body and, in its address, the interaction's token.
 */
export function toServiceError(error: unknown): ServiceError {
  if (error instanceof RateLimitError) {
    return problem("rate_limited", "Discord asked to wait.", Math.max(error.retryAfter, error.timeToReset));
  }
  if (error instanceof DiscordAPIError) {
    const code = BY_CODE[Number(error.code)] ?? BY_STATUS[error.status] ?? "refused";
    return problem(code, `Discord answered ${error.status} (${error.code}): ${error.message}`);
  }
  if (error instanceof HTTPError) return problem("unavailable", `Discord answered ${error.status}.`);
  // After a 401 to the bot's own token the library forgets it, so that nothing asks with it again.
  if (error instanceof Error && error.message.startsWith("Expected token")) {
    return problem("unauthorized", "Discord does not accept the bot's token any more.");
  }
  return problem("unavailable", `Discord cannot be reached: ${reasonOf(error)}`);
}

/** Whether it is one of Discord's problems with one of these codes. */
export function isDiscordError(error: unknown, ...codes: DiscordErrorCode[]): error is ServiceError {
  return (
    error instanceof ServiceError && error.service === "discord" && codes.some((code) => code === error.code)
  );
}

function problem(code: DiscordErrorCode, message: string, retryAfterMs?: number): ServiceError {
  return new ServiceError("discord", code, message, { retryable: RETRYABLE.has(code), retryAfterMs });
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return "unknown";
  return "code" in error && typeof error.code === "string" ? error.code : error.name;
}
