import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Catalog } from "../../../src/videos/catalog.ts";
import { estimateUsd, formatUsd } from "../../../src/videos/prices.ts";

/** A catalogue of one model with these prices. */
function priced(usdPerSecond: Record<string, number> | undefined): Catalog {
  const model = { id: "wan", label: "Wan", seconds: [], sizes: [], image: true, extras: [] };
  return {
    models: [{ ...model, ...(usdPerSecond && { usdPerSecond }) }],
    defaults: { model: "wan", seconds: "", size: "" },
  };
}

const clip = { model: "wan", seconds: "8", size: "1280x720" };

describe("an estimate", () => {
  it.each<
    [
      string,
      Record<string, number> | undefined,
      Partial<typeof clip & { addSeconds: string }>,
      number | undefined,
    ]
  >([
    ["takes the price of the size", { "1280x720": 0.3, "*": 0.5 }, {}, 2.4],
    ["takes the price of a shape", { "16:9": 0.4, "*": 0.5 }, { size: "16:9" }, 3.2],
    ["else takes that of all others", { "16:9": 0.4, "*": 0.5 }, {}, 4],
    ["takes that of all others where the backend decides", { "16:9": 0.4, "*": 0.5 }, { size: "" }, 4],
    ["is nothing where it is free", { "*": 0 }, {}, 0],
    ["is of the seconds that are added", { "*": 0.5 }, { addSeconds: "4" }, 2],
    ["is of them also where the length is not known", { "*": 0.5 }, { seconds: "", addSeconds: "4" }, 2],
    ["takes parts of seconds", { "*": 0.1 }, { seconds: "2.5" }, 0.25],
    ["is not known without a price", undefined, {}, undefined],
    ["is not known without one for the size", { "16:9": 0.4 }, {}, undefined],
    ["is not known without a length", { "*": 0.5 }, { seconds: "" }, undefined],
    ["is not known of a model that is not there", { "*": 0.5 }, { model: "sora" }, undefined],
  ])("%s", (_, prices, wanted, usd) => {
    expect(estimateUsd(priced(prices), { ...clip, ...wanted })).toBe(usd);
  });

  it("is a whole number of millionths of a dollar, next to the product", () => {
    const prices = fc.double({ min: 0, max: 100, noNaN: true });
    fc.assert(
      fc.property(prices, fc.integer({ min: 1, max: 600 }), (price, seconds) => {
        const usd = estimateUsd(priced({ "*": price }), { ...clip, seconds: String(seconds) }) ?? Number.NaN;
        expect(usd).toBe(Number(usd.toFixed(6)));
        expect(Math.abs(usd - price * seconds)).toBeLessThan(0.000_000_6);
      }),
    );
  });
});

describe("an amount of dollars", () => {
  it.each([
    [0, "$0.00"],
    [0.000_001, "$0.000001"],
    [0.005, "$0.005"],
    [0.001_25, "$0.0013"],
    [0.009_99, "$0.01"],
    [0.01, "$0.01"],
    [0.4, "$0.40"],
    [0.1 + 0.2, "$0.30"],
    [1.2, "$1.20"],
    [12, "$12.00"],
    [1_234.5, "$1234.50"],
  ])("%d is written %s", (usd, written) => {
    expect(formatUsd(usd)).toBe(written);
  });
});
