import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { Redis } from "ioredis";
import { afterAll, beforeEach, expect, it, onTestFinished } from "vitest";
import { connectRedis } from "../../src/cluster/redis.ts";
import { createSharedTurns } from "../../src/cluster/shared-turns.ts";
import { turnsSuite } from "../contract/suites/turns-suite.ts";
import { startRedis } from "../fixtures/redis-server.ts";

const TTL_MS = 1000;
const LOCK = "showreel:turn:card";

const server = await startRedis();
const observer = new Redis(server.url);
observer.on("error", () => {});
afterAll(async () => {
  observer.disconnect();
  await server.stop();
});
beforeEach(async () => {
  await observer.flushall();
});

async function openTurns() {
  const { redis, close } = await connectRedis({ url: server.url, setting: "QUEUE_URL" });
  onTestFinished(close);
  return createSharedTurns({ redis, ttlMs: TTL_MS }).take;
}

/** Starts another process that takes turns, and hears what it prints. */
function startTaker(...times: string[]) {
  const program = fileURLToPath(new URL("../fixtures/turn-taker.ts", import.meta.url));
  const child = spawn(process.execPath, [program, server.url, ...times], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  return { child, lines: createInterface({ input: child.stdout }) };
}

turnsSuite("shared", async (processes) => [
  await openTurns(),
  ...(await Promise.all(Array.from({ length: processes - 1 }, openTurns))),
]);

it("lets one of several processes in at a time", async () => {
  const takers = [startTaker("15"), startTaker("15")];
  const told = await Promise.all(takers.map(({ lines }) => Array.fromAsync(lines)));
  expect(told.flat()).toEqual(Array(30).fill("1"));
});

it("gives the turn of a process that was killed to the next one, once its life is over", async () => {
  const { child, lines } = startTaker();
  await once(lines, "line");
  const turns = await openTurns();
  let taken = false;
  const mine = turns("card", async () => {
    taken = true;
  });
  // It is renewed for as long as its holder lives.
  const lives = async () => [await observer.pttl(LOCK), taken];
  for (const from = performance.now(); performance.now() - from < 2 * TTL_MS; )
    expect(await lives()).toEqual([expect.toSatisfy((ms: number) => ms > 0), false]);
  child.kill("SIGKILL");
  await once(child, "exit");
  const killed = performance.now();
  await mine;
  expect(performance.now() - killed).toBeLessThan(TTL_MS + 1000);
});

it("lets whoever waits come before whoever had the last turn", async () => {
  const TURNS = 6;
  const processes = await Promise.all([openTurns(), openTurns()]);
  const order: number[] = [];
  await Promise.all(
    processes.flatMap((turns, process) =>
      Array.from({ length: TURNS }, () =>
        turns("card", async () => {
          order.push(process);
          const another = order.filter((other) => other !== process).length < TURNS;
          if (another) await expect.poll(() => observer.exists("showreel:next:card")).toBe(1);
        }),
      ),
    ),
  );
  const [first = 0] = order;
  expect(order).toEqual(Array.from({ length: 2 * TURNS }, (_, place) => (place + first) % 2));
});

it("tells work whose turn was lost, and leaves the next one's turn alone", async () => {
  const turns = await openTurns();
  await turns("card", async (held) => {
    expect(held()).toBe(true);
    await observer.set(LOCK, "somebody else");
    await expect.poll(held).toBe(false);
  });
  expect(await observer.get(LOCK)).toBe("somebody else");
});

it("refuses while Redis is away, and tells work that cannot renew its turn", async () => {
  const turns = await openTurns();
  await turns("card", async (held) => {
    await server.stop();
    expect(held()).toBe(true);
    await expect.poll(held).toBe(false);
  });
  const away = { name: "ServiceError", service: "store", code: "unavailable", retryable: true };
  await expect(turns("card", async () => "never")).rejects.toMatchObject(away);
  await server.restart();
  await expect.poll(() => turns("card", async () => "back").catch(String)).toBe("back");
});
