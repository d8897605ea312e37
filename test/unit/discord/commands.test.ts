import { describe, expect, it } from "vitest";
import type { AnyCommand, Option } from "../../../commands/command.ts";
import { commands } from "../../../commands/index.ts";
import { createOffer } from "../../../src/chat/offer.ts";
import { commandJson, coreValues, shortcutsJson } from "../../../src/discord/commands.ts";
import { defaultCatalog } from "../../../src/videos/catalog.ts";
import { KNOWN_EXTRAS } from "../../../src/videos/extras.ts";

const json = commandJson({ commands, catalog: defaultCatalog, guildId: undefined });

const numbered = (count: number) =>
  Array.from({ length: count }, (_, at) => ({ value: `${at}`, label: `no. ${at}` }));

function optionsOf(command: AnyCommand) {
  const definitions = { commands: [command], catalog: defaultCatalog, guildId: undefined };
  return commandJson(definitions).options[0]?.options ?? [];
}

describe("commandJson", () => {
  it("is one command for servers and the bot's direct messages, open to every member", () => {
    expect(json).toMatchObject({ name: "video", type: 1, contexts: [0, 1], integration_types: [0] });
    expect(json).not.toHaveProperty("default_member_permissions");
  });

  it("says nothing of places where it is one server's, since Discord keeps that of global commands alone", () => {
    const own = commandJson({ commands, catalog: defaultCatalog, guildId: "100000000000000001" });
    const { contexts: _, integration_types: __, ...rest } = { contexts: [], integration_types: [], ...json };
    expect(own).toEqual(rest);
  });

  it("has a subcommand for every command that can be run, each within Discord's limits", () => {
    const runnable = commands.filter(({ run }) => run).map(({ name }) => name);
    expect(json.options.map(({ name }) => name)).toEqual(runnable);
    expect(runnable.length).toBeLessThanOrEqual(25);
    for (const { options = [] } of json.options) {
      expect(options.length).toBeLessThanOrEqual(25);
      const required = options.map((option) => option.required === true);
      expect(required).toEqual(required.toSorted((one, other) => Number(other) - Number(one)));
    }
  });

  it("declares create's options, the required one first", () => {
    const create = json.options.find(({ name }) => name === "create");
    expect(create?.options).toMatchObject([
      { type: 3, name: "prompt", required: true, max_length: 3_000 },
      { type: 11, name: "image" },
      { type: 3, name: "image-link", max_length: 2_000 },
      { type: 3, name: "model", choices: [{ value: "sora-2" }, { value: "sora-2-pro" }] },
      { type: 3, name: "seconds", choices: [{ value: "4", name: "4 seconds" }, {}, {}] },
      { type: 3, name: "size", choices: [{ value: "720x1280", name: "portrait 720x1280" }, {}, {}, {}] },
    ]);
  });

  it.each<[Option["type"], Option, object[]]>([
    [
      "image",
      { type: "image", description: "A picture", required: true },
      [
        { type: 11, name: "it", description: "A picture" },
        { type: 3, name: "it-link", description: "…or its https address", max_length: 2_000 },
      ],
    ],
    [
      "person",
      { type: "person", description: "Whose" },
      [{ type: 3, name: "it", description: "Whose", autocomplete: true }],
    ],
    ["hidden", { type: "hidden", description: "Unseen" }, []],
    [
      "number",
      { type: "number", description: "How much", min: 0.5 },
      [{ type: 10, name: "it", description: "How much", min_value: 0.5 }],
    ],
    [
      "number",
      { type: "number", description: "How many", min: 0.5, max: 2 ** 64, integer: true },
      [{ type: 4, name: "it", description: "How many", min_value: 1, max_value: Number.MAX_SAFE_INTEGER }],
    ],
    [
      "choice",
      { type: "choice", description: "Which", choices: () => numbered(25) },
      [{ type: 3, name: "it", description: "Which", choices: { length: 25 } }],
    ],
    [
      "choice",
      { type: "choice", description: "Which of many", choices: () => numbered(26) },
      [{ type: 3, name: "it", description: "Which of many", autocomplete: true }],
    ],
  ])("declares an option of the type %s", (_type, it, expected) => {
    const command = { name: "one", description: "One", options: { it }, run: async () => {} };
    const declared = optionsOf(command);
    expect(declared).toMatchObject(expected);
    expect(declared.map((option) => Object.keys(option))).toEqual(
      expected.map((option) => Object.keys(option)),
    );
  });

  it("is never larger than Discord takes it: the longest lists are completed instead", () => {
    const model = (at: number) => `some-provider/some-rather-long-model-name-${at}`;
    const models = Array.from({ length: 25 }, (_, at) => ({
      ...{ id: model(at), label: model(at), seconds: ["4"], sizes: ["1280x720"], image: true },
      extras: KNOWN_EXTRAS,
    }));
    const catalog = { models, defaults: { model: model(0), seconds: "4", size: "1280x720" } };
    const offered = createOffer({ commands, catalog, supports: () => true }).commands();
    const large = commandJson({ commands: offered, catalog, guildId: undefined });
    const said = JSON.stringify(large).matchAll(/"(?:name|description|value)":"((?:[^"\\]|\\.)*)"/g);
    expect([...said].reduce((sum, [, text = ""]) => sum + text.length, 0)).toBeLessThanOrEqual(8_000);
    const options = large.options.find(({ name }) => name === "create")?.options ?? [];
    expect(options.find(({ name }) => name === "model")).toMatchObject({ autocomplete: true });
    expect(options.find(({ name }) => name === "size")).toMatchObject({ choices: [{ value: "1280x720" }] });
    expect(options.map(({ name }) => name)).toEqual(
      expect.arrayContaining(KNOWN_EXTRAS.map(({ name }) => name)),
    );
  });

  it("completes the ids of videos", () => {
    const remix = json.options.find(({ name }) => name === "remix");
    expect(remix?.options).toMatchObject([
      { name: "video", required: true, autocomplete: true },
      { name: "prompt", required: true },
    ]);
  });

  it("moves required options to the front", () => {
    const text = { type: "text", description: "Text", maxLength: 10 } as const;
    const command = {
      name: "swap",
      description: "Swap",
      options: { second: text, first: { ...text, required: true as const } },
      run: async () => {},
    };
    expect(optionsOf(command).map(({ name }) => name)).toEqual(["first", "second"]);
  });
});

