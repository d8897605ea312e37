import { pino } from "pino";
import { afterAll, beforeAll } from "vitest";
import { createSharedQueue } from "../../src/queue/shared-queue.ts";
import { workQueueSuite } from "../contract/suites/work-queue-suite.ts";
import { type RedisServer, startRedis } from "../fixtures/redis-server.ts";

let redis: RedisServer;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.stop());

let bots = 0;
workQueueSuite("over Redis", {
  processes: 2,
  async open({ concurrency, processes }) {
    const prefix = `bot${bots++}`;
    return Array.from({ length: processes }, () =>
      createSharedQueue({
        connection: { url: redis.url, maxRetriesPerRequest: null },
        prefix,
        concurrency,
        logger: pino({ level: "silent" }),
      }),
    );
  },
});
