import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { afterAll, expect, it, onTestFinished } from "vitest";
import { creating, failed, failing } from "../../src/jobs/job.ts";
import { createJobStore } from "../../src/jobs/job-store.ts";
import { createStore } from "../../src/store/create-store.ts";
import { aJob } from "../fixtures/jobs.ts";
import { documentsIn, openLog, SCOPE, step, stepNote, take } from "../fixtures/notes.ts";
import { startRedis } from "../fixtures/redis-server.ts";

const server = await startRedis();
afterAll(() => server.stop());

let databases = 0;
/** A database with nothing in it, and a way to open it. */
function newDatabase() {
  const url = `${server.url}/${databases++}`;
  return {
    url,
    async open() {
      const store = await createStore({ url });
      onTestFinished(() => store.close());
      return store;
    },
  };
}

it("counts each of two processes' changes to one document once", async () => {
  const { url, open } = newDatabase();
  const program = fileURLToPath(new URL("../fixtures/store-counter.ts", import.meta.url));
  const processes = [1, 2].map(() => spawn(process.execPath, [program, url, "300"], { stdio: "inherit" }));
  const exits = await Promise.all(processes.map(async (child) => (await once(child, "exit"))[0]));
  expect(exits).toEqual([0, 0]);
  const store = await open();
  expect(await store.collection({ name: "counter", version: 1 }).get("n")).toEqual({ count: 600 });
});

it("lets one of two stores insert", async () => {
  const { open } = newDatabase();
  const stores = await Promise.all([open(), open()]);
  for (let n = 0; n < 100; n++) {
    const tries = stores.map((store) => store.collection({ name: "seen", version: 1 }).insert(`${n}`, { n }));
    expect((await Promise.all(tries)).sort()).toEqual([false, true]);
  }
});

it("keeps logs that two processes write the same for both, and loses track of no page", async () => {
  const { open } = newDatabase();
  const stores = await Promise.all([open(), open()]);
  const steps = fc.array(step, { minLength: 2, maxLength: 24 });
  await fc.assert(
    fc.asyncProperty(steps, async (taken) => {
      const logs = stores.map(openLog);
      const pageOf = new Map<number, number>();
      await Promise.all(
        taken.map(async (one) => {
          const log = logs[one.process];
          if (log) await take(one, log, pageOf);
        }),
      );
      const [store] = stores;
      if (!store) return;
      const there = await openLog(store).all(SCOPE);
      for (const log of logs) expect(await log.all(SCOPE)).toEqual(there);
      if (taken.every(({ kind }) => kind === "add"))
        expect(there).toHaveLength(new Set(taken.map(({ n }) => stepNote(n).id)).size);
      await openLog(store).clear(SCOPE);
      expect(await documentsIn(store)).toEqual([]);
    }),
    { numRuns: 60 },
  );
});

it("shows every process the jobs that are under way", async () => {
  const { open } = newDatabase();
  const now = () => 5_000_000;
  const [here, there] = [await open(), await open()].map((store) => createJobStore({ store, now }));
  if (!here || !there) throw new Error("There are two stores.");
  await Promise.all(["a", "b", "c"].map((id) => here.insert(aJob({ id }))));
  await there.update("b", (job) => failed(failing(job, { code: "x", message: "It failed." })));
  await Promise.all([here, there].map((jobs) => jobs.update("a", (job) => creating(job, 1))));
  for (const jobs of [here, there]) {
    const active = await jobs.active();
    expect(active.map(({ id, phase }) => `${id} ${phase}`).sort()).toEqual(["a creating", "c posted"]);
  }
});
