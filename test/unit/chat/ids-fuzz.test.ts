import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeButton, encodeButton } from "../../../src/chat/card.ts";
import { readButton } from "../../../src/discord/buttons.ts";
import { decodeForm, encodeForm } from "../../../src/discord/forms.ts";
import { decodeReceipt } from "../../../src/discord/interactions.ts";
import { isMediaKey, requireMediaKey, requireMediaKeyOrFolder } from "../../../src/media/media-key.ts";
import { readCheckpoint, writeCheckpoint } from "../../../src/slack/checkpoint.ts";
import { readViewPlace } from "../../../src/slack/places.ts";
import { nasty } from "../../fixtures/nasty-text.ts";

const RUNS = { numRuns: 1_500 };

describe("what buttons and forms carry", () => {
  it("is read as what was written, or not at all", () => {
    fc.assert(
      fc.property(nasty, (id) => {
        const target = decodeButton(id);
        if (target) expect(encodeButton(target)).toBe(id);
        const shown = readButton(id);
        if (shown) expect(id.startsWith(encodeButton(shown))).toBe(true);
        const form = decodeForm(id);
        if (form) {
          expect(form.command).toMatch(/^[a-z-]{1,32}$/);
          for (const value of Object.values(form.hidden)) expect(typeof value).toBe("string");
        }
        expect(Object.getPrototypeOf(form?.hidden ?? {})).toBe(Object.prototype);
      }),
      RUNS,
    );
  });

  it("comes back from a form whatever it is", () => {
    const hidden = fc.dictionary(fc.string({ unit: "grapheme", maxLength: 3 }), fc.string({ maxLength: 6 }), {
      maxKeys: 2,
    });
    fc.assert(
      fc.property(hidden, (values) => {
        const key = { command: "remix", hidden: { ...values } };
        const longest = new URLSearchParams(key.hidden).toString().length;
        fc.pre(longest <= 80 && Object.keys(values).every((name) => name.isWellFormed()));
        expect(decodeForm(encodeForm(key))).toEqual(key);
      }),
      RUNS,
    );
  });

  it("and of a receipt is two texts", () => {
    fc.assert(
      fc.property(nasty, (receipt) => {
        const { applicationId, token } = decodeReceipt(receipt);
        expect([applicationId, token].join(":")).toBe(receipt.includes(":") ? receipt : `${receipt}:`);
      }),
      RUNS,
    );
  });

  it("and of a conversation is a channel, or nothing", () => {
    const json = fc.oneof(
      nasty,
      fc.json(),
      fc.json().map((text) => `{"channel":${text},"__proto__":${text}}`),
    );
    fc.assert(
      fc.property(json, (metadata) => {
        const place = readViewPlace(metadata);
        if (place) expect(typeof place.channel).toBe("string");
      }),
      RUNS,
    );
  });
});

describe("a checkpoint", () => {
  it("is one that was written, or refused whole", () => {
    const step = fc.constantFrom("uploaded", "sharing", "shared", "shared", "__proto__", 1);
    const text = fc.string();
    const wrong = fc.constantFrom(null, 7, true);
    const mixed = fc.oneof({ arbitrary: text, weight: 4 }, { arbitrary: wrong, weight: 1 });
    const written = fc.oneof(
      nasty,
      fc.json(),
      fc
        .record(
          {
            step,
            fileId: mixed,
            uploads: fc.oneof(fc.integer(), mixed),
            ts: mixed,
            told: fc.oneof(fc.boolean(), mixed),
          },
          { requiredKeys: [] },
        )
        .map((value) => JSON.stringify(value)),
    );
    let read = 0;
    fc.assert(
      fc.property(written, (note) => {
        try {
          const checkpoint = readCheckpoint(note);
          read++;
          expect(readCheckpoint(writeCheckpoint(checkpoint))).toEqual(checkpoint);
        } catch (error) {
          expect(["SyntaxError", "ZodError", "$ZodError"]).toContain(error instanceof Error && error.name);
        }
      }),
      RUNS,
    );
    expect(read).toBeGreaterThan(10);
  });
});

describe("media keys", () => {
  const part = fc.constantFrom(
    "..",
    ".",
    "a",
    "/",
    "\\",
    "%2e",
    "video.mp4",
    ".incoming",
    "\u0000",
    "A",
    "ａ",
    "\n",
  );
  const key = fc.oneof(
    nasty,
    fc.array(part, { maxLength: 6 }).map((parts) => parts.join("")),
  );

  it("leave their folder by no spelling", () => {
    fc.assert(
      fc.property(key, (text) => {
        const safe = /^[a-z0-9_-]+\/[a-z0-9_-]+\.[a-z0-9]+$/.test(text) && !text.includes("..");
        expect(isMediaKey(text) && !safe).toBe(false);
        if (isMediaKey(text)) expect(requireMediaKey(text)).toBeUndefined();
        else expect(() => requireMediaKey(text)).toThrow(RangeError);
        if (/[./\\\0]/.test(text) && !isMediaKey(text))
          expect(() => requireMediaKeyOrFolder(text)).toThrow(RangeError);
      }),
      RUNS,
    );
  });
});
