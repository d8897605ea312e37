import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeButton, encodeButton } from "../../../src/chat/card.ts";
import { plainText, shorten } from "../../../src/chat/rich-text.ts";

describe("buttons on the wire", () => {
  it("come back as they went", () => {
    const action = fc.stringMatching(/^[a-z-]{1,32}$/);
    const argument = fc.stringMatching(/^[A-Za-z0-9._-]{1,64}$/);
    fc.assert(
      fc.property(fc.record({ action, argument }, { noNullPrototype: true }), (button) => {
        expect(decodeButton(encodeButton(button))).toEqual(button);
        expect(encodeButton(button).length).toBeLessThanOrEqual(100);
      }),
    );
  });

  it.each([
    "",
    "v1:",
    "v2:remix:abc",
    "v1:remix",
    "v1:remix:a/c",
    `v1:remix:${"a".repeat(65)}`,
    "v1:re mix:abc",
    "v1:remix:abc:def",
    "xv1:remix:abc",
  ])("are not ours when they say %j", (id) => {
    expect(decodeButton(id)).toBeUndefined();
  });
});

describe("plainText", () => {
  it("leaves the marks out", () => {
    const line = [
      "by ",
      { person: "1", name: "Ada" },
      " ",
      { bold: "b" },
      { code: "c" },
      { link: "https://x", text: "d" },
    ];
    expect(plainText(line)).toBe("by Ada bcd");
  });
});

describe("shorten", () => {
  it("cuts between characters and marks the cut", () => {
    expect(shorten("a kite", 6)).toBe("a kite");
    expect(shorten("a kite", 5)).toBe("a ki…");
    expect(shorten("🪁🪁🪁🪁", 3)).toBe("🪁🪁…");
  });
});
