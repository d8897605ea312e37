import type { MediaFile } from "../chat/media-file.ts";
import { ServiceError, UserError } from "../errors.ts";
import type { MediaStore } from "../media/media-store.ts";
import { VARIANT_NAMES, type VideoVariant } from "../videos/video.ts";
import type { VideosClient } from "../videos/videos-client.ts";
import { fetchFile, mediaFile } from "./delivery.ts";
import { isDeleted, type Job } from "./job.ts";
import type { JobStore } from "./job-store.ts";

/** The files of finished videos. */
export interface JobFiles {
  /** One that is kept here; undefined when it is not. Of a video with more than `maxBytes` the one that was made to fit. */
  kept(job: Job, variant: VideoVariant, maxBytes?: number | undefined): Promise<MediaFile | undefined>;
  /** The same, fetched from the backend where that still has it. @throws UserError when nobody has it. */
  get(job: Job, variant: VideoVariant, maxBytes?: number | undefined): Promise<MediaFile>;
}

/** Files from the media store, else from the backend for as long as that keeps them. */
export function createJobFiles(options: {
  jobs: JobStore;
  videos: VideosClient;
  media: MediaStore;
}): JobFiles {
  const { jobs, videos, media } = options;

  const kept: JobFiles["kept"] = async (job, variant, maxBytes = Number.POSITIVE_INFINITY) => {
    const whole = await mediaFile(job, variant, media);
    if (variant !== "video" || (whole && whole.bytes <= maxBytes)) return whole;
    return (await mediaFile(job, "fitted", media)) ?? whole;
  };

  async function fetched(job: Job, variant: VideoVariant): Promise<MediaFile | undefined> {
    if (!job.video || (variant !== "video" && !videos.supports(variant))) return undefined;
    const file = await fetchFile(job, job.video.id, variant, { videos, media }).catch(noneWhenGone);
    if (!file) return undefined;
    const next = await jobs.update(job.id, (current) =>
      current.media ? { ...current, media: { ...current.media, [variant]: file } } : current,
    );
    if (next && !isDeleted(next)) return mediaFile(next, variant, media);
    // Its deletion came first, and nobody else would take the file away again.
    await media.delete(job.id);
    return undefined;
  }

  return {
    kept,
    async get(job, variant, maxBytes) {
      const file = (await kept(job, variant, maxBytes)) ?? (await fetched(job, variant));
      if (file) return file;
      const reason =
        variant !== "video" && !videos.supports(variant)
          ? `The video service that this bot uses makes no ${VARIANT_NAMES[variant]}s.`
          : `The ${VARIANT_NAMES[variant]} of ${job.id} is no longer kept, neither here nor at the video service.`;
      throw new UserError("no_file", reason);
    },
  };
}

/** What a backend that does not have a file (any more) answers with; one that does not answer may have it yet. */
const GONE = new Set(["no_file", "not_ready", "not_found", "not_supported"]);

function noneWhenGone(error: unknown): undefined {
  if (error instanceof ServiceError && error.service === "videos" && GONE.has(error.code)) return undefined;
  throw error;
}
