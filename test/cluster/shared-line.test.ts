import { pino } from "pino";
import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";
import { connectRedis } from "../../src/cluster/redis.ts";
import { createSharedLine } from "../../src/cluster/shared-line.ts";
import { createSharedTurns } from "../../src/cluster/shared-turns.ts";
import type { LineOptions } from "../../src/jobs/waiting-line.ts";
import { waitingLineSuite } from "../contract/suites/waiting-line-suite.ts";
import { aJob } from "../fixtures/jobs.ts";
import { type RedisServer, startRedis } from "../fixtures/redis-server.ts";

let server: RedisServer;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());

const logger = pino({ level: "silent" });
let bots = 0;

/** Lines of one bot, as its processes have them. */
async function open(options: LineOptions, processes: number) {
  const prefix = `bot${bots++}`;
  return Promise.all(
    Array.from({ length: processes }, async () => {
      const { redis, close } = await connectRedis({ url: server.url, setting: "QUEUE_URL" });
      onTestFinished(close);
      return createSharedLine({
        ...options,
        redis,
        prefix,
        turns: createSharedTurns({ redis }),
        logger,
      });
    }),
  );
}

waitingLineSuite("over Redis", { open, processes: 3 });

it("a place that became free while nobody could give it is given later", async () => {
  const turns: string[] = [];
  const options = { maxActive: 1, onTurn: (id: string) => void turns.push(id), onMoved() {} };
  const [dying, other] = await open(options, 2);
  await dying?.see(aJob({ id: "a", phase: "posted" }));
  await dying?.see(aJob({ id: "b", phase: "posted" }));
  // It dies after it took a place away and before it gave it to the next.
  dying?.stop();
  await dying?.leave("a");
  expect(turns).toEqual([]);
  expect((await other?.members())?.waiting).toEqual(new Set(["b"]));
  await expect.poll(() => turns).toEqual(["b"]);
  other?.stop();
});
