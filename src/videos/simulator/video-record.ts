import { z } from "zod";
import { faultIn } from "./faults.ts";

/** A video as the simulator keeps it; all times are Unix milliseconds. */
export const videoRecordSchema = z.object({
  version: z.literal(1),
  id: z.string(),
  model: z.string(),
  size: z.string(),
  seconds: z.number(),
  prompt: z.string(),
  /** The prompts that led to it, the oldest first; the picture is drawn from them. */
  lineage: z.tuple([z.string()], z.string()),
  captions: z.array(z.object({ prompt: z.string(), fromSecond: z.number() })),
  remixedFrom: z.string().nullable(),
  /** Whether a still picture lies beside the record. */
  backdrop: z.boolean(),
  createdAt: z.number(),
  expiresAt: z.number(),
  /** How long it waits and renders at least, in milliseconds. */
  queueMs: z.number(),
  renderMs: z.number(),
  /** When its rendering begins or began; may lie a little ahead. */
  startedAt: z.number().optional(),
  /** When its files lay there, whole. */
  renderedAt: z.number().optional(),
  error: z.object({ code: z.string(), message: z.string() }).optional(),
});

export type VideoRecord = z.infer<typeof videoRecordSchema>;

/** How a video stands at a moment. */
export interface Standing {
  status: "queued" | "in_progress" | "completed" | "failed";
  /** 0 to 100. */
  progress: number;
  completedAt: number | undefined;
  error: VideoRecord["error"];
}

/**
 * Reads a video's standing off its record and the clock, so that nothing has to run for it to move. It is as far as
 * both its schedule and its renderer are; `drawn` is the share (0 to 1) that the renderer has drawn.
 */
export function standingOf(record: VideoRecord, now: number, drawn: number): Standing {
  const { startedAt, renderedAt, renderMs, error } = record;
  const unfinished = { completedAt: undefined, error: undefined };
  if (error) return { ...unfinished, status: "failed", progress: 0, error };
  if (startedAt === undefined || now < startedAt) return { ...unfinished, status: "queued", progress: 0 };
  const share = scheduledShare(record, now);
  const halt = faultIn(record.prompt)?.halt;
  if (halt && share >= halt.at) {
    const progress = Math.floor(100 * halt.at);
    return { ...unfinished, status: halt.error ? "failed" : "in_progress", progress, error: halt.error };
  }
  if (renderedAt !== undefined && share >= 1) {
    return {
      status: "completed",
      progress: 100,
      completedAt: Math.max(renderedAt, startedAt + renderMs),
      error,
    };
  }
  const done = renderedAt === undefined && !halt ? Math.min(share, drawn) : share;
  return { ...unfinished, status: "in_progress", progress: Math.floor(99 * done) };
}

/** How much of its rendering time is over, 0 to 1. */
export function scheduledShare({ startedAt, renderMs }: VideoRecord, now: number): number {
  if (startedAt === undefined || now < startedAt) return 0;
  return renderMs === 0 ? 1 : Math.min(1, (now - startedAt) / renderMs);
}

/** The video as the API shows it: the only place that knows its field names. */
export function toResource(record: VideoRecord, standing: Standing) {
  const unix = (time: number | undefined) => (time === undefined ? null : Math.floor(time / 1000));
  return {
    id: record.id,
    object: "video",
    model: record.model,
    status: standing.status,
    progress: standing.progress,
    created_at: unix(record.createdAt),
    completed_at: unix(standing.completedAt),
    expires_at: unix(standing.status === "completed" ? record.expiresAt : undefined),
    prompt: record.prompt,
    size: record.size,
    seconds: String(record.seconds),
    remixed_from_video_id: record.remixedFrom,
    error: standing.error ?? null,
  };
}
