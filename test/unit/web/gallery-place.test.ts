import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Place, readPlace, writePlace } from "../../../src/web/gallery/place.ts";

const read = (address: string) => readPlace(Object.fromEntries(new URLSearchParams(address)));

describe("a place in the gallery", () => {
  test("comes out of its address as it went in", () => {
    const text = fc
      .string({ unit: "grapheme", minLength: 1, maxLength: 40 })
      .map((value) => value.trim())
      .filter((value) => value !== "");
    const place: fc.Arbitrary<Place> = fc.record(
      {
        query: fc.record(
          { search: text, by: text, model: text, sort: fc.constantFrom("oldest" as const, "stars" as const) },
          { requiredKeys: [] },
        ),
        at: fc.stringMatching(/^[\w.-]{1,60}$/),
      },
      { requiredKeys: ["query"] },
    );
    fc.assert(
      fc.property(place, (somewhere) => {
        expect(read(writePlace(somewhere))).toEqual(somewhere);
      }),
    );
  });

  test("is the beginning where the address says nothing, or nothing that makes sense", () => {
    expect(writePlace({ query: {} })).toBe("");
    expect(read("")).toEqual({ query: {} });
    expect(read("search=&by=&model=&sort=newest&at=")).toEqual({ query: {} });
    expect(read("sort=price&at=<script>&page=4&search=%20%20")).toEqual({ query: {} });
  });
});
