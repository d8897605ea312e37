import type { PlatformName } from "../chat/adapter.ts";
import type { Priority } from "../chat/chat-budget.ts";
import type { Job } from "../jobs/job.ts";
import type { Work } from "../queue/work-queue.ts";

/** Who was called: the backend, or a chat platform. */
export type Called = "backend" | PlatformName;

/**
 * What became of a card's edit: `sent`; `merged` into one that waited already; `limited`: the platform answered that it is
 * too much; `failed` otherwise; `dropped`: not sent, as something newer takes its place.
 */
export type EditOutcome = "sent" | "merged" | "limited" | "failed" | "dropped";

/**
 * Hears what the bot does, as facts, and counts. Nothing of it throws or waits. What a fact says of people, channels and
 * jobs is never a label.
 */
export interface Metrics {
  /** A job was written: how it stood before (undefined: it is new), and how it stands. */
  jobWritten(before: Job | undefined, job: Job): void;
  /** All jobs that are not ended, oldest first, each time they were read. */
  activeJobs(jobs: readonly Pick<Job, "phase" | "createdAt">[]): void;
  /** The work queue gave a job to a worker, so long after it was due (ms). */
  workBegun(waitedMs: number): void;
  /** Work on a job rejected and is tried again. */
  workFailed(error: unknown): void;
  /** A call has ended, well where there is no error. */
  called(whom: Called, kind: string, ms: number, error?: unknown): void;
  /** Came from the backend, or was handed to a chat platform. */
  bytes(whom: Called, count: number): void;
  edit(platform: PlatformName, outcome: EditOutcome): void;
  /** A call to a chat platform had its turn, after so long (ms). */
  budgetWaited(priority: Priority, ms: number): void;
}

/** The same work, of which is told when it rejects. */
export function measuredWork(work: Work, metrics: Pick<Metrics, "workFailed">): Work {
  return async (jobId) => {
    try {
      await work(jobId);
    } catch (error) {
      metrics.workFailed(error);
      throw error;
    }
  };
}

/** The same call, of which is told how long it took and how it ended. */
export function measured<A extends unknown[], R>(
  metrics: Pick<Metrics, "called">,
  whom: Called,
  kind: string,
  call: (...args: A) => Promise<R>,
): (...args: A) => Promise<R> {
  return async (...args) => {
    const began = performance.now();
    const tell = (error?: unknown) => metrics.called(whom, kind, performance.now() - began, error);
    try {
      const answer = await call(...args);
      tell();
      return answer;
    } catch (error) {
      tell(error);
      throw error;
    }
  };
}
