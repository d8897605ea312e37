import { expect, it, onTestFinished } from "vitest";
import {
  createGallery,
  type Gallery,
  type GalleryEntry,
  type GalleryQuery,
} from "../../../src/gallery/gallery.ts";
import { createStore } from "../../../src/store/create-store.ts";

const HERE = { platform: "slack", workspace: "T1", channel: "C1" } as const;

async function openGallery(): Promise<Gallery> {
  const store = await createStore({ url: "memory:" });
  onTestFinished(() => store.close());
  return createGallery({ store });
}

function entry(n: number, change: Partial<GalleryEntry> = {}): GalleryEntry {
  return {
    id: `job${n}`,
    at: 1_700_000_000_000 + n * 60_000,
    person: { id: "U1", name: "Ada" },
    prompt: `Video number ${n}`,
    model: "sora-2",
    seconds: "8",
    size: "1280x720",
    stars: 0,
    ...change,
  };
}

async function show(gallery: Gallery, ...entries: GalleryEntry[]): Promise<void> {
  for (const one of entries) await gallery.add(HERE, await gallery.openPage(HERE), one);
}

async function idsOf(gallery: Gallery, query: GalleryQuery = {}): Promise<string[]> {
  return (await gallery.page(HERE, query, { limit: 100 })).entries.map(({ id }) => id);
}

it("shows a channel its own videos and no others", async () => {
  const gallery = await openGallery();
  await show(gallery, entry(1));
  const strangers = [
    { ...HERE, channel: "C2" },
    { ...HERE, workspace: "T2" },
    { ...HERE, platform: "discord" as const },
  ];
  for (const channel of strangers) {
    expect(await gallery.page(channel, {}, { limit: 10 })).toEqual({
      entries: [],
      total: 0,
      next: undefined,
      previous: undefined,
    });
    expect(await gallery.get(channel, "job1")).toBeUndefined();
    expect(await gallery.facets(channel)).toEqual({ people: [], models: [] });
    await gallery.remove(channel, "job1");
    await gallery.change(channel, "job1", (shown) => ({ ...shown, stars: 9 }));
    await gallery.clear(channel);
  }
  expect(await gallery.get(HERE, "job1")).toEqual(entry(1));
});

it("sorts by age and by stars, the newest of equals first", async () => {
  const gallery = await openGallery();
  await show(gallery, entry(1, { stars: 2 }), entry(2), entry(4, { stars: 10 }), entry(3, { stars: 2 }));
  expect(await idsOf(gallery)).toEqual(["job4", "job3", "job2", "job1"]);
  expect(await idsOf(gallery, { sort: "oldest" })).toEqual(["job1", "job2", "job3", "job4"]);
  expect(await idsOf(gallery, { sort: "stars" })).toEqual(["job4", "job3", "job1", "job2"]);
  await gallery.change(HERE, "job2", (shown) => ({ ...shown, stars: 3 }));
  expect(await idsOf(gallery, { sort: "stars" })).toEqual(["job4", "job2", "job3", "job1"]);
});

it.each([
  ["gull HARBOUR", ["job1"]],
  ["  gull\n ", ["job2", "job1"]],
  ["gull cafe", []],
  ["CAFÉ", ["job3"]],
  ["cafe\u0301", ["job3"]],
  ["ｃａｆé", ["job3"]],
  ["STRASSE", ["job4"]],
  ["οδοσ", ["job4"]],
  [" ", ["job4", "job3", "job2", "job1"]],
  ["50%.*", []],
])("finds by words: %j", async (search, ids) => {
  const gallery = await openGallery();
  await show(
    gallery,
    entry(1, { prompt: "A harbour with gulls" }),
    entry(2, { prompt: "One GULL alone" }),
    entry(3, { prompt: "A caf\u00e9 at night" }),
    entry(4, { prompt: "Eine Straße, ΟΔΟΣ" }),
  );
  expect(await idsOf(gallery, { search })).toEqual(ids);
});

it("filters by person and model, and counts what fits", async () => {
  const gallery = await openGallery();
  const bob = { id: "U2", name: "Bob" };
  await show(
    gallery,
    entry(1, { person: bob }),
    entry(2, { model: "sora-2-pro" }),
    entry(3, { person: bob, model: "sora-2-pro", prompt: "A gull" }),
    entry(4, { person: bob, prompt: "A gull" }),
  );
  expect(await idsOf(gallery, { by: "U2" })).toEqual(["job4", "job3", "job1"]);
  expect(await idsOf(gallery, { by: "U2", model: "sora-2-pro" })).toEqual(["job3"]);
  expect(await idsOf(gallery, { by: "U3" })).toEqual([]);
  const query = { by: "U2", search: "gull" };
  expect(await gallery.page(HERE, query, { limit: 1 })).toMatchObject({
    entries: [{ id: "job4" }],
    total: 2,
  });
});

