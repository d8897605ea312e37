import { WebAPIHTTPError, WebAPIPlatformError, WebAPIRateLimitedError } from "@slack/web-api";
import { ServiceError } from "../errors.ts";

/** Codes of the failures that callers tell apart; anything else has Slack's own word as its code. */
export const SLACK_FAILURE = {
  /** The message is no more. */
  gone: "gone",
  /** It stands, and cannot be edited ever again. */
  uneditable: "uneditable",
  /** The bot is no member of a public channel; it can join. */
  notInChannel: "not_in_channel",
  /** The bot may not see the conversation or post there. */
  noAccess: "no_access",
  /** Slack does not take the bot's token (any more); it is replaced some time, and what is paid for is delivered then. */
  unauthorized: "unauthorized",
  /** Slack does not have the file, or not yet. */
  fileGone: "file_gone",
  /** The view was closed. */
  viewGone: "view_gone",
  /** A picture in a message or view cannot be shown: deleted, not processed yet, or of another type. */
  badPicture: "bad_picture",
  /** Refused for the moment; nothing was done. */
  rateLimited: "ratelimited",
  /** No answer of Slack's arrived; it may have been done. */
  unreachable: "unreachable",
} as const;

const {
  gone,
  uneditable,
  notInChannel,
  noAccess,
  unauthorized,
  fileGone,
  viewGone,
  badPicture,
  rateLimited,
  unreachable,
} = SLACK_FAILURE;

/** Slack's error words by what they mean for the bot (docs.slack.dev/reference/methods, section Errors). */
const CODES: Readonly<Record<string, string>> = {
  message_not_found: gone,
  cant_update_message: uneditable,
  edit_window_closed: uneditable,
  thread_not_found: gone,
  not_in_channel: notInChannel,
  channel_not_found: noAccess,
  is_archived: noAccess,
  is_inactive: noAccess,
  restricted_action: noAccess,
  restricted_action_read_only_channel: noAccess,
  restricted_action_thread_only_channel: noAccess,
  posting_to_channel_denied: noAccess,
  token_revoked: unauthorized,
  token_expired: unauthorized,
  account_inactive: unauthorized,
  invalid_auth: unauthorized,
  not_authed: unauthorized,
  not_allowed_token_type: unauthorized,
  file_not_found: fileGone,
  file_deleted: fileGone,
  // Of the methods that are called, those of views alone answer this.
  not_found: viewGone,
  file_upload_size_restricted: "too_large",
  ratelimited: rateLimited,
  rate_limited: rateLimited,
  message_limit_exceeded: rateLimited,
};

/** Words after which the same call may succeed. */
const PASSING = new Set([
  "token_revoked",
  "token_expired",
  "account_inactive",
  "invalid_auth",
  "not_authed",
  "not_allowed_token_type",
  "ratelimited",
  "rate_limited",
  "internal_error",
  "fatal_error",
  "service_unavailable",
  "request_timeout",
  "team_added_to_org",
  // Triggers live three seconds, so whoever asks again gets a new one.
  "expired_trigger_id",
  "exchanged_trigger_id",
]);

/** What a failed call of Slack's Web API means. */
export function asServiceError(error: unknown): ServiceError {
  if (error instanceof ServiceError) return error;
  if (error instanceof WebAPIRateLimitedError) return limited(error, error.retryAfter);
  if (error instanceof WebAPIPlatformError) return refused(error);
  if (error instanceof WebAPIHTTPError && error.statusCode < 500) {
    return failure("refused", `Slack answered with status ${error.statusCode}.`, error);
  }
  return new ServiceError("slack", unreachable, "Slack did not answer.", { retryable: true, cause: error });
}

function refused(error: WebAPIPlatformError): ServiceError {
  const { error: word, response_metadata: metadata } = error.data;
  // The client takes a body that is no JSON for the error word.
  if (!/^[a-z_]+$/i.test(word)) {
    return new ServiceError("slack", unreachable, "Slack's answer was cut off.", { retryable: true });
  }
  // "invalid slack file [json-pointer:/blocks/0/slack_file]", which stands beside several words.
  const aboutPicture = metadata?.messages?.some((message) => /slack.file/.test(message)) === true;
  const code = aboutPicture ? badPicture : (CODES[word] ?? word);
  if (code === rateLimited) return limited(error, metadata?.retryAfter);
  const message = [`Slack answered ${word}.`, ...neededScope(error.data), ...(metadata?.messages ?? [])];
  return failure(code, message.join(" "), error, PASSING.has(word));
}

/** Which blocks of a message or view had a picture that Slack refused, where it names them. */
export function refusedBlocks({ cause }: ServiceError): number[] {
  if (!(cause instanceof WebAPIPlatformError)) return [];
  return (cause.data.response_metadata?.messages ?? []).flatMap((message) => {
    const [, at] = /slack.file.*\[json-pointer:(?:\/view)?\/blocks\/(\d+)/.exec(message) ?? [];
    return at === undefined ? [] : [Number(at)];
  });
}

function limited(cause: Error, retryAfterSeconds: number | undefined): ServiceError {
  return new ServiceError("slack", rateLimited, "Slack asked for a pause.", {
    retryable: true,
    retryAfterMs: retryAfterSeconds === undefined ? undefined : retryAfterSeconds * 1000,
    cause,
  });
}

function failure(code: string, message: string, cause: Error, retryable = false): ServiceError {
  return new ServiceError("slack", code, message, { retryable, cause });
}

function neededScope(data: object): string[] {
  if (!("needed" in data) || typeof data.needed !== "string") return [];
  return [
    `The app needs the scope ${data.needed}: install it again with the manifest of "npm run register".`,
  ];
}
