import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readVideo } from "../../../src/videos/video.ts";

describe("a backend's status", () => {
  it.each([
    ["queued", "queued"],
    ["PENDING", "queued"],
    ["NOT_START", "queued"],
    ["Running", "in_progress"],
    ["postprocessing", "in_progress"],
    ["succeeded", "completed"],
    ["cancelled", "failed"],
    ["expired", "failed"],
    ["constructor", "in_progress"],
    [undefined, "in_progress"],
    [7, "in_progress"],
  ])("%j reads %s", (word, status) => {
    expect(readVideo({ id: "v", status: word }).status).toBe(status);
  });
});

describe("readVideo", () => {
  it("reads a video of the API", () => {
    expect(
      readVideo({
        id: "video_1",
        object: "video",
        status: "completed",
        progress: 100,
        prompt: "a kite",
        model: "sora-2",
        seconds: "4",
        size: "720x1280",
        created_at: 10,
        completed_at: 20,
        expires_at: 30,
        remixed_from_video_id: "video_0",
        error: null,
      }),
    ).toEqual({
      id: "video_1",
      status: "completed",
      progress: 100,
      prompt: "a kite",
      model: "sora-2",
      seconds: "4",
      size: "720x1280",
      createdAt: 10_000,
      completedAt: 20_000,
      expiresAt: 30_000,
      remixedFrom: "video_0",
      error: undefined,
    });
  });

  it("reads what other backends call it", () => {
    expect(
      readVideo({ id: "v", status: "FAILED", progress: "37.5", duration: 8, created: "12", error: "no" }),
    ).toMatchObject({
      status: "failed",
      progress: 37.5,
      seconds: "8",
      createdAt: 12_000,
      error: { code: "unknown", message: "no" },
    });
    expect(readVideo({ id: "v", error: { code: 500 } }).error).toEqual({
      code: "500",
      message: "The backend gave no reason.",
    });
  });

  it("reads a prompt's line breaks as they were before a form changed them", () => {
    expect(readVideo({ id: "v", prompt: "one\r\ntwo\n" }).prompt).toBe("one\ntwo\n");
  });

  it("reads anything with an id, and nothing without", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.anything()), fc.anything(), (fields, value) => {
        const keys = ["status", "progress", "created_at", "error", "seconds", "prompt", "expires_at"];
        const odd = Object.fromEntries(keys.map((key) => [key, value]));
        expect(readVideo({ ...fields, ...odd, id: "v" }).id).toBe("v");
      }),
    );
    for (const raw of [undefined, null, "v", 5, [], {}, { id: "" }, { id: 5 }])
      expect(() => readVideo(raw)).toThrow("names no video");
  });
});
