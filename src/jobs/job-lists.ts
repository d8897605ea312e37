import { DIRECT_MESSAGES } from "../chat/adapter.ts";
import { isDeleted, isEnded, isFinished, type Job } from "./job.ts";
import { type Asker, isNear, type JobAccess } from "./job-access.ts";
import type { HistoryEntry, HistoryScope, JobStore } from "./job-store.ts";
import type { Permissions } from "./permissions.ts";

/** What people can ask a list for. */
export interface ListQuery {
  /** A person's id, or everybody in this channel, or (moderators) in every channel they may read. */
  by: { person: string } | "channel" | "server";
  state?: ListState;
  order?: "newest" | "oldest";
}

/** The states a list can be cut to. */
export type ListState = "running" | "done" | "failed";

/** A piece of a list; cursors name places in the order. */
export interface ListPage {
  jobs: Job[];
  /** For those behind these in the order that was asked for. */
  next: string | undefined;
  /** For those before these. */
  previous: string | undefined;
}

/** Which jobs a command can do something with. */
export type JobKind = "finished" | "ended" | "any";

/** Looks jobs up for people. */
export interface JobLists {
  /** @param place.at a page's `next` or `previous`. @throws UserError where the asker may not. */
  page(asker: Asker, query: ListQuery, place: { limit: number; at?: string | undefined }): Promise<ListPage>;
  /** The person's jobs there that are not ended, oldest first. */
  running(asker: Asker): Promise<Job[]>;
  /** The person's newest jobs of that kind there whose id or prompt contains `text`; at most `limit`. */
  suggest(asker: Asker, text: string, limit: number, kind?: JobKind): Promise<Job[]>;
}

interface Dependencies {
  jobs: JobStore;
  access: JobAccess;
  permissions: Permissions;
}

/** How many of a person's jobs are searched while they type. */
const RECENT_MAX = 100;
/** Jobs that are read at a time. */
const BATCH = 20;

const STATES: Record<ListState, (job: Job) => boolean> = {
  running: (job) => !isEnded(job),
  done: ({ phase }) => phase === "delivered",
  failed: ({ phase }) => phase === "failed",
};

const KINDS: Record<JobKind, (job: Job) => boolean> = {
  finished: isFinished,
  ended: (job) => isEnded(job) && !isDeleted(job),
  any: (job) => !isDeleted(job),
};

const NOTHING: ListPage = { jobs: [], next: undefined, previous: undefined };

/** Builds the lists over the store's histories. */
export function createJobLists({ jobs, access, permissions }: Dependencies): JobLists {
  async function scopeOf({ actor, destination }: Asker, { by }: ListQuery): Promise<HistoryScope> {
    const { platform, workspace, channel } = destination;
    if (by === "server") {
      await permissions.require("list-server", actor, destination);
      // Direct messages are no server.
      return workspace === DIRECT_MESSAGES ? { platform, workspace, channel } : { platform, workspace };
    }
    if (by === "channel" || by.person !== actor.id) return { platform, workspace, channel };
    return { platform, person: actor.id };
  }

  /** What of a history the asker may see and wants to. */
  function fitting(asker: Asker, { by, state }: ListQuery): (job: Job) => Promise<boolean> {
    const isShown = access.shownTo(asker);
    return async (job) => {
      if (isDeleted(job) || (state !== undefined && !STATES[state](job))) return false;
      if (typeof by === "object" && job.requester.id !== by.person) return false;
      return isShown(job);
    };
  }

  /** The first `limit` jobs that fit, in the order of the entries. */
  async function take(
    entries: AsyncIterable<HistoryEntry>,
    limit: number,
    fits: (job: Job) => Promise<boolean>,
  ): Promise<Job[]> {
    const found: Job[] = [];
    for await (const ids of batches(entries)) {
      for (const job of await jobs.getMany(ids)) {
        if (await fits(job)) found.push(job);
        if (found.length === limit) return found;
      }
    }
    return found;
  }

  async function recent({ actor, destination }: Asker): Promise<Job[]> {
    const near: string[] = [];
    const scope = { platform: destination.platform, person: actor.id };
    for await (const entry of jobs.walk(scope, { order: "newest" })) {
      if (isNear({ ...destination, ...entry }, destination)) near.push(entry.id);
      if (near.length === RECENT_MAX) break;
    }
    return jobs.getMany(near);
  }

  const page: JobLists["page"] = async (asker, query, { limit, at }) => {
    const scope = await scopeOf(asker, query);
    const fits = fitting(asker, query);
    const { order = "newest" } = query;
    const turned = order === "newest" ? "oldest" : "newest";
    const place = readCursor(at);
    const found = await take(
      jobs.walk(scope, { order: place?.back ? turned : order, after: place }),
      limit + 1,
      fits,
    );
    const more = found.length > limit;
    const cut = found.slice(0, limit);
    const shown = place?.back ? cut.reverse() : cut;
    const [first] = shown;
    const last = shown.at(-1);
    if (!first || !last)
      return { ...NOTHING, previous: place && !place.back ? backTo(place, order) : undefined };
    const isMore = async (from: Job, towards: typeof order) =>
      (await take(jobs.walk(scope, { order: towards, after: placeOf(from) }), 1, fits)).length > 0;
    return {
      jobs: shown,
      previous: (place?.back ? more : await isMore(first, turned)) ? cursorOf(first, "b") : undefined,
      next: (place?.back ? await isMore(last, order) : more) ? cursorOf(last, "a") : undefined,
    };
  };

  return {
    page,

    async running(asker) {
      const own = (await jobs.active()).filter(({ requester }) => requester.id === asker.actor.id);
      return own.filter((job) => isNear(job.destination, asker.destination) && job.phase !== "deleting");
    },

    async suggest(asker, text, limit, kind = "finished") {
      const wanted = text.trim().toLowerCase();
      const fitting = (await recent(asker)).filter(
        (job) =>
          KINDS[kind](job) && (job.id.includes(wanted) || job.request.prompt.toLowerCase().includes(wanted)),
      );
      return fitting.slice(0, limit);
    },
  };
}

async function* batches(entries: AsyncIterable<HistoryEntry>): AsyncGenerator<string[], void> {
  let ids: string[] = [];
  for await (const { id } of entries) {
    ids.push(id);
    if (ids.length < BATCH) continue;
    yield ids;
    ids = [];
  }
  if (ids.length > 0) yield ids;
}

interface Place {
  at: number;
  id: string;
}

function placeOf({ createdAt, id }: Job): Place {
  return { at: createdAt, id };
}

/** Time and id, so that a place holds when its job is gone. */
function cursorOf(job: Job, direction: "a" | "b"): string {
  return `${direction}${job.createdAt.toString(36)}.${job.id}`;
}

/** From a place behind which nothing is any more, back to the page that ended there, with what it ended with. */
function backTo({ at, id }: Place, order: "newest" | "oldest"): string {
  const justBehind = order === "newest" ? id.slice(0, -1) : `${id}z`;
  return `b${at.toString(36)}.${justBehind}`;
}

function readCursor(cursor: string | undefined): (Place & { back: boolean }) | undefined {
  const [, direction, at, id] = /^([ab])([0-9a-z]{1,10})\.([0-9a-z]{1,40})$/.exec(cursor ?? "") ?? [];
  if (at === undefined || id === undefined) return undefined;
  return { back: direction === "b", at: Number.parseInt(at, 36), id };
}
