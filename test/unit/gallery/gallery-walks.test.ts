import fc from "fast-check";
import { expect, it } from "vitest";
import {
  createGallery,
  type Gallery,
  type GalleryEntry,
  type GalleryPage,
  type GalleryQuery,
} from "../../../src/gallery/gallery.ts";
import { createStore } from "../../../src/store/create-store.ts";
import type { Store } from "../../../src/store/store.ts";
import { liveWith } from "../../fixtures/mortal-store.ts";
import { scheduledStore } from "../../fixtures/scheduled-store.ts";

const CHANNEL = { platform: "discord", workspace: "1", channel: "2" } as const;
const PEOPLE = ["ada", "bob"];
const CURSOR = /^[A-Za-z0-9.-]{1,40}$/;

type Sort = NonNullable<GalleryQuery["sort"]>;
const sort = fc.constantFrom<Sort>("newest", "oldest", "stars");

const KEYS: Record<Sort, (entry: GalleryEntry) => number[]> = {
  newest: ({ at }) => [-at],
  oldest: ({ at }) => [at],
  stars: ({ stars, at }) => [-stars, -at],
};

/** The order of the contract, written down once more; ids break ties as they do among the newest. */
function compare(order: Sort): (a: GalleryEntry, b: GalleryEntry) => number {
  return (a, b) => {
    const [left, right] = [KEYS[order](a), KEYS[order](b)];
    for (const [place, key] of left.entries()) if (key !== right[place]) return key - (right[place] ?? 0);
    return (order === "oldest" ? 1 : -1) * (a.id < b.id ? -1 : 1);
  };
}

/** Times repeat and are not those of the deliveries' order. */
function entryOf(n: number): GalleryEntry {
  return {
    id: `job-${n}`,
    at: 1_700_000_000_000 + ((n * 7) % 50) * 1000,
    person: { id: PEOPLE[n % 2] ?? "", name: "Somebody" },
    prompt: `Video ${n}`,
    model: "sora-2",
    seconds: "8",
    size: "1280x720",
    stars: n % 4,
  };
}

type Action =
  /** `deaths`: the moments at which those who deliver it die, one after the other. */
  | { kind: "deliver"; process: number; deaths: number[] }
  | { kind: "remove"; process: number; n: number }
  | { kind: "star"; process: number; n: number; count: number }
  | { kind: "walk"; process: number; sort: Sort; by: string | undefined; limit: number };
type ActionOf<K extends Action["kind"]> = Extract<Action, { kind: K }>;

const process = fc.nat(1);
const action: fc.Arbitrary<Action> = fc.oneof(
  fc.record({
    kind: fc.constant("deliver" as const),
    process,
    deaths: fc.array(fc.integer({ min: 1, max: 14 }), { maxLength: 2 }),
  }),
  fc.record({ kind: fc.constant("remove" as const), process, n: fc.nat(130) }),
  fc.record({ kind: fc.constant("star" as const), process, n: fc.nat(130), count: fc.nat(5) }),
  fc.record({
    kind: fc.constant("walk" as const),
    process,
    sort,
    by: fc.constantFrom(undefined, ...PEOPLE),
    limit: fc.integer({ min: 2, max: 40 }),
  }),
);

