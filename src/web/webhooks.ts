import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { Logger } from "pino";
import type { Collection, Store } from "../store/store.ts";
import { field } from "../videos/json.ts";

interface Dependencies {
  /** Reads what the backend sent; undefined where its signature does not hold, or it is older than five minutes. */
  read: (body: string, headers: Headers) => Promise<unknown>;
  /** Looks how a video stands, which the backend says has come to its end. */
  look: (videoId: string) => Promise<void>;
  store: Store;
  now: () => number;
  logger: Logger;
}

/** Where the webhooks are. */
export const WEBHOOKS_PATH = "/webhooks";

/** An event names a video and says little more (bytes). */
const BODY_MAX_BYTES = 65_536;
/** Longer than a signature holds, so that nothing is taken twice (ms). */
const SEEN_TTL_MS = 900_000;
const ENDINGS = new Set(["video.completed", "video.failed"]);

/**
 * Takes `POST /videos`, by which a backend says that a video has come to its end: a hint to look now, for what is true is
 * asked of the backend. An event that was taken is answered well when it comes again, as its sender would go on, and
 * nothing is done.
 */
export function createWebhooks({ read, look, store, now, logger }: Dependencies): Hono {
  const seen: Collection<{ at: number }> = store.collection<{ at: number }>({
    name: "webhook",
    version: 1,
    ttlMs: SEEN_TTL_MS,
  });
  const app = new Hono();
  app.post("/videos", bodyLimit({ maxSize: BODY_MAX_BYTES }), async (c) => {
    const event = await read(await c.req.text(), c.req.raw.headers);
    if (event === undefined) {
      logger.warn("a webhook was refused: its signature does not hold, or it is too old");
      return c.text("The signature does not hold.", 401);
    }
    const id = c.req.header("webhook-id") ?? "";
    if (!(await seen.insert(id, { at: now() }))) return c.text("Known already.");
    const type = String(field(event, "type"));
    const videoId = field(field(event, "data"), "id");
    if (ENDINGS.has(type) && typeof videoId === "string") {
      logger.info({ type, videoId }, "webhook");
      look(videoId).catch((err: unknown) => logger.warn({ err }, "a video could not be looked at"));
    }
    return c.text("Taken.");
  });
  return app;
}
