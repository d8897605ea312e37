import { type ConnectionOptions, Queue, Worker } from "bullmq";
import type { Logger } from "pino";
import { LOCKS } from "../queue/shared-queue.ts";
import { createRepetition, type Repeat } from "../repeat.ts";

/** How often each process looks whether a round is still scheduled (ms): a Redis that lost everything knows of none. */
const LOOK_EVERY_MS = 10_000;

/**
 * Rounds of which one at a time happens in all processes: a job scheduler of BullMQ's gives each round its beat, a queue
 * that allows one job at a time its worker. Where that one dies, another has the next beat once its lock is over.
 */
export function createSharedRounds(options: {
  connection: ConnectionOptions;
  prefix: string;
  logger: Logger;
}): Repeat {
  const { connection, prefix, logger } = options;

  return function repeat({ name, everyMs, work, onError }) {
    const queue = new Queue(`round-${name}`, { connection, prefix, streams: { events: { maxLen: 100 } } });
    const trouble = (err: unknown) => logger.warn({ err, round: name }, "the shared rounds do not answer");
    queue.on("error", trouble);
    let worker: Worker | undefined;

    async function schedule(): Promise<void> {
      const known = await queue.getJobScheduler(name);
      if (known?.every === everyMs) return;
      await queue.setGlobalConcurrency(1);
      const opts = { removeOnComplete: true, removeOnFail: true };
      await queue.upsertJobScheduler(name, { every: everyMs }, { name, opts });
    }
    const scheduling = createRepetition({ work: schedule, everyMs: LOOK_EVERY_MS, onError: trouble });

    return {
      start() {
        scheduling.start();
        worker = new Worker(queue.name, () => work().catch(onError), { connection, prefix, ...LOCKS });
        worker.on("error", trouble);
      },
      async stop() {
        await scheduling.stop();
        await worker?.close();
        await queue.close();
      },
    };
  };
}
