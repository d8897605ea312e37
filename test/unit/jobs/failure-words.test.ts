import { describe, expect, it } from "vitest";
import { explainFailure } from "../../../src/jobs/failure-words.ts";

describe("explainFailure", () => {
  it.each([
    ["moderation_blocked", "content rules"],
    ["content_policy_violation", "content rules"],
    ["insufficient_quota", "quota is used up"],
    ["rate_limited", "too much to do"],
    ["budget_stopped", "quota is used up"],
    ["timed_out", "did not finish this video in time"],
    ["cancelled", "stopped this video"],
    ["redirected", "somewhere else"],
    ["link_refused", "could not be fetched whole"],
    ["invalid_api_key", "does not accept this bot's key"],
    ["http_401", "does not accept this bot's key"],
    ["answer_lost", "answer was lost"],
    ["video_gone", "lost this video"],
    ["not_found", "no longer has this video"],
    ["source_gone", "no longer has the video to remix"],
    ["not_ready", "could not be fetched whole"],
    ["not_fetched_rate_limited", "could not be fetched whole"],
    ["not_fetched_unavailable", "could not be fetched whole"],
    ["truncated", "could not be fetched whole"],
    ["not_a_video", "could not be fetched whole"],
    ["media_not_found", "no longer there"],
    ["media_disk_full", "on the bot's side"],
    ["internal", "on the bot's side"],
    ["cannot_post_too_large", "too large to be uploaded here"],
    ["cannot_post_channel_not_found", "could not be posted here"],
    ["cannot_post_http_403", "could not be posted here"],
    ["cannot_post_invalid_blocks", "could not be posted here"],
    ["cannot_post_rate_limited", "could not be posted here"],
    ["invalid_size", "did not accept the request"],
    ["http_400", "did not accept the request"],
    ["internal_error", "had a problem"],
    ["http_500", "had a problem"],
    ["", "had a problem"],
  ])("explains %j", (code, words) => {
    expect(explainFailure({ code, message: "" }).what).toContain(words);
  });

  it("calls whoever runs the bot for what only they can mend", () => {
    const called = (code: string) => explainFailure({ code, message: "" }).operator;
    expect(
      ["insufficient_quota", "invalid_api_key", "moderation_blocked", "cannot_post_http_403"].map(called),
    ).toEqual([true, true, false, false]);
  });
});
