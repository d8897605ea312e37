import { Redis } from "ioredis";
import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import type { ChatEvent } from "../../src/chat/adapter.ts";
import { createStandby } from "../../src/cluster/standby.ts";
import { createFakeChatAdapter } from "../fakes/fake-chat-adapter.ts";
import { spawnScript } from "../fixtures/bot-process.ts";
import { adapterFor } from "../fixtures/discord-bot.ts";
import { sampleCommands } from "../fixtures/discord-commands.ts";
import { card, create } from "../fixtures/discord-listener.ts";
import { type RedisServer, startRedis } from "../fixtures/redis-server.ts";
import { createDiscordServer, type DiscordServer } from "../servers/discord/discord-server.ts";

// Several gateways of one slice, on one local Discord and a redis-server.

const TIMES = { ttlMs: 1_500, renewMs: 300, tryMs: 100 };
const KEY = "showreel:lease:listen:discord:0/1";

let discord: DiscordServer;
let redis: RedisServer;

beforeEach(async () => {
  [discord, redis] = await Promise.all([createDiscordServer(), startRedis()]);
});

afterEach(async () => {
  await redis.stop();
  await discord.close();
});

function connect(): Redis {
  const connection = new Redis(redis.url, { maxRetriesPerRequest: null, retryStrategy: () => 50 });
  connection.on("error", () => {});
  onTestFinished(() => connection.disconnect());
  return connection;
}

/** A gateway in this process, with the ids of the requests that it heard. */
function createGateway({ token = discord.token } = {}) {
  const heard: string[] = [];
  const adapter = createStandby({
    adapter: adapterFor(discord, { token, commands: sampleCommands }),
    redis: connect(),
    slice: "0/1",
    times: TIMES,
    logger: pino({ enabled: false }),
  });
  onTestFinished(() => adapter.stop());
  const start = () =>
    adapter.start({
      async handle({ id, reply }) {
        heard.push(id);
        await reply.private({ tone: "info", lines: [["heard"]] });
      },
      complete: async () => [],
      event: async () => {},
    });
  return { adapter, heard, start };
}

async function ask(): Promise<string> {
  const asked = discord.person("ada").slash(create);
  await asked.reply();
  return asked.interaction.id;
}

describe("gateways in one process", () => {
  it("let one listen, and the other as soon as that one stops; both are well and post", async () => {
    const [one, other] = [createGateway(), createGateway()];
    await one.start();
    await other.start();
    expect([one, other].map(({ adapter }) => adapter.connected())).toEqual([true, true]);
    expect(discord.gateway).toMatchObject({ connected: 1, identified: 1 });
    const first = await ask();
    const general = { platform: "discord", workspace: discord.state.guild.id } as const;
    await other.adapter.postCard({ ...general, channel: discord.channel("general").id }, card);
    await one.adapter.stop();
    await discord.waitFor(() => discord.gateway.identified === 2);
    await expect.poll(() => other.adapter.connected()).toBe(true);
    const second = await ask();
    expect([one.heard, other.heard]).toEqual([[first], [second]]);
    expect(discord.gateway.connected).toBe(1);
    expect(one.adapter.connected()).toBe(false);
  });

  it("stop listening when they lose the lease, and begin again when they get it", async () => {
    const { adapter, heard, start } = createGateway();
    await start();
    await connect().set(KEY, "somebody else", "PX", 2_000);
    await expect.poll(() => discord.gateway.connected).toBe(0);
    expect(adapter.connected()).toBe(true);
    await expect.poll(() => discord.gateway.connected).toBe(1);
    await expect.poll(() => adapter.connected()).toBe(true);
    expect(heard).toEqual([await ask()]);
  });

  it("stop listening while Redis is away, since another may listen, and are not well", async () => {
    const all = [createGateway(), createGateway()];
    for (const { start } of all) await start();
    await redis.stop();
    await expect.poll(() => discord.gateway.connected).toBe(0);
    await expect.poll(() => all.map(({ adapter }) => adapter.connected())).toEqual([false, false]);
    await redis.restart();
    await expect.poll(() => all.every(({ adapter }) => adapter.connected())).toBe(true);
    const id = await ask();
    expect(all.flatMap(({ heard }) => heard)).toEqual([id]);
    expect(discord.gateway.connected).toBe(1);
  });

  it("try again while Discord is away when they should take over", async () => {
    const [one, other] = [createGateway(), createGateway()];
    await one.start();
    await other.start();
    discord.inject({ path: /applications\/@me$/, times: 3, fault: { status: 502 } });
    await one.adapter.stop();
    await discord.waitFor(() => discord.gateway.identified === 2);
    await expect.poll(() => other.adapter.connected()).toBe(true);
  });

  it("leave the lease to others when they cannot listen as they are set up", async () => {
    const wrong = createGateway({ token: "not.the.token" });
    await expect(wrong.start()).rejects.toMatchObject({ code: "discord_token" });
    expect(wrong.adapter.connected()).toBe(false);
    const right = createGateway();
    await right.start();
    expect(right.heard).toEqual([await ask()]);
  });
});

it("takes nothing in after it was held up for longer than the lease lasts, as another has it by then", async () => {
  const chat = createFakeChatAdapter();
  const heard: ChatEvent[] = [];
  const adapter = createStandby({
    adapter: chat,
    redis: connect(),
    slice: "all",
    times: TIMES,
    logger: pino({ enabled: false }),
  });
  onTestFinished(() => adapter.stop());
  await adapter.start({
    handle: async () => {},
    complete: async () => [],
    event: async (event) => void heard.push(event),
  });
  const [before, after] = ["w1", "w2"].map(
    (workspace) => ({ kind: "joined", platform: "web", workspace }) as const,
  );
  if (before) await chat.emit(before);
  // Nothing else of this process gets a turn meanwhile, no timer either.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, TIMES.ttlMs + 100);
  if (after) await chat.emit(after);
  expect(heard).toEqual([before]);
});

describe("gateways in processes of their own", () => {
  function spawnGateway() {
    const args = [redis.url, discord.apiUrl, discord.token];
    const gateway = spawnScript({ script: "test/fixtures/discord-gateway.ts", args });
    const heard = () => [...gateway.output().matchAll(/heard (\d+)/g)].map(([, id]) => id);
    return { ...gateway, heard, up: () => expect.poll(gateway.output).toContain("well\n") };
  }

  /** Two, of which the first listens. */
  async function two() {
    const listening = spawnGateway();
    await listening.up();
    const standing = spawnGateway();
    await standing.up();
    return { listening, standing };
  }

  it("take over within thirty seconds from one that is killed", async () => {
    const { listening, standing } = await two();
    const first = await ask();
    const killedAt = performance.now();
    await listening.kill("SIGKILL");
    await expect.poll(() => discord.gateway.identified, { timeout: 30_000 }).toBe(2);
    const tookMs = performance.now() - killedAt;
    await discord.waitFor(() => discord.gateway.connected === 1);
    const second = await ask();
    expect([listening.heard(), standing.heard()]).toEqual([[first], [second]]);
    expect(tookMs).toBeLessThan(30_000);
  });

  it("answer once what one heard that was held up while another took over", async () => {
    const { listening, standing } = await two();
    listening.child.kill("SIGSTOP");
    await expect.poll(() => discord.gateway.identified, { timeout: 30_000 }).toBe(2);
    expect(discord.gateway.connected).toBe(2);
    const id = await ask();
    listening.child.kill("SIGCONT");
    await expect.poll(() => discord.gateway.connected).toBe(1);
    const next = await ask();
    expect([listening.heard(), standing.heard()]).toEqual([[], [id, next]]);
  });
});
