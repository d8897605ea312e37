import type { Logger } from "pino";
import type { WorkQueue } from "../queue/work-queue.ts";
import type { Round } from "../repeat.ts";
import type { Job } from "./job.ts";
import type { JobStore } from "./job-store.ts";
import { needOf, type WaitingLine } from "./waiting-line.ts";

const INTERVAL_MS = 10_000;
/** The request that accepted a job posts its card; after this long it has died with its process. */
const TAKE_OVER_AFTER_MS = 15_000;

/** What a round keeps of a job: there may be thousands. */
type Standing = Pick<Job, "id" | "phase" | "createdAt" | "updatedAt">;

/**
 * Finds every active job that nothing is working on and takes it up again: at once where this process is `alone`, as
 * everything found then is a dead one's, and every ten seconds. Those that wait in the line are taken up in their turn.
 * @param options.onActive hears of all active jobs each time, the oldest first.
 */
export function createJobSweep(options: {
  jobs: JobStore;
  line: Pick<WaitingLine, "see" | "leave" | "members">;
  queue: Pick<WorkQueue, "add">;
  alone: boolean;
  onActive?: (jobs: readonly Standing[]) => void;
  now: () => number;
  logger: Logger;
}): Round {
  const { jobs, line, queue, alone, onActive = () => {}, now, logger } = options;

  let first = alone;

  async function sweep(): Promise<void> {
    const olderThanMs = first ? 0 : TAKE_OVER_AFTER_MS;
    first = false;
    const active: Standing[] = [];
    for await (const { id, phase, createdAt, updatedAt } of jobs.eachActive())
      active.push({ id, phase, createdAt, updatedAt });
    active.sort((a, b) => a.createdAt - b.createdAt);
    onActive(active);
    const waiting = await straighten(line, active, jobs);
    for (const { id, phase, updatedAt } of active) {
      const inHand =
        phase === "rendering" || waiting.has(id) || (phase === "accepted" && now() - updatedAt < olderThanMs);
      if (!inHand) queue.add(id);
    }
  }

  return {
    name: "sweep",
    everyMs: INTERVAL_MS,
    work: sweep,
    onError: (err) => logger.warn({ err }, "sweep failed"),
  };
}

/**
 * Tells the line what it was not told of when somebody died, by the newest documents of those jobs; resolves to the ids
 * of those that wait.
 */
export async function straighten(
  line: Pick<WaitingLine, "see" | "leave" | "members">,
  active: readonly Pick<Job, "id" | "phase">[],
  jobs: Pick<JobStore, "getMany">,
): Promise<ReadonlySet<string>> {
  const { served, waiting } = await line.members();
  const needs = new Map(active.map((job) => [job.id, needOf(job)]));
  const unknown = active.filter(({ id }) => needs.get(id) === "place" && !served.has(id)).map(({ id }) => id);
  const gone = [...served, ...waiting].filter((id) => needs.get(id) === undefined);
  const newest = new Map((await jobs.getMany([...unknown, ...gone])).map((job) => [job.id, job]));
  for (const id of [...unknown, ...gone]) {
    const job = newest.get(id);
    if (job) await line.see(job);
    else await line.leave(id);
  }
  return waiting;
}
