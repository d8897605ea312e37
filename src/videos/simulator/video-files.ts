import { randomUUID } from "node:crypto";
import { copyFile, mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { readJson, writeJson } from "./json-file.ts";
import { mediaFiles, type Variant } from "./renderer.ts";
import { type VideoRecord, videoRecordSchema } from "./video-record.ts";

export type VideoFiles = ReturnType<typeof createVideoFiles>;

/**
 * The videos' place on the disk, one folder each: `video.json`, `backdrop` and `media/`. Every change is a rename, so a
 * process killed at any moment leaves whole files; what it was busy with is swept away by the next `load`.
 */
export function createVideoFiles(root: string) {
  const folder = (id: string) => join(root, id);
  const backdrop = (id: string) => join(folder(id), "backdrop");
  const media = (id: string) => join(folder(id), "media");

  async function discard(path: string): Promise<void> {
    const trash = join(root, `trash-${randomUUID()}`);
    // It may be gone already.
    await rename(path, trash).catch(() => undefined);
    await rm(trash, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }

  /** Rubbish stops no start: the renderer of a killed process may still write into it, and the next sweep finds it again. */
  async function sweep(path: string): Promise<void> {
    await discard(path).catch(() => undefined);
  }

  return {
    backdrop,
    discard: (id: string) => discard(folder(id)),
    discardMedia: async (id: string) => {
      await discard(media(id));
      await discard(backdrop(id));
    },
    path: (id: string, variant: Variant) => join(media(id), mediaFiles[variant].name),
    hasMedia: async (id: string) => (await stat(media(id)).catch(() => undefined)) !== undefined,
    save: (record: VideoRecord) => writeJson(join(folder(record.id), "video.json"), record),

    /** Makes the folder of a new video, with a copy of the still picture it is drawn on. */
    async add(record: VideoRecord, picture: string | undefined): Promise<void> {
      await mkdir(folder(record.id), { recursive: true });
      if (picture !== undefined) await copyFile(picture, backdrop(record.id));
      await this.save(record);
    },

    /** A fresh place to render into; `keep` makes what lies there the video's media. */
    draft(id: string): { directory: string; keep: () => Promise<void>; drop: () => Promise<void> } {
      const directory = join(folder(id), `draft-${randomUUID()}`);
      return { directory, keep: () => rename(directory, media(id)), drop: () => discard(directory) };
    },

    /** Every video that was added, the oldest first. */
    async load(): Promise<VideoRecord[]> {
      await mkdir(root, { recursive: true });
      const records: VideoRecord[] = [];
      for (const id of await readdir(root)) {
        const record = await readJson(join(folder(id), "video.json"), videoRecordSchema);
        if (record?.id !== id) {
          await sweep(folder(id));
          continue;
        }
        for (const name of await readdir(folder(id))) {
          if (!["video.json", "backdrop", "media"].includes(name)) await sweep(join(folder(id), name));
        }
        records.push(record);
      }
      return records.sort((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1));
    },
  };
}
