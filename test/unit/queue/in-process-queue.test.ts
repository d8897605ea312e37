import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ServiceError } from "../../../src/errors.ts";
import { createInProcessQueue } from "../../../src/queue/in-process-queue.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const settle = () => vi.advanceTimersByTimeAsync(0);
const busy = (retryAfterMs?: number) =>
  new ServiceError("x", "busy", "Busy.", { retryable: true, retryAfterMs });

/** A queue whose work a test ends by hand. */
function createScene(concurrency = 4) {
  const queue = createInProcessQueue({ concurrency, logger: pino({ level: "silent" }) });
  const begun: string[] = [];
  const open: { jobId: string; end: (error?: Error) => void }[] = [];
  queue.start((jobId) => {
    begun.push(jobId);
    return new Promise((resolve, reject) => {
      open.push({ jobId, end: (error) => (error ? reject(error) : resolve()) });
    });
  });
  return {
    queue,
    begun,
    async end(jobId: string, error?: Error) {
      const index = open.findIndex((work) => work.jobId === jobId);
      open.splice(index, 1)[0]?.end(error);
      await settle();
    },
  };
}

describe("in-process queue", () => {
  it("works on what was added before it began", async () => {
    const queue = createInProcessQueue({ concurrency: 1, logger: pino({ level: "silent" }) });
    const begun: string[] = [];
    queue.add("a");
    await settle();
    queue.start(async (jobId) => void begun.push(jobId));
    await settle();
    expect(begun).toEqual(["a"]);
  });

  it("has one worker at a time for a job, and takes it up once more when it was added meanwhile", async () => {
    const { queue, begun, end } = createScene();
    queue.add("a");
    await settle();
    queue.add("a");
    queue.add("a");
    await settle();
    expect(begun).toEqual(["a"]);
    await end("a");
    expect(begun).toEqual(["a", "a"]);
    await end("a");
    expect(begun).toEqual(["a", "a"]);
    queue.add("a");
    await settle();
    expect(begun).toEqual(["a", "a", "a"]);
  });

  it("works on a bounded number of jobs at once, in the order they came", async () => {
    const { queue, begun, end } = createScene(2);
    for (const jobId of ["a", "b", "c", "d"]) queue.add(jobId);
    await settle();
    expect(begun).toEqual(["a", "b"]);
    await end("b");
    expect(begun).toEqual(["a", "b", "c"]);
  });

  it("tries again after a growing time, which adding does not shorten and others do not feel", async () => {
    const { queue, begun, end } = createScene(1);
    queue.add("a");
    await settle();
    await end("a", busy());
    queue.add("a");
    queue.add("b");
    await settle();
    expect(begun).toEqual(["a", "b"]);
    await end("b");
    await vi.advanceTimersByTimeAsync(1499);
    expect(begun).toEqual(["a", "b"]);
    await vi.advanceTimersByTimeAsync(1001);
    expect(begun).toEqual(["a", "b", "a"]);
    await end("a", busy());
    await vi.advanceTimersByTimeAsync(2999);
    expect(begun).toHaveLength(3);
    await vi.advanceTimersByTimeAsync(2001);
    expect(begun).toHaveLength(4);
  });

  it("does not wait where somebody wants it now, and waits again after", async () => {
    const { queue, begun, end } = createScene();
    queue.wake("a");
    await settle();
    await end("a", busy(600_000));
    queue.wake("a");
    await settle();
    expect(begun).toEqual(["a", "a"]);
    queue.wake("a");
    await end("a", busy(600_000));
    await vi.advanceTimersByTimeAsync(599_000);
    expect(begun).toEqual(["a", "a"]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(begun).toEqual(["a", "a", "a"]);
  });

  it("waits no longer than about a minute between tries", async () => {
    const { queue, begun, end } = createScene();
    queue.add("a");
    await settle();
    for (let attempt = 0; attempt < 12; attempt++) {
      await end("a", new Error("a bug"));
      await vi.advanceTimersByTimeAsync(75_000);
    }
    expect(begun).toHaveLength(13);
  });

  it("waits as long as a service asks, but never runs in a tight loop and never for days", async () => {
    const { queue, begun, end } = createScene();
    queue.add("a");
    await settle();
    await end("a", busy(30_000));
    await vi.advanceTimersByTimeAsync(29_999);
    expect(begun).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(begun).toHaveLength(2);
    await end("a", busy(0));
    await vi.advanceTimersByTimeAsync(1000);
    expect(begun).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(10_000);
    await end("a", busy(2 ** 40));
    await vi.advanceTimersByTimeAsync(3_599_000);
    expect(begun).toHaveLength(3);
    await vi.advanceTimersByTimeAsync(1000);
    expect(begun).toHaveLength(4);
  });

  it("takes nothing up once it stops, and waits for what is under way", async () => {
    const { queue, begun, end } = createScene(1);
    queue.add("a");
    queue.add("b");
    await settle();
    const stopped = vi.fn();
    void queue.stop(5000).then(stopped);
    queue.add("c");
    await settle();
    expect(stopped).not.toHaveBeenCalled();
    await end("a");
    expect(stopped).toHaveBeenCalled();
    expect(begun).toEqual(["a"]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("does not wait for work that does not end, nor for work that backs off", async () => {
    const { queue, end } = createScene();
    queue.add("stuck");
    queue.add("failing");
    await settle();
    await end("failing", busy(60_000));
    const stopped = vi.fn();
    void queue.stop(5000).then(stopped);
    await vi.advanceTimersByTimeAsync(4999);
    expect(stopped).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(stopped).toHaveBeenCalled();
  });
});
