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
  const inDecember = Date.UTC(2026, 11, 1);
  const frees = "It frees at 2026-11-28 00:00 UTC, in 12 hours.";

  it.each([
    [
      "videos a day",
      { limit: "videosPerDay", max: 5, used: 5, adds: 1, frees: tomorrow },
      `Your limit of videos a day is 5, 5 of it are used, and this video does not fit in. ${frees}`,
    ],
    [
      "a single video a day",
      { limit: "videosPerDay", max: 1, used: 1, adds: 1, frees: tomorrow },
      `Your limit of videos a day is 1, 1 of it is used, and this video does not fit in. ${frees}`,
    ],
    [
      "no videos at all",
      { limit: "videosPerDay", max: 0, used: 0, adds: 1, frees: tomorrow },
      "Your limit of videos a day is 0, so none is taken.",
    ],
    [
      "seconds a day",
      { limit: "secondsPerDay", max: 60, used: 56.5, adds: 4, frees: tomorrow },
      `Your limit of seconds of video a day is 60 s, 56.5 s of it is used, and this video does not fit in. ${frees}`,
    ],
    [
      "fewer seconds a day than the video has",
      { limit: "secondsPerDay", max: 10, used: 4, adds: 12, frees: tomorrow },
      "Your limit of seconds of video a day is 10 s, and this video alone takes 12 s. Ask for one that takes less.",
    ],
    [
      "dollars a day",
      { limit: "usdPerDay", max: 5, used: 4.8, adds: 0.4, frees: tomorrow },
      `Your limit of dollars a day is $5.00, $4.80 of it is used, and this video does not fit in. ${frees}`,
    ],
    [
      "fewer dollars a day than the video costs",
      { limit: "usdPerDay", max: 0.3, used: 0, adds: 0.4, frees: tomorrow },
      "Your limit of dollars a day is $0.30, and this video alone takes $0.40. Ask for one that takes less.",
    ],
    [
      "dollars a month",
      { limit: "usdPerMonth", max: 50, used: 49.9, adds: 0.4, frees: inDecember },
      "Your limit of dollars a month is $50.00, $49.90 of it is used, and this video does not fit in. It frees at 2026-12-01 00:00 UTC, in 3 days.",
    ],
    [
      "videos at once",
      { limit: "running", max: 3, used: 3, adds: 1, frees: undefined },
      "Your limit of videos being made at the same time is 3, 3 of it are used, and this video does not fit in. There is room when one of them is done.",
    ],
    [
      "time between two requests",
      { limit: "cooldownSeconds", max: 30, used: 1, adds: 0, frees: now + 11_400 },
      "Your requests have to be 30 s apart. The next one is taken in 12 s.",
    ],
  ] as const)("names the limit of %s", (_, broken, words) => {
    expect(explainLimit("person", broken, now)).toBe(words);
  });

  it.each([
    ["all", "The whole bot's limit of", "Requests to the whole bot have to be 30 s apart."],
    ["server", "This server's limit of", "Requests in this server have to be 30 s apart."],
    ["channel", "This channel's limit of", "Requests in this channel have to be 30 s apart."],
    ["person", "Your limit of", "Your requests have to be 30 s apart."],
    ["member", "Your limit in this server of", "Your requests in this server have to be 30 s apart."],
  ] as const)("names whose it is: %s", (kind, limit, cooldown) => {
    const videos = { limit: "videosPerDay", max: 1, used: 1, adds: 1, frees: tomorrow } as const;
    expect(explainLimit(kind, videos, now)).toContain(`${limit} videos a day is 1,`);
    const time = { limit: "cooldownSeconds", max: 30, used: 1, adds: 0, frees: now + 1_000 } as const;
    expect(explainLimit(kind, time, now)).toBe(`${cooldown} The next one is taken in 1 s.`);
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
