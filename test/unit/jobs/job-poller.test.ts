import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ServiceError } from "../../../src/errors.ts";
import type { Job } from "../../../src/jobs/job.ts";
import { createJobPoller } from "../../../src/jobs/job-poller.ts";
import { createJobStore } from "../../../src/jobs/job-store.ts";
import { createStore } from "../../../src/store/create-store.ts";
import type { VideosClient } from "../../../src/videos/videos-client.ts";
import { createFakeVideosClient } from "../../fakes/fake-videos-client.ts";
import { aJob } from "../../fixtures/jobs.ts";

const problem = (code: string, retryable: boolean) => new ServiceError("videos", code, "No.", { retryable });

const TIMEOUT_MS = 7_200_000;

/** A poller over `count` jobs that render, each with its video at the backend. */
async function createScene(count: number, wrap: (videos: VideosClient) => VideosClient = (videos) => videos) {
  const jobs = createJobStore({ store: await createStore({ url: "memory:" }), now: Date.now });
  const videos = createFakeVideosClient();
  /** Where the poller's clock stands, and how long the backend wants to hear nothing. */
  const clock = { now: 1_000 };
  const silence = { ms: 0 };
  const shown: Job[] = [];
  const handed: string[] = [];
  const poller = createJobPoller({
    jobs,
    videos: wrap(videos),
    board: {
      show: async (job) => void shown.push(job),
      post: () => Promise.reject(new Error("Nothing is posted by the poller.")),
      finish: () => Promise.reject(new Error("Nothing is finished by the poller.")),
    },
    queue: { start() {}, add: (jobId) => void handed.push(jobId), wake() {}, stop: async () => {} },
    pace: { pollWaitMs: () => silence.ms },
    intervalMs: 60_000,
    timeoutMs: TIMEOUT_MS,
    now: () => clock.now,
    logger: pino({ level: "silent" }),
  });
  for (let n = 1; n <= count; n++) {
    const { id, status } = videos.add();
    await jobs.insert(
      aJob({ id: `job${n}`, createdAt: n, phase: "rendering", video: { id, status, progress: 0 } }),
    );
  }
  const videoOf = async (jobId: string) => (await jobs.get(jobId))?.video?.id ?? "";
  return { jobs, videos, poller, shown, handed, videoOf, clock, silence };
}

describe("a tick", () => {
  it("asks nothing where nothing renders", async () => {
    const { poller, videos } = await createScene(0);
    await poller.tick();
    expect(videos.calls).toMatchObject({ list: 0, retrieve: 0 });
  });

  it("costs ten requests for a thousand jobs", async () => {
    const { poller, videos, jobs } = await createScene(1000);
    for (const { id } of videos.all()) videos.move(id, { status: "in_progress", progress: 40 });
    await poller.tick();
    expect(videos.calls).toMatchObject({ list: 10, retrieve: 0 });
    expect((await jobs.active()).every(({ video }) => video?.progress === 40)).toBe(true);
  });

  it("retrieves only what the pages did not show, among the videos of others", async () => {
    const { poller, videos, jobs } = await createScene(3);
    const all = await jobs.active();
    for (let n = 0; n < 1000; n++) videos.add();
    const fresh = videos.add({ status: "in_progress", progress: 70 });
    await jobs.insert(aJob({ id: "fresh", phase: "rendering", video: { id: fresh.id, status: "queued" } }));
    await poller.tick();
    expect(videos.calls).toMatchObject({ list: 3, retrieve: all.length });
    expect((await jobs.get("fresh"))?.video?.progress).toBe(70);
  });

  it("stops turning pages when it has seen all", async () => {
    const { poller, videos } = await createScene(1);
    const others = Array.from({ length: 150 }, () => videos.add());
    await poller.tick();
    expect(videos.calls.list).toBe(2);
    for (const { id } of others) videos.remove(id);
    await poller.tick();
    expect(videos.calls.list).toBe(3);
  });

  it("finds its videos in whatever order a backend lists them", async () => {
    const { poller, videos, jobs } = await createScene(250, (client) => ({
      ...client,
      async list(page) {
        const { videos: found, more } = await client.list(page);
        const last = found.at(-1);
        return { videos: last ? [...found.slice(0, -1).sort(() => Math.random() - 0.5), last] : [], more };
      },
    }));
    for (const { id } of videos.all()) videos.move(id, { progress: 9 });
    await poller.tick();
    expect(videos.calls.retrieve).toBe(0);
    expect((await jobs.active()).every(({ video }) => video?.progress === 9)).toBe(true);
  });

  it("shows progress, hands over what is completed, and what failed with its reason", async () => {
    const { poller, videos, jobs, shown, handed, videoOf } = await createScene(3);
    videos.move(await videoOf("job1"), { status: "in_progress", progress: 30 });
    videos.complete(await videoOf("job2"));
    videos.fail(await videoOf("job3"), { code: "moderation_blocked", message: "no" });
    await poller.tick();
    expect(shown.map(({ id, video }) => [id, video?.progress])).toEqual([["job1", 30]]);
    expect(handed.sort()).toEqual(["job2", "job3"]);
    expect((await jobs.get("job2"))?.phase).toBe("downloading");
    expect((await jobs.get("job3"))?.failure?.code).toBe("moderation_blocked");
  });

  it("fails a job whose video is gone for certain", async () => {
    const { poller, videos, jobs, videoOf } = await createScene(2);
    videos.remove(await videoOf("job1"));
    await poller.tick();
    expect((await jobs.get("job1"))?.failure?.code).toBe("video_gone");
    expect((await jobs.get("job2"))?.phase).toBe("rendering");
  });
});

