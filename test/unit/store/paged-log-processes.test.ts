import fc from "fast-check";
import { expect, it } from "vitest";
import { createStore } from "../../../src/store/create-store.ts";
import { interrupted } from "../../fixtures/mortal-store.ts";
import {
  documentsIn,
  newestFirst,
  openLog,
  SCOPE,
  type Step,
  step,
  stepNote,
  take,
  takeInModel,
} from "../../fixtures/notes.ts";
import { scheduledStore } from "../../fixtures/scheduled-store.ts";

it("looks the same to everybody whoever came first, and loses track of no page", {
  timeout: 60_000,
}, async () => {
  const steps = fc.array(step, { minLength: 2, maxLength: 12 });
  const reader = fc.array(fc.nat(1), { maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), steps, reader, async (scheduler, taken, readers) => {
      const store = await createStore({ url: "memory:" });
      const scheduled = scheduledStore(store, scheduler);
      const logs = [openLog(scheduled), openLog(scheduled)] as const;
      const logOf = (process: number) => logs[process === 0 ? 0 : 1];
      const pageOf = new Map<number, number>();
      const work = Promise.all([
        // Clearing meets everything else more often here.
        ...[...taken, { kind: "clear" as const, n: 0, process: 1 }].map((one) =>
          take(one, logOf(one.process), pageOf),
        ),
        ...readers.map((process) => logOf(process).all(SCOPE)),
      ]);
      await scheduler.waitFor(work);

      const there = await openLog(store).all(SCOPE);
      for (const log of logs) expect(await scheduler.waitFor(log.all(SCOPE))).toEqual(there);
      await openLog(store).clear(SCOPE);
      expect(await documentsIn(store)).toEqual([]);
      await store.close();
    }),
  );
});

const known = [0, 1, 2].map(stepNote);
const nameOf = ({ kind, n }: Step) => `${kind} ${n}`;
const short: Step[] = (["add", "change", "remove", "clear"] as const).flatMap((kind) =>
  [1, 7].map((n) => ({ kind, n, process: 0 })),
);
const pairs = short.flatMap((first) =>
  short.map((second) => ({ first, second, of: [first, second].map(nameOf) })),
);

it.each(pairs)(
  "is the same as one after the other when others come between: $of",
  async ({ first, second }) => {
    const outcomes = [
      [first, second],
      [second, first],
    ].map((steps) => {
      const model = new Map(known.map((entry) => [entry.id, entry]));
      for (const one of steps) takeInModel(one, model);
      return newestFirst([...model.values()]);
    });
    let came = true;
    for (let moment = 1; came; moment++) {
      const store = await createStore({ url: "memory:" });
      const other = openLog(store);
      for (const entry of known) await other.append(SCOPE, 0, entry);
      const pageOf = new Map(known.map((_, n) => [n, 0]));
      came = await interrupted(
        store,
        moment,
        (paused) => take(first, openLog(paused), pageOf),
        async () => {
          await other.all(SCOPE);
          await take(second, other, pageOf);
          await other.all(SCOPE);
        },
      );
      if (!came) break;
      const there = await openLog(store).all(SCOPE);
      expect(outcomes).toContainEqual(there);
      expect(await other.all(SCOPE)).toEqual(there);
      await other.clear(SCOPE);
      expect(await documentsIn(store)).toEqual([]);
      await store.close();
    }
  },
);
