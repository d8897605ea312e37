import type { MediaFile } from "../chat/media-file.ts";
import type { ServedFile } from "./media-routes.ts";
import { createShown } from "./shown.ts";

/** The files of private answers: what was shown can be fetched for a while, and nothing else of the media store. */
export interface ShownFiles {
  /** An address for a file that is about to be shown; nobody can guess it. */
  address(file: MediaFile): string;
  /** What an address stands for; undefined once its time is over. */
  find(id: string): ServedFile | undefined;
}

/** A page shows six files at most; what is shown beyond this ends the oldest. */
const FILES_MAX = 2_000;

/** Keeps addresses in this process's memory: answers do not outlive it either. */
export function createShownFiles({ now }: { now: () => number }): ShownFiles {
  const shown = createShown<ServedFile>({ now, max: FILES_MAX });
  return {
    address: ({ key, contentType, filename }) => `/shown/${shown.keep({ key, contentType, filename })}`,
    find: shown.find,
  };
}
