import { randomBytes } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import {
  begin,
  beginClearing,
  finish,
  finishClearing,
  type Intent,
  type LogHead,
  numbers,
  type PageNote,
} from "./log-head.ts";
import { type LogPlace, merge, walkPages } from "./log-walk.ts";
import { createPageCache } from "./page-cache.ts";
import type { Collection, Store } from "./store.ts";
import { createTurns } from "./turns.ts";

/**
 * Logs of small entries, one for each scope, any string. They are kept in pages of about a hundred, so that adding to
 * a long one stays cheap and reading it again reads only what has changed. What is returned is shared: not to be changed.
 */
export interface PagedLog<E extends LogPlace> {
  /** The page that a new entry belongs to: to be written down before `append`, so that appending can be repeated. */
  openPage(scope: string): Promise<number>;
  /** Adds an entry unless that page has one of its id. */
  append(scope: string, page: number, entry: E): Promise<void>;
  /** Puts what `change` makes of an entry in its place, id and time excepted; nothing where there is none. */
  change(scope: string, id: string, change: (entry: E) => E): Promise<void>;
  /** Takes an entry out; absent already is fine. */
  remove(scope: string, id: string): Promise<void>;
  /** Every entry, newest first; the same list for as long as nothing changes. */
  all(scope: string): Promise<readonly E[]>;
  /** The entries behind a place in that order, read as they are asked for. */
  walk(scope: string, from?: { order?: "newest" | "oldest"; after?: LogPlace }): AsyncIterable<E>;
  /** Removes every entry. */
  clear(scope: string): Promise<void>;
}

const PAGE_ENTRIES = 100;
const CACHED_ENTRIES = 50_000;
/** So many are read between two chances for others to do something. */
const PAGES_AT_ONCE = 10;

/** Of one page; pure, and it returns the very array where nothing changes. */
type Edit<E> = Intent & { edit(entries: readonly E[]): readonly E[] };

/**
 * Logs in a store: a head for each, and its pages. A write notes in the head what it is about to touch, writes the
 * pages and gives them new stamps in the head. Whoever reads trusts what he has kept of a page only if its stamp is
 * the same and nobody is writing, so dying between two writes makes one page slower to read and does no other harm.
 * @param name unique in the store.
 */
