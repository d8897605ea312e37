import { DiscordAPIError, HTTPError, RateLimitError } from "discord.js";
import { describe, expect, it } from "vitest";
import { isDiscordError, toServiceError } from "../../../src/discord/errors.ts";

const request = { body: { content: "a secret prompt" }, files: undefined };
const url = "https://discord.com/api/v10/webhooks/1/a-secret-token/messages/@original";

function apiError(status: number, code: number): DiscordAPIError {
  return new DiscordAPIError({ code, message: "Said by Discord" }, code, status, "PATCH", url, request);
}

function rateLimit(retryAfter: number, timeToReset: number): RateLimitError {
  return new RateLimitError({
    global: false,
    hash: "h",
    limit: 5,
    majorParameter: "1",
    method: "PATCH",
    retryAfter,
    route: "/channels/:id",
    scope: "user",
    sublimitTimeout: 0,
    timeToReset,
    url,
  });
}

describe("toServiceError", () => {
  it.each([
    [404, 10_003, "gone"],
    [404, 10_008, "gone"],
    [403, 50_001, "no_access"],
    [403, 50_013, "no_access"],
    [403, 0, "no_access"],
    [413, 40_005, "too_large"],
    [400, 40_005, "too_large"],
    [413, 0, "too_large"],
    [401, 50_027, "interaction_over"],
    [404, 10_015, "interaction_over"],
    [404, 10_062, "interaction_over"],
    [400, 40_060, "interaction_over"],
    [400, 50_083, "archived"],
    [400, 160_002, "no_access"],
    [400, 50_035, "refused"],
  ])("reads %d with code %d as %s, not to be repeated", (status, code, meaning) => {
    const error = toServiceError(apiError(status, code));
    expect(error).toMatchObject({ service: "discord", code: meaning, retryable: false });
    expect(error.message).toContain("Said by Discord");
  });

  it("waits for a token that was revoked to be replaced", () => {
    expect(toServiceError(apiError(401, 0))).toMatchObject({ code: "unauthorized", retryable: true });
  });

  it("waits out limits and outages", () => {
    expect(toServiceError(rateLimit(7_000, 3_000))).toMatchObject({
      code: "rate_limited",
      retryable: true,
      retryAfterMs: 7_000,
    });
    expect(toServiceError(new HTTPError(503, "no", "GET", url, request))).toMatchObject({
      code: "unavailable",
      retryable: true,
    });
    const reset = Object.assign(new Error("socket hang up"), { code: "ECONNRESET" });
    expect(toServiceError(reset)).toMatchObject({ code: "unavailable", retryable: true });
    expect(toServiceError(new DOMException("aborted", "AbortError"))).toMatchObject({ retryable: true });
  });

  it("keeps neither the request's body nor its address", () => {
    const told = (error: Error) => JSON.stringify([error, error.message, error.stack, error.cause]);
    for (const error of [
      apiError(400, 50_035),
      rateLimit(1, 1),
      new HTTPError(500, "", "GET", url, request),
    ]) {
      expect(told(toServiceError(error))).not.toContain("secret");
    }
  });

  it("can be asked for", () => {
    const error = toServiceError(apiError(404, 10_008));
    expect(isDiscordError(error, "no_access", "gone")).toBe(true);
    expect(isDiscordError(error, "no_access")).toBe(false);
    expect(isDiscordError(new Error("gone"), "gone")).toBe(false);
  });
});
