import { Redis } from "ioredis";
import { pino } from "pino";
import { afterEach, beforeEach, expect, it, onTestFinished } from "vitest";
import { createLease, type Lease, type Standing } from "../../src/cluster/lease.ts";
import { spawnScript } from "../fixtures/bot-process.ts";
import { type RedisServer, startRedis } from "../fixtures/redis-server.ts";

const TIMES = { ttlMs: 1_000, renewMs: 200, tryMs: 50 };
const KEY = "showreel:lease:work";

let server: RedisServer;
let look: Redis;
let leases: Lease[];
/** How many of this process ever held it at the same time, looked at whenever one gets it. */
let most: number;

beforeEach(async () => {
  server = await startRedis();
  look = connect();
  leases = [];
  most = 0;
});

afterEach(async () => {
  await Promise.all(leases.map((lease) => lease.stop()));
  await server.stop();
  expect(most).toBeLessThanOrEqual(1);
});

function connect(): Redis {
  const redis = new Redis(server.url, {
    maxRetriesPerRequest: null,
    retryStrategy: () => 50,
    enableReadyCheck: false,
  });
  redis.on("error", () => {});
  onTestFinished(() => redis.disconnect());
  return redis;
}

/** How many of this process hold it right now. */
function holders(): number {
  return leases.filter((lease) => lease.standing() === "held").length;
}

/** One more that wants it, on a connection of its own. */
function contender() {
  const redis = connect();
  const heard: Standing[] = [];
  const lease = createLease({
    redis,
    name: "work",
    times: TIMES,
    onChange(standing) {
      heard.push(standing);
      most = Math.max(most, holders());
    },
    logger: pino({ enabled: false }),
  });
  leases.push(lease);
  return { lease, redis, heard };
}

/** A process that wants it; `said` is how it stood so far. */
function holderProcess() {
  const args = [server.url, "work", JSON.stringify(TIMES)];
  const { child, output, kill, exited } = spawnScript({ script: "test/fixtures/lease-holder.ts", args });
  return { child, kill, exited, said: () => output().trim().split("\n") };
}

it("is held by one of many, and by the next as soon as that one stops", async () => {
  const all = Array.from({ length: 6 }, contender);
  for (const { lease } of all) lease.start();
  for (const round of all.keys()) {
    await expect.poll(holders).toBe(1);
    await expect
      .poll(() => all.filter(({ lease }) => lease.standing() === "taken").length)
      .toBe(all.length - round - 1);
    const holder = all.find(({ lease }) => lease.standing() === "held");
    await holder?.lease.stop();
    expect(holder?.lease.standing()).toBe("unknown");
  }
  expect(await look.get(KEY)).toBeNull();
  expect(all.flatMap(({ heard }) => heard.filter((standing) => standing === "held"))).toHaveLength(6);
});

it("is taken over from a process that is killed", async () => {
  const holder = holderProcess();
  await expect.poll(() => holder.said()).toContain("held");
  const { lease, heard } = contender();
  lease.start();
  await expect.poll(() => heard).toEqual(["taken"]);
  await holder.kill("SIGKILL");
  await expect.poll(() => heard).toEqual(["taken", "held"]);
});

it("is nobody's to give up but the holder's, also after a pause", async () => {
  const holder = holderProcess();
  await expect.poll(() => holder.said()).toContain("held");
  const { lease, heard } = contender();
  lease.start();
  await expect.poll(() => heard).toEqual(["taken"]);
  holder.child.kill("SIGSTOP");
  await expect.poll(() => heard).toEqual(["taken", "held"]);
  const token = await look.get(KEY);
  holder.child.kill("SIGCONT");
  await expect.poll(() => holder.said().at(-1)).toBe("taken");
  expect(await holder.kill("SIGTERM")).toBe(0);
  expect(await look.get(KEY)).toBe(token);
  expect(lease.standing()).toBe("held");
});

it("is not believed in any more once it cannot be renewed, before anybody else can have it", async () => {
  const [cut, other] = [contender(), contender()];
  cut.lease.start();
  await expect.poll(holders).toBe(1);
  other.lease.start();
  await expect.poll(() => other.heard).toEqual(["taken"]);
  cut.redis.disconnect();
  await expect.poll(() => other.heard).toEqual(["taken", "held"]);
  expect(cut.heard).toEqual(["held", "unknown"]);
});

it("is held by one again after Redis was away and lost everything", async () => {
  const all = Array.from({ length: 3 }, contender);
  for (const { lease } of all) lease.start();
  await expect.poll(() => all.flatMap(({ heard }) => heard).sort()).toEqual(["held", "taken", "taken"]);
  await server.stop();
  await expect.poll(() => all.map(({ lease }) => lease.standing())).toEqual(all.map(() => "unknown"));
  await server.restart();
  await expect
    .poll(() => all.map(({ lease }) => lease.standing()).sort())
    .toEqual(["held", "taken", "taken"]);
});

it("is given up in good time where Redis is away", async () => {
  const { lease } = contender();
  lease.start();
  await expect.poll(holders).toBe(1);
  await server.stop();
  await lease.stop();
  expect(lease.standing()).toBe("unknown");
});
