import fc from "fast-check";
import { expect, it, onTestFinished } from "vitest";
import { createStore } from "../../../src/store/create-store.ts";
import type { PagedLog } from "../../../src/store/paged-log.ts";
import type { Collection, Store } from "../../../src/store/store.ts";
import { eachCall, liveWith } from "../../fixtures/mortal-store.ts";
import {
  add,
  documentsIn,
  fill,
  type Note,
  newestFirst,
  note,
  notes,
  openLog,
  SCOPE,
  step,
  take,
  takeInModel,
} from "../../fixtures/notes.ts";

async function openStore(): Promise<Store> {
  const store = await createStore({ url: "memory:" });
  onTestFinished(() => store.close());
  return store;
}

const idsIn = (entries: readonly Note[]) => entries.map(({ id }) => id).join(" ");
const idsOf = async (entries: AsyncIterable<Note>) => idsIn(await Array.fromAsync(entries));

/** Counts the documents that are read, by their keys. */
function countingStore(store: Store): { store: Store; read: string[] } {
  const read: string[] = [];
  const counted = eachCall(store, <T extends object>(collection: Collection<T>) => ({
    ...collection,
    getMany: (keys: string[]) => {
      read.push(...keys);
      return collection.getMany(keys);
    },
  }));
  return { store: counted, read };
}

it("shows what was added, newest first, in any scope its own", async () => {
  const log = openLog(await openStore());
  expect(await log.all(SCOPE)).toEqual([]);
  for (const n of [2, 0, 1]) await add(log, note(n));
  await log.append("slack:1:2", 0, note(7));
  expect(await log.all(SCOPE)).toEqual([note(2), note(1), note(0)]);
  expect(await log.all("slack:1:2")).toEqual([note(7)]);
});

it("begins a page when one is full, keeps what was meant for a full one, and forgets everything when cleared", async () => {
  const log = openLog(await openStore());
  await fill(log, notes(0, 99));
  const page = await log.openPage(SCOPE);
  await log.append(SCOPE, page, note(99));
  expect(await log.openPage(SCOPE)).toBe(page + 1);
  await log.append(SCOPE, page, note(100));
  await log.append(SCOPE, page, { ...note(100), text: "added again" });
  for (let times = 0; times < 110; times++) await add(log, note(101));
  expect(await log.all(SCOPE)).toEqual(newestFirst(notes(0, 102)));
  expect(await log.openPage(SCOPE)).toBe(page + 1);
  await log.clear(SCOPE);
  expect(await log.all(SCOPE)).toEqual([]);
  expect(await Array.fromAsync(log.walk(SCOPE))).toEqual([]);
  expect(await log.openPage(SCOPE)).toBe(0);
});

it("leaves nothing in the store once it is cleared", async () => {
  const store = await openStore();
  const log = openLog(store);
  await fill(log, notes(0, 250));
  await log.clear(SCOPE);
  expect(await documentsIn(store)).toEqual([]);
});

it("keeps every one of many that come at once through several processes", async () => {
  const store = await openStore();
  const logs = [openLog(store), openLog(store), openLog(store)];
  const all = notes(0, 300);
  await Promise.all(
    logs.flatMap((log, place) => all.filter((_, n) => n % 3 === place).map((entry) => add(log, entry))),
  );
  for (const log of [...logs, openLog(store)]) expect(await log.all(SCOPE)).toEqual(newestFirst(all));
});

it("reads again only what has changed, and for a few entries only the pages they are on", async () => {
  const counted = countingStore(await openStore());
  const elsewhere = openLog(counted.store);
  await fill(elsewhere, notes(0, 1000));
  const log = openLog(counted.store);
  counted.read.length = 0;

  const few: string[] = [];
  for await (const { id } of log.walk(SCOPE, { after: note(950) })) if (few.push(id) === 60) break;
  expect(few).toEqual(newestFirst(notes(890, 950)).map(({ id }) => id));
  expect(counted.read).toEqual([`${SCOPE}/9`, `${SCOPE}/8`]);
  await log.all(SCOPE);
  expect(counted.read.toSorted()).toEqual(Array.from({ length: 10 }, (_, page) => `${SCOPE}/${page}`));

  counted.read.length = 0;
  const before = await log.all(SCOPE);
  expect(await log.all(SCOPE)).toBe(before);
  expect(counted.read).toEqual([]);
  await elsewhere.change(SCOPE, note(450).id, (entry) => ({ ...entry, text: "changed" }));
  counted.read.length = 0;
  expect((await log.all(SCOPE)).find(({ text }) => text === "changed")?.id).toBe(note(450).id);
  expect(counted.read).toEqual([`${SCOPE}/4`]);
});

