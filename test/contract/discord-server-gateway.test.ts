import { once } from "node:events";
import { Client, type ClientOptions } from "discord.js";
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";
import { createDiscordServer, type DiscordServer } from "../servers/discord/discord-server.ts";

// The event side of the server, with the real client at the other end.

let server: DiscordServer;

beforeEach(async () => {
  server = await createDiscordServer({ recordTo: "" });
});
afterEach(() => server.close());

async function connect(): Promise<Client> {
  const client = new Client({
    intents: ["Guilds", "GuildMessages"],
    rest: { api: server.apiUrl },
    // The client's own throttle lets five seconds pass between two sessions.
    ws: { buildIdentifyThrottler: async () => ({ waitForIdentify: async () => {} }) },
  });
  onTestFinished(() => client.destroy());
  const ready = once(client, "clientReady");
  await client.login(server.token);
  await ready;
  return client;
}

test("the client knows its guild and channels after login, and no member but itself", async () => {
  const client = await connect();
  const guild = client.guilds.cache.get(server.state.guild.id);
  expect(guild?.channels.cache.map(({ name }) => name).sort()).toEqual(["general", "ideas", "random"]);
  expect(guild?.members.me?.permissions.has("Administrator")).toBe(true);
  expect(guild?.members.cache.size).toBe(1);
});

test.each([
  ["a wrong token", ["Guilds"], "not.the.token", "invalid token"],
  ["an intent that needs a grant", ["Guilds", "MessageContent"], undefined, "disallowed intents"],
] as const)("%s is refused", async (_name, intents, token, reason) => {
  const client = new Client({ intents, rest: { api: server.apiUrl } });
  onTestFinished(() => client.destroy());
  await expect(client.login(token ?? server.token)).rejects.toThrow(reason);
});

test("a heartbeat is acknowledged", async () => {
  const socket = new WebSocket(`${server.origin.replace("http", "ws")}/gateway?v=10&encoding=json`);
  onTestFinished(() => socket.terminate());
  const [hello] = await once(socket, "message");
  expect(JSON.parse(String(hello))).toMatchObject({ op: 10, d: { heartbeat_interval: expect.any(Number) } });
  socket.send(JSON.stringify({ op: 1, d: null }));
  const [acknowledgement] = await once(socket, "message");
  expect(JSON.parse(String(acknowledgement))).toEqual({ op: 11 });
});

test("what happens while the connection is down is told after it was resumed", async () => {
  const client = await connect();
  server.dropGateway();
  const told = once(client, "messageCreate");
  const said = server.person("ada").say({ content: "hello" });
  const [message] = await told;
  expect(message.id).toBe(said.id);
  expect(message.content).toBe("");
  expect(server.gateway).toMatchObject({ connected: 1, identified: 1, resumed: 1 });
});

test("a session that is forgotten begins anew", async () => {
  const client = await connect();
  const again = once(client, "shardReady");
  server.dropGateway({ forget: true });
  await again;
  expect(server.gateway).toMatchObject({ connected: 1, identified: 2, resumed: 0 });
});

describe("shards", () => {
  const QUICK = { shards: 2, maxConcurrency: 2, guildsPerShard: 1 };
  let sharded: DiscordServer;

  beforeEach(async () => {
    sharded = await createDiscordServer({ recordTo: "", sharding: QUICK });
  });
  afterEach(() => sharded.close());

  async function open(options: Pick<ClientOptions, "shards" | "shardCount">): Promise<Client> {
    const client = new Client({ intents: ["Guilds"], rest: { api: sharded.apiUrl }, ...options });
    onTestFinished(() => client.destroy());
    const ready = once(client, "clientReady");
    await Promise.all([ready, client.login(sharded.token)]);
    return client;
  }

  test("each has the guilds that are its own", async () => {
    sharded.throwOutBot();
    const [even, odd] = [0, 1].map((id) => sharded.addGuild(`shard ${id}`, { id, of: 2 }));
    const client = await open({ shards: "auto" });
    const found = client.guilds.cache.map(({ id, shardId }) => [id, shardId]);
    expect(found).toHaveLength(2);
    expect(found).toEqual(
      expect.arrayContaining([
        [even?.id, 0],
        [odd?.id, 1],
      ]),
    );
    expect(sharded.gateway.shards).toEqual(["0/2", "1/2"]);
  });

  test("two sessions of the same one hear the same", async () => {
    sharded.throwOutBot();
    const { id } = sharded.addGuild("odd", { id: 1, of: 2 });
    const heard = await Promise.all([1, 2].map(() => open({ shards: [1], shardCount: 2 })));
    const told = heard.map((client) => once(client, "interactionCreate"));
    sharded.state.commands.push({
      ...{ id: "1", type: 1, name: "wave", description: "", options: [], definition: {} },
    });
    sharded.person("ada").slash({ channel: "odd", name: "wave" });
    const guilds = (await Promise.all(told)).map(([interaction]) => interaction.guildId);
    expect(guilds).toEqual([id, id]);
  });

  test.each([
    ["that there is not", { shards: [2], shardCount: 2 }, "Invalid shard"],
    ["with too many guilds", { shards: [0], shardCount: 1 }, "Sharding is required"],
  ])("one %s is refused", async (_name, options, reason) => {
    for (const id of [0, 1]) sharded.addGuild(`shard ${id}`, { id, of: 2 });
    const client = new Client({ intents: ["Guilds"], rest: { api: sharded.apiUrl }, ...options });
    onTestFinished(() => client.destroy());
    await expect(client.login(sharded.token)).rejects.toThrow(reason);
  });
});
