import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readPage, readVideo } from "../../../src/videos/video.ts";

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
      links: [],
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

  it.each([
    [{ task_id: "t" }, "t"],
    [{ video_id: "v" }, "v"],
    [{ generation_id: "g" }, "g"],
    [{ code: "success", data: { id: "inside" } }, "inside"],
  ])("finds the id in %j", (raw, id) => {
    expect(readVideo({ status: "queued", ...raw }).id).toBe(id);
  });

  it.each([
    [1_795_737_557, 1_795_737_557_000],
    ["1795737557", 1_795_737_557_000],
    [1_795_737_557_123, 1_795_737_557_123],
    ["2026-11-26T23:59:17Z", Date.UTC(2026, 10, 26, 23, 59, 17)],
    ["yesterday", undefined],
    [null, undefined],
  ])("reads the time %j", (created_at, at) => {
    expect(readVideo({ id: "v", created_at }).createdAt).toBe(at);
  });

  it.each([
    [{ status: "cancelled" }, { code: "cancelled", message: "The backend says: cancelled." }],
    [{ status: "canceled" }, { code: "cancelled", message: "The backend says: canceled." }],
    [{ status: "expired" }, { code: "expired", message: "The backend says: expired." }],
    [
      { status: "failed", error: "out of memory" },
      { code: "unknown", message: "out of memory" },
    ],
    [
      { status: "failed", error: { code: 500, message: "no" } },
      { code: "500", message: "no" },
    ],
    [
      { status: "failed", error: { message: "no" } },
      { code: "unknown", message: "no" },
    ],
    [
      { status: "failed", error: { type: "oom", detail: "no" } },
      { code: "oom", message: "no" },
    ],
    [{ status: "failed" }, undefined],
    [{ status: "completed", error: null }, undefined],
  ])("reads why from %j", (raw, error) => {
    expect(readVideo({ id: "v", ...raw }).error).toEqual(error);
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

describe("readPage", () => {
  const data = ["a", "b", "c"].map((id) => ({ id, status: "queued" }));
  const read = (raw: object, limit: number, after?: string) => {
    const { videos, more } = readPage(raw, limit, after);
    return [videos.map(({ id }) => id).join(""), more];
  };

  it("takes the backend's word for whether there is more", () => {
    expect(read({ data, has_more: true }, 3)).toEqual(["abc", true]);
    expect(read({ data, has_more: true }, 10)).toEqual(["abc", true]);
    expect(read({ data, has_more: false }, 3)).toEqual(["abc", false]);
  });

  it("expects more after a full page where the backend does not say", () => {
    expect(read({ data }, 3)).toEqual(["abc", true]);
    expect(read({ data, has_more: null }, 4)).toEqual(["abc", false]);
    expect(read({ data: [] }, 0)).toEqual(["", false]);
  });

  it("finds the page in the answer of a backend that sends all it has", () => {
    expect(read({ data }, 2)).toEqual(["ab", true]);
    expect(read({ data }, 2, "b")).toEqual(["c", false]);
    expect(read({ data, has_more: false }, 2, "a")).toEqual(["bc", false]);
    expect(read({ data }, 2, "c")).toEqual(["", false]);
  });

  it("leaves out what cannot be read, and refuses what is no list", () => {
    expect(read({ data: [null, {}, data[0]], has_more: false }, 5)).toEqual(["a", false]);
    expect(read({ data: null }, 5)).toEqual(["", false]);
    for (const raw of [undefined, null, [], {}, "none", { data: {} }])
      expect(() => readPage(raw, 5, undefined)).toThrow("no list");
  });
});
