import { describe, expect, it } from "vitest";
import { commands } from "../../../commands/index.ts";
import { commandJson } from "../../../src/discord/commands.ts";
import { defaultCatalog } from "../../../src/videos/catalog.ts";

const json = commandJson({ commands, catalog: defaultCatalog });

describe("commandJson", () => {
  it("is one command for servers and the bot's direct messages, open to every member", () => {
    expect(json).toMatchObject({ name: "video", type: 1, contexts: [0, 1], integration_types: [0] });
    expect(json).not.toHaveProperty("default_member_permissions");
  });

  it("has a subcommand for every command that can be run", () => {
    expect(json.options.map(({ name }) => name)).toEqual(["create", "remix", "status", "help"]);
  });

  it("declares create's options, the required one first", () => {
    const create = json.options.find(({ name }) => name === "create");
    expect(create?.options).toMatchObject([
      { type: 3, name: "prompt", required: true, max_length: 3_000 },
      { type: 11, name: "image" },
      { type: 3, name: "model", choices: [{ value: "sora-2" }, { value: "sora-2-pro" }] },
      { type: 3, name: "seconds", choices: [{ value: "4", name: "4 seconds" }, {}, {}] },
      { type: 3, name: "size", choices: [{ value: "720x1280", name: "portrait 720x1280" }, {}, {}, {}] },
    ]);
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
    const swapped = commandJson({ commands: [command], catalog: defaultCatalog });
    expect(swapped.options[0]?.options?.map(({ name }) => name)).toEqual(["first", "second"]);
  });
});
