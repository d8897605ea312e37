import { describe, expect, it } from "vitest";
import { createButtonRows, readButton } from "../../../src/discord/buttons.ts";

const play = { action: "play", argument: "0k3v8zq1xw", label: "Play", style: "primary" } as const;

function idsOf(buttons: Parameters<ReturnType<typeof createButtonRows>>[0]): string[] {
  const rows = createButtonRows()(buttons);
  return rows.flatMap(({ components }) =>
    components.flatMap((button) => ("custom_id" in button ? button.custom_id : [])),
  );
}

describe("buttons", () => {
  it("stand in rows of five", () => {
    const buttons = Array.from({ length: 7 }, (_, index) => ({ ...play, argument: `${index}` }));
    expect(createButtonRows()(buttons).map(({ components }) => components.length)).toEqual([5, 2]);
    expect(createButtonRows()([])).toEqual([]);
  });

  it("differ in a message though they mean the same, and are read as what they mean", () => {
    const ids = idsOf([play, play, { ...play, argument: "other" }, play]);
    expect(ids).toEqual([
      "v1:play:0k3v8zq1xw",
      "v1:play:0k3v8zq1xw#2",
      "v1:play:other",
      "v1:play:0k3v8zq1xw#3",
    ]);
    const { action, argument } = play;
    expect(ids.map(readButton)).toEqual([
      { action, argument },
      { action, argument },
      { action, argument: "other" },
      { action, argument },
    ]);
  });

  it("are left out where there is no room for an id that differs", () => {
    const long = { ...play, action: "a".repeat(32), argument: "0".repeat(64) };
    expect(idsOf([long, long])).toHaveLength(1);
  });

  it("are nobody else's", () => {
    for (const id of ["v0:play:1", "v1:play:", "v1:form:remix:video=1", "#2", ""])
      expect(readButton(id)).toBeUndefined();
  });
});
