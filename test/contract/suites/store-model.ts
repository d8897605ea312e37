import fc from "fast-check";
import { expect, it } from "vitest";
import type { Collection } from "../../../src/store/store.ts";
import type { StoreHarness } from "./store-suite.ts";

const TTL_MS = 1000;

interface Counter {
  n: number;
}

type Action = "insert" | "put" | "keep" | "add" | "drop" | "delete";

const change = fc.record({
  action: fc.constantFrom<Action>("insert", "put", "keep", "add", "drop", "delete"),
  key: fc.constantFrom("a", "b", "c:d"),
  n: fc.nat(9),
});
const wait = fc.record({ ms: fc.constantFrom(1, 499, 500, TTL_MS - 1, TTL_MS) });
const steps = fc.array(fc.oneof(change, wait), { maxLength: 40 });

/** The contract in a few lines: a Map with the age of each document. */
function createModel() {
  const documents = new Map<string, Counter & { age: number }>();
  const live = (key: string) => documents.get(key);
  const write = (key: string, n: number) => documents.set(key, { n, age: 0 });
  return {
    documents,
    wait(ms: number) {
      for (const [key, document] of documents) {
        document.age += ms;
        if (document.age >= TTL_MS) documents.delete(key);
      }
    },
    apply: {
      insert: (key: string, n: number) => !live(key) && write(key, n),
      put: write,
      keep: () => undefined,
      add: (key: string, n: number) => write(key, (live(key)?.n ?? 0) + n),
      drop: (key: string) => documents.delete(key),
      delete: (key: string) => documents.delete(key),
    } satisfies Record<Action, (key: string, n: number) => unknown>,
  };
}

const APPLY: Record<Action, (counters: Collection<Counter>, key: string, n: number) => Promise<unknown>> = {
  insert: (counters, key, n) => counters.insert(key, { n }),
  put: (counters, key, n) => counters.update(key, () => ({ n })),
  keep: (counters, key) => counters.update(key, (counter) => counter),
  add: (counters, key, n) => counters.update(key, (counter) => ({ n: (counter?.n ?? 0) + n })),
  drop: (counters, key) => counters.update(key, () => undefined),
  delete: (counters, key) => counters.delete(key),
};

/** Any sequence of calls leaves in the store what it leaves in the model. */
export function storeModel(kind: string, harness: StoreHarness): void {
  it(`${kind} store: is a Map whose documents age`, async () => {
    const store = await harness.open();
    let run = 0;
    await fc.assert(
      fc.asyncProperty(steps, async (taken) => {
        const model = createModel();
        const counters = store.collection<Counter>({ name: `run-${run++}`, version: 1, ttlMs: TTL_MS });
        for (const step of taken) {
          if ("ms" in step) {
            model.wait(step.ms);
            await harness.passTime(step.ms);
          } else {
            model.apply[step.action](step.key, step.n);
            await APPLY[step.action](counters, step.key, step.n);
          }
          const keys = ["a", "b", "c:d"];
          const expected = keys.map((key) => model.documents.get(key)?.n);
          expect((await counters.getMany(keys)).map((counter) => counter?.n)).toEqual(expected);
          expect(await Promise.all(keys.map(async (key) => (await counters.get(key))?.n))).toEqual(expected);
          const listed = new Map(await Array.fromAsync(counters.entries()));
          expect(keys.map((key) => listed.get(key)?.n)).toEqual(expected);
        }
      }),
    );
    await store.close();
  });
}
