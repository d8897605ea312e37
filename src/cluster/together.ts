import { randomUUID } from "node:crypto";
import { createChatBudget } from "../chat/chat-budget.ts";
import { createWindows } from "../chat/windows.ts";
import type { Logger } from "../logger.ts";
import { createSharedQueue } from "../queue/shared-queue.ts";
import type { Coordination } from "./coordination.ts";
import { connectRedis } from "./redis.ts";
import { createSharedCards } from "./shared-cards.ts";
import { createSharedLine } from "./shared-line.ts";
import { createSharedNews } from "./shared-news.ts";
import { createSharedRounds } from "./shared-rounds.ts";
import { createSharedTurns } from "./shared-turns.ts";
import { createSharedWindows } from "./shared-windows.ts";
import { createStandby } from "./standby.ts";

/** Of every key that the processes share. */
const PREFIX = "showreel";

/**
 * The coordination of any number of processes, over one Redis.
 * @param options.concurrency jobs that this process works on at once.
 * @throws UserError when it cannot be reached.
 */
export async function createTogether(options: {
  url: string;
  concurrency: number;
  now: () => number;
  logger: Logger;
}): Promise<Coordination> {
  const { url, concurrency, now, logger } = options;
  const { redis, close } = await connectRedis({ url, setting: "QUEUE_URL", logger });
  const turns = createSharedTurns({ redis });
  const connection = { url, maxRetriesPerRequest: null };
  const news = createSharedNews({ redis, prefix: PREFIX, self: randomUUID(), logger });
  return {
    alone: false,
    queue: createSharedQueue({ connection, prefix: `${PREFIX}:queue`, concurrency, logger }),
    repeat: createSharedRounds({ connection, prefix: `${PREFIX}:queue`, logger }),
    openLine: (line) => createSharedLine({ ...line, redis, prefix: PREFIX, turns, logger }),
    budget: createChatBudget({
      now,
      windows: createSharedWindows({ redis, own: createWindows({ now }), logger }),
    }),
    cards: createSharedCards({ redis, prefix: PREFIX, turns }),
    standby: (adapter, slice) => createStandby({ adapter, slice, redis, logger }),
    news,
    ping: async () => void (await redis.ping()),
    async close() {
      news.close();
      await close();
    },
  };
}
