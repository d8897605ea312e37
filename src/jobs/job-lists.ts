import { DIRECT_MESSAGES } from "../chat/adapter.ts";
import { newestFirst } from "../store/log-walk.ts";
import { isDeleted, isEnded, type Job } from "./job.ts";
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

/** Looks jobs up for people. */
export interface JobLists {
  /** @param place.at a page's `next` or `previous`. @throws UserError where the asker may not. */
  page(asker: Asker, query: ListQuery, place: { limit: number; at?: string | undefined }): Promise<ListPage>;
  /** The person's jobs there that are not ended, oldest first. */
  running(asker: Asker): Promise<Job[]>;
  /** The person's newest finished jobs there whose id or prompt contains `text`; at most `limit`. */
  suggest(asker: Asker, text: string, limit: number): Promise<Job[]>;
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

const FITS: Record<ListState, (job: Job) => boolean> = {
  running: (job) => !isEnded(job),
  done: ({ phase }) => phase === "delivered",
  failed: ({ phase }) => phase === "failed",
};

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
    return async (job) => {
      if (isDeleted(job) || (state !== undefined && !FITS[state](job))) return false;
      if (typeof by === "object" && job.requester.id !== by.person) return false;
      return access.maySee(asker, job);
    };
  }

  /** The first `limit` jobs that fit, in the order of the entries. */
  async function take(
    entries: readonly HistoryEntry[],
    limit: number,
    fits: (job: Job) => Promise<boolean>,
  ): Promise<Job[]> {
    const found: Job[] = [];
    for (let from = 0; from < entries.length && found.length < limit; from += BATCH) {
      for (const job of await jobs.getMany(entries.slice(from, from + BATCH).map(({ id }) => id)))
        if (found.length < limit && (await fits(job))) found.push(job);
    }
    return found;
  }

  async function recent(asker: Asker): Promise<Job[]> {
    const { actor, destination } = asker;
    const all = await jobs.history({ platform: destination.platform, person: actor.id });
    const near = all.filter((entry) => isNear({ ...destination, ...entry }, destination));
    return jobs.getMany(near.slice(0, RECENT_MAX).map(({ id }) => id));
  }

  return {
    async page(asker, query, { limit, at }) {
      const all = await jobs.history(await scopeOf(asker, query));
      const ordered = query.order === "oldest" ? all.toReversed() : all;
      const place = readCursor(at);
      const fits = fitting(asker, query);
      const before = place ? ordered.filter((entry) => sign(query, entry, place) < 0) : [];
      const behind = place ? ordered.filter((entry) => sign(query, entry, place) > 0) : ordered;
      const found = place?.back
        ? (await take(before.reverse(), limit + 1, fits)).reverse()
        : await take(behind, limit + 1, fits);
      const more = found.length > limit;
      const shown = place?.back ? found.slice(more ? 1 : 0) : found.slice(0, limit);
      const [first] = shown;
      const last = shown.at(-1);
      const hasPrevious = place?.back ? more : (await take(before.reverse(), 1, fits)).length > 0;
      const hasNext = place?.back ? true : more;
      return {
        jobs: shown,
        previous: first && hasPrevious ? cursorOf(first, "b") : undefined,
        next: last && hasNext ? cursorOf(last, "a") : undefined,
      };
    },

    async running(asker) {
      const own = (await jobs.active()).filter(({ requester }) => requester.id === asker.actor.id);
      return own.filter((job) => isNear(job.destination, asker.destination) && job.phase !== "deleting");
    },

    async suggest(asker, text, limit) {
      const wanted = text.trim().toLowerCase();
      const fitting = (await recent(asker)).filter(
        ({ id, phase, request }) =>
          phase === "delivered" && (id.includes(wanted) || request.prompt.toLowerCase().includes(wanted)),
      );
      return fitting.slice(0, limit);
    },
  };
}

interface Place {
  back: boolean;
  at: number;
  id: string;
}

/** Time and id, so that a place holds when its job is gone. */
function cursorOf({ createdAt, id }: Job, direction: "a" | "b"): string {
  return `${direction}${createdAt.toString(36)}.${id}`;
}

function readCursor(cursor: string | undefined): Place | undefined {
  const [, direction, at, id] = /^([ab])([0-9a-z]{1,10})\.([0-9a-z]{1,40})$/.exec(cursor ?? "") ?? [];
  if (at === undefined || id === undefined) return undefined;
  return { back: direction === "b", at: Number.parseInt(at, 36), id };
}

/** Whether an entry comes before a place (negative) or behind it in the order that was asked for. */
function sign({ order }: ListQuery, entry: { at: number; id: string }, place: Place): number {
  const side = newestFirst(entry, place);
  return order === "oldest" ? -side : side;
}
