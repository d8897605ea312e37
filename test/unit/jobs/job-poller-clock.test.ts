import { pino } from "pino";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { createJobPoller } from "../../../src/jobs/job-poller.ts";
import { createJobStore } from "../../../src/jobs/job-store.ts";
import { createRepetition } from "../../../src/repeat.ts";
import { createStore } from "../../../src/store/create-store.ts";
import { createFakeVideosClient } from "../../fakes/fake-videos-client.ts";
import { aJob } from "../../fixtures/jobs.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] }));
afterEach(() => void vi.useRealTimers());

it("a clock that is set back while videos are asked for does not stop the asking", async () => {
  const jobs = createJobStore({ store: await createStore({ url: "memory:" }), now: Date.now });
  const videos = createFakeVideosClient();
  videos.lack("list");
  const nobody = () => Promise.reject(new Error("Nothing is posted or finished here."));
  const poller = createJobPoller({
    ...{
      jobs,
      videos,
      now: Date.now,
      since: (at: number) => Date.now() - at,
      intervalMs: 60_000,
      timeoutMs: 7_200_000,
    },
    board: { show: async () => {}, showLater() {}, post: nobody, finish: nobody },
    queue: { add() {} },
    pace: { pollWaitMs: () => 0 },
    logger: pino({ level: "silent" }),
  });
  for (let n = 0; n < 10; n++) {
    const { id, status } = videos.add();
    await jobs.insert(
      aJob({ id: `job${n}`, createdAt: Date.now(), phase: "rendering", video: { id, status } }),
    );
  }
  const rounds = createRepetition(poller.round);
  rounds.start();
  await vi.advanceTimersByTimeAsync(30_000);
  vi.setSystemTime(Date.now() - 3_600_000);
  await vi.advanceTimersByTimeAsync(180_000);
  expect(videos.calls.retrieve).toBeGreaterThan(10);
  poller.stop();
  await rounds.stop();
});