export function createPagedLog<E extends LogPlace>(options: { store: Store; name: string }): PagedLog<E> {
  const { store, name } = options;
  const heads: Collection<LogHead> = store.collection<LogHead>({ name, version: 1 });
  const pages: Collection<{ entries: readonly E[] }> = store.collection<{ entries: readonly E[] }>({
    name: `${name}-page`,
    version: 1,
  });
  const cache = createPageCache<E>({ maxEntries: CACHED_ENTRIES });
  const writes = createTurns();
  const reads = createTurns();
  const waiting = new Map<string, { edits: Edit<E>[]; done: Promise<void> }>();
  const nothing: readonly E[] = [];
  const keyOf = (scope: string, page: number) => `${scope}/${page}`;

  /** The entries of these pages, in that order. The head was read before, so they are no older than its stamps. */
  async function load(scope: string, head: LogHead, wanted: readonly number[]): Promise<(readonly E[])[]> {
    const kept = cache.open(scope).pages;
    const found = new Map<number, readonly E[]>();
    for (const page of wanted) {
      const known = kept.get(page);
      if (known && isSettled(head.pages[page]) && known.stamp === head.pages[page]?.stamp)
        found.set(page, known.entries);
    }
    const missing = wanted.filter((page) => !found.has(page));
    for (let from = 0; from < missing.length; from += PAGES_AT_ONCE) {
      if (from > 0) await setImmediate();
      const some = missing.slice(from, from + PAGES_AT_ONCE);
      const documents = await pages.getMany(some.map((page) => keyOf(scope, page)));
      for (const [place, page] of some.entries()) {
        const entries = documents[place]?.entries ?? [];
        const note = head.pages[page];
        found.set(page, entries);
        if (note && isSettled(note)) cache.put(scope, page, { stamp: note.stamp, entries });
      }
    }
    return wanted.map((page) => found.get(page) ?? []);
  }

  /** Those who ask at the same time wait for each other's reading instead of doing it again. */
  const whole = (scope: string) =>
    reads(scope, async () => {
      const head = await heads.get(scope);
      const known = numbers(head);
      if (!head) cache.drop(scope);
      const parts = head ? await load(scope, head, known) : [];
      return { head, known, parts };
    });

  /** Everything that waits for its turn is written at once. */
  function write(scope: string, edits: Edit<E>[]): Promise<void> {
    const batch = waiting.get(scope);
    if (batch) {
      batch.edits.push(...edits);
      return batch.done;
    }
    const done = writes(scope, async () => {
      waiting.delete(scope);
      await writeAll(scope, edits);
    });
    waiting.set(scope, { edits, done });
    return done;
  }

  async function writeAll(scope: string, edits: readonly Edit<E>[]): Promise<void> {
    await heads.update(scope, (head) => begin(head, edits));
    for (const [page, together] of Map.groupBy(edits, (edit) => edit.page)) {
      await pages.update(keyOf(scope, page), (current) => {
        const before = current?.entries ?? [];
        const after = together.reduce((entries, { edit }) => edit(entries), before);
        if (after === before) return current;
        return after.length > 0 ? { entries: after } : undefined;
      });
    }
    const stamp = createStamp();
    await heads.update(scope, (head) => finish(head, edits, stamp));
  }

  /** Edits the page that has the entry; all of them, should somebody have added it without noting its page. */
  async function editEntry(scope: string, id: string, edit: Edit<E>["edit"]): Promise<void> {
    const { head, known, parts } = await whole(scope);
    const touched = known.filter(
      (page, place) =>
        head?.pages[page]?.writing.includes(id) || parts[place]?.some((entry) => entry.id === id),
    );
    if (touched.length > 0)
      await write(
        scope,
        touched.map((page) => ({ page, id, edit })),
      );
  }

  return {
    async openPage(scope) {
      const head = await heads.get(scope);
      if (!head) return 0;
      const { last } = head;
      const [entries = []] = head.pages[last] ? await load(scope, head, [last]) : [];
      if (entries.length < PAGE_ENTRIES) return last;
      const turned = await heads.update(scope, (now) =>
        now?.last === last ? { ...now, last: last + 1 } : now,
      );
      return turned?.last ?? 0;
    },
    append: (scope, page, entry) => {
      const { id, at } = entry;
      const edit: Edit<E>["edit"] = (entries) =>
        entries.some((other) => other.id === id) ? entries : [...entries, entry];
      return write(scope, [{ page, id, at, edit }]);
    },
    change: (scope, id, change) =>
      editEntry(scope, id, (entries) => {
        const entry = entries.find((other) => other.id === id);
        const next = entry && change(entry);
        if (!next || next === entry) return entries;
        return entries.map((other) => (other === entry ? { ...next, id, at: entry.at } : other));
      }),
    remove: (scope, id) =>
      editEntry(scope, id, (entries) => {
        const rest = entries.filter((entry) => entry.id !== id);
        return rest.length < entries.length ? rest : entries;
      }),
    async all(scope) {
      const { parts } = await whole(scope);
      if (parts.length === 0) return nothing;
      const kept = cache.open(scope);
      if (!kept.whole || !areSame(kept.whole.parts, parts)) kept.whole = { parts, entries: merge(parts) };
      return kept.whole.entries;
    },
    async *walk(scope, { order = "newest", after } = {}) {
      const head = await heads.get(scope);
      if (!head) return;
      const read = async (page: number) => (await load(scope, head, [page])).flat();
      yield* walkPages({ head, read, order, after });
    },
    clear: (scope) =>
      writes(scope, async () => {
        const cleared = await heads.update(scope, beginClearing);
        for (const page of numbers(cleared)) await pages.delete(keyOf(scope, page));
        const stamp = createStamp();
        if (cleared) await heads.update(scope, (head) => finishClearing(head, cleared, stamp));
      }),
  };
}

function createStamp(): string {
  return randomBytes(6).toString("base64url");
}

/** Whether its stamp can be relied on. */
function isSettled(page: PageNote | undefined): boolean {
  return page?.writing.length === 0;
}

function areSame<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((part, place) => part === b[place]);
}
