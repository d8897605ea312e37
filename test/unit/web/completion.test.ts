import { describe, expect, test } from "vitest";
import { defineCommand } from "../../../commands/command.ts";
import { allOf, defaultCatalog as catalog, describeSize, shapeOf } from "../../../src/videos/catalog.ts";
import { completeLine } from "../../../src/web/completion.ts";

const run = async () => {};
const prompt = { type: "text", description: "What to show", required: true, maxLength: 100 } as const;
const video = { type: "video", description: "Which one" } as const;
const create = defineCommand({
  name: "create",
  description: "Make one",
  options: {
    prompt,
    image: { type: "image", description: "A picture to start from" },
    model: {
      type: "choice",
      description: "Which model",
      choices: ({ models }) => models.map(({ id }) => ({ value: id, label: id })),
    },
    seconds: {
      type: "choice",
      description: "How long",
      choices: () => allOf(catalog, "seconds").map((value) => ({ value, label: `${value} seconds` })),
    },
    size: {
      type: "choice",
      description: "Which shape",
      choices: () =>
        allOf(catalog, "sizes").map((value) => ({
          value,
          label: describeSize(value),
          aliases: [shapeOf(value)],
        })),
    },
  },
  run,
});
const remix = defineCommand({
  name: "remix",
  description: "Make another",
  options: { video: { ...video, required: true }, prompt },
  run,
});
const status = defineCommand({ name: "status", description: "How they stand", options: { video }, run });
const help = defineCommand({ name: "help", description: "What there is", options: {}, run });
/** Exists as a button only. */
const retry = defineCommand({ name: "retry", description: "Make it again", options: {}, press: run });
const browse = defineCommand({
  name: "browse",
  description: "Look at what others made",
  options: {
    by: { type: "person", description: "Whose" },
    at: { type: "hidden", description: "Where it goes on" },
  },
  run,
});
const commands = [create, remix, status, retry, help, browse];
const people = [
  { name: "Ada", value: "ada" },
  { name: "Grace Hopper", value: "Grace Hopper" },
];
const videos = [{ name: "k3v8zq1xw0 · a boat", value: "k3v8zq1xw0" }];

const complete = (line: string) =>
  completeLine(line, {
    commands,
    catalog,
    complete: async ({ option, text }) =>
      (option === "by" ? people : videos).filter(({ value }) => value.toLowerCase().startsWith(text)),
  });

const lines = async (line: string) => (await complete(line)).suggestions.map((suggestion) => suggestion.line);

describe("completeLine", () => {
  test.each(["/", "/v", "/video", "/video "])(
    "offers every command that can be typed after %j",
    async (line) => {
      expect(await lines(line)).toEqual([
        "/video create ",
        "/video remix ",
        "/video status ",
        "/video help",
        "/video browse ",
      ]);
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
    ["/video browse --", ["/video browse --by "]],
    ["/video browse --by ", ["/video browse --by ada ", '/video browse --by "Grace Hopper" ']],
    ["/video browse a", ["/video browse ada "]],
    ["/video browse g", ['/video browse --by "Grace Hopper" ']],
    ['/video browse --by "grace h', ['/video browse --by "Grace Hopper" ']],
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

  test("offers a flag once, one for a picture's address too", async () => {
    const offered = await lines("/video create a dog --size 1280x720 --");
    expect(offered.map((line) => line.split("--").at(-1))).toEqual([
      "prompt ",
      "image ",
      "model ",
      "seconds ",
    ]);
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

  test("names people as they are known", async () => {
    const { suggestions } = await complete("/video browse --by a");
    expect(suggestions.map(({ label, detail }) => [label, detail])).toEqual([["Ada", ""]]);
  });

  test("tells the text that words are for from those that need a flag", async () => {
    const negative = { type: "text", description: "What not to show", maxLength: 100 } as const;
    const own = [{ ...create, options: { prompt, negative_prompt: negative } }];
    const given = { commands: own, catalog, complete: async () => [] };
    const { usage } = await completeLine("/video create a dog", given);
    expect(usage?.options).toBe("<prompt> [--negative_prompt]");
    const { suggestions } = await completeLine("/video create a dog --neg", given);
    expect(suggestions.map(({ line }) => line)).toEqual(["/video create a dog --negative_prompt "]);
  });

  test("shows what the command takes while its text is typed", async () => {
    expect((await complete("/video browse ")).usage?.options).toBe("[<by>]");
    expect((await complete("/video create a dog")).usage).toEqual({
      command: "/video create",
      options: "<prompt> [--image] [--model] [--seconds] [--size]",
    });
  });
});
