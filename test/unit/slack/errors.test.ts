import {
  WebAPIHTTPError,
  WebAPIPlatformError,
  WebAPIRateLimitedError,
  WebAPIRequestError,
} from "@slack/web-api";
import { expect, it } from "vitest";
import { ServiceError } from "../../../src/errors.ts";
import { asServiceError } from "../../../src/slack/errors.ts";

const said = (error: string, more: object = {}) => new WebAPIPlatformError({ ok: false, error, ...more });

it.each<[string, Error, Partial<ServiceError>]>([
  ["a deleted message", said("message_not_found"), { code: "gone", retryable: false }],
  ["somebody else's message", said("cant_update_message"), { code: "uneditable", retryable: false }],
  ["a channel to join", said("not_in_channel"), { code: "not_in_channel", retryable: false }],
  ["a channel that is not seen", said("channel_not_found"), { code: "no_access", retryable: false }],
  ["an archived channel", said("is_archived"), { code: "no_access", retryable: false }],
  ["a revoked token", said("token_revoked"), { code: "unauthorized", retryable: true }],
  ["a deactivated account", said("account_inactive"), { code: "unauthorized", retryable: true }],
  ["a word for the first time", said("brand_new_word"), { code: "brand_new_word", retryable: false }],
  ["a passing trouble", said("internal_error"), { code: "internal_error", retryable: true }],
  ["an old trigger", said("expired_trigger_id"), { code: "expired_trigger_id", retryable: true }],
  [
    "a picture that is not shown",
    said("invalid_blocks", { response_metadata: { messages: ["[ERROR] invalid slack file [/blocks/0]"] } }),
    { code: "bad_picture", retryable: false },
  ],
  ["other blocks that are refused", said("invalid_blocks"), { code: "invalid_blocks", retryable: false }],
  ["a view that was closed", said("not_found"), { code: "view_gone", retryable: false }],
  ["429", new WebAPIRateLimitedError(7), { code: "ratelimited", retryable: true, retryAfterMs: 7_000 }],
  [
    "ratelimited in a 200",
    said("ratelimited"),
    { code: "ratelimited", retryable: true, retryAfterMs: undefined },
  ],
  [
    "ratelimited in a 200 with Retry-After",
    said("ratelimited", { response_metadata: { retryAfter: 3 } }),
    { code: "ratelimited", retryable: true, retryAfterMs: 3_000 },
  ],
  [
    "a broken connection",
    new WebAPIRequestError(new Error("reset")),
    { code: "unreachable", retryable: true },
  ],
  ["500", new WebAPIHTTPError(500, "", {}), { code: "unreachable", retryable: true }],
  ["404", new WebAPIHTTPError(404, "", {}), { code: "refused", retryable: false }],
  ["half an answer", said('{"ok":tr'), { code: "unreachable", retryable: true }],
])("says what %s means", (_, error, meaning) => {
  expect(asServiceError(error)).toMatchObject({ service: "slack", ...meaning });
});

it("names the missing scope", () => {
  expect(asServiceError(said("missing_scope", { needed: "files:write" })).message).toContain("files:write");
});

it("passes a service's error on", () => {
  const error = new ServiceError("media", "not_found", "", { retryable: false });
  expect(asServiceError(error)).toBe(error);
});
