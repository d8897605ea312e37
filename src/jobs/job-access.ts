import {
  type Actor,
  type ChatAdapter,
  type ChatRequest,
  type Destination,
  DIRECT_MESSAGES,
  type PlatformName,
} from "../chat/adapter.ts";
import { UserError } from "../errors.ts";
import { isDeleted, isEnded, isFinished, type Job } from "./job.ts";
import type { JobStore } from "./job-store.ts";
import type { Permissions } from "./permissions.ts";

/** Whoever asks, and where. */
export type Asker = Pick<ChatRequest, "actor" | "destination">;

/** Finds jobs for people: what they may not read does not exist for them. */
export interface JobAccess {
  /** A job by its id. @throws UserError when there is none that the asker may see. */
  find(asker: Asker, jobId: string): Promise<Job>;
  /** A job whose video is there. @throws UserError */
  findFinished(asker: Asker, jobId: string): Promise<Job>;
  /**
   * Whether somebody is shown a job among others: they may see it, and it is not hidden from them. For one answer, in
   * which the platform is asked about each channel once.
   */
  shownTo(asker: Asker): (job: Job) => Promise<boolean>;
  /** Where people can see a job. */
  link(job: Job): string | undefined;
}

interface Dependencies {
  jobs: JobStore;
  permissions: Permissions;
  adapters: ReadonlyMap<PlatformName, ChatAdapter>;
}

/** Builds the access; which channels somebody may read, the platform says. */
export function createJobAccess({ jobs, permissions, adapters }: Dependencies): JobAccess {
  async function mayRead({ actor, destination }: Asker, channel: Destination): Promise<boolean> {
    if (channel.channel === destination.channel) return true;
    return (await adapters.get(channel.platform)?.canRead(actor.id, channel)) ?? false;
  }

  /** @param mayReadIt says whether the asker may read the job's channel. */
  async function maySee(asker: Asker, job: Job, mayReadIt = mayRead): Promise<boolean> {
    // What was sent to somebody directly is theirs there as well.
    if (asker.destination.workspace === DIRECT_MESSAGES && isOwn(asker.actor, job) && job.moved)
      return job.destination.platform === asker.destination.platform;
    if (!isNear(job.destination, asker.destination)) return false;
    return isOwn(asker.actor, job) || mayReadIt(asker, job.destination);
  }

  async function find(asker: Asker, jobId: string): Promise<Job> {
    const id = jobId.trim().toLowerCase();
    const job = /^[a-z0-9]{1,40}$/.test(id) ? await jobs.get(id) : undefined;
    if (job && (await maySee(asker, job))) return job;
    throw new UserError(
      "unknown_job",
      `There is no video “${jobId.slice(0, 40)}” here. Its id stands at the foot of its card.`,
      "video",
    );
  }

  return {
    find,

    shownTo(asker) {
      const readable = new Map<string, Promise<boolean>>();
      const mayReadOnce: typeof mayRead = (who, channel) => {
        const known = readable.get(channel.channel) ?? mayRead(who, channel);
        readable.set(channel.channel, known);
        return known;
      };
      return async (job) => {
        if (!(await maySee(asker, job, mayReadOnce))) return false;
        const { actor, destination } = asker;
        return (
          job.unlisted !== "hidden" || isOwn(actor, job) || permissions.may("hide", actor, destination, job)
        );
      };
    },

    async findFinished(asker, jobId) {
      const job = await find(asker, jobId);
      // People may see the video before its delivery is written down.
      if (isFinished(job)) return job;
      throw new UserError("not_finished", `Video ${job.id} ${whyNot(job)}.`, "video");
    },

    link(job) {
      if (isDeleted(job) || job.unlisted === "message_deleted") return undefined;
      if (job.moved) return undefined;
      const at = job.result ?? job.destination;
      return at.message === undefined ? undefined : adapters.get(at.platform)?.link(at);
    },
  };
}

function whyNot(job: Job): string {
  if (isDeleted(job)) return "was deleted";
  return isEnded(job) ? "failed, so there is no video" : "is not finished yet; try again when it is";
}

function isOwn({ id }: Actor, { requester }: Job): boolean {
  return requester.id === id;
}

/** Of the same server or workspace; direct messages are a place for each person. */
export function isNear(
  a: Pick<Destination, "platform" | "workspace" | "channel">,
  b: Pick<Destination, "platform" | "workspace" | "channel">,
): boolean {
  const together = a.workspace !== DIRECT_MESSAGES || a.channel === b.channel;
  return a.platform === b.platform && a.workspace === b.workspace && together;
}
