import { describe, expect, it } from "vitest";
import { ServiceError } from "../../../src/errors.ts";
import { createBackendPace } from "../../../src/jobs/backend-pace.ts";

const problem = (code: string, retryAfterMs?: number) =>
  new ServiceError("videos", code, "No.", { retryable: true, retryAfterMs });
const busy = (retryAfterMs?: number) => problem("rate_limited", retryAfterMs);
const broke = problem("insufficient_quota");
const MINUTE = 60_000;

function createScene() {
  const clock = { now: 1_000_000 };
  const told: string[] = [];
  const pace = createBackendPace({
    now: () => clock.now,
    onStopped: () => told.push("stopped"),
    onResumed: () => told.push("resumed"),
    onAway: () => told.push("away"),
    onBack: () => told.push("back"),
  });
  const refusal = () => {
    try {
      pace.requireCreate();
      return undefined;
    } catch (error) {
      return error instanceof ServiceError ? { code: error.code, waitMs: error.retryAfterMs } : error;
    }
  };
  return { clock, pace, told, refusal };
}

describe("a backend that has too many requests", () => {
  it("is left alone for as long as it asks, by everybody", () => {
    const { clock, pace, refusal } = createScene();
    pace.note("create", busy(7_000));
    expect(refusal()).toEqual({ code: "slowed", waitMs: 7_000 });
    expect(pace.pollWaitMs()).toBe(7_000);
    clock.now += 7_000;
    expect(refusal()).toBeUndefined();
    expect(pace.pollWaitMs()).toBe(0);
  });

  it("is left alone longer each time where it does not say how long, until it takes something", () => {
    const { clock, pace } = createScene();
    const waits = [1, 2, 3, 4, 5, 6, 7].map(() => {
      pace.note("read", busy());
      const wait = pace.pollWaitMs();
      clock.now += wait;
      return wait / 1000;
    });
    expect(waits).toEqual([2, 4, 8, 16, 32, 60, 60]);
    pace.note("read");
    pace.note("read", busy());
    expect(pace.pollWaitMs()).toBe(2_000);
  });

  it("is left alone no longer because it refused several that were under way together", () => {
    const { clock, pace } = createScene();
    for (let n = 0; n < 10; n++) pace.note("create", busy());
    expect(pace.pollWaitMs()).toBe(2_000);
    clock.now += 2_000;
    pace.note("create", busy());
    expect(pace.pollWaitMs()).toBe(4_000);
    // A word of its own counts whenever it comes.
    pace.note("read", busy(9_000));
    expect(pace.pollWaitMs()).toBe(9_000);
  });

  it("is believed for an hour at most", () => {
    const { pace } = createScene();
    pace.note("create", busy(86_400_000));
    expect(pace.pollWaitMs()).toBe(3_600_000);
  });
});

describe("a backend whose account has no money", () => {
  it("is asked for no new videos, and the trouble is told once", () => {
    const { pace, told, refusal, clock } = createScene();
    pace.note("create", broke);
    pace.note("create", broke);
    expect(refusal()).toMatchObject({ code: "budget_stopped" });
    expect(pace.stopped()).toEqual({ until: clock.now + 5 * MINUTE });
    expect(told).toEqual(["stopped"]);
    // How the videos in the making stand costs nothing.
    expect(pace.pollWaitMs()).toBe(0);
  });

  it("is tried with one video after a while, and goes on when that is taken", () => {
    const { pace, told, refusal, clock } = createScene();
    pace.note("create", broke);
    clock.now += 5 * MINUTE;
    expect(pace.stopped()).toBeUndefined();
    expect(refusal()).toBeUndefined();
    expect(refusal()).toMatchObject({ code: "budget_stopped" });
    pace.note("create");
    expect(refusal()).toBeUndefined();
    expect(told).toEqual(["stopped", "resumed"]);
  });

  it("is left alone for longer when the trial is refused, an hour at most", () => {
    const { pace, refusal, clock } = createScene();
    pace.note("create", broke);
    const stops: number[] = [];
    for (let n = 0; n < 6; n++) {
      const until = pace.stopped()?.until ?? 0;
      stops.push((until - clock.now) / MINUTE);
      clock.now = until;
      expect(refusal()).toBeUndefined();
      pace.note("create", broke);
    }
    expect(stops).toEqual([5, 10, 20, 40, 60, 60]);
  });

  it("is tried by the next one when the trial said nothing about money, or nothing at all", () => {
    const { pace, refusal, clock } = createScene();
    pace.note("create", broke);
    clock.now += 5 * MINUTE;
    expect(refusal()).toBeUndefined();
    pace.note("create", problem("moderation_blocked"));
    expect(refusal()).toBeUndefined();
    clock.now += 3 * MINUTE;
    expect(refusal()).toBeUndefined();
  });

  it("is tried by the next one when the trial was refused for having come too soon", () => {
    const { pace, refusal, clock } = createScene();
    pace.note("create", broke);
    clock.now += 5 * MINUTE;
    expect(refusal()).toBeUndefined();
    pace.note("create", busy(1_000));
    clock.now += 1_000;
    expect(refusal()).toBeUndefined();
  });

  it("is tried by the next one when the trial was not sent after all", () => {
    const { pace, refusal, clock } = createScene();
    pace.note("create", broke);
    clock.now += 5 * MINUTE;
    expect(refusal()).toBeUndefined();
    pace.notSent();
    expect(refusal()).toBeUndefined();
    expect(refusal()).toMatchObject({ code: "budget_stopped" });
  });

  it("does not resume because something else goes well", () => {
    const { pace, refusal } = createScene();
    pace.note("create", broke);
    pace.note("read");
    expect(refusal()).toMatchObject({ code: "budget_stopped" });
  });
});

describe("a backend that does not answer", () => {
  const silence = problem("unavailable");

  it("is away after three failures in a row that took ten seconds, and back with its first answer", () => {
    const { clock, pace, told, refusal } = createScene();
    for (const ms of [0, 4_000, 5_000]) {
      clock.now += ms;
      pace.note("read", silence);
    }
    expect([pace.awaySince(), refusal()]).toEqual([undefined, undefined]);
    clock.now += 1_000;
    pace.note("create", problem("answer_lost"));
    expect(pace.awaySince()).toBe(1_000_000);
    expect(refusal()).toEqual({ code: "away", waitMs: 5_000 });
    expect(pace.pollWaitMs()).toBe(5_000);
    expect(pace.waiting()).toContain("is not answering, still trying");
    pace.note("read", silence);
    expect(told).toEqual(["away"]);
    pace.note("probe");
    expect([pace.awaySince(), refusal(), told]).toEqual([undefined, undefined, ["away", "back"]]);
  });

  it.each([
    ["a refusal", problem("invalid_value")],
    ["a file that is not ready yet", problem("not_ready")],
    ["another service's trouble", new ServiceError("discord", "unavailable", "No.", { retryable: true })],
    ["an answer", undefined],
  ])("is not away while there is %s in between", (_what, error) => {
    const { clock, pace } = createScene();
    for (let n = 0; n < 10; n++) {
      pace.note("read", silence);
      pace.note("read", silence);
      pace.note("read", error);
      clock.now += 60_000;
    }
    expect(pace.awaySince()).toBeUndefined();
  });
});