describe("when the backend has trouble", () => {
  it("does not ask for a thousand jobs one by one because the list failed", async () => {
    const { poller, videos, jobs } = await createScene(1000);
    videos.refuse("list", problem("unavailable", true));
    await poller.tick();
    expect(videos.calls).toMatchObject({ list: 1, retrieve: 0 });
    expect(await jobs.active()).toHaveLength(1000);
  });

  it("does not take a refused key for a backend without a list", async () => {
    const { poller, videos } = await createScene(5);
    videos.refuse("list", problem("invalid_api_key", false));
    await poller.tick();
    expect(videos.calls.retrieve).toBe(0);
  });

  it("uses the pages that came before one that failed", async () => {
    let pages = 0;
    const { poller, videos, jobs } = await createScene(250, (client) => ({
      ...client,
      list: (page) => (++pages === 3 ? Promise.reject(problem("unavailable", true)) : client.list(page)),
    }));
    for (const { id } of videos.all()) videos.move(id, { progress: 20 });
    await poller.tick();
    expect(videos.calls.retrieve).toBe(0);
    expect((await jobs.active()).filter(({ video }) => video?.progress === 20)).toHaveLength(200);
  });

  it("goes on with the others when one cannot be retrieved, for whatever reason", async () => {
    const { poller, videos, jobs, videoOf } = await createScene(3, (client) => ({
      ...client,
      list: () => Promise.reject(problem("not_supported", false)),
      async retrieve(id) {
        if (id === "video_0001") throw problem("unavailable", true);
        if (id === "video_0002") throw new TypeError("a bug");
        return client.retrieve(id);
      },
    }));
    videos.complete(await videoOf("job3"));
    await poller.tick();
    expect((await jobs.active()).map(({ phase }) => phase)).toEqual([
      "rendering",
      "rendering",
      "downloading",
    ]);
  });
});

describe("a backend without a list", () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] }));
  afterEach(() => void vi.useRealTimers());

  const withoutList = (videos: VideosClient): VideosClient => ({
    ...videos,
    list: () => Promise.reject(problem("not_supported", false)),
  });

  it("is asked for a few at once", async () => {
    const { poller, videos, jobs } = await createScene(8, withoutList);
    for (const { id } of videos.all()) videos.move(id, { progress: 20 });
    await poller.tick();
    expect((await jobs.active()).every(({ video }) => video?.progress === 20)).toBe(true);
  });

  it("is asked for many one by one, spread over the interval", async () => {
    const asked: number[] = [];
    const start = Date.now();
    const { poller } = await createScene(40, (videos) => ({
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
    const { poller, videos, jobs } = await createScene(40, (client) => ({
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
    const { poller, videos } = await createScene(40, withoutList);
    poller.start();
    await vi.advanceTimersByTimeAsync(6_000);
    await poller.stop();
    expect(videos.calls.retrieve).toBe(5);
  });
});

describe("a video that takes too long", () => {
  it("is given up, and stopped where the backend can do that", async () => {
    const { poller, videos, jobs, clock, videoOf, handed } = await createScene(2);
    videos.complete(await videoOf("job2"));
    clock.now = TIMEOUT_MS + 2;
    await poller.tick();
    expect((await jobs.get("job1"))?.failure?.code).toBe("timed_out");
    expect((await jobs.get("job2"))?.phase).toBe("downloading");
    expect(handed.sort()).toEqual(["job1", "job2"]);
    expect(videos.calls.delete).toBe(1);
  });

  it("counts from when it was asked for, not from when it began to wait", async () => {
    const { poller, jobs, clock } = await createScene(1);
    await jobs.update("job1", (job) => ({ ...job, createSentAt: 5_000_000 }));
    clock.now = 5_000_000 + TIMEOUT_MS - 1;
    await poller.tick();
    expect((await jobs.get("job1"))?.phase).toBe("rendering");
    clock.now++;
    await poller.tick();
    expect((await jobs.get("job1"))?.failure?.code).toBe("timed_out");
  });

  it("is not given up for a day while the backend says nothing: it may be done", async () => {
    const { poller, videos, jobs, clock } = await createScene(1);
    videos.refuse("list", problem("unavailable", true), 3);
    clock.now = TIMEOUT_MS + 24 * 3_600_000;
    await poller.tick();
    expect((await jobs.get("job1"))?.phase).toBe("rendering");
    clock.now += 1;
    await poller.tick();
    expect((await jobs.get("job1"))?.failure?.code).toBe("timed_out");
  });
});

it("asks nothing while the backend wants silence", async () => {
  const { poller, videos, silence } = await createScene(1);
  silence.ms = 5_000;
  await poller.tick();
  expect(videos.calls.list).toBe(0);
  silence.ms = 0;
  await poller.tick();
  expect(videos.calls.list).toBe(1);
});

describe("stopping", () => {
  it("ends the waiting at once and finishes the tick under way", async () => {
    let answer = () => {};
    const asked = Promise.withResolvers<void>();
    const { poller, videos, jobs } = await createScene(1, (client) => ({
      ...client,
      async list(page) {
        asked.resolve();
        await new Promise<void>((resolve) => {
          answer = resolve;
        });
        return client.list(page);
      },
    }));
    for (const { id } of videos.all()) videos.move(id, { progress: 50 });
    poller.start();
    await asked.promise;
    const stopped = poller.stop();
    answer();
    await stopped;
    expect((await jobs.get("job1"))?.video?.progress).toBe(50);
    expect(videos.calls.list).toBe(1);
  });
});
