import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { isCharged } from "../../../src/jobs/job.ts";
import { createRepetition } from "../../../src/repeat.ts";
import type { VideosClient } from "../../../src/videos/videos-client.ts";
import { createPollerScene, problem, TIMEOUT_MS } from "../../fixtures/poller-scene.ts";

describe("a backend without a list", () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] }));
  afterEach(() => void vi.useRealTimers());

  const withoutList = (videos: VideosClient): VideosClient => ({
    ...videos,
    list: () => Promise.reject(problem("not_supported", false)),
  });

  it("is asked for a few at once", async () => {
    const { poller, videos, jobs } = await createPollerScene(8, withoutList);
    for (const { id } of videos.all()) videos.move(id, { progress: 20 });
    await poller.tick();
    expect((await jobs.active()).every(({ video }) => video?.progress === 20)).toBe(true);
  });

  it("is asked for many one by one, spread over the interval", async () => {
    const asked: number[] = [];
    const start = Date.now();
    const { poller } = await createPollerScene(40, (videos) => ({
      ...withoutList(videos),
      retrieve(id) {
        asked.push(Date.now() - start);
        return videos.retrieve(id);
      },
    }));
    const over = poller.tick();
    await vi.advanceTimersByTimeAsync(60_000);
    await over;
    expect(asked).toEqual(Array.from({ length: 40 }, (_, index) => (index * 60_000) / 40));
  });

  it("has eight requests open at most, however slow it is", async () => {
    let open = 0;
    let most = 0;
    const { poller, videos, jobs } = await createPollerScene(40, (client) => ({
      ...withoutList(client),
      async retrieve(id) {
        most = Math.max(most, ++open);
        await new Promise((resolve) => setTimeout(resolve, 30_000));
        open--;
        return client.retrieve(id);
      },
    }));
    for (const { id } of videos.all()) videos.move(id, { progress: 20 });
    const over = poller.tick();
    await vi.advanceTimersByTimeAsync(300_000);
    await over;
    expect(most).toBe(8);
    expect((await jobs.active()).every(({ video }) => video?.progress === 20)).toBe(true);
  });

  it("holds up nobody who stops", async () => {
    const { poller, videos } = await createPollerScene(40, withoutList);
    const rounds = createRepetition(poller.round);
    rounds.start();
    await vi.advanceTimersByTimeAsync(6_000);
    poller.stop();
    await rounds.stop();
    expect(videos.calls.retrieve).toBe(5);
  });
});

describe("a video that takes too long", () => {
  it("is given up, and counted where nobody can say that it was stopped", async () => {
    const { poller, videos, jobs, clock, videoOf, handed } = await createPollerScene(2);
    videos.complete(await videoOf("job2"));
    clock.now = TIMEOUT_MS + 2;
    await poller.tick();
    const job = await jobs.get("job1");
    expect(job?.failure?.code).toBe("timed_out");
    expect(job && isCharged(job)).toBe(true);
    expect((await jobs.get("job2"))?.phase).toBe("downloading");
    expect(handed.sort()).toEqual(["job1", "job2"]);
    expect(videos.calls.delete).toBe(1);
  });

  it("is stopped where the backend can do that, and counts for nothing then", async () => {
    const { poller, videos, jobs, clock } = await createPollerScene(1, (client) => ({
      ...client,
      delete: async (id) => {
        videos.remove(id);
        return "deleted";
      },
    }));
    clock.now = TIMEOUT_MS + 2;
    await poller.tick();
    const job = await jobs.get("job1");
    expect(job?.failure?.code).toBe("timed_out_stopped");
    expect(job && isCharged(job)).toBe(false);
    expect(videos.all()).toEqual([]);
  });

  it("counts from when it was asked for, not from when it began to wait", async () => {
    const { poller, jobs, clock } = await createPollerScene(1);
    await jobs.update("job1", (job) => ({ ...job, createSentAt: 5_000_000 }));
    clock.now = 5_000_000 + TIMEOUT_MS - 1;
    await poller.tick();
    expect((await jobs.get("job1"))?.phase).toBe("rendering");
    clock.now++;
    await poller.tick();
    expect((await jobs.get("job1"))?.failure?.code).toBe("timed_out");
  });

  it("is not given up for a day while the backend says nothing: it may be done", async () => {
    const { poller, videos, jobs, clock } = await createPollerScene(1);
    videos.refuse("list", problem("unavailable", true), 3);
    clock.now = TIMEOUT_MS + 24 * 3_600_000;
    await poller.tick();
    expect((await jobs.get("job1"))?.phase).toBe("rendering");
    clock.now += 1;
    await poller.tick();
    expect((await jobs.get("job1"))?.failure?.code).toBe("timed_out");
  });
});
