import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  created,
  creating,
  deleted,
  deleting,
  delivered,
  failed,
  failing,
  isEnded,
  type Job,
  observed,
  type Phase,
  posted,
  refused,
  remixed,
  stored,
} from "../../../src/jobs/job.ts";
import type { Video, VideoStatus } from "../../../src/videos/video.ts";
import { aJob } from "../../fixtures/jobs.ts";

const place = { platform: "web", workspace: "w1", channel: "c1", message: "m1" } as const;

/** Where each phase may lead. */
const next: Record<Phase, Phase[]> = {
  accepted: ["posted", "failing"],
  posted: ["creating", "failing", "deleting"],
  creating: ["posted", "rendering", "downloading", "failing"],
  rendering: ["downloading", "failing", "deleting"],
  downloading: ["delivering", "failing"],
  delivering: ["delivered", "failing"],
  delivered: ["deleting"],
  failing: ["failed", "deleting"],
  failed: ["deleting"],
  deleting: ["deleted"],
  deleted: [],
};

const aVideo = (change: Partial<Video> = {}): Video => ({
  id: "video_1",
  status: "queued",
  progress: 0,
  prompt: "a red kite over dunes",
  model: "sora-2",
  seconds: "4",
  size: "720x1280",
  createdAt: 1_000_000,
  completedAt: undefined,
  expiresAt: undefined,
  remixedFrom: undefined,
  links: [],
  error: undefined,
  ...change,
});

const video = fc
  .record({
    status: fc.constantFrom<VideoStatus>("queued", "in_progress", "completed", "failed"),
    progress: fc.oneof(fc.constant(undefined), fc.double({ min: -10, max: 250, noNaN: true })),
    error: fc.constantFrom(undefined, { code: "moderation_blocked", message: "no" }),
  })
  .map(aVideo);

/** Any transition, with a name for counterexamples. */
const transition: fc.Arbitrary<{ name: string; apply: (job: Job) => Job }> = fc.oneof(
  fc.constant({ name: "posted", apply: (job: Job) => posted(job, place) }),
  fc.constant({ name: "creating", apply: (job: Job) => creating(job, 2_000_000) }),
  fc.constant({ name: "refused", apply: refused }),
  video.map((seen) => ({ name: "created", apply: (job: Job) => created(job, seen) })),
  video.map((seen) => ({ name: "observed", apply: (job: Job) => observed(job, seen) })),
  fc.constant({
    name: "stored",
    apply: (job: Job) => stored(job, { video: { key: `${job.id}/video.mp4`, bytes: 1 } }),
  }),
  fc.constant({ name: "delivered", apply: (job: Job) => delivered(job, place, 3_000_000) }),
  fc.constant({ name: "failing", apply: (job: Job) => failing(job, { code: "x", message: "y" }) }),
  fc.constant({ name: "failed", apply: failed }),
  fc.constant({
    name: "deleting",
    apply: (job: Job) => deleting(job, { id: "ada", name: "Ada" }, 4_000_000),
  }),
  fc.constant({ name: "deleted", apply: deleted }),
  fc.constant({ name: "remixed", apply: (job: Job) => remixed(job, "child") }),
);

/** All states that a list of transitions leads through. */
function walk(steps: { apply: (job: Job) => Job }[]): Job[] {
  const jobs = [
    aJob({ phase: "accepted", destination: { platform: "web", workspace: "w1", channel: "c1" } }),
  ];
  for (const { apply } of steps) {
    const last = jobs.at(-1);
    if (last) jobs.push(apply(last));
  }
  return jobs;
}

const pairs = (jobs: Job[]) => jobs.slice(1).map((after, index) => ({ before: jobs[index], after }));

describe("transitions in any order", () => {
  const walks = fc.array(transition, { maxLength: 60 });

  it("never leave the lifecycle", () => {
    fc.assert(
      fc.property(walks, (steps) => {
        for (const { before, after } of pairs(walk(steps))) {
          if (before && before.phase !== after.phase) expect(next[before.phase]).toContain(after.phase);
        }
      }),
    );
  });

  it("never let progress go back, nor out of 0 to 100", () => {
    fc.assert(
      fc.property(walks, (steps) => {
        for (const { before, after } of pairs(walk(steps))) {
          const progress = after.video?.progress;
          if (progress !== undefined)
            expect(progress).toSatisfy((n: number) => Number.isInteger(n) && n >= 0 && n <= 100);
          // A new create starts from nothing.
          if (before?.video && before.phase === "rendering")
            expect(progress ?? 0).toBeGreaterThanOrEqual(before.video.progress ?? 0);
        }
      }),
    );
  });

  it("keep what each phase promises", () => {
    fc.assert(
      fc.property(walks, (steps) => {
        for (const job of walk(steps)) {
          if (["posted", "creating", "rendering"].includes(job.phase))
            expect(job.destination.message).toBe("m1");
          if (["creating", "rendering"].includes(job.phase)) expect(job.createSentAt).toBeDefined();
          if (["rendering", "downloading", "delivering", "delivered"].includes(job.phase))
            expect(job.video).toBeDefined();
          if (["delivering", "delivered"].includes(job.phase)) expect(job.media).toBeDefined();
          expect(job.failure !== undefined).toBe(job.phase === "failing" || job.phase === "failed");
          expect(isEnded(job)).toBe(["delivered", "failed", "deleted"].includes(job.phase));
        }
      }),
    );
  });

  it("give the very document back when there is nothing to write", () => {
    fc.assert(
      fc.property(walks, transition, (steps, { apply }) => {
        const job = apply(walk(steps).at(-1) ?? aJob());
        if (job.phase !== "creating" && job.phase !== "posted") expect(apply(job)).toBe(job);
      }),
    );
  });

  it("leave the document they are given as it was", () => {
    fc.assert(
      fc.property(walks, transition, (steps, { apply }) => {
        const job = walk(steps).at(-1) ?? aJob();
        const copy = structuredClone(job);
        apply(job);
        expect(job).toEqual(copy);
      }),
    );
  });
});

describe("observed", () => {
  const rendering = created(creating(aJob(), 2_000_000), aVideo());

  it("keeps the backend's reason, and has one where the backend gives none", () => {
    const error = { code: "moderation_blocked", message: "no" };
    expect(observed(rendering, aVideo({ status: "failed", error }))).toMatchObject({
      phase: "failing",
      failure: error,
    });
    expect(observed(rendering, aVideo({ status: "failed" })).failure?.message).toBe(
      "The backend gave no reason.",
    );
  });

  it("reports no progress where the backend reports none", () => {
    const silent = created(creating(aJob(), 2_000_000), aVideo({ progress: undefined }));
    expect(silent.video).not.toHaveProperty("progress");
  });

  it("ignores another video", () => {
    expect(observed(rendering, aVideo({ id: "video_2", status: "completed" }))).toBe(rendering);
  });
});
