import { describe, expect, it } from "vitest";
import type { AnyCommand } from "../../../commands/command.ts";
import { extraOptions } from "../../../commands/extra-options.ts";
import { commands } from "../../../commands/index.ts";
import { createOffer } from "../../../src/chat/offer.ts";
import { createLiveCatalog, defaultCatalog } from "../../../src/videos/catalog.ts";
import type { ModelExtra } from "../../../src/videos/extras.ts";
import { bare, withPictures, wordsOnly } from "../../fixtures/own-models.ts";

const optionsIn = (all: readonly AnyCommand[], command: string) =>
  Object.keys(all.find(({ name }) => name === command)?.options ?? {});
const named = (all: readonly AnyCommand[]) => all.map(({ name }) => name);

describe("what is offered", () => {
  it("is every command as declared, where backend and models have everything", () => {
    const offer = createOffer({ commands, catalog: defaultCatalog, supports: () => true });
    expect(named(offer.commands())).toEqual(named(commands));
    expect(offer.withheld()).toEqual([]);
    for (const { name, options, shortcut, button, press } of commands) {
      const offered = offer.commands().find((command) => command.name === name);
      expect(offered).toMatchObject({ options, ...(shortcut && { shortcut }), ...(button && { button }) });
      expect(offered?.press).toBe(press);
    }
  });

  it("follows the models, each time in a whole new list and the same one in between", () => {
    const catalog = createLiveCatalog(wordsOnly);
    const offer = createOffer({ commands, catalog, supports: () => true });
    const create = () => optionsIn(offer.commands(), "create");
    const shortcut = () => offer.commands().find(({ name }) => name === "create")?.shortcut;
    const extras = ["seed", "negative_prompt", "guidance_scale", "camera"];
    expect(create()).toEqual(["prompt", "model", "seconds", "size", "from", ...extras]);
    expect(shortcut()).toBeUndefined();
    expect(offer.commands()).toBe(offer.commands());
    catalog.replace(withPictures);
    expect(create()).toEqual(["prompt", "image", "model", "seconds", "size", "from", ...extras]);
    expect(shortcut()?.label).toBe("Animate this picture");
    catalog.replace(bare);
    expect(create()).toEqual(["prompt", "model", "from"]);
    expect(optionsIn(offer.commands(), "settings")).not.toContain("seconds");
  });

  it("follows the backend", () => {
    const lacking = new Set<string>();
    const supports = (operation: string) => !lacking.has(operation);
    const offer = createOffer({ commands, catalog: defaultCatalog, supports });
    lacking.add("remix").add("thumbnail");
    expect(named(offer.withheld())).toEqual(["remix", "thumbnail"]);
    expect(named(offer.commands())).toEqual(
      named(commands).filter((name) => name !== "remix" && name !== "thumbnail"),
    );
    lacking.clear();
    expect(named(offer.commands())).toEqual(named(commands));
  });

  it("hands what the models add to a command by itself, and lets them replace nothing of its own", async () => {
    const text = { type: "text", description: "Words", maxLength: 9 } as const;
    const calls: object[] = [];
    const command: AnyCommand = {
      name: "create",
      description: "Make one",
      options: { prompt: text, image: { type: "image", description: "From", offered: () => false } },
      modelOptions: () => ({ prompt: { ...text, description: "Another" }, image: text, mood: text }),
      run: async (_, values, extras) => void calls.push({ values, extras }),
    };
    const catalog = defaultCatalog;
    const [offered] = createOffer({ commands: [command], catalog, supports: () => true }).commands();
    expect(offered?.options).toEqual({ prompt: text, mood: text });
    const given = { prompt: "a kite", mood: "blue" };
    await offered?.run?.(Object.create(null), given);
    await offered?.run?.(Object.create(null), { prompt: "a kite", mood: undefined });
    expect(calls).toEqual([
      { values: { prompt: "a kite" }, extras: { mood: "blue" } },
      { values: { prompt: "a kite" }, extras: {} },
    ]);
  });
});

describe("extraOptions", () => {
  const described = { name: "it", description: "What it does" };
  type Kind = ModelExtra extends infer E
    ? E extends ModelExtra
      ? Omit<E, "name" | "description">
      : never
    : never;
  /** The option that comes of models with these kinds of one extra; undefined: a model without it. */
  function optionOf(...kinds: (Kind | undefined)[]) {
    const [base] = bare.models;
    if (!base) throw new Error("no model");
    const models = kinds.map((kind, at) => ({
      ...base,
      ...{ id: `m${at}`, label: `Model ${at}` },
      extras: kind ? [{ ...kind, ...described } as ModelExtra] : [],
    }));
    const { it } = extraOptions({ models, defaults: bare.defaults });
    return it;
  }

  it("is as wide as the widest", () => {
    expect(
      optionOf(
        { type: "number", min: 1, max: 5, integer: true },
        { type: "number", min: 0, max: 3, integer: true },
      ),
    ).toEqual({ type: "number", description: "What it does", min: 0, max: 5, integer: true });
    expect(optionOf({ type: "number", min: 1, max: 5, integer: true }, { type: "number", max: 9 })).toEqual({
      type: "number",
      description: "What it does",
      max: 9,
    });
    expect(optionOf({ type: "text", maxLength: 9 }, { type: "text", maxLength: 12 })).toMatchObject({
      maxLength: 12,
    });
    const list = optionOf({ type: "choice", choices: ["a", "b"] }, { type: "choice", choices: ["b", "c"] });
    expect(list?.type === "choice" && list.choices(bare).map(({ value }) => value)).toEqual(["a", "b", "c"]);
  });

  it("is a text where one model takes a number and another a word", () => {
    expect(optionOf({ type: "number", max: 5 }, { type: "choice", choices: ["low"] })?.type).toBe("text");
  });

  it("names the models where not all have it", () => {
    expect(optionOf({ type: "number" }, undefined, { type: "number" })?.description).toBe(
      "What it does (Model 0, Model 2)",
    );
    expect(optionOf({ type: "number" })?.description).toBe("What it does");
    const many = Array.from({ length: 24 }, () => ({ type: "number" }) as const);
    expect(optionOf(undefined, ...many)?.description).toBe("What it does");
  });
});
