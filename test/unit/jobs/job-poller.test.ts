import { describe, expect, it } from "vitest";
import { createRepetition } from "../../../src/repeat.ts";
import { aJob } from "../../fixtures/jobs.ts";
import { createPollerScene, problem } from "../../fixtures/poller-scene.ts";

describe("a tick", () => {
  it("asks nothing where nothing renders", async () => {
    const { poller, videos } = await createPollerScene(0);
    await poller.tick();
    expect(videos.calls).toMatchObject({ list: 0, retrieve: 0 });
  });

  it("costs ten requests for a thousand jobs", async () => {
    const { poller, videos, jobs } = await createPollerScene(1000);
    for (const { id } of videos.all()) videos.move(id, { status: "in_progress", progress: 40 });
    await poller.tick();
    expect(videos.calls).toMatchObject({ list: 10, retrieve: 0 });
    expect((await jobs.active()).every(({ video }) => video?.progress === 40)).toBe(true);
  });

  it("retrieves only what the pages did not show, among the videos of others", async () => {
    const { poller, videos, jobs } = await createPollerScene(3);
    const all = await jobs.active();
    for (let n = 0; n < 1000; n++) videos.add();
    const fresh = videos.add({ status: "in_progress", progress: 70 });
    await jobs.insert(aJob({ id: "fresh", phase: "rendering", video: { id: fresh.id, status: "queued" } }));
    await poller.tick();
    expect(videos.calls).toMatchObject({ list: 3, retrieve: all.length });
    expect((await jobs.get("fresh"))?.video?.progress).toBe(70);
  });

  it("stops turning pages when it has seen all", async () => {
    const { poller, videos } = await createPollerScene(1);
    const others = Array.from({ length: 150 }, () => videos.add());
    await poller.tick();
    expect(videos.calls.list).toBe(2);
    for (const { id } of others) videos.remove(id);
    await poller.tick();
    expect(videos.calls.list).toBe(3);
  });

  it("finds its videos in whatever order a backend lists them", async () => {
    const { poller, videos, jobs } = await createPollerScene(250, (client) => ({
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
    const { poller, videos, jobs, shown, handed, videoOf } = await createPollerScene(3);
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
    const { poller, videos, jobs, videoOf } = await createPollerScene(2);
    videos.remove(await videoOf("job1"));
    await poller.tick();
    expect((await jobs.get("job1"))?.failure?.code).toBe("video_gone");
    expect((await jobs.get("job2"))?.phase).toBe("rendering");
  });
});

describe("when the backend has trouble", () => {
  it("does not ask for a thousand jobs one by one because the list failed", async () => {
    const { poller, videos, jobs } = await createPollerScene(1000);
    videos.refuse("list", problem("unavailable", true));
    await poller.tick();
    expect(videos.calls).toMatchObject({ list: 1, retrieve: 0 });
    expect(await jobs.active()).toHaveLength(1000);
  });

  it("does not take a refused key for a backend without a list", async () => {
    const { poller, videos } = await createPollerScene(5);
    videos.refuse("list", problem("invalid_api_key", false));
    await poller.tick();
    expect(videos.calls.retrieve).toBe(0);
  });

  it("uses the pages that came before one that failed", async () => {
    let pages = 0;
    const { poller, videos, jobs } = await createPollerScene(250, (client) => ({
      ...client,
      list: (page) => (++pages === 3 ? Promise.reject(problem("unavailable", true)) : client.list(page)),
    }));
    for (const { id } of videos.all()) videos.move(id, { progress: 20 });
    await poller.tick();
    expect(videos.calls.retrieve).toBe(0);
    expect((await jobs.active()).filter(({ video }) => video?.progress === 20)).toHaveLength(200);
  });

  it("goes on with the others when one cannot be retrieved, for whatever reason", async () => {
    const { poller, videos, jobs, videoOf } = await createPollerScene(3, (client) => ({
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

it("asks nothing while the backend wants silence", async () => {
  const { poller, videos, silence } = await createPollerScene(1);
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
    const { poller, videos, jobs } = await createPollerScene(1, (client) => ({
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
    const rounds = createRepetition(poller.round);
    rounds.start();
    await asked.promise;
    poller.stop();
    const stopped = rounds.stop();
    answer();
    await stopped;
    expect((await jobs.get("job1"))?.video?.progress).toBe(50);
    expect(videos.calls.list).toBe(1);
  });
});