describe("shortcutsJson", () => {
  it("has an entry for every command with a shortcut, where the commands are", () => {
    const labels = commands.flatMap(({ shortcut }) => shortcut?.label ?? []);
    expect(labels.length).toBeGreaterThan(0);
    expect(shortcutsJson({ commands, guildId: undefined })).toEqual(
      labels.map((name) => ({ type: 3, name, contexts: [0, 1], integration_types: [0] })),
    );
    const own = labels.map((name) => ({ type: 3, name }));
    expect(shortcutsJson({ commands, guildId: "100000000000000001" })).toEqual(own);
  });
});

describe("coreValues", () => {
  const options = {
    image: { type: "image", description: "A picture" },
    "note-link": { type: "text", description: "Any text", maxLength: 10 },
    note: { type: "text", description: "Any text", maxLength: 10 },
  } as const;

  it("puts the address in the place of the picture, and touches nothing else", () => {
    const typed = { "image-link": "https://x.example/a.png", "note-link": "a", note: "b" };
    expect(coreValues(options, typed)).toEqual({
      image: "https://x.example/a.png",
      "note-link": "a",
      note: "b",
    });
  });

  it("prefers the file", () => {
    const file = { filename: "a.png", contentType: "image/png", bytes: 1, open: () => Promise.reject() };
    expect(coreValues(options, { image: file, "image-link": "https://x.example/a.png" })).toEqual({
      image: file,
    });
  });
});
