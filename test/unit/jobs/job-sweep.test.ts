import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Phase } from "../../../src/jobs/job.ts";
import { createJobStore } from "../../../src/jobs/job-store.ts";
import { createJobSweep } from "../../../src/jobs/job-sweep.ts";
import { createWaitingLine } from "../../../src/jobs/waiting-line.ts";
import { createInProcessQueue } from "../../../src/queue/in-process-queue.ts";
import { createRepetition } from "../../../src/repeat.ts";
import { createStore } from "../../../src/store/create-store.ts";
import { problem } from "../../fixtures/bot-scene.ts";
import { aJob } from "../../fixtures/jobs.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
});
afterEach(() => {
  vi.useRealTimers();
});

const logger = pino({ level: "silent" });
const line = createWaitingLine({ maxActive: 100, onTurn() {}, onMoved() {} });

async function createScene() {
  const jobs = createJobStore({ store: await createStore({ url: "memory:" }), now: Date.now });
  const handed: string[] = [];
  const queue = { add: (id: string) => void handed.push(id) };
  const insert = (id: string, phase: Phase) =>
    jobs.insert(aJob({ id, phase, createdAt: Date.now(), updatedAt: Date.now() }));
  return {
    jobs,
    insert,
    sweep: createRepetition(createJobSweep({ jobs, queue, line, alone: true, now: Date.now, logger })),
    /** What was handed over since the last look. */
    handed: () => handed.splice(0).sort(),
  };
}

describe("sweep", () => {
  it("takes up at the start whatever a dead process left, but what renders", async () => {
    const { insert, sweep, handed } = await createScene();
    for (const phase of [
      "accepted",
      "posted",
      "creating",
      "rendering",
      "downloading",
      "delivering",
      "failing",
    ] as const)
      await insert(phase, phase);
    for (const phase of ["delivered", "failed"] as const) await insert(phase, phase);
    sweep.start();
    await vi.advanceTimersByTimeAsync(0);
    expect(handed()).toEqual(["accepted", "creating", "delivering", "downloading", "failing", "posted"]);
    await sweep.stop();
  });

  it("leaves a request that is being answered the time for it", async () => {
    const { insert, sweep, handed } = await createScene();
    sweep.start();
    await vi.advanceTimersByTimeAsync(5000);
    await insert("answering", "accepted");
    await insert("forgotten", "posted");
    await vi.advanceTimersByTimeAsync(5000);
    expect(handed()).toEqual(["forgotten"]);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(handed()).toEqual(["answering", "forgotten"]);
    await sweep.stop();
  });

  it("goes on after trouble, and ends at once when it is stopped", async () => {
    const { jobs, insert, handed } = await createScene();
    await insert("a", "posted");
    let trouble = 1;
    async function* eachActive() {
      if (trouble-- > 0) throw problem("conflict", true);
      yield* jobs.eachActive();
    }
    const queue = { start() {}, wake() {}, add: (id: string) => void seen.push(id), stop: async () => {} };
    const seen: string[] = [];
    const sweep = createRepetition(
      createJobSweep({ jobs: { ...jobs, eachActive }, queue, line, alone: true, now: Date.now, logger }),
    );
    sweep.start();
    await vi.advanceTimersByTimeAsync(9999);
    expect(seen).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(seen).toEqual(["a"]);
    await sweep.stop();
    expect(vi.getTimerCount()).toBe(0);
    expect(handed()).toEqual([]);
  });

  it("does not shorten the wait of a job that backs off", async () => {
    const { jobs, insert } = await createScene();
    await insert("a", "posted");
    const queue = createInProcessQueue({ concurrency: 1, logger });
    let tries = 0;
    queue.start(() => {
      tries++;
      return Promise.reject(problem("busy", true, 60_000));
    });
    const sweep = createRepetition(createJobSweep({ jobs, queue, line, alone: true, now: Date.now, logger }));
    sweep.start();
    await vi.advanceTimersByTimeAsync(59_999);
    expect(tries).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(tries).toBe(2);
    await sweep.stop();
    await queue.stop(0);
  });
});
