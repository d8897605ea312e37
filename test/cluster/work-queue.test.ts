import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { pino } from "pino";
import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";
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

it("what a process worked on that is killed is taken up by another within thirty seconds", async () => {
  const prefix = "killed";
  const program = fileURLToPath(new URL("../fixtures/queue-worker.ts", import.meta.url));
  const dying = spawn(process.execPath, [program, redis.url, prefix], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void dying.kill("SIGKILL"));
  const queue = createSharedQueue({
    connection: { url: redis.url, maxRetriesPerRequest: null },
    prefix,
    concurrency: 4,
    logger: pino({ level: "silent" }),
  });
  onTestFinished(() => queue.stop(1_000));
  queue.add("a");
  const [line] = await once(createInterface({ input: dying.stdout }), "line");
  expect(line).toBe("a");

  const begun: string[] = [];
  queue.start(async (jobId) => void begun.push(jobId));
  // Whoever works on it has it.
  queue.add("b");
  await expect.poll(() => begun).toEqual(["b"]);
  dying.kill("SIGKILL");
  await expect.poll(() => begun, { timeout: 30_000 }).toEqual(["b", "a"]);
});
