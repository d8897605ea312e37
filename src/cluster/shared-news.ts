import type { Redis } from "ioredis";
import type { Logger } from "../logger.ts";
import type { BackendFinding, BackendNews } from "./coordination.ts";

/** Findings over Redis' publish and subscribe; each process hears all but its own. */
export function createSharedNews(options: {
  redis: Redis;
  prefix: string;
  /** Tells this process from the others. */
  self: string;
  logger: Logger;
}): BackendNews & { close(): void } {
  const { redis, prefix, self, logger } = options;
  const channel = `${prefix}:backend`;
  const subscriber = redis.duplicate({ maxRetriesPerRequest: null });
  const trouble = (err: unknown) => logger.warn({ err }, "news of the backend do not get around");
  subscriber.on("error", trouble);
  return {
    tell: (finding) => void redis.publish(channel, JSON.stringify({ from: self, finding })).catch(trouble),
    hear(listener) {
      subscriber.on("message", (_channel, text) => {
        const { from, finding }: { from: string; finding: BackendFinding } = JSON.parse(text);
        if (from !== self) listener(finding);
      });
      subscriber.subscribe(channel).catch(trouble);
    },
    close: () => subscriber.disconnect(),
  };
}
