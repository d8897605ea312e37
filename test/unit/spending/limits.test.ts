import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { explainLimit } from "../../../src/spending/limit-words.ts";
import { limitsFor, mostGenerous, readLimitsFile, strictest } from "../../../src/spending/limits.ts";
import { temporaryFolder } from "../../fixtures/temporary-folder.ts";

describe("two limits together", () => {
  it("are as strict as the stricter one", () => {
    expect(strictest({ videosPerDay: 5, running: 2 }, { videosPerDay: 3, usdPerDay: 1 })).toEqual({
      videosPerDay: 3,
      running: 2,
      usdPerDay: 1,
    });
    expect(strictest({ cooldownSeconds: 5 }, { cooldownSeconds: 60 })).toEqual({ cooldownSeconds: 60 });
    expect(strictest({ videosPerDay: 0 }, {})).toEqual({ videosPerDay: 0 });
  });

  it("are as generous as the more generous one, and none where one has none", () => {
    expect(mostGenerous({ videosPerDay: 5, running: 2 }, { videosPerDay: 9 })).toEqual({ videosPerDay: 9 });
    expect(mostGenerous({ cooldownSeconds: 5 }, { cooldownSeconds: 60 })).toEqual({ cooldownSeconds: 5 });
  });
});

describe("what holds for a person", () => {
  const rules = {
    person: { videosPerDay: 2 },
    roles: { patron: { videosPerDay: 10, running: 2 }, artist: { videosPerDay: 5 }, staff: "exempt" },
    exempt: ["bob"],
  } as const;

  it.each([
    ["everybody", "ada", [], { videosPerDay: 2 }],
    ["a role that no rule names", "ada", ["reader"], { videosPerDay: 2 }],
    ["a role", "ada", ["patron"], { videosPerDay: 10, running: 2 }],
    ["two roles", "ada", ["patron", "artist"], { videosPerDay: 10 }],
    ["a role that is exempt", "ada", ["artist", "staff"], "exempt"],
    ["somebody who is exempt", "bob", [], "exempt"],
  ] as const)("%s", (_, id, roles, limits) => {
    expect(limitsFor({ id, roles }, rules)).toEqual(limits);
  });
});

describe("a refusal in words", () => {
  const now = Date.UTC(2026, 10, 27, 12);
  const tomorrow = Date.UTC(2026, 10, 28);

  it.each([
    [
      "person",
      { limit: "secondsPerDay", max: 60, used: 56, frees: tomorrow },
      "Your limit of seconds of video a day is 60 s, 56 s of it are used, and this video does not fit in. It frees at 2026-11-28 00:00 UTC, in 12 hours.",
    ],
    [
      "channel",
      { limit: "usdPerDay", max: 5, used: 4.8, frees: tomorrow },
      "This channel's limit of dollars a day is $5.00, $4.80 of it are used, and this video does not fit in. It frees at 2026-11-28 00:00 UTC, in 12 hours.",
    ],
    [
      "all",
      { limit: "running", max: 3, used: 3, frees: undefined },
      "The whole bot's limit of videos being made at the same time is 3, 3 of it are used, and this video does not fit in. There is room when one of them is done.",
    ],
    [
      "member",
      { limit: "cooldownSeconds", max: 30, used: 1, frees: now + 11_400 },
      "There are 30 s between two requests of you. The next one is taken in 12 s.",
    ],
  ] as const)("of a %s", (kind, standing, words) => {
    expect(explainLimit(kind, standing, now)).toBe(words);
  });
});

describe("the operator's file", () => {
  async function read(content: string) {
    const path = join(temporaryFolder(onTestFinished), "limits.json");
    await writeFile(path, content);
    return readLimitsFile(path);
  }

  it("is read", async () => {
    const rules = { all: { usdPerDay: 5 }, roles: { "1": "exempt", "2": { running: 1 } }, exempt: ["3"] };
    expect(await read(JSON.stringify(rules))).toEqual(rules);
  });

  it("is refused with everything that is wrong with it", async () => {
    const wrong = { person: { videosPerDay: -1, videos: 3 }, roles: { "1": "free" } };
    const told = await read(JSON.stringify(wrong)).catch((error: Error) => error.message);
    for (const place of ["LIMITS", "person.videosPerDay", "videos", "roles.1"]) expect(told).toContain(place);
    await expect(read("{")).rejects.toThrow("is no valid JSON");
    await expect(readLimitsFile("/nowhere/limits.json")).rejects.toThrow("cannot be read");
  });
});
