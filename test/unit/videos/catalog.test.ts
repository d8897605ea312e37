import { describe, expect, it } from "vitest";
import { allOf, defaultCatalog, describeSize, extendSteps, settleClip } from "../../../src/videos/catalog.ts";

describe("settleClip", () => {
  it("fills in the defaults", () => {
    expect(settleClip(defaultCatalog, {})).toEqual({ model: "sora-2", seconds: "4", size: "720x1280" });
    expect(settleClip(defaultCatalog, { model: "sora-2-pro", size: "1792x1024", seconds: "12" })).toEqual({
      model: "sora-2-pro",
      seconds: "12",
      size: "1792x1024",
    });
  });

  it("takes a model's own first choice where it does not offer the default", () => {
    const only = {
      id: "long",
      label: "long",
      image: true,
      extras: [],
      seconds: ["20", "30"],
      sizes: ["512x512"],
    };
    const catalog = { ...defaultCatalog, models: [...defaultCatalog.models, only] };
    expect(settleClip(catalog, { model: "long" })).toEqual({ model: "long", seconds: "20", size: "512x512" });
  });

  it("names what a model offers", () => {
    expect(() => settleClip(defaultCatalog, { model: "sora-3" })).toThrow(
      "Choose one of: sora-2, sora-2-pro.",
    );
    expect(() => settleClip(defaultCatalog, { seconds: "5" })).toThrow("clips of 4, 8, 12 seconds, not 5.");
    expect(() => settleClip(defaultCatalog, { size: "1024x1792" })).toThrow(
      "sora-2 does not make 1024x1792.",
    );
  });
});

describe("the words for sizes", () => {
  it("name the shape", () => {
    expect(["720x1280", "1792x1024", "512x512"].map(describeSize)).toEqual([
      "portrait 720x1280",
      "landscape 1792x1024",
      "square 512x512",
    ]);
  });

  it("come once each, in the catalogue's order", () => {
    expect(allOf(defaultCatalog, "sizes")).toEqual(["720x1280", "1280x720", "1024x1792", "1792x1024"]);
  });
});

describe("extendSteps", () => {
  it.each([
    ["4", ["4", "8", "12", "16", "20"]],
    ["100", ["4", "8", "12", "16", "20"]],
    ["104", ["4", "8", "12", "16"]],
    ["112", ["4", "8"]],
    ["117", []],
    ["120", []],
  ])("of a video of %s seconds are those that keep it within 120", (seconds, steps) => {
    expect(extendSteps(seconds)).toEqual(steps);
  });
});
