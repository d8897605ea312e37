import { Redis } from "ioredis";
import { pino } from "pino";
import { afterAll, expect, it, onTestFinished } from "vitest";
import { createChatBudget } from "../../src/chat/chat-budget.ts";
import { createWindows } from "../../src/chat/windows.ts";
import { connectRedis } from "../../src/cluster/redis.ts";
import { createSharedWindows } from "../../src/cluster/shared-windows.ts";
import { sleep } from "../../src/sleep.ts";
import { chatBudgetSuite } from "../contract/suites/chat-budget-suite.ts";
import { startRedis } from "../fixtures/redis-server.ts";

const server = await startRedis();
const observer = new Redis(server.url);
observer.on("error", () => {});
const monitor = await observer.monitor();
afterAll(async () => {
  monitor.disconnect();
  observer.disconnect();
  await server.stop();
});

/** What Redis wrote down about each bucket, by what it says it does. */
let calls: { bucket: string; at: number }[] = [];
monitor.on("monitor", (_time: string, [command = "", key = "", at = ""]: string[]) => {
  if (command === "RPUSH") calls.push({ bucket: key.replace("showreel:calls:", ""), at: Number(at) });
});

const now = () => performance.now();

/** A process's budget, and what it logs. */
async function openProcess() {
  const lines: string[] = [];
  const logger = pino({ level: "info" }, { write: (line: string) => lines.push(JSON.parse(line).msg) });
  const { redis, close } = await connectRedis({ url: server.url, setting: "QUEUE_URL" });
  onTestFinished(close);
  const windows = createSharedWindows({ redis, own: createWindows({ now }), logger });
  return { budget: createChatBudget({ now, windows }), redis, lines };
}

chatBudgetSuite("shared", {
  perMs: 200,
  async open(processes) {
    await observer.flushall();
    calls = [];
    const [first, ...others] = await Promise.all(Array.from({ length: processes }, openProcess));
    if (!first) throw new Error("There is a process at least.");
    return {
      budgets: [first.budget, ...others.map(({ budget }) => budget)],
      async counted(bucket) {
        // What the monitor tells comes in order: this is the last of it.
        const marker = `marker ${Math.random()}`;
        const told = new Promise<void>((resolve) => {
          const hear = (_time: string, args: string[]) => {
            if (args[1] !== marker) return;
            monitor.off("monitor", hear);
            resolve();
          };
          monitor.on("monitor", hear);
        });
        await observer.get(marker);
        await told;
        return calls.filter((call) => call.bucket === bucket).map(({ at }) => at);
      },
    };
  },
  pass: (ms) => sleep(ms),
  until: (work) => work,
});

it("counts by itself while Redis is away, what it has sent before as well, and together again afterwards", async () => {
  const draws = [{ bucket: "slow", calls: 2, perMs: 60_000 }];
  const { budget, lines } = await openProcess();
  expect(await budget.acquire(draws, "final").granted).toBe(true);
  await server.stop();
  expect(await budget.acquire(draws, "final").granted).toBe(true);
  const third = budget.acquire(draws, "final");
  const other = budget.acquire([{ bucket: "other", calls: 1, perMs: 1000 }], "progress");
  expect(await Promise.race([third.granted, other.granted.then(() => "other")])).toBe("other");
  third.cancel();
  expect(lines).toEqual(["limits of chat platforms are counted by each process alone"]);

  await server.restart();
  const seen = [{ bucket: "seen", calls: 1000, perMs: 1000 }];
  await expect
    .poll(async () => {
      await budget.acquire(seen, "final").granted;
      return lines;
    })
    .toHaveLength(2);
  expect(lines[1]).toBe("limits of chat platforms are counted by all processes together again");
});

it("asks Redis seldom while many wait for the same bucket", async () => {
  const { budget, redis } = await openProcess();
  const draws = [{ bucket: "busy", calls: 1, perMs: 100 }];
  const asked = async () => Number(/cmdstat_evalsha:calls=(\d+)/.exec(await redis.info("commandstats"))?.[1]);
  await budget.acquire(draws, "final").granted;
  const before = await asked();
  await Promise.all(Array.from({ length: 20 }, () => budget.acquire(draws, "progress").granted));
  // Each one's coming, and each one's turn.
  expect((await asked()) - before).toBeLessThanOrEqual(2 * 20 + 2);
});
