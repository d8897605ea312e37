import fc from "fast-check";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Collection, Store } from "../../../src/store/store.ts";

/** What a kind of store needs to be held to the contract. */
export interface StoreHarness {
  /** A store with nothing in it. */
  open(): Promise<Store>;
  /** Makes documents that much older. */
  passTime(ms: number): Promise<void> | void;
}

interface Note {
  text: string;
  count?: number;
}

/** What every Store does. */
export function storeSuite(kind: string, harness: StoreHarness): void {
  async function openStore(): Promise<Store> {
    const store = await harness.open();
    onTestFinished(() => store.close());
    return store;
  }

  async function openNotes(ttlMs?: number): Promise<Collection<Note>> {
    const store = await openStore();
    return store.collection({ name: "note", version: 1, ...(ttlMs !== undefined && { ttlMs }) });
  }

  const sorted = async <T extends object>(collection: Collection<T>) =>
    (await Array.fromAsync(collection.entries())).sort(([a], [b]) => (a < b ? -1 : 1));

  describe(`${kind} store: documents`, () => {
    it("gives back what was inserted, and nothing for what was not", async () => {
      const notes = await openNotes();
      expect(await notes.insert("a", { text: "héllo 🎬\n", count: 0 })).toBe(true);
      expect(await notes.get("a")).toEqual({ text: "héllo 🎬\n", count: 0 });
      expect(await notes.get("b")).toBeUndefined();
    });

    it("inserts once, however many try at the same time", async () => {
      const notes = await openNotes();
      const tries = Array.from({ length: 50 }, (_, i) => notes.insert("event", { text: `try ${i}` }));
      const won = (await Promise.all(tries)).flatMap((inserted, i) => (inserted ? [i] : []));
      expect(won).toHaveLength(1);
      expect(await notes.get("event")).toEqual({ text: `try ${won[0]}` });
    });

    it("updates what is there, and creates and deletes by it", async () => {
      const notes = await openNotes();
      expect(await notes.update("a", (note) => note ?? { text: "new" })).toEqual({ text: "new" });
      expect(await notes.update("a", (note) => note && { ...note, count: 1 })).toEqual({
        text: "new",
        count: 1,
      });
      expect(await notes.get("a")).toEqual({ text: "new", count: 1 });
      expect(await notes.update("a", () => undefined)).toBeUndefined();
      expect(await notes.get("a")).toBeUndefined();
      expect(await notes.update("a", () => undefined)).toBeUndefined();
      expect(await notes.insert("a", { text: "again" })).toBe(true);
    });

    it("loses no update when many change one document", async () => {
      const notes = await openNotes();
      const add = () => notes.update("n", (note) => ({ text: "counter", count: (note?.count ?? 0) + 1 }));
      await Promise.all(Array.from({ length: 300 }, add));
      expect(await notes.get("n")).toEqual({ text: "counter", count: 300 });
    });

    it("hands an error of the change to the caller and writes nothing", async () => {
      const notes = await openNotes();
      await notes.insert("a", { text: "kept" });
      const broken = notes.update("a", () => {
        throw new RangeError("no such phase");
      });
      await expect(broken).rejects.toThrow(RangeError);
      expect(await notes.get("a")).toEqual({ text: "kept" });
    });

    it("answers many keys in their order", async () => {
      const notes = await openNotes();
      const keys = Array.from({ length: 1000 }, (_, i) => `note:${i}`);
      await Promise.all(keys.map((key) => notes.insert(key, { text: key })));
      const asked = [...keys.toReversed(), "absent", "note:7"];
      const answers = await notes.getMany(asked);
      expect(answers.map((note) => note?.text)).toEqual(
        asked.map((key) => (key === "absent" ? undefined : key)),
      );
      expect(await notes.getMany([])).toEqual([]);
    });

    it("lists more documents than fit one page", async () => {
      const notes = await openNotes();
      const keys = Array.from({ length: 2500 }, (_, i) => `note:${i}`).sort();
      await Promise.all(keys.map((key) => notes.insert(key, { text: key })));
      expect(await sorted(notes)).toEqual(keys.map((key) => [key, { text: key }]));
    });

    it("takes any key and keeps collections apart", async () => {
      const store = await openStore();
      let run = 0;
      const text = fc.string({ unit: "grapheme" });
      await fc.assert(
        fc.asyncProperty(fc.dictionary(text, text), async (texts) => {
          run += 1;
          const name = `note${run}`;
          const notes = store.collection<Note>({ name, version: 1 });
          const others = store.collection<Note>({ name: `${name}:${name}`, version: 1 });
          for (const [key, value] of Object.entries(texts)) {
            await notes.insert(key, { text: value });
            await notes.insert(`${name}:${key}`, { text: "a key that begins like its collection" });
          }
          expect(await sorted(others)).toEqual([]);
          for (const key of Object.keys(texts)) await notes.delete(`${name}:${key}`);
          const kept = Object.entries(texts).map(([key, value]) => [key, { text: value }]);
          expect(await sorted(notes)).toEqual(kept.sort(([a = ""], [b = ""]) => (a < b ? -1 : 1)));
        }),
        { numRuns: 50 },
      );
    });
  });

  describe(`${kind} store: lifetime`, () => {
    it("lets a document vanish, and its key be taken anew", async () => {
      const seen = await openNotes(1000);
      expect(await seen.insert("event", { text: "first" })).toBe(true);
      await harness.passTime(999);
      expect(await seen.insert("event", { text: "repeated" })).toBe(false);
      await harness.passTime(1);
      expect(await seen.get("event")).toBeUndefined();
      expect(await seen.getMany(["event"])).toEqual([undefined]);
      expect(await sorted(seen)).toEqual([]);
      expect(await seen.insert("event", { text: "second" })).toBe(true);
      expect(await seen.get("event")).toEqual({ text: "second" });
    });

    it("counts from the last write", async () => {
      const usage = await openNotes(1000);
      await usage.insert("day", { text: "usage", count: 1 });
      await harness.passTime(600);
      await usage.update("day", (note) => note && { ...note, count: 2 });
      await harness.passTime(600);
      expect(await usage.get("day")).toEqual({ text: "usage", count: 2 });
      await harness.passTime(400);
      expect(await usage.update("day", (note) => note ?? { text: "new" })).toEqual({ text: "new" });
    });
  });

  describe(`${kind} store: versions`, () => {
    it("migrates an older document and writes it back with its next update", async () => {
      const store = await openStore();
      const first = store.collection<{ name: string }>({ name: "person", version: 1 });
      const second = store.collection<{ first: string; last: string }>({
        name: "person",
        version: 2,
        migrate(document, version) {
          expect(version).toBe(1);
          expect(document).toEqual({ name: "Ada Lovelace" });
          return { first: "Ada", last: "Lovelace" };
        },
      });
      await first.insert("ada", { name: "Ada Lovelace" });
      expect(await second.get("ada")).toEqual({ first: "Ada", last: "Lovelace" });
      expect(await first.get("ada")).toEqual({ name: "Ada Lovelace" });
      await second.update("ada", (person) => person && { ...person, last: "King" });
      expect(await second.get("ada")).toEqual({ first: "Ada", last: "King" });
    });

    it("refuses a document of a newer version and leaves it as it is", async () => {
      const store = await openStore();
      const old = store.collection<Note>({ name: "note", version: 1 });
      const next = store.collection<Note>({ name: "note", version: 2 });
      await next.insert("a", { text: "from a newer release" });
      const refusal = { name: "ServiceError", code: "unknown_version", retryable: false };
      await expect(old.get("a")).rejects.toMatchObject(refusal);
      expect(await old.getMany(["a"])).toEqual([undefined]);
      await expect(old.update("a", () => ({ text: "overwritten" }))).rejects.toMatchObject(refusal);
      expect(await sorted(old)).toEqual([]);
      expect(await next.get("a")).toEqual({ text: "from a newer release" });
    });
  });

  it(`${kind} store: answers until it is closed`, async () => {
    const store = await harness.open();
    await store.ping();
    await store.close();
    await expect(store.ping()).rejects.toThrow();
  });
}
