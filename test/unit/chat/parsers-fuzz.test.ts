import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { commands } from "../../../commands/index.ts";
import type { ImageAttachment, RawValue } from "../../../src/chat/adapter.ts";
import { parseCommandLine } from "../../../src/chat/command-line.ts";
import { parseOptions } from "../../../src/chat/options.ts";
import { visibleText } from "../../../src/chat/rich-text.ts";
import { escapeText } from "../../../src/discord/rich-text.ts";
import { UserError } from "../../../src/errors.ts";
import { createRedaction } from "../../../src/redaction.ts";
import { mrkdwnLines, typedText } from "../../../src/slack/mrkdwn.ts";
import { defaultCatalog } from "../../../src/videos/catalog.ts";
import { completeLine } from "../../../src/web/completion.ts";
import { readLine } from "../../../src/web/composer.ts";
import { HOSTILE, nasty } from "../../fixtures/nasty-text.ts";

const RUNS = { numRuns: 1_500 };

/** What something throws, if it is no UserError. */
function faultOf(act: () => unknown): unknown {
  try {
    act();
    return undefined;
  } catch (error) {
    return error instanceof UserError ? undefined : error;
  }
}

const everyName = [...new Set([...commands.flatMap(({ options }) => Object.keys(options)), ...HOSTILE])];

const picture: ImageAttachment = {
  filename: "../../a.png",
  contentType: "text/html",
  bytes: -1,
  open: () => Promise.reject(new Error("Nobody opens it.")),
};

describe("typed lines", () => {
  it("are read or refused in a sentence", () => {
    fc.assert(
      fc.property(nasty, (text) => {
        const line = typedText(text);
        expect(faultOf(() => readLine(line, commands))).toBeUndefined();
        expect(
          faultOf(() => {
            const { command, values } = parseCommandLine(line, commands);
            expect(commands).toContain(command);
            for (const name of Object.keys(values ?? {})) {
              expect(Object.hasOwn(command.options, name)).toBe(true);
              expect(command.options[name]?.type).not.toBe("hidden");
            }
          }),
        ).toBeUndefined();
      }),
      RUNS,
    );
  });

  it("are completed by what there is, or by nothing", async () => {
    await fc.assert(
      fc.asyncProperty(nasty, async (text) => {
        const complete = async () => [];
        const { suggestions } = await completeLine(text, { commands, catalog: defaultCatalog, complete });
        for (const { line } of suggestions) expect(line.startsWith("/video")).toBe(true);
      }),
      RUNS,
    );
  });

  it("keep a word after a dash that is a name of every object", () => {
    const { values } = parseCommandLine("the roof —constructor style", commands);
    expect(values).toEqual({ prompt: "the roof —constructor style" });
  });

  /** Where it took the square of the length, this took minutes. */
  it.each(["--size „", "—a „", '--size "', "—a “", " --a", "— a ", "<", "<a|", "\u200d", "e\u0301"])(
    "of many %j are read at once",
    (piece) => {
      const text = `create x ${` ${piece}`.repeat(100_000)}`;
      expect(faultOf(() => parseCommandLine(typedText(text), commands))).toBeUndefined();
      expect(visibleText(text)).not.toBe("");
    },
  );
});

describe("options", () => {
  const raw: fc.Arbitrary<RawValue> = fc.oneof(
    nasty,
    fc.constant(picture),
    fc.constantFrom("4", "720x1280", " "),
  );
  const values = fc
    .array(fc.tuple(fc.constantFrom(...everyName), raw), { maxLength: 6 })
    .map((entries) => Object.fromEntries(entries));
  const openLink = (address: string): ImageAttachment => {
    if (address.includes("x")) throw new UserError("link", "That is no address.");
    return picture;
  };

  it("of any name and value are read or refused in a sentence", () => {
    fc.assert(
      fc.property(fc.constantFrom(...commands), values, ({ options }, given) => {
        const act = () => {
          const read = parseOptions(options, given, { catalog: defaultCatalog, openLink });
          expect(Object.keys(read)).toEqual(Object.keys(options));
        };
        expect(faultOf(act)).toBeUndefined();
      }),
      RUNS,
    );
  });
});

describe("people's words", () => {
  const CONTROLS = /(?!\n)[\p{Cc}\u202a-\u202e\u2066\u2067]|\p{Cs}/u;

  it("come out of every platform's reader without what steers a screen", () => {
    fc.assert(
      fc.property(nasty, (text) => {
        expect(visibleText(text)).not.toMatch(CONTROLS);
        expect(escapeText(text)).not.toMatch(CONTROLS);
        const marked = mrkdwnLines([[text, { bold: text }, { code: text }, { person: "U1", name: text }]]);
        expect(marked).not.toMatch(CONTROLS);
        expect(marked).not.toMatch(/<[@#!]/);
      }),
      RUNS,
    );
  });

  it("lose a secret wherever it stands", () => {
    const secret = fc.string({ unit: fc.constantFrom(..."abc123-_.$&\\"), minLength: 8, maxLength: 30 });
    fc.assert(
      fc.property(secret, nasty, nasty, (hidden, before, behind) => {
        expect(createRedaction([hidden])(`${before}${hidden}${behind}`)).not.toContain(hidden);
      }),
      RUNS,
    );
  });
});
