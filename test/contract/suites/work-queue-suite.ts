import { describe, expect, it, onTestFinished } from "vitest";
import { ServiceError } from "../../../src/errors.ts";
import type { WorkQueue } from "../../../src/queue/work-queue.ts";

/** Opens queues; those of one `open` are the processes of one bot. */
export interface QueueHarness {
  open(options: { concurrency: number; processes: number }): Promise<WorkQueue[]>;
  /** How many processes there can be. */
  processes: number;
}

const busy = (retryAfterMs?: number) =>
  new ServiceError("x", "busy", "Busy.", { retryable: true, retryAfterMs });

/** What holds for the work of a bot, whichever of its processes is asked for it. */
export function workQueueSuite(kind: string, { open, processes }: QueueHarness): void {
  describe(`the queue, ${kind}`, () => {
    /** Queues whose work a test ends by hand. */
    async function createScene(concurrency = 4) {
      const queues = await open({ concurrency, processes });
      const begun: string[] = [];
      const under: { jobId: string; end: (error?: Error) => void }[] = [];
      let most = 0;
      const work = (jobId: string): Promise<void> => {
        begun.push(jobId);
        if (under.some((other) => other.jobId === jobId)) begun.push(`${jobId} twice at once`);
        return new Promise((resolve, reject) => {
          under.push({ jobId, end: (error) => (error ? reject(error) : resolve()) });
          most = Math.max(most, under.length);
        });
      };
      for (const queue of queues) queue.start(work);
      onTestFinished(async () => {
        for (const { end } of under.splice(0)) end();
        await Promise.all(queues.map((queue) => queue.stop(5_000)));
      });
      let asked = 0;
      return {
        /** Another process each time. */
        queue(): WorkQueue {
          const queue = queues[asked++ % queues.length];
          if (!queue) throw new Error("There is no queue.");
          return queue;
        },
        begun: () => expect.poll(() => begun),
        count: () => begun.length,
        most: () => most,
        async endOne() {
          await expect.poll(() => under.length).toBeGreaterThan(0);
          under.shift()?.end();
        },
        async end(jobId: string, error?: Error) {
          await expect.poll(() => under.some((other) => other.jobId === jobId)).toBe(true);
          const [work] = under.splice(
            under.findIndex((other) => other.jobId === jobId),
            1,
          );
          work?.end(error);
        },
      };
    }

    it("works once on what was added twice, and once more on what was added while it was worked on", async () => {
      const { queue, begun, end } = await createScene();
      queue().add("a");
      await begun().toEqual(["a"]);
      queue().add("a");
      queue().add("a");
      queue().add("b");
      await begun().toEqual(["a", "b"]);
      await end("a");
      await begun().toEqual(["a", "b", "a"]);
      await end("a");
      await end("b");
      queue().add("c");
      await begun().toEqual(["a", "b", "a", "c"]);
    });

    it("works on a bounded number at once, and on all of them", async () => {
      const { queue, begun, endOne, most, count } = await createScene(2);
      const ids = Array.from({ length: 12 }, (_, n) => `job${n}`);
      for (const id of ids) queue().add(id);
      await expect.poll(count).toBe(2 * processes);
      for (let ended = 0; ended < ids.length; ended++) await endOne();
      expect(count()).toBe(ids.length);
      await begun().toEqual(expect.arrayContaining(ids));
      expect(most()).toBe(2 * processes);
    });

    it("tries again what failed, after a while or once somebody wants it now", async () => {
      const { queue, begun, end, count } = await createScene();
      queue().add("a");
      await end("a", busy());
      // Backs off for about two seconds, which adding does not shorten.
      queue().add("a");
      queue().add("b");
      await begun().toEqual(["a", "b"]);
      await begun().toEqual(["a", "b", "a"]);
      await end("a", busy(600_000));
      queue().add("c");
      await begun().toEqual(["a", "b", "a", "c"]);
      // Wanted now: at the latest once it is known that it failed.
      const wanted = () => {
        queue().wake("a");
        return count();
      };
      await expect.poll(wanted, { interval: 200 }).toBe(5);
      await begun().toEqual(["a", "b", "a", "c", "a"]);
    });

    it("takes nothing new up once it stops, and waits for what is under way", async () => {
      const { queue, begun, end } = await createScene(1);
      const one = queue();
      one.add("a");
      await begun().toEqual(["a"]);
      const stopped = one.stop(5_000);
      one.add("late");
      await end("a");
      await stopped;
      await begun().toEqual(["a"]);
    });
  });
}
