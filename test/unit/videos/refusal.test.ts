import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  isRouteNotFound,
  isUnclear,
  refusalCode,
  refusalText,
  refusesParameter,
} from "../../../src/videos/refusal.ts";

const text = "what was said";
const detail = [{ loc: ["query", "variant"], msg: "Input should be a valid integer", type: "int_parsing" }];

describe("a refusal", () => {
  it.each<[string, number, unknown, string]>([
    ["the API's code", 400, { code: "invalid_size" }, "invalid_size"],
    ["a number", 422, { code: 42 }, "42"],
    ["none", 400, { code: null }, "http_400"],
    ["FastAPI's unknown video", 404, { detail: "Video not found" }, "not_found"],
    ["an unknown video without words", 404, { code: null, type: "error" }, "not_found"],
    ["a text in place of an error", 404, "no such video", "not_found"],
    ["a page before the backend", 404, undefined, "unavailable"],
    ["a gateway's own JSON", 404, { message: "no Route matched with those values" }, "unavailable"],
    ["an unknown model", 404, { code: "model_not_found" }, "model_not_found"],
    ["a model that has no code", 404, { param: "model", code: null }, "no_such_model"],
    ["an unknown video", 404, { code: "video_missing" }, "not_found"],
    ["a video that was there", 410, undefined, "not_found"],
    ["new-api's unknown video", 400, { code: "task_not_exist" }, "not_found"],
    ["an empty account", 429, { code: "quota_exceeded" }, "insufficient_quota"],
  ])("has a code for %s", (_, status, body, code) => {
    expect(refusalCode({ status, body, text })).toBe(code);
  });

  it.each<[string, unknown, string]>([
    ["the API", { message: "Too long.", code: null }, "Too long."],
    ["FastAPI", { detail: "Video not found" }, "Video not found"],
    ["FastAPI's checks", { detail }, "Input should be a valid integer"],
    ["a text in its error", "out of memory", "out of memory"],
    ["no JSON", undefined, text],
    ["nothing readable", { message: "", detail: [] }, text],
  ])("has the words of %s", (_, body, words) => {
    expect(refusalText({ status: 400, body, text })).toBe(words);
  });

  it("is about a parameter only when that is named as one", () => {
    const about = (body: unknown) => refusesParameter({ status: 400, body, text }, "variant");
    expect(about({ param: "variant" })).toBe(true);
    expect(about({ detail })).toBe(true);
    expect(about({ param: "prompt", message: "The variant is not there." })).toBe(false);
    expect(about({ detail: "no such variant" })).toBe(false);
  });

  it.each<[string, object, boolean]>([
    ["Envoy's words", { text: "upstream connect error or disconnect/reset before headers" }, true],
    ["Heroku's page", { text: "<!DOCTYPE html><title>Application error</title>" }, true],
    ["Varnish's page", { text: "<title>503 Backend fetch failed</title>", asksToWait: true }, true],
    ["a gateway's own JSON", { body: { message: "Service Unavailable" } }, true],
    ["nothing", {}, true],
    ["an error object", { body: { message: "Busy.", type: "server_error", code: null } }, false],
    ["a code", { body: { code: "overloaded" } }, false],
    ["FastAPI's words", { body: { detail: "The queue is full." } }, false],
    ["a text in its error", { body: "busy" }, false],
    ["when to come again", { text: "busy", asksToWait: true }, false],
  ])("of 503 with %s leaves open whether the request was taken: %j", (_, said, unclear) => {
    expect(isUnclear({ status: 503, body: undefined, text: "", ...said })).toBe(unclear);
  });

  it.each<[string, unknown, boolean]>([
    ["a page", undefined, true],
    ["FastAPI's words", { detail: "Not Found" }, true],
    [
      "OpenAI's words",
      { message: "Invalid URL", type: "invalid_request_error", param: null, code: null },
      true,
    ],
    ["empty fields", { code: "", param: "" }, true],
    ["the status again", { code: 404 }, true],
    ["a code for it", { code: "unknown_url" }, true],
    ["a model", { code: "model_not_found", param: null }, false],
    ["a parameter", { code: null, param: "video" }, false],
    ["any other code", { code: "expired" }, false],
  ])("of 404 with %s can be about the address: %j", (_, body, route) => {
    expect(isRouteNotFound({ status: 404, body, text })).toBe(route);
  });

  it("can be read whatever it is", () => {
    fc.assert(
      fc.property(fc.integer({ min: 400, max: 599 }), fc.anything(), (status, body) => {
        const refusal = { status, body, text };
        expect(refusalCode(refusal)).not.toBe("");
        expect(refusalText(refusal)).not.toBe("");
        expect(refusesParameter(refusal, "variant")).toBe(false);
      }),
    );
  });
});
