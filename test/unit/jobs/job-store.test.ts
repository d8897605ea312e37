import { describe, expect, it } from "vitest";
import {
  created,
  creating,
  deleting,
  delivered,
  failed,
  failing,
  posted,
  stored,
} from "../../../src/jobs/job.ts";
import { createJobId, createJobStore, type HistoryScope } from "../../../src/jobs/job-store.ts";
import { createStore } from "../../../src/store/create-store.ts";
import type { Store } from "../../../src/store/store.ts";
import { here } from "../../fixtures/bot-scene.ts";
import { aJob } from "../../fixtures/jobs.ts";

async function createScene(wrap = (store: Store) => store) {
  const clock = { now: 5_000_000 };
  const store = await createStore({ url: "memory:" });
  return { clock, store, jobs: createJobStore({ store: wrap(store), now: () => clock.now }) };
}

/** The store, where writes to one collection fail. */
const failingAt =
  (name: string) =>
  (store: Store): Store => ({
    ...store,
    collection(definition) {
      const collection = store.collection(definition);
      const refuse = () => Promise.reject(new Error("The disk is full."));
      return definition.name === name ? { ...collection, insert: refuse, update: refuse } : collection;
    },
  });

describe("job store", () => {
  it("keeps a job that cannot be read among the active ones until somebody mends it", async () => {
    const { jobs, clock, store } = await createScene();
    await jobs.insert(aJob({ id: "well" }));
    const newer = store.collection<object>({ name: "job", version: 2 });
    const active = store.collection<object>({ name: "active", version: 1 });
    await active.insert("broken", { since: clock.now });
    await newer.insert("broken", {});
    await active.insert("nothing", { since: clock.now });
    clock.now += 3_600_000;
    expect((await jobs.active()).map(({ id }) => id)).toEqual(["well"]);
    expect(await active.get("broken")).toBeDefined();
    expect(await active.get("nothing")).toBeUndefined();
  });

  it("gives each change a revision and a time, and writes nothing for none", async () => {
    const { jobs, clock } = await createScene();
    await jobs.insert(aJob());
    clock.now++;
    expect(await jobs.update(aJob().id, (job) => creating(job, 1))).toMatchObject({
      revision: 2,
      updatedAt: 5_000_001,
    });
    clock.now++;
    expect(await jobs.update(aJob().id, (job) => creating(job, 2))).toMatchObject({
      revision: 2,
      updatedAt: 5_000_001,
    });
  });

  it("counts every one of many changes at once", async () => {
    const { jobs } = await createScene();
    await jobs.insert(aJob());
    await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        jobs.update(aJob().id, (job) => ({ ...job, remixes: [...job.remixes, `${n}`] })),
      ),
    );
    const job = await jobs.get(aJob().id);
    expect(job?.revision).toBe(21);
    expect(new Set(job?.remixes).size).toBe(20);
  });

  it("lists what is not ended, oldest first", async () => {
    const { jobs } = await createScene();
    for (const [id, createdAt] of [
      ["b", 2],
      ["a", 1],
      ["c", 3],
    ] as const)
      await jobs.insert(aJob({ id, createdAt }));
    expect((await jobs.active()).map(({ id }) => id)).toEqual(["a", "b", "c"]);
    await jobs.update("b", (job) => failed(failing(job, { code: "x", message: "" })));
    expect((await jobs.active()).map(({ id }) => id)).toEqual(["a", "c"]);
  });

  it("has a job whole or not at all", async () => {
    for (const name of ["active", "history", "history-page", "job"]) {
      const { jobs } = await createScene(failingAt(name));
      await expect(jobs.insert(aJob())).rejects.toThrow("The disk is full.");
      expect(await jobs.get(aJob().id)).toBeUndefined();
      expect(await jobs.active()).toEqual([]);
      const known = await jobs.history({ platform: "web", person: "ada" });
      expect(await jobs.getMany(known.map(({ id }) => id))).toEqual([]);
    }
  });

  it("forgets the entry of a job that never came, but not of one that is about to", async () => {
    const { jobs, store, clock } = await createScene(failingAt("job"));
    await expect(jobs.insert(aJob())).rejects.toThrow();
    const entries = async () =>
      (await Array.fromAsync(store.collection({ name: "active", version: 1 }).entries())).length;
    await jobs.active();
    expect(await entries()).toBe(1);
    clock.now += 60_001;
    await jobs.active();
    expect(await entries()).toBe(0);
  });

  it("knows whose a video is, for good", async () => {
    const { jobs } = await createScene();
    const claims = await Promise.all(["a", "b", "a"].map((id) => jobs.claimVideo("v", id)));
    expect(claims).toEqual([true, false, true]);
    expect(await jobs.ownerOf("v")).toBe("a");
    expect(await jobs.ownerOf("w")).toBeUndefined();
  });

  it("keeps the whole history of each person, channel and server, newest first", async () => {
    const { jobs } = await createScene();
    for (let n = 1; n <= 103; n++) await jobs.insert(aJob({ id: `job${n}`, createdAt: n }));
    const elsewhere = { ...aJob().destination, channel: "c2" };
    await jobs.insert(aJob({ id: "other", createdAt: 200, destination: elsewhere }));
    const idsOf = async (scope: HistoryScope) => (await jobs.history(scope)).map(({ id }) => id);
    const { platform, workspace, channel } = here;
    expect(await idsOf({ platform, person: "ada" })).toHaveLength(104);
    expect((await idsOf({ platform, workspace, channel })).slice(0, 2)).toEqual(["job103", "job102"]);
    expect((await idsOf({ platform, workspace }))[0]).toBe("other");
    expect(await idsOf({ platform, workspace: "w2" })).toEqual([]);
    expect(await idsOf({ platform, person: "bob" })).toEqual([]);
  });

  it("knows the job of a message, and forgets all of an erased one", async () => {
    const { jobs } = await createScene();
    const job = aJob({ phase: "delivered", video: { id: "v", status: "completed" } });
    await jobs.insert(job);
    await jobs.claimVideo("v", job.id);
    await jobs.noteMessage(job.destination, job.id);
    expect((await jobs.byMessage(job.destination))?.id).toBe(job.id);
    await jobs.erase(job);
    expect(await jobs.get(job.id)).toBeUndefined();
    expect(await jobs.byMessage(job.destination)).toBeUndefined();
    expect(await jobs.ownerOf("v")).toBeUndefined();
    expect(await jobs.history({ platform: here.platform, person: "ada" })).toEqual([]);
  });

  it("takes an ended job up again", async () => {
    const { jobs } = await createScene();
    await jobs.insert(aJob({ phase: "delivered" }));
    expect(await jobs.active()).toEqual([]);
    await jobs.revive(aJob().id, (job) => deleting(job, { id: "ada", name: "Ada" }, 5));
    expect(await jobs.active()).toMatchObject([{ phase: "deleting" }]);
  });

  it("keeps a finished job through its whole life", async () => {
    const { jobs } = await createScene();
    await jobs.insert(aJob({ phase: "accepted" }));
    const video = { id: "v", status: "completed", progress: 100, error: undefined } as const;
    const seen = { ...video, prompt: "p", model: "m", seconds: "4", size: "s", remixedFrom: undefined };
    const times = { createdAt: 1, completedAt: 2, links: [], expiresAt: 3 };
    const steps = [
      (job: ReturnType<typeof aJob>) => posted(job, aJob().destination),
      (job: ReturnType<typeof aJob>) => creating(job, 1),
      (job: ReturnType<typeof aJob>) => created(job, { ...seen, ...times }),
      (job: ReturnType<typeof aJob>) => stored(job, { video: { key: "k", bytes: 1 } }),
      (job: ReturnType<typeof aJob>) => delivered(job, aJob().destination, 9),
    ];
    for (const step of steps) await jobs.update(aJob().id, step);
    expect(await jobs.get(aJob().id)).toMatchObject({ phase: "delivered", revision: 6, deliveredAt: 9 });
    expect(await jobs.active()).toEqual([]);
  });
});

describe("createJobId", () => {
  it("makes ids that can be read aloud and do not repeat", () => {
    const ids = Array.from({ length: 1000 }, createJobId);
    expect(ids.every((id) => /^[0-9a-hjkmnp-tv-z]{10}$/.test(id))).toBe(true);
    expect(new Set(ids).size).toBe(1000);
  });
});
