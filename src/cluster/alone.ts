import { createChatBudget } from "../chat/chat-budget.ts";
import { createCardTurns } from "../jobs/card-turns.ts";
import { createWaitingLine } from "../jobs/waiting-line.ts";
import type { Logger } from "../logger.ts";
import { createInProcessQueue } from "../queue/in-process-queue.ts";
import { createRepetition } from "../repeat.ts";
import type { Coordination } from "./coordination.ts";

/**
 * The coordination of a single process: all of it is memory.
 * @param options.concurrency jobs worked on at once; @param options.now milliseconds, of a clock that nobody sets.
 */
export function createAlone(options: {
  concurrency: number;
  now: () => number;
  logger: Logger;
}): Coordination {
  const { concurrency, now, logger } = options;
  return {
    alone: true,
    queue: createInProcessQueue({ concurrency, logger }),
    repeat: createRepetition,
    openLine: createWaitingLine,
    budget: createChatBudget({ now }),
    cards: createCardTurns(),
    standby: (adapter) => adapter,
    news: { tell() {}, hear() {} },
    ping: async () => {},
    close: async () => {},
  };
}
