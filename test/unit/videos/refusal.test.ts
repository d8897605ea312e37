import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { refusalCode, refusalText, refusesParameter } from "../../../src/videos/refusal.ts";

const text = "what was said";
const detail = [{ loc: ["query", "variant"], msg: "Input should be a valid integer", type: "int_parsing" }];

describe("a refusal", () => {
  it.each<[string, number, unknown, string]>([
    ["the API's code", 400, { code: "invalid_size" }, "invalid_size"],
    ["a number", 422, { code: 42 }, "42"],
    ["none", 400, { code: null }, "http_400"],
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
