import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  atCard,
  created,
  creating,
  deleted,
  deleting,
  delivered,
  failed,
  failing,
  fitted,
  isEnded,
  type Job,
  kept,
  moving,
  observed,
  type Phase,
  posted,
  refused,
  remixed,
  stored,
  tooLarge,
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

type Transition = { name: string; apply: (job: Job) => Job };

/** Those that lead on, with names for counterexamples. */
const onward: fc.Arbitrary<Transition> = fc.oneof(
  fc.constant({ name: "posted", apply: (job: Job) => posted(job, place) }),
  fc.constant({ name: "creating", apply: (job: Job) => creating(job, 2_000_000) }),
  fc.constant({ name: "refused", apply: refused }),
  video.map((seen) => ({ name: "created", apply: (job: Job) => created(job, seen) })),
  video.map((seen) => ({ name: "observed", apply: (job: Job) => observed(job, seen) })),
  fc.constant({
    name: "stored",
    apply: (job: Job) => stored(job, { video: { key: `${job.id}/video.mp4`, bytes: 1 } }),
  }),
  fc.constant({ name: "fitted", apply: (job: Job) => fitted(job, { key: "small.mp4", bytes: 1 }) }),
  fc.constant({ name: "tooLarge", apply: tooLarge }),
  fc
    .constantFrom("gone" as const, "no_access" as const)
    .map((why) => ({ name: `moving ${why}`, apply: (job: Job) => moving(job, why) })),
  fc.constant({ name: "atCard", apply: (job: Job) => atCard(job, { ...place, channel: "direct" }) }),
  fc.constant({ name: "kept", apply: kept }),
  fc.constant({ name: "delivered nowhere", apply: (job: Job) => delivered(job, undefined, 3_000_000) }),
  fc.constant({ name: "delivered", apply: (job: Job) => delivered(job, place, 3_000_000) }),
  fc.constant({ name: "failed", apply: failed }),
  fc.constant({ name: "deleted", apply: deleted }),
  fc.constant({ name: "remixed", apply: (job: Job) => remixed(job, "child") }),
);

/** Those that end it before its time. */
const ending: fc.Arbitrary<Transition> = fc.constantFrom(
  { name: "failing", apply: (job: Job) => failing(job, { code: "x", message: "y" }) },
  { name: "deleting", apply: (job: Job) => deleting(job, { id: "ada", name: "Ada" }, 4_000_000) },
);

/** Any transition; so few endings that many jobs come to a good one. */
const transition = fc.oneof({ weight: 40, arbitrary: onward }, { weight: 1, arbitrary: ending });

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

/** What counts, or takes the next way, each time that it is told. */
const COUNTING = ["fitted", "tooLarge", "moving gone", "moving no_access"];

describe("transitions in any order", () => {
  // Long enough that every phase is reached.
  const walks = fc.array(transition, { maxLength: 200, size: "max" });

  it("lead through every phase", () => {
    const reached = new Set<string>();
    fc.assert(
      fc.property(walks, (steps) => {
        for (const { phase } of walk(steps)) reached.add(phase);
      }),
    );
    expect([...reached].sort()).toEqual(Object.keys(next).sort());
  });

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
      fc.property(walks, transition, (steps, { name, apply }) => {
        const job = apply(walk(steps).at(-1) ?? aJob());
        if (COUNTING.includes(name)) return;
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