it("offers everyone by the name they have now, and every model", async () => {
  const gallery = await openGallery();
  await show(
    gallery,
    entry(1, { person: { id: "U2", name: "Zoe" }, model: "sora-2-pro" }),
    entry(2),
    entry(3, { person: { id: "U2", name: "Émile" } }),
    entry(4, { person: { id: "U3", name: "bob" } }),
  );
  expect(await gallery.facets(HERE)).toEqual({
    people: [
      { id: "U1", name: "Ada" },
      { id: "U3", name: "bob" },
      { id: "U2", name: "Émile" },
    ],
    models: ["sora-2", "sora-2-pro"],
  });
});

it("shows a video again as it was, and hands out nothing that changes it", async () => {
  const gallery = await openGallery();
  const page = await gallery.openPage(HERE);
  await gallery.add(HERE, page, entry(1));
  await gallery.change(HERE, "job1", (shown) => ({ ...shown, stars: 1 }));
  await gallery.add(HERE, page, entry(1));
  const shown = await gallery.get(HERE, "job1");
  expect(shown).toEqual(entry(1, { stars: 1 }));
  if (shown) shown.person.name = "somebody else";
  for (const one of (await gallery.page(HERE, {}, { limit: 1 })).entries) one.person.name = "somebody else";
  expect(await gallery.get(HERE, "job1")).toEqual(entry(1, { stars: 1 }));
});

it("takes a video out of every view, and all of them when cleared", async () => {
  const gallery = await openGallery();
  await show(gallery, entry(1), entry(2, { model: "sora-2-pro" }), entry(3));
  for (const sort of ["newest", "oldest", "stars"] as const) await idsOf(gallery, { sort });
  await gallery.remove(HERE, "job2");
  await gallery.remove(HERE, "job2");
  await gallery.change(HERE, "job2", (shown) => ({ ...shown, stars: 1 }));
  for (const sort of ["newest", "oldest", "stars"] as const) {
    expect(await idsOf(gallery, { sort })).not.toContain("job2");
  }
  expect(await gallery.get(HERE, "job2")).toBeUndefined();
  expect((await gallery.facets(HERE)).models).toEqual(["sora-2"]);
  await gallery.clear(HERE);
  expect(await idsOf(gallery)).toEqual([]);
});

it("walks to the end and back, filling the first page up", async () => {
  const gallery = await openGallery();
  await show(gallery, ...[1, 2, 3, 4, 5].map((n) => entry(n)));
  const page = (at?: string) => gallery.page(HERE, {}, { limit: 2, ...(at === undefined ? {} : { at }) });
  const ids = ({ entries }: { entries: GalleryEntry[] }) => entries.map(({ id }) => id);

  const first = await page();
  expect([ids(first), first.previous, first.total]).toEqual([["job5", "job4"], undefined, 5]);
  const second = await page(first.next);
  expect(ids(second)).toEqual(["job3", "job2"]);
  const third = await page(second.next);
  expect([ids(third), third.next]).toEqual([["job1"], undefined]);
  const back = await page(third.previous);
  expect(ids(back)).toEqual(["job3", "job2"]);

  await gallery.remove(HERE, "job5");
  const filled = await page(back.previous);
  expect([ids(filled), filled.previous]).toEqual([["job4", "job3"], undefined]);
  expect(ids(await page(filled.next))).toEqual(["job2", "job1"]);
});

it("leads back from a page that has become empty, and stays where it was while others come", async () => {
  const gallery = await openGallery();
  await show(gallery, ...[1, 2, 3].map((n) => entry(n)));
  const { next = "" } = await gallery.page(HERE, {}, { limit: 2 });
  await show(gallery, entry(4));
  expect(await gallery.page(HERE, {}, { limit: 2, at: next })).toMatchObject({
    entries: [{ id: "job1" }],
    total: 4,
  });
  await gallery.remove(HERE, "job1");
  const empty = await gallery.page(HERE, {}, { limit: 2, at: next });
  expect(empty).toMatchObject({ entries: [], total: 3, next: undefined });
  const back = await gallery.page(HERE, {}, { limit: 2, at: empty.previous ?? "" });
  expect(back).toMatchObject({ entries: [{ id: "job3" }, { id: "job2" }], next: undefined });
});

it.each([
  "",
  "a",
  "x.0.1.job1",
  "a.0.1",
  "a..1.job1",
  "a.0.1.job_1",
  "a.-1.1.job1",
  "a.0.1.job1.",
  "../../etc",
  "a".repeat(5000),
])("begins at the beginning where a cursor is none: %j", async (at) => {
  const gallery = await openGallery();
  await show(gallery, ...[1, 2, 3].map((n) => entry(n)));
  expect(await gallery.page(HERE, {}, { limit: 2, at })).toEqual(await gallery.page(HERE, {}, { limit: 2 }));
});