/** Two processes at one gallery, with a note of what has happened and what is about to. */
function createScene(store: Store, scheduler: fc.Scheduler, filled: number) {
  const scheduled = scheduledStore(store, scheduler);
  const galleries = [createGallery({ store: scheduled }), createGallery({ store: scheduled })];
  const shown = new Map(
    Array.from({ length: filled }, (_, n) => entryOf(n)).map((entry) => [entry.id, entry]),
  );
  const delivering = new Set(shown.keys());
  const leaving = new Set<string>();
  const gone = new Set<string>();
  const stars: { id: string; done: boolean }[] = [];

  function galleryOf(process: number): Gallery {
    const gallery = galleries[process];
    if (!gallery) throw new RangeError(`There is no process ${process}.`);
    return gallery;
  }

  /** As a job is delivered: the page is written down first, and whoever takes the job up goes on from there. */
  async function deliver({ process, deaths }: ActionOf<"deliver">): Promise<void> {
    const entry = entryOf(delivering.size);
    delivering.add(entry.id);
    let page: number | undefined;
    const showIn = async (gallery: Gallery) => {
      page ??= await gallery.openPage(CHANNEL);
      await gallery.add(CHANNEL, page, entry);
    };
    for (const moment of deaths) {
      await liveWith(scheduled, moment, (mortal) => showIn(createGallery({ store: mortal })));
    }
    await showIn(galleryOf(process));
    shown.set(entry.id, entry);
  }

  async function remove({ process, n }: ActionOf<"remove">): Promise<void> {
    const { id } = entryOf(n);
    // A job is not deleted while it is being delivered.
    if (!shown.has(id)) return;
    leaving.add(id);
    await galleryOf(process).remove(CHANNEL, id);
    gone.add(id);
    shown.delete(id);
  }

  async function star({ process, n, count }: ActionOf<"star">): Promise<void> {
    const { id } = entryOf(n);
    const note = { id, done: false };
    stars.push(note);
    await galleryOf(process).change(CHANNEL, id, (entry) => ({ ...entry, stars: count }));
    note.done = true;
  }

  async function walk({ process, sort: order, by, limit }: ActionOf<"walk">): Promise<void> {
    const query = { sort: order, ...(by === undefined ? {} : { by }) };
    const fits = ({ person }: GalleryEntry) => by === undefined || person.id === by;
    const wanted = [...shown.values()].filter(fits).map(({ id }) => id);
    const unwanted = new Set(gone);
    const settled = new Set(stars.filter(({ done }) => done));

    const pages = await pagesOf(galleryOf(process), query, limit);
    const seen = pages.flatMap(({ entries }) => entries);
    const moved = new Set(stars.filter((note) => !settled.has(note)).map(({ id }) => id));
    const stays = (id: string) => order !== "stars" || !moved.has(id);
    const ids = seen.map(({ id }) => id);
    // In order from the first page to the last, each once.
    expect(seen).toEqual(seen.toSorted(compare(order)));
    expect(seen.filter((entry) => !fits(entry))).toEqual([]);
    expect(ids.filter((id, place) => stays(id) && ids.indexOf(id) !== place)).toEqual([]);
    // Complete, and with nothing that was gone before or never came.
    expect(wanted.filter((id) => stays(id) && !leaving.has(id) && !ids.includes(id))).toEqual([]);
    expect(ids.filter((id) => unwanted.has(id) || !delivering.has(id))).toEqual([]);
  }

  function act(action: Action): Promise<void> {
    switch (action.kind) {
      case "deliver":
        return deliver(action);
      case "remove":
        return remove(action);
      case "star":
        return star(action);
      case "walk":
        return walk(action);
    }
  }
  return { shown, act };
}

/** All pages from the beginning on, as somebody who presses Older sees them. */
async function pagesOf(gallery: Gallery, query: GalleryQuery, limit: number): Promise<GalleryPage[]> {
  const pages: GalleryPage[] = [];
  for (let at: string | undefined; pages.length === 0 || at !== undefined; at = pages.at(-1)?.next) {
    const page = await gallery.page(CHANNEL, query, at === undefined ? { limit } : { limit, at });
    pages.push(page);
    for (const cursor of [page.next, page.previous]) if (cursor !== undefined) expect(cursor).toMatch(CURSOR);
    expect(page.entries.length).toBeLessThanOrEqual(limit);
    if (page.next !== undefined) expect(page.entries).toHaveLength(limit);
  }
  return pages;
}

/** All pages from the end back to the beginning, whose entries are still in order. */
async function entriesBackwards(
  gallery: Gallery,
  query: GalleryQuery,
  last: GalleryPage,
  limit: number,
): Promise<GalleryEntry[]> {
  const seen = [...last.entries];
  for (let at = last.previous; at !== undefined; ) {
    const page = await gallery.page(CHANNEL, query, { limit, at });
    const known = new Set(seen.map(({ id }) => id));
    // Only the first page is filled up with what was seen.
    if (page.previous !== undefined) expect(page.entries.filter(({ id }) => known.has(id))).toEqual([]);
    seen.unshift(...page.entries.filter(({ id }) => !known.has(id)));
    at = page.previous;
  }
  return seen;
}

it("shows everything that stays once and in order, whatever comes and goes meanwhile", {
  timeout: 60_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.array(action, { minLength: 1, maxLength: 14 }),
      fc.constantFrom(0, 12, 98, 120),
      async (scheduler, actions, filled) => {
        const store = await createStore({ url: "memory:" });
        const gallery = createGallery({ store });
        for (let from = 0; from < filled; from += 100) {
          const page = await gallery.openPage(CHANNEL);
          const entries = Array.from({ length: Math.min(100, filled - from) }, (_, n) => entryOf(from + n));
          await Promise.all(entries.map((entry) => gallery.add(CHANNEL, page, entry)));
        }
        const { shown, act } = createScene(store, scheduler, filled);
        await scheduler.waitFor(Promise.all(actions.map(act)));

        const fresh = createGallery({ store });
        const limit = 30;
        for (const order of ["newest", "oldest", "stars"] as const) {
          const pages = await pagesOf(fresh, { sort: order }, limit);
          const entries = pages.flatMap((page) => page.entries);
          expect(entries.map(({ id }) => id).toSorted()).toEqual([...shown.keys()].toSorted());
          expect(entries).toEqual(entries.toSorted(compare(order)));
          for (const { total } of pages) expect(total).toBe(shown.size);
          const last = pages.at(-1);
          if (last) expect(await entriesBackwards(fresh, { sort: order }, last, limit)).toEqual(entries);
        }
        await store.close();
      },
    ),
  );
});
