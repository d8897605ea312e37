import { describe, expect, test } from "vitest";
import { readRange } from "../../../src/web/media-routes.ts";

describe("readRange", () => {
  test.each([
    ["bytes=0-9", { start: 0, end: 9 }],
    ["bytes=90-", { start: 90, end: 99 }],
    ["bytes=90-500", { start: 90, end: 99 }],
    ["bytes=-10", { start: 90, end: 99 }],
    ["bytes=-500", { start: 0, end: 99 }],
    ["bytes=99-99", { start: 99, end: 99 }],
  ])("%j of 100 bytes is %j", (header, range) => {
    expect(readRange(header, 100)).toEqual(range);
  });

  test.each(["bytes=100-", "bytes=100-200", "bytes=-0"])("%j of 100 bytes cannot be had", (header) => {
    expect(readRange(header, 100)).toBe("unsatisfiable");
  });

  test.each([undefined, "", "bytes=-", "bytes=9-0", "bytes=0-1,5-6", "chars=0-9", "bytes=a-b"])(
    "%j asks for everything",
    (header) => {
      expect(readRange(header, 100)).toBeUndefined();
    },
  );
});
