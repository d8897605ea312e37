import type { Logger } from "pino";
import type { Store } from "../store/store.ts";
import type { Job } from "./job.ts";
import type { JobStore } from "./job-store.ts";
import type { ListInGallery } from "./listing.ts";

/**
 * Gives the jobs of release 0.1, which kept people's newest alone, all that they are found by now: histories, messages,
 * galleries. Done once for a store; doing it again after a crash changes nothing.
 */
export async function backfill(options: {
  store: Store;
  jobs: JobStore;
  list: ListInGallery;
  now: () => number;
  logger: Logger;
}): Promise<void> {
  const { store, jobs, list, now, logger } = options;
  const done = store.collection<{ at: number }>({ name: "backfill", version: 1 });
  if (await done.get("histories")) return;
  let count = 0;
  for await (const [, job] of store.collection<Job>({ name: "job", version: 1 }).entries()) {
    await jobs.index(job);
    await jobs.noteMessage(job.destination, job.id);
    if (job.result) await jobs.noteMessage(job.result, job.id);
    if (job.phase === "delivered") await list(job, job.deliveredAt ?? job.updatedAt);
    count++;
  }
  const recent = store.collection<object>({ name: "recent", version: 1 });
  for await (const [key] of recent.entries()) await recent.delete(key);
  await done.insert("histories", { at: now() });
  if (count > 0) logger.info({ jobs: count }, "jobs of an earlier release taken over");
}