it("is a Map in order, for every process that looks into it", { timeout: 60_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), fc.constantFrom(0, 97), async (steps, filled) => {
      const store = await createStore({ url: "memory:" });
      const logs = [openLog(store), openLog(store)] as const;
      await fill(logs[0], notes(0, filled));
      const model = new Map(notes(0, filled).map((entry) => [entry.id, entry]));
      const pageOf = new Map<number, number>();
      for (const taken of steps) {
        await take(taken, logs[taken.process === 0 ? 0 : 1], pageOf);
        takeInModel(taken, model);
        const expected = newestFirst([...model.values()]);
        for (const log of logs) expect(await log.all(SCOPE)).toEqual(expected);
      }
      const expected = newestFirst([...model.values()]);
      for (let place = 0; place <= expected.length; place += 1 + Math.floor(filled / 9)) {
        const after = expected[place - 1];
        const from = after ? { after } : {};
        expect(await idsOf(logs[1].walk(SCOPE, from))).toEqual(idsIn(expected.slice(place)));
        const before = expected.slice(0, after ? place - 1 : undefined).toReversed();
        expect(await idsOf(logs[1].walk(SCOPE, { order: "oldest", ...from }))).toEqual(idsIn(before));
      }
      await store.close();
    }),
  );
});

const removed = note(42);
const operations: Record<string, { run: (log: PagedLog<Note>) => Promise<unknown>; done: Note[] }> = {
  append: { run: (log) => log.append(SCOPE, 1, note(300)), done: [...notes(0, 200), note(300)] },
  "append to a page that is there": {
    run: (log) => log.append(SCOPE, 0, note(300)),
    done: [...notes(0, 200), note(300)],
  },
  "turn of the page": { run: (log) => add(log, note(300)), done: [...notes(0, 200), note(300)] },
  change: {
    run: (log) => log.change(SCOPE, removed.id, (entry) => ({ ...entry, text: "changed" })),
    done: notes(0, 200).map((entry) => (entry.id === removed.id ? { ...entry, text: "changed" } : entry)),
  },
  remove: {
    run: (log) => log.remove(SCOPE, removed.id),
    done: notes(0, 200).filter(({ id }) => id !== removed.id),
  },
  clear: { run: (log) => log.clear(SCOPE), done: [] },
};

it.each(Object.keys(operations))(
  "dying in the %s does no harm, and doing it again completes it",
  async (name) => {
    const operation = operations[name];
    if (!operation) throw new Error(name);
    let died = true;
    for (let moment = 1; died; moment++) {
      const store = await createStore({ url: "memory:" });
      const survivor = openLog(store);
      await fill(survivor, notes(0, 200));
      expect(await survivor.all(SCOPE)).toHaveLength(200);
      died = !(await liveWith(store, moment, (mortal) => operation.run(openLog(mortal))));

      // Whatever was kept before, everybody sees what is there.
      expect(await survivor.all(SCOPE)).toEqual(await openLog(store).all(SCOPE));
      await operation.run(survivor);
      for (const log of [survivor, openLog(store)]) {
        expect(await log.all(SCOPE)).toEqual(newestFirst(operation.done));
        // What was read can be kept again.
        expect(await log.all(SCOPE)).toBe(await log.all(SCOPE));
      }
      await add(survivor, note(400));
      expect(await openLog(store).all(SCOPE)).toEqual(newestFirst([...operation.done, note(400)]));
      await store.close();
    }
  },
);
