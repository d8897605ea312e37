import PQueue from "p-queue";
import type { Logger } from "pino";
import { inLogContext } from "../log-context.ts";
import { sleep } from "../sleep.ts";
import { retryWaitMs } from "./retry-wait.ts";
import type { Work, WorkQueue } from "./work-queue.ts";

interface Entry {
  /** Work was asked for while it was being done. */
  again: boolean;
  /** Tries that failed in a row. */
  attempt: number;
  /** Ends the waiting before the next try. */
  wake: AbortController;
}

/** The queue of a single process; it forgets everything with it, and the sweep brings it back. */
export function createInProcessQueue(options: { concurrency: number; logger: Logger }): WorkQueue {
  const { concurrency, logger } = options;
  const lanes = new PQueue({ concurrency, autoStart: false });
  const entries = new Map<string, Entry>();
  const stopping = new AbortController();
  let work: Work | undefined;
  let begun: (waitedMs: number) => void = () => {};

  /** Works until nobody asks for more; waits outside the lanes, so a job that backs off holds no other up. */
  async function run(jobId: string, entry: Entry): Promise<void> {
    do {
      entry.again = false;
      const due = performance.now();
      const waitMs = await lanes.add(() => {
        begun(performance.now() - due);
        return inLogContext({ jobId }, () => attempt(jobId, entry));
      });
      if (waitMs > 0) {
        entry.again = true;
        entry.wake = new AbortController();
        await sleep(waitMs, AbortSignal.any([stopping.signal, entry.wake.signal]));
      }
    } while (entry.again && !stopping.signal.aborted);
    entries.delete(jobId);
  }

  /** Resolves to how long to wait before the next try; 0 when it went well. */
  async function attempt(jobId: string, entry: Entry): Promise<number> {
    if (stopping.signal.aborted) return 0;
    try {
      await work?.(jobId);
      entry.attempt = 0;
      return 0;
    } catch (err) {
      const waitMs = retryWaitMs(err, entry.attempt++);
      logger.warn({ jobId, err, waitMs }, "work on a job failed, trying again");
      return waitMs;
    }
  }

  function add(jobId: string): void {
    if (stopping.signal.aborted) return;
    const known = entries.get(jobId);
    if (known) {
      known.again = true;
      return;
    }
    const entry = { again: false, attempt: 0, wake: new AbortController() };
    entries.set(jobId, entry);
    void run(jobId, entry);
  }

  return {
    start(next, onBegin = () => {}) {
      work = next;
      begun = onBegin;
      lanes.start();
    },
    add,
    waiting: async () => lanes.size,
    wake(jobId) {
      add(jobId);
      entries.get(jobId)?.wake.abort();
    },
    async stop(timeoutMs) {
      stopping.abort();
      const idle = new AbortController();
      await Promise.race([lanes.onPendingZero(), sleep(timeoutMs, idle.signal)]);
      idle.abort();
    },
  };
}
