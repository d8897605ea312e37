import { type ConnectionOptions, type Job, Queue, Worker } from "bullmq";
import type { Logger } from "pino";
import { inLogContext } from "../log-context.ts";
import { sleep } from "../sleep.ts";
import { retryWaitMs } from "./retry-wait.ts";
import type { WorkQueue } from "./work-queue.ts";

/** A process that died holds its jobs for this long (ms), and its work is found by another within the next look. */
export const LOCKS = { lockDuration: 10_000, stalledInterval: 5_000, maxStalledCount: 1_000_000 };
/** As good as for ever: when a job is to end, its own step says so. */
const ATTEMPTS = 1_000_000;

interface Entry {
  jobId: string;
}

/**
 * The queue of several processes, over BullMQ: its locks say who works on a job, and its deduplication keeps a job from
 * being added twice and takes it up once more where it was added while somebody worked on it.
 * @param options.prefix of its keys in Redis.
 */
export function createSharedQueue(options: {
  connection: ConnectionOptions;
  prefix: string;
  concurrency: number;
  logger: Logger;
}): WorkQueue {
  const { connection, prefix, concurrency, logger } = options;
  const queue = new Queue<Entry>("work", {
    connection,
    prefix,
    streams: { events: { maxLen: 1_000 } },
  });
  let worker: Worker<Entry> | undefined;
  let stopping = false;
  const trouble = (err: unknown) => logger.warn({ err }, "the shared queue does not answer");
  queue.on("error", trouble);

  async function add(jobId: string): Promise<void> {
    await queue.add(
      "work",
      { jobId },
      {
        deduplication: { id: jobId, keepLastIfActive: true },
        attempts: ATTEMPTS,
        backoff: { type: "custom" },
        removeOnComplete: true,
        removeOnFail: true,
        stackTraceLimit: 0,
      },
    );
  }

  /** One that waits for its next try is taken up now. */
  async function wake(jobId: string): Promise<void> {
    await add(jobId);
    const id = await queue.getDeduplicationJobId(jobId);
    const job = id ? await queue.getJob(id) : undefined;
    if (await job?.isDelayed()) await job?.promote();
  }

  return {
    start(work, onBegin = () => {}) {
      const begin = ({ data: { jobId }, attemptsMade, timestamp }: Job<Entry>) => {
        // When one that was delayed was due nobody knows.
        if (attemptsMade === 0) onBegin(Math.max(0, Date.now() - timestamp));
        return inLogContext({ jobId }, () => work(jobId));
      };
      worker = new Worker(queue.name, begin, {
        ...{ connection, prefix, concurrency, ...LOCKS },
        settings: {
          backoffStrategy(attemptsMade, _type, err, job) {
            const waitMs = retryWaitMs(err, attemptsMade - 1);
            logger.warn({ jobId: job?.data.jobId, err, waitMs }, "work on a job failed, trying again");
            return waitMs;
          },
        },
      });
      worker.on("error", trouble);
    },
    // Entries are hints: what does not get through, the sweep adds again.
    add: (jobId) => void (stopping || add(jobId).catch(trouble)),
    wake: (jobId) => void (stopping || wake(jobId).catch(trouble)),
    waiting: () => queue.getWaitingCount(),
    async stop(timeoutMs) {
      stopping = true;
      const idle = new AbortController();
      await Promise.race([worker?.close(), sleep(timeoutMs, idle.signal)]);
      idle.abort();
      await queue.close();
    },
  };
}
