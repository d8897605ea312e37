import { describe, expect, test } from "vitest";
import { commands } from "../../../commands/index.ts";
import { defaultCatalog as catalog } from "../../../src/videos/catalog.ts";
import { completeLine } from "../../../src/web/completion.ts";

const videos = [{ name: "k3v8zq1xw0 · a boat", value: "k3v8zq1xw0" }];

const complete = (line: string) =>
  completeLine(line, {
    commands,
    catalog,
    complete: async ({ text }) => videos.filter(({ value }) => value.startsWith(text)),
  });

const lines = async (line: string) => (await complete(line)).suggestions.map((suggestion) => suggestion.line);

describe("completeLine", () => {
  test.each(["/", "/v", "/video", "/video "])(
    "offers every command that can be typed after %j",
    async (line) => {
      expect(await lines(line)).toEqual(["/video create ", "/video remix ", "/video status ", "/video help"]);
    },
  );

  test.each([
    ["/video re", ["/video remix "]],
    ["/video HE", ["/video help"]],
    ["/video create a dog --s", ["/video create a dog --seconds ", "/video create a dog --size "]],
    ["/video create a dog --se", ["/video create a dog --seconds "]],
    ["/video create a dog --seconds ", [4, 8, 12].map((n) => `/video create a dog --seconds ${n} `)],
    [
      "/video create a dog --size land",
      ["/video create a dog --size 1280x720 ", "/video create a dog --size 1792x1024 "],
    ],
    ["/video create --model=sora-2-p", ["/video create --model=sora-2-pro "]],
    ["/video remix ", ["/video remix k3v8zq1xw0 "]],
    ["/video status k3", ["/video status k3v8zq1xw0 "]],
    ["/video remix --video k", ["/video remix --video k3v8zq1xw0 "]],
  ])("%j goes on with %j", async (line, expected) => {
    expect(await lines(line)).toEqual(expected);
  });

  test.each([
    "",
    "a dog",
    "/nope",
    "/videos",
    "/video create a dog",
    "/video create a dog --size 1280x720 ",
    "/video create --prompt a",
    "/video a dog --s",
    "/video create --nope ",
    "/video remix nosuchjob0",
  ])("%j gets no suggestions", async (line) => {
    expect(await lines(line)).toEqual([]);
  });

  test("offers a flag once, and no file to type", async () => {
    const offered = await lines("/video create a dog --size 1280x720 --");
    expect(offered.map((line) => line.split("--").at(-1))).toEqual(["prompt ", "model ", "seconds "]);
  });

  test.each([
    ["/", true],
    ["/vi", true],
    ["/video", false],
    ["/video ", false],
    ["/video cr", true],
    ["/video create", false],
    ["/video status ", false],
    ["/video status k", true],
    ["/video create a dog --size", true],
    ["/video create a dog --size 1280x720", false],
  ])("after %j Enter takes the first suggestion: %j", async (line, begun) => {
    expect((await complete(line)).begun).toBe(begun);
  });

  test("shows what the command takes while its text is typed", async () => {
    expect((await complete("/video create a dog")).usage).toEqual({
      command: "/video create",
      options: "<prompt> [--model] [--seconds] [--size]",
    });
  });
});
