import type { CheckStanding, Health } from "../health.ts";
import type { WorkQueue } from "../queue/work-queue.ts";
import type { BackendPace } from "./backend-pace.ts";
import type { Job } from "./job.ts";
import type { JobStore } from "./job-store.ts";

/** What this process is. */
export interface ProcessFacts {
  version: string;
  role: string;
  /** Unix milliseconds. */
  startedAt: number;
}

/** What is under way in all processes together, and how this one gets on. */
export interface QueueStanding {
  active: number;
  byPhase: Record<string, number>;
  byPlatform: Record<string, number>;
  /** When the oldest of those was asked for that wait for their turn at the backend, and of all (Unix milliseconds). */
  oldestWaiting: number | undefined;
  oldest: number | undefined;
  /** Due in the work queue, and not being worked on. */
  workWaiting: number;
  /** How the backend is asked, in words. */
  pace: string;
}

/** What whoever runs the bot looks at. */
export interface OperatorView {
  readonly process: ProcessFacts;
  health(): Promise<readonly CheckStanding[]>;
  queue(): Promise<QueueStanding>;
}

/** Reads it where it stands; nothing is kept. */
export function createOperatorView(dependencies: {
  process: ProcessFacts;
  jobs: Pick<JobStore, "active">;
  queue: Pick<WorkQueue, "waiting">;
  pace: Pick<BackendPace, "waiting">;
  health: Pick<Health, "standing">;
}): OperatorView {
  const { process, jobs, queue, pace, health } = dependencies;
  return {
    process,
    health: health.standing,
    async queue() {
      const active = await jobs.active();
      return {
        active: active.length,
        byPhase: countsOf(active, ({ phase }) => phase),
        byPlatform: countsOf(active, ({ destination }) => destination.platform),
        oldestWaiting: active.find(({ phase }) => phase === "posted")?.createdAt,
        oldest: active[0]?.createdAt,
        workWaiting: await queue.waiting(),
        pace: pace.waiting() ?? "asked as fast as there are places",
      };
    },
  };
}

function countsOf(jobs: readonly Job[], of: (job: Job) => string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const job of jobs) counts[of(job)] = (counts[of(job)] ?? 0) + 1;
  return counts;
}
