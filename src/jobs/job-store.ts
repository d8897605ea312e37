import { randomInt } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import type { Destination } from "../chat/adapter.ts";
import { ServiceError } from "../errors.ts";
import { createPagedLog } from "../store/paged-log.ts";
import type { Collection, Store } from "../store/store.ts";
import { isEnded, type Job } from "./job.ts";

/** Whose jobs: a person's everywhere on a platform, a channel's, or a whole server's or workspace's. */
export type HistoryScope =
  | { platform: string; person: string }
  | { platform: string; workspace: string; channel?: string };

/** A job as histories name it. */
export interface HistoryEntry {
  id: string;
  /** When it was asked for (Unix milliseconds). */
  at: number;
  workspace: string;
  channel: string;
  /** The channel that its thread is in. */
  parent?: string;
}

/** The job documents and the list of those that are not ended. */
export interface JobStore {
  get(id: string): Promise<Job | undefined>;
  getMany(ids: string[]): Promise<Job[]>;
  /** Writes a new job; all that leads to it is written before, so that it is there with everything or not at all. */
  insert(job: Job): Promise<void>;
  /** Puts a job into its histories; `insert` does so itself. */
  index(job: Job): Promise<void>;
  /** Applies a pure transition with compare-and-swap; a job that is gone stays gone. */
  update(id: string, transition: (job: Job) => Job): Promise<Job | undefined>;
  /** All jobs of a scope, newest first; some of them may be gone. */
  history(scope: HistoryScope): Promise<readonly HistoryEntry[]>;
  /** The jobs of a scope behind a place in an order, read as they are asked for. */
  walk(
    scope: HistoryScope,
    from: { order: "newest" | "oldest"; after?: { at: number; id: string } | undefined },
  ): AsyncIterable<HistoryEntry>;
  /** Servers and workspaces where there are, or were, jobs. */
  workspaces(platform: string): Promise<string[]>;
  /** The job that a message shows. */
  byMessage(message: Destination): Promise<Job | undefined>;
  /** Writes down which job a message shows. */
  noteMessage(message: Destination, jobId: string): Promise<void>;
  /** Takes an ended job up again by a transition that makes it unended. */
  revive(id: string, transition: (job: Job) => Job): Promise<Job | undefined>;
  /** Erases a job and every trail of it; the histories come last, so that it is found until nothing is left. */
  erase(job: Job): Promise<void>;
  /** Takes an entry whose job never came, or is gone, out of a history. */
  eraseEntry(scope: HistoryScope, jobId: string): Promise<void>;
  /** Forgets a history, if nothing is in it. */
  eraseHistory(scope: HistoryScope): Promise<void>;
  /** Writes down whose video it is; false when it is another job's. */
  claimVideo(videoId: string, jobId: string): Promise<boolean>;
  /** The job a video belongs to. */
  ownerOf(videoId: string): Promise<string | undefined>;
  /** Every job that is not ended, oldest first. */
  active(): Promise<Job[]>;
  /** The same in no order and a few at a time, for those who keep none of them. */
  eachActive(): AsyncIterable<Job>;
}

/** Jobs read at once: all of them in one go would hold up everything else, and take the memory for it. */
const READ_AT_ONCE = 250;
const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";

/** An id that cannot be guessed and can be read aloud: 50 bits in 10 letters and digits without i, l, o, u. */
export function createJobId(): string {
  return Array.from({ length: 10 }, () => ALPHABET[randomInt(ALPHABET.length)]).join("");
}

/**
 * Jobs in a store.
 * @param options.onWrite hears of each change once it is written: how the job stood before (undefined: it is new), and now.
 */
