import { describe, expect, it } from "vitest";
import { creating, type Job } from "../../../src/jobs/job.ts";
import { createJobStore } from "../../../src/jobs/job-store.ts";
import { findLostVideo } from "../../../src/jobs/lost-video.ts";
import { createStore } from "../../../src/store/create-store.ts";
import type { Video } from "../../../src/videos/video.ts";
import { createFakeVideosClient } from "../../fakes/fake-videos-client.ts";
import { aJob } from "../../fixtures/jobs.ts";

const sentAt = Date.UTC(2030, 0, 1);
const lost = creating(aJob(), sentAt);
const remixOf = (sourceVideoId: string): Job => ({
  ...lost,
  request: { ...lost.request, operation: "remix", parentJobId: "p", sourceVideoId },
});

/** Looks for a job's video among those; `others` are more jobs there are. */
async function find(found: Partial<Video>[], { job = lost, others = [] as Job[], owner = "" } = {}) {
  const jobs = createJobStore({ store: await createStore({ url: "memory:" }), now: () => sentAt });
  const videos = createFakeVideosClient({ now: () => sentAt });
  for (const known of [job, ...others]) await jobs.insert(known);
  const prompt = lost.request.prompt;
  for (const video of found) videos.add({ prompt, ...video });
  if (owner !== "") await jobs.claimVideo("video_0001", owner);
  return (await findLostVideo(job, { videos, jobs }))?.id;
}

describe("findLostVideo", () => {
  it("adopts the one video that matches", async () => {
    expect(await find([{}])).toBe("video_0001");
    expect(await find([{}, { prompt: "something else" }])).toBe("video_0001");
    expect(await find([{ remixedFrom: "v1" }], { job: remixOf("v1") })).toBe("video_0001");
  });

  it.each<[string, Partial<Video>]>([
    ["another prompt", { prompt: "a red kite" }],
    ["no prompt", { prompt: undefined }],
    ["another model", { model: "sora-2-pro" }],
    ["another length", { seconds: "8" }],
    ["another size", { size: "1280x720" }],
    ["a parent", { remixedFrom: "v1" }],
    ["an earlier time", { createdAt: sentAt - 61_000 }],
    ["no time", { createdAt: undefined }],
  ])("does not adopt one with %s", async (_, video) => {
    expect(await find([video])).toBeUndefined();
  });

  it("allows for clocks that differ and for backends that leave things out", async () => {
    expect(await find([{ createdAt: sentAt - 59_000 }])).toBe("video_0001");
    expect(await find([{ model: undefined, seconds: undefined, size: undefined }])).toBe("video_0001");
  });

  it("does not adopt a remix of another video", async () => {
    expect(await find([{ remixedFrom: "v2" }], { job: remixOf("v1") })).toBeUndefined();
  });

  it("does not guess between two, but knows whose the others are", async () => {
    expect(await find([{}, {}])).toBeUndefined();
    expect(await find([{}, {}], { owner: "another" })).toBe("video_0002");
    expect(await find([{}], { owner: "another" })).toBeUndefined();
    expect(await find([{}], { owner: lost.id })).toBe("video_0001");
  });

  it("adopts none that another lost job could claim just as well", async () => {
    const twin = { ...lost, id: "twin" };
    expect(await find([{}], { others: [twin] })).toBeUndefined();
    expect(await find([{}], { others: [{ ...twin, phase: "posted" }] })).toBe("video_0001");
    expect(await find([{}], { others: [{ ...twin, request: { ...twin.request, prompt: "other" } }] })).toBe(
      "video_0001",
    );
  });

  it("looks past the first page, as far back as the create", async () => {
    const others = Array.from({ length: 150 }, () => ({ prompt: "other" }));
    expect(await find([{}, ...others])).toBe("video_0001");
  });
});
