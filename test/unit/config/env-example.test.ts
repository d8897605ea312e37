import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readConfig } from "../../../src/config.ts";
import { settings } from "../../../src/config-settings.ts";

describe(".env.example", () => {
  const lines = readFileSync(new URL("../../../.env.example", import.meta.url), "utf8").split("\n");
  const assignments = lines.flatMap((line) => {
    const [, name, value = ""] = /^([A-Z0-9_]+)=(.*)$/.exec(line) ?? [];
    return name === undefined ? [] : [{ name, value }];
  });

  it("names every setting once, in the schema's order, and nothing else", () => {
    expect(assignments.map(({ name }) => name)).toEqual(Object.keys(settings));
  });

  it("holds the defaults", () => {
    const written = readConfig(Object.fromEntries(assignments.map(({ name, value }) => [name, value])));
    expect(written).toEqual(readConfig({}));
  });
});