export function createJobStore(options: {
  store: Store;
  now: () => number;
  onWrite?: (before: Job | undefined, job: Job) => void;
}): JobStore {
  const { store, now, onWrite = () => {} } = options;
  const jobs: Collection<Job> = store.collection<Job>({ name: "job", version: 1 });
  const activeIds: Collection<{ since: number }> = store.collection<{ since: number }>({
    name: "active",
    version: 1,
  });
  const owners: Collection<{ jobId: string }> = store.collection<{ jobId: string }>({
    name: "video-owner",
    version: 1,
  });
  const messages: Collection<{ jobId: string }> = store.collection<{ jobId: string }>({
    name: "message",
    version: 1,
  });
  const places: Collection<{ platform: string; workspace: string }> = store.collection<{
    platform: string;
    workspace: string;
  }>({ name: "place", version: 1 });
  const histories = createPagedLog<HistoryEntry>({ store, name: "history" });
  /** An entry whose job is missing may be about to get it; after a minute it never will. */
  const ORPHAN_AFTER_MS = 60_000;

  async function getMany(ids: string[]): Promise<Job[]> {
    return (await jobs.getMany(ids)).filter((job) => job !== undefined);
  }

  async function update(id: string, transition: (job: Job) => Job): Promise<Job | undefined> {
    let before: Job | undefined;
    const job = await jobs.update(id, (current) => {
      before = current;
      if (!current) return undefined;
      const next = transition(current);
      return next === current ? current : stamped(next, current);
    });
    if (job && job !== before) onWrite(before, job);
    if (job && isEnded(job)) await retire(id);
    return job;
  }

  /** When it was changed, and when its video was found to be completed. */
  function stamped(next: Job, current: Job): Job {
    const at = now();
    const isCompleted = next.phase === "downloading" && current.phase !== "downloading";
    const times = { updatedAt: at, ...(isCompleted && { completedAt: at }) };
    return { ...next, revision: current.revision + 1, ...times };
  }

  /** Takes an ended job from the active ones, unless somebody has taken it up again meanwhile. */
  async function retire(id: string): Promise<void> {
    await activeIds.delete(id);
    const job = await jobs.get(id);
    if (job && !isEnded(job)) await activeIds.insert(id, { since: now() });
  }

  /** One that cannot be read is there: whoever mends it finds it taken up again. */
  async function isMissing(id: string): Promise<boolean> {
    try {
      return (await jobs.get(id)) === undefined;
    } catch (error) {
      if (error instanceof ServiceError && !error.retryable) return false;
      throw error;
    }
  }

  async function index(job: Job): Promise<void> {
    const { platform, workspace } = job.destination;
    await places.insert(`${platform}:${workspace}`, { platform, workspace });
    await Promise.all(
      scopesOf(job).map(async (scope) => {
        await histories.append(scope, await histories.openPage(scope), entryOf(job));
      }),
    );
  }

  async function* eachActive(): AsyncGenerator<Job, void> {
    const since = new Map<string, number>();
    for await (const [id, entry] of activeIds.entries()) since.set(id, entry.since);
    const ids = [...since.keys()];
    for (let from = 0; from < ids.length; from += READ_AT_ONCE) {
      for (const job of await getMany(ids.slice(from, from + READ_AT_ONCE))) {
        since.delete(job.id);
        if (isEnded(job)) await retire(job.id);
        else yield job;
      }
      if (from + READ_AT_ONCE < ids.length) await setImmediate();
    }
    for (const [id, at] of since)
      if (at < now() - ORPHAN_AFTER_MS && (await isMissing(id))) await activeIds.delete(id);
  }

  return {
    get: (id) => jobs.get(id),
    getMany,
    index,
    update,
    async insert(job) {
      await activeIds.insert(job.id, { since: now() });
      await index(job);
      if (!(await jobs.insert(job.id, job))) throw new Error(`Job ${job.id} exists already.`);
      onWrite(undefined, job);
    },
    history: (scope) => histories.all(keyOf(scope)),
    walk: (scope, { order, after }) => histories.walk(keyOf(scope), { order, ...(after && { after }) }),
    async workspaces(platform) {
      const found: string[] = [];
      for await (const [, place] of places.entries())
        if (place.platform === platform) found.push(place.workspace);
      return found;
    },
    async byMessage(message) {
      const key = messageKey(message);
      const known = key === undefined ? undefined : await messages.get(key);
      return known && jobs.get(known.jobId);
    },
    async noteMessage(message, jobId) {
      const key = messageKey(message);
      if (key !== undefined)
        await messages.update(key, (known) => (known?.jobId === jobId ? known : { jobId }));
    },
    async revive(id, transition) {
      await activeIds.insert(id, { since: now() });
      return update(id, transition);
    },
    async erase(job) {
      const { destination, result, video } = job;
      for (const message of [destination, ...(result ? [result] : [])]) {
        const key = messageKey(message);
        if (key !== undefined) await messages.delete(key);
      }
      if (video) await owners.delete(video.id);
      await jobs.delete(job.id);
      await activeIds.delete(job.id);
      for (const scope of scopesOf(job)) await histories.remove(scope, job.id);
    },
    eraseEntry: (scope, jobId) => histories.remove(keyOf(scope), jobId),
    async eraseHistory(scope) {
      if ((await histories.all(keyOf(scope))).length === 0) await histories.clear(keyOf(scope));
      if ("workspace" in scope && scope.channel === undefined)
        await places.delete(`${scope.platform}:${scope.workspace}`);
    },
    async claimVideo(videoId, jobId) {
      return (await owners.insert(videoId, { jobId })) || (await owners.get(videoId))?.jobId === jobId;
    },
    ownerOf: async (videoId) => (await owners.get(videoId))?.jobId,
    eachActive,
    async active() {
      const found: Job[] = [];
      for await (const job of eachActive()) found.push(job);
      return found.sort((a, b) => a.createdAt - b.createdAt);
    },
  };
}

function keyOf(scope: HistoryScope): string {
  if ("person" in scope) return `person:${scope.platform}:${scope.person}`;
  const { platform, workspace, channel } = scope;
  const place = `${platform}:${workspace}`;
  return channel === undefined ? `place:${place}` : `channel:${place}:${channel}`;
}

/** Direct messages are no server: nobody may look through all of them. */
function scopesOf({ destination, requester }: Job): string[] {
  const { platform, workspace, channel } = destination;
  return [
    { platform, person: requester.id },
    { platform, workspace, channel },
    { platform, workspace },
  ].map(keyOf);
}

function entryOf({ id, createdAt, destination: { workspace, channel, parent } }: Job): HistoryEntry {
  return { id, at: createdAt, workspace, channel, ...(parent !== undefined && { parent }) };
}

function messageKey({ platform, workspace, channel, message }: Destination): string | undefined {
  return message === undefined ? undefined : `${platform}:${workspace}:${channel}:${message}`;
}
