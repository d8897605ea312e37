import { randomBytes } from "node:crypto";
import type { MediaFile } from "../chat/media-file.ts";
import type { ServedFile } from "./media-routes.ts";

/** The files of private answers: what was shown can be fetched for a while, and nothing else of the media store. */
export interface ShownFiles {
  /** An address for a file that is about to be shown; nobody can guess it. */
  address(file: MediaFile): string;
  /** What an address stands for; undefined once its time is over. */
  find(id: string): ServedFile | undefined;
}

/** As long as somebody may leave an answer open and still press play. */
const LIFETIME_MS = 12 * 3_600_000;
/** A page shows six files at most; what is shown beyond this ends the oldest. */
const FILES_MAX = 2_000;

/** Keeps addresses in this process's memory: answers do not outlive it either. */
export function createShownFiles({ now }: { now: () => number }): ShownFiles {
  const shown = new Map<string, { file: ServedFile; until: number }>();
  return {
    address({ key, contentType, filename }) {
      const id = randomBytes(18).toString("base64url");
      shown.set(id, { file: { key, contentType, filename }, until: now() + LIFETIME_MS });
      const [oldest] = shown.keys();
      if (shown.size > FILES_MAX && oldest !== undefined) shown.delete(oldest);
      return `/shown/${id}`;
    },
    find(id) {
      const entry = shown.get(id);
      return entry && entry.until > now() ? entry.file : undefined;
    },
  };
}
