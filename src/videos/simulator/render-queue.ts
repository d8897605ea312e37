import PQueue from "p-queue";
import { faultIn } from "./faults.ts";
import type { Render } from "./renderer.ts";
import type { VideoFiles } from "./video-files.ts";
import { scheduledShare, type VideoRecord } from "./video-record.ts";

/** Videos drawn at once; the others stay queued. */
const concurrency = 2;

/** Draws videos one after the other and tells of each when it began and when its files lie there. */
export function createRenderQueue(options: {
  files: VideoFiles;
  render: Render;
  clock: () => number;
  change: (record: VideoRecord, changes: Partial<VideoRecord>) => Promise<VideoRecord>;
  onError: (error: unknown, videoId: string) => void;
}) {
  const { files, render, clock, change, onError } = options;
  const queue = new PQueue({ concurrency });
  const closing = new AbortController();
  /** The share (0 to 1) that is drawn of every video in the queue. */
  const shares = new Map<string, number>();

  async function produce(queued: VideoRecord): Promise<void> {
    const startedAt = queued.startedAt ?? Math.max(clock(), queued.createdAt + queued.queueMs);
    const record = await change(queued, { startedAt });
    if (faultIn(record.prompt)?.halt) return;
    const [width = 0, height = 0] = record.size.split("x").map(Number);
    const draft = files.draft(record.id);
    const before = shares.get(record.id) ?? 0;
    try {
      await render({
        clip: { ...record, width, height },
        backdrop: record.backdrop ? files.backdrop(record.id) : undefined,
        directory: draft.directory,
        signal: closing.signal,
        onProgress: (share) => shares.set(record.id, before + (1 - before) * share),
      });
      await draft.keep();
      await change(record, { renderedAt: clock() });
    } catch (error) {
      await draft.drop();
      if (closing.signal.aborted) return;
      onError(error, record.id);
      const message = "The video could not be rendered.";
      await change(record, { error: { code: "video_generation_failed", message } });
    }
  }

  return {
    add(record: VideoRecord): void {
      // One that is begun anew goes on from where its schedule stands, lest people see it fall back.
      shares.set(record.id, Math.min(0.95, scheduledShare(record, clock())));
      queue
        .add(() => produce(record))
        .catch((error) => onError(error, record.id))
        .finally(() => shares.delete(record.id));
    },

    /** The share (0 to 1) that is drawn of a video; 0 for one that is not in the queue. */
    drawn: (videoId: string) => shares.get(videoId) ?? 0,

    /** Stops drawing; what is unfinished is left as it was. */
    async close(): Promise<void> {
      queue.clear();
      closing.abort();
      await queue.onIdle();
    },
  };
}
