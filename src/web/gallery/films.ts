import type { GalleryEntry } from "../../gallery/gallery.ts";
import type { Job, StoredMedia } from "../../jobs/job.ts";
import type { JobStore } from "../../jobs/job-store.ts";
import type { MediaStore } from "../../media/media-store.ts";
import type { ServedFile } from "../media-routes.ts";

/** What the web gallery serves of a video. */
export type FilmFile = keyof StoredMedia;

/** A video of the gallery with what is there of it right now. */
export interface Film {
  entry: GalleryEntry;
  job: Job;
  /** The sizes of the files that are there (bytes). */
  files: Partial<Record<FilmFile, number>>;
}

/** Looks up what belongs to the entries of a gallery. */
export interface Films {
  /** With no more than what a poster needs; without those whose jobs are not there (any more). */
  posters(entries: GalleryEntry[]): Promise<Film[]>;
  /** Undefined where there is no such job (any more). */
  one(entry: GalleryEntry): Promise<Film | undefined>;
  /** A file's address in the media store; undefined where there never was one. */
  file(id: string, file: FilmFile): Promise<ServedFile | undefined>;
}

/** The jobs, as far as the web gallery needs them. */
export type JobReader = Pick<JobStore, "get" | "getMany">;

/** Films from the job documents and the media store. */
export function createFilms({ jobs, media }: { jobs: JobReader; media: MediaStore }): Films {
  async function filesOf(job: Job, wanted: readonly FilmFile[]): Promise<Film["files"]> {
    const found = await Promise.all(
      wanted.map(async (file) => {
        const key = job.media?.[file]?.key;
        const info = key === undefined ? undefined : await media.stat(key);
        return info ? [[file, info.bytes] as const] : [];
      }),
    );
    return Object.fromEntries(found.flat());
  }

  return {
    async posters(entries) {
      const found = await jobs.getMany(entries.map(({ id }) => id));
      const byId = new Map(found.map((job) => [job.id, job]));
      const films = entries.map(async (entry) => {
        const job = byId.get(entry.id);
        return job ? [{ entry, job, files: await filesOf(job, ["thumbnail"]) }] : [];
      });
      return (await Promise.all(films)).flat();
    },
    async one(entry) {
      const job = await jobs.get(entry.id);
      return job && { entry, job, files: await filesOf(job, ["video", "thumbnail", "spritesheet"]) };
    },
    async file(id, file) {
      const stored = (await jobs.get(id))?.media?.[file];
      if (!stored) return undefined;
      const contentType = "contentType" in stored ? stored.contentType : "video/mp4";
      const extension = stored.key.split(".").at(-1);
      const name = file === "video" ? id : `${id}-${file}`;
      return { key: stored.key, contentType, filename: `showreel-${name}.${extension}` };
    },
  };
}
