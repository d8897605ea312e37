import { describe, expect, test } from "vitest";
import { createShownFiles } from "../../../src/web/shown-files.ts";
import { createMemoryMediaStore } from "../../fakes/memory-media-store.ts";

const media = createMemoryMediaStore();
const file = (key: string) => ({
  key,
  filename: "a.webp",
  contentType: "image/webp",
  bytes: 9,
  open: () => media.read(key),
  blob: (until: AbortSignal) => media.blob(key, "image/webp", until),
});
const idOf = (address: string) => address.replace("/shown/", "");

describe("the files of private answers", () => {
  test("have an address that nobody can guess, each time another one", () => {
    const shown = createShownFiles({ now: () => 0 });
    const [first, second] = [shown.address(file("job/a.webp")), shown.address(file("job/a.webp"))];
    expect(first).toMatch(/^\/shown\/[\w-]{24}$/);
    expect(second).not.toBe(first);
    expect(shown.find(idOf(first))).toEqual({
      key: "job/a.webp",
      filename: "a.webp",
      contentType: "image/webp",
    });
    expect(shown.find("job/a.webp")).toBeUndefined();
  });

  test("can be had for half a day", () => {
    let time = 0;
    const shown = createShownFiles({ now: () => time });
    const id = idOf(shown.address(file("job/a.webp")));
    time = 12 * 3_600_000 - 1;
    expect(shown.find(id)).toBeDefined();
    time += 1;
    expect(shown.find(id)).toBeUndefined();
  });

  test("do not fill the memory: the oldest end", () => {
    const shown = createShownFiles({ now: () => 0 });
    const ids = Array.from({ length: 2_001 }, (_, n) => idOf(shown.address(file(`job/${n}.webp`))));
    expect(ids.map((id) => shown.find(id) !== undefined)).toEqual([false, ...Array(2_000).fill(true)]);
  });
});
