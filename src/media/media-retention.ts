import type { Logger } from "pino";
import type { Round } from "../repeat.ts";
import type { MediaStore } from "./media-store.ts";

const EVERY_MS = 3_600_000;

/**
 * Each hour removes the files that were kept long enough; thumbnails stay, for the galleries.
 * @param options.keepMs how long a job's files are kept after the newest of them was written (milliseconds).
 */
export function createMediaRetention(options: {
  media: MediaStore;
  keepMs: number;
  now: () => number;
  logger: Logger;
}): Round {
  const { media, keepMs, now, logger } = options;
  return {
    name: "retention",
    everyMs: EVERY_MS,
    async work() {
      const removed = await media.prune(now() - keepMs);
      if (removed.folders > 0) logger.info(removed, "old media removed");
    },
    onError: (err) => logger.error({ err }, "old media could not be removed"),
  };
}
