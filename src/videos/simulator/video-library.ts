import { randomBytes } from "node:crypto";
import { ApiError, notFound } from "./api-error.ts";
import { faultIn } from "./faults.ts";
import { createRenderQueue } from "./render-queue.ts";
import type { Render, Variant } from "./renderer.ts";
import { createVideoFiles } from "./video-files.ts";
import { type Standing, standingOf, type VideoRecord } from "./video-record.ts";

/** A video and how it stands now. */
export interface Video {
  readonly record: VideoRecord;
  readonly standing: Standing;
}

/** What a new video is made from. */
export type NewVideo = Pick<VideoRecord, "model" | "size" | "seconds" | "prompt" | "lineage" | "captions"> & {
  readonly remixedFrom?: string;
  /** Path of a still picture to draw on; it is copied. */
  readonly backdrop?: string | undefined;
};

export type VideoLibrary = Awaited<ReturnType<typeof createVideoLibrary>>;

/** A clip of 4 s takes 7 s at pace 1, one of 12 s takes 11 s. */
const queueMs = 900;
const renderMs = (seconds: number) => 4100 + 500 * seconds;

/** Records outlive their media by a week, so that an old video can still be remixed. */
const recordLifetimeMs = 7 * 24 * 3_600_000;

/** All videos of the simulator: in memory and on disk, rendering or done. */
export async function createVideoLibrary(options: {
  directory: string;
  render: Render;
  clock: () => number;
  pace: number;
  mediaLifetimeMs: number;
  onError: (error: unknown, videoId: string) => void;
}) {
  const { clock, pace, render, mediaLifetimeMs, onError } = options;
  const files = createVideoFiles(options.directory);
  const records = new Map((await files.load()).map((record) => [record.id, record]));
  const swept = new Set<string>();
  const queue = createRenderQueue({
    ...{ files, render, clock, change },
    // One that was removed while it was drawn has no place for its files any more.
    onError: (error, videoId) => records.has(videoId) && onError(error, videoId),
  });

  const isExpired = (record: VideoRecord) => clock() >= record.expiresAt;
  const view = (record: VideoRecord): Video => ({
    record,
    standing: standingOf(record, clock(), queue.drawn(record.id)),
  });

  async function change(record: VideoRecord, changes: Partial<VideoRecord>): Promise<VideoRecord> {
    const changed = { ...record, ...changes };
    // Removed while it was drawn.
    if (!records.has(record.id)) return changed;
    // What is seen to be so is on the disk.
    await files.save(changed);
    records.set(record.id, changed);
    return changed;
  }

  /** Removes what has expired: first the media, a week later the record. */
  async function sweep(): Promise<void> {
    for (const record of records.values()) {
      if (!isExpired(record)) continue;
      if (clock() >= record.expiresAt + recordLifetimeMs) {
        records.delete(record.id);
        await files.discard(record.id);
      } else if (isFinished(view(record)) && !swept.has(record.id)) {
        swept.add(record.id);
        await files.discardMedia(record.id);
      }
    }
  }

  async function resume(record: VideoRecord): Promise<void> {
    if (record.renderedAt !== undefined || record.error) return;
    // Its files are kept as long as others' are, however long nothing ran.
    const kept = { ...record, expiresAt: clock() + mediaLifetimeMs };
    if (await files.hasMedia(record.id)) await change(kept, { renderedAt: clock() });
    else queue.add(kept);
  }

  function find(id: string): Video {
    const record = records.get(id);
    if (!record) throw notFound(`Video with id '${id}' not found.`);
    return view(record);
  }

  await sweep();
  for (const record of records.values()) await resume(record);

  return {
    /** @throws ApiError 404. */
    find,

    async add(video: NewVideo): Promise<Video> {
      await sweep();
      const { backdrop, remixedFrom = null, ...settings } = video;
      const createdAt = clock();
      const slowness = faultIn(video.prompt)?.slowness ?? 1;
      const record: VideoRecord = {
        version: 1,
        id: `video_${randomBytes(16).toString("hex")}`,
        ...settings,
        remixedFrom,
        backdrop: backdrop !== undefined,
        createdAt,
        expiresAt: createdAt + mediaLifetimeMs,
        queueMs: pace * queueMs,
        renderMs: pace * slowness * renderMs(video.seconds),
      };
      await files.add(record, backdrop);
      records.set(record.id, record);
      queue.add(record);
      return view(record);
    },

    /** One page; `after` is the id of the last video of the page before. @throws ApiError 400 when there is none such. */
    list(page: { limit: number; order: "asc" | "desc"; after?: string | undefined }): {
      videos: Video[];
      more: boolean;
    } {
      const all = [...records.values()];
      if (page.order === "desc") all.reverse();
      const start = page.after === undefined ? 0 : all.findIndex(({ id }) => id === page.after) + 1;
      if (page.after !== undefined && start === 0) {
        throw new ApiError(`There is no video '${page.after}' to list after.`, {
          param: "after",
          code: "invalid_value",
        });
      }
      const end = start + page.limit;
      return { videos: all.slice(start, end).map(view), more: end < all.length };
    },

    /** @throws ApiError 404, or 400 while it is not finished where those are not removed. */
    async remove(id: string, { running }: { running: boolean }): Promise<void> {
      const video = find(id);
      if (!isFinished(video) && !running) {
        const message = `Video with id '${id}' is ${video.standing.status}: only completed or failed videos can be deleted.`;
        throw new ApiError(message, { code: "video_not_finished" });
      }
      records.delete(id);
      await files.discard(id);
    },

    /** Whether a completed video's file is not there yet. */
    isLate(id: string): boolean {
      const { record, standing } = find(id);
      const lateMs = faultIn(record.prompt)?.lateMs ?? 0;
      return clock() < (standing.completedAt ?? 0) + lateMs;
    },

    /** Path of a finished video's file. @throws ApiError 404 when it is unknown or expired, 400 while it is not ready. */
    media(id: string, variant: Variant): string {
      const { record, standing } = find(id);
      if (standing.status !== "completed") {
        throw new ApiError(`Video with id '${id}' is ${standing.status}, not completed.`, {
          code: "video_not_ready",
        });
      }
      if (isExpired(record)) throw notFound(`The files of video '${id}' have expired.`);
      return files.path(id, variant);
    },

    /** Path of the still picture a video was drawn on, while it is there. */
    backdropOf(record: VideoRecord): string | undefined {
      return record.backdrop && !isExpired(record) ? files.backdrop(record.id) : undefined;
    },

    /** Stops rendering; what is unfinished is taken up again by the next library on the same directory. */
    close: queue.close,
  };
}

function isFinished({ standing: { status } }: Video): boolean {
  return status === "completed" || status === "failed";
}
