import { randomInt } from "node:crypto";
import type { Destination } from "../chat/adapter.ts";
import type { Collection, Store } from "../store/store.ts";
import { isEnded, type Job } from "./job.ts";

/** The job documents and the list of those that are not ended. */
export interface JobStore {
  get(id: string): Promise<Job | undefined>;
  getMany(ids: string[]): Promise<Job[]>;
  /** Writes a new job; all that leads to it is written before, so that it is there with everything or not at all. */
  insert(job: Job): Promise<void>;
  /** Applies a pure transition with compare-and-swap; a job that is gone stays gone. */
  update(id: string, transition: (job: Job) => Job): Promise<Job | undefined>;
  /** A person's newest jobs in a server or workspace, newest first. */
  recentOf(destination: Destination, personId: string): Promise<Job[]>;
  /** Writes down whose video it is; false when it is another job's. */
  claimVideo(videoId: string, jobId: string): Promise<boolean>;
  /** The job a video belongs to. */
  ownerOf(videoId: string): Promise<string | undefined>;
  /** Every job that is not ended, oldest first. */
  active(): Promise<Job[]>;
}

/** How many of a person's jobs are offered to them while they type. */
const RECENT_MAX = 100;
const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";

/** An id that cannot be guessed and can be read aloud: 50 bits in 10 letters and digits without i, l, o, u. */
export function createJobId(): string {
  return Array.from({ length: 10 }, () => ALPHABET[randomInt(ALPHABET.length)]).join("");
}

/** Jobs in a store. */
export function createJobStore({ store, now }: { store: Store; now: () => number }): JobStore {
  const jobs: Collection<Job> = store.collection<Job>({ name: "job", version: 1 });
  const activeIds: Collection<{ since: number }> = store.collection<{ since: number }>({
    name: "active",
    version: 1,
  });
  const owners: Collection<{ jobId: string }> = store.collection<{ jobId: string }>({
    name: "video-owner",
    version: 1,
  });
  const recent: Collection<{ ids: string[] }> = store.collection<{ ids: string[] }>({
    name: "recent",
    version: 1,
  });
  /** An entry whose job is missing may be about to get it; after a minute it never will. */
  const ORPHAN_AFTER_MS = 60_000;

  async function getMany(ids: string[]): Promise<Job[]> {
    return (await jobs.getMany(ids)).filter((job) => job !== undefined);
  }

  return {
    get: (id) => jobs.get(id),
    getMany,
    async insert(job) {
      await activeIds.insert(job.id, { since: now() });
      const { platform, workspace } = job.destination;
      await recent.update(`${platform}:${workspace}:${job.requester.id}`, (known) => ({
        ids: [job.id, ...(known?.ids ?? [])].slice(0, RECENT_MAX),
      }));
      if (!(await jobs.insert(job.id, job))) throw new Error(`Job ${job.id} exists already.`);
    },
    async recentOf({ platform, workspace }, personId) {
      return getMany((await recent.get(`${platform}:${workspace}:${personId}`))?.ids ?? []);
    },
    async update(id, transition) {
      const job = await jobs.update(id, (current) => {
        if (!current) return undefined;
        const next = transition(current);
        return next === current ? current : { ...next, revision: current.revision + 1, updatedAt: now() };
      });
      if (job && isEnded(job)) await activeIds.delete(id);
      return job;
    },
    async claimVideo(videoId, jobId) {
      return (await owners.insert(videoId, { jobId })) || (await owners.get(videoId))?.jobId === jobId;
    },
    ownerOf: async (videoId) => (await owners.get(videoId))?.jobId,
    async active() {
      const since = new Map<string, number>();
      for await (const [id, entry] of activeIds.entries()) since.set(id, entry.since);
      const found = await getMany([...since.keys()]);
      for (const job of found) {
        if (isEnded(job)) await activeIds.delete(job.id);
        since.delete(job.id);
      }
      for (const [id, at] of since) if (at < now() - ORPHAN_AFTER_MS) await activeIds.delete(id);
      return found.filter((job) => !isEnded(job)).sort((a, b) => a.createdAt - b.createdAt);
    },
  };
}
