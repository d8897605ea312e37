import type { Logger } from "pino";
import type { Destination } from "../chat/adapter.ts";
import { ServiceError, UserError } from "../errors.ts";
import type { Gallery } from "../gallery/gallery.ts";
import type { WorkQueue } from "../queue/work-queue.ts";
import type { VideosClient } from "../videos/videos-client.ts";
import { deleting, isDeletable, isDeleted, type Job } from "./job.ts";
import type { Asker, JobAccess } from "./job-access.ts";
import type { JobStore } from "./job-store.ts";
import type { ListInGallery } from "./listing.ts";
import type { Permissions } from "./permissions.ts";

/** Takes videos away again, for those who may. */
export interface JobRemoval {
  /** Finds out whether somebody may delete a job. @throws UserError */
  check(asker: Asker, jobId: string): Promise<Job>;
  /** Deletes a video everywhere, or stops one that is being made; once more is harmless. @throws UserError */
  delete(asker: Asker, jobId: string): Promise<Job>;
  /** Hides a video from every gallery, or shows it again. @throws UserError */
  hide(asker: Asker, jobId: string, hidden: boolean): Promise<Job>;
  /** Messages are gone from the chat: their videos leave the galleries. */
  messagesDeleted(messages: readonly Destination[]): Promise<void>;
}

interface Dependencies {
  jobs: JobStore;
  access: JobAccess;
  permissions: Permissions;
  videos: VideosClient;
  gallery: Gallery;
  list: ListInGallery;
  queue: WorkQueue;
  now: () => number;
  logger: Logger;
}

/** Decides what is to go and writes it down; the worker does it. */
export function createJobRemoval(dependencies: Dependencies): JobRemoval {
  const { jobs, access, permissions, videos, gallery, list, queue, now, logger } = dependencies;

  async function check(asker: Asker, jobId: string): Promise<Job> {
    const job = await access.find(asker, jobId);
    await permissions.require("delete", asker.actor, asker.destination, job);
    return job;
  }

  /** Stops a video at the backend, of which it is written down that somebody wants that. @throws UserError where it cannot be stopped. */
  async function stop(job: Job, by: { id: string; name: string }): Promise<void> {
    if (job.phase !== "rendering" || !job.video) return;
    await jobs.update(job.id, (current) => ({ ...current, stopping: { by, at: now() } }));
    try {
      await videos.delete(job.video.id);
    } catch (error) {
      await jobs.update(job.id, ({ stopping: _, ...current }) => current);
      if (!(error instanceof ServiceError)) throw error;
      if (error.code !== "not_finished" && error.code !== "not_supported") throw error;
      throw new UserError(
        "cannot_cancel",
        `Video ${job.id} is being made, and the video service cannot stop it. Delete it when it is finished.`,
      );
    }
  }

  return {
    check,

    async delete(asker, jobId) {
      const job = await check(asker, jobId);
      if (isDeleted(job)) return job;
      if (!isDeletable(job)) throw busy(job);
      const { id, name } = asker.actor;
      await stop(job, { id, name });
      const next = await jobs.revive(job.id, (current) => deleting(current, { id, name }, now()));
      if (!next || !isDeleted(next)) throw busy(job);
      // Out of sight before anything else: the rest may take a while.
      await gallery.remove(job.destination, job.id);
      queue.wake(job.id);
      logger.info({ jobId: job.id, by: id, cancelled: next.deletion?.cancelled }, "video deleted");
      return next;
    },

    async hide(asker, jobId, hidden) {
      const found = await access.findFinished(asker, jobId);
      await permissions.require("hide", asker.actor, asker.destination, found);
      const job = await jobs.update(found.id, (current) => {
        if (current.unlisted && current.unlisted !== "hidden") return current;
        const { unlisted: _, ...rest } = current;
        return hidden ? { ...rest, unlisted: "hidden" } : rest;
      });
      if (!job) throw new UserError("unknown_job", `There is no video “${jobId}” here.`);
      if (job.unlisted) await gallery.remove(job.destination, job.id);
      else if (job.phase === "delivered") await list(job, job.deliveredAt ?? job.updatedAt);
      logger.info({ jobId: job.id, by: asker.actor.id, hidden }, "video's visibility changed");
      return job;
    },

    async messagesDeleted(messages) {
      for (const message of messages) {
        const job = await jobs.byMessage(message);
        if (job && !job.result && job.destination.message === message.message)
          await jobs.update(job.id, (current) => ({ ...current, cardLost: "gone" }));
        // The card of a video that stands, or will stand, in a message of its own is not the video.
        if (!job?.result || job.result.message !== message.message) continue;
        const gone = await jobs.update(job.id, (current) => ({ ...current, unlisted: "message_deleted" }));
        if (gone) await gallery.remove(gone.destination, gone.id);
      }
    },
  };
}

function busy(job: Job): UserError {
  return new UserError("busy", `Video ${job.id} is just being handed over. Try again in a moment.`);
}
