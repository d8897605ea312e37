import { pino } from "pino";
import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";
import { createSharedRounds } from "../../src/cluster/shared-rounds.ts";
import { type RedisServer, startRedis } from "../fixtures/redis-server.ts";

let redis: RedisServer;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.stop());

const logger = pino({ level: "silent" });
const connection = () => ({ url: redis.url, maxRetriesPerRequest: null });

/** Three processes with the same round, and what they did. */
function createScene(prefix: string, takes = () => Promise.resolve()) {
  const done: number[] = [];
  let under = 0;
  let most = 0;
  const rounds = [0, 1, 2].map((process) => {
    const round = createSharedRounds({ connection: connection(), prefix, logger })({
      name: "poll",
      everyMs: 50,
      async work() {
        most = Math.max(most, ++under);
        done.push(process);
        await takes().finally(() => under--);
      },
      onError() {},
    });
    round.start();
    let stopped: Promise<void> | undefined;
    const stop = () => {
      stopped ??= round.stop();
      return stopped;
    };
    onTestFinished(stop);
    return { stop };
  });
  return { rounds, done, most: () => most };
}

it("a round happens again and again, in one process at a time, however long it takes", async () => {
  const { done, most } = createScene("slow", () => new Promise((resolve) => setTimeout(resolve, 120)));
  await expect.poll(() => done.length).toBeGreaterThan(8);
  expect(most()).toBe(1);
});

it("a round goes on where the process that did it is gone, and after a failure", async () => {
  const { rounds, done } = createScene("gone", () => Promise.reject(new Error("no")));
  await expect.poll(() => done.length).toBeGreaterThan(3);
  const [first, second] = rounds;
  await first?.stop();
  await second?.stop();
  const before = done.length;
  await expect.poll(() => done.length).toBeGreaterThan(before + 3);
  expect(new Set(done.slice(before + 1))).toEqual(new Set([2]));
});

it("a round has about one beat per interval, however many processes there are", async () => {
  const { done } = createScene("beat");
  const from = performance.now();
  await expect.poll(() => done.length).toBeGreaterThan(20);
  expect(performance.now() - from).toBeGreaterThan(20 * 50 * 0.7);
});

it("a round goes on after Redis was away and lost everything", async () => {
  const { done } = createScene("lost");
  await expect.poll(() => done.length).toBeGreaterThan(3);
  await redis.restart();
  const before = done.length;
  await expect.poll(() => done.length, { timeout: 40_000 }).toBeGreaterThan(before + 3);
});
