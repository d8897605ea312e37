import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Destination } from "../../src/chat/adapter.ts";
import type { Slice } from "../../src/discord/slice.ts";
import { adapterFor } from "../fixtures/discord-bot.ts";
import { card, create, listenOn } from "../fixtures/discord-listener.ts";
import { createDiscordServer, type DiscordServer } from "../servers/discord/discord-server.ts";
import type { Guild } from "../servers/discord/types.ts";

// The adapter over several shards, of which Discord recommends four here.

const SHARDS = [0, 1, 2, 3];
let server: DiscordServer;
/** One on each shard. */
let guilds: Guild[];

beforeEach(async () => {
  server = await createDiscordServer({ sharding: { shards: 4, maxConcurrency: 4, guildsPerShard: 2 } });
  guilds = SHARDS.map((id) => server.addGuild(`guild-${id}`, { id, of: 4 }));
});

afterEach(() => server.close());

function listenOnSlice(slice: Slice) {
  return listenOn(server, ({ reply }) => reply.private({ tone: "info", lines: [["heard"]] }), { slice });
}

function slash(guild: Guild) {
  return server.person("ada").slash({ ...create, channel: guild.name });
}

function placeIn(guild: Guild): Destination {
  return { platform: "discord", workspace: guild.id, channel: server.channel(guild.name).id };
}

describe("as many shards as Discord recommends", () => {
  it("hear every server, and direct messages", async () => {
    const { adapter, requests, events } = await listenOnSlice("auto");
    expect(server.gateway.shards).toEqual(["0/4", "1/4", "2/4", "3/4"]);
    const { user: recipient } = server.state.members.find(({ user }) => user.username === "ada") ?? {};
    server.state.addChannel({ type: 1, name: "direct", ...(recipient && { recipient }) });
    for (const guild of guilds) await slash(guild).reply();
    await server
      .person("ada")
      .slash({ ...create, channel: "direct" })
      .reply();
    expect(requests.map(({ destination }) => destination.workspace)).toEqual([
      ...guilds.map(({ id }) => id),
      "@me",
    ]);
    expect(adapter.connected()).toBe(true);
    const present = events.find(({ kind }) => kind === "present");
    expect(present).toMatchObject({ workspaces: expect.arrayContaining(guilds.map(({ id }) => id)) });
    expect(present).not.toHaveProperty("covers");
  });

  it("register the commands once", async () => {
    await listenOnSlice("auto");
    await listenOnSlice("auto");
    expect(server.requests.filter(({ operation }) => operation.startsWith("PUT "))).toHaveLength(1);
  });
});

describe("slices", () => {
  it("hear each server once, and post everywhere", async () => {
    const low = await listenOnSlice({ ids: [0, 1], count: 4 });
    const high = await listenOnSlice({ ids: [2, 3], count: 4 });
    for (const guild of guilds) await slash(guild).reply();
    const heardBy = ({ requests }: typeof low) => requests.map(({ destination }) => destination.workspace);
    expect(heardBy(low)).toEqual(guilds.slice(0, 2).map(({ id }) => id));
    expect(heardBy(high)).toEqual(guilds.slice(2).map(({ id }) => id));
    for (const { adapter } of [low, high]) {
      for (const guild of guilds) await adapter.postCard(placeIn(guild), card);
    }
    for (const guild of guilds) {
      const isCard = ({ visibleTo }: { visibleTo: string | undefined }) => visibleTo === undefined;
      expect(server.channel(guild.name).messages.filter(isCard)).toHaveLength(1);
    }
  });

  it("know who reads and what is called how in servers of others", async () => {
    const { adapter } = await listenOnSlice({ ids: [0], count: 4 });
    for (const guild of guilds) {
      expect(await adapter.canRead(server.person("ada").id, placeIn(guild))).toBe(true);
      expect(await adapter.nameOf?.(placeIn(guild))).toBe(guild.name);
    }
  });

  it("say of their own servers alone where the bot is", async () => {
    const { events } = await listenOnSlice({ ids: [2, 3], count: 4 });
    const [present] = events.flatMap((event) => (event.kind === "present" ? [event] : []));
    const own = new Set(present?.workspaces);
    expect(guilds.map(({ id }) => own.has(id))).toEqual([false, false, true, true]);
    expect(guilds.map(({ id }) => present?.covers?.(id))).toEqual([false, false, true, true]);
    expect(present?.covers?.("@me")).toBe(false);
  });
});

describe("a shard that loses its connection", () => {
  it("is told of, and hears afterwards what happened meanwhile", async () => {
    const { adapter, requests } = await listenOnSlice("auto");
    server.dropGateway({ shard: 2 });
    await expect.poll(() => adapter.connected()).toBe(false);
    expect(server.gateway.shards).toEqual(["0/4", "1/4", "3/4"]);
    const asked = guilds.map(slash);
    await Promise.all(asked.map((interaction) => interaction.reply()));
    expect(new Set(requests.map(({ destination }) => destination.workspace)).size).toBe(4);
    expect(requests).toHaveLength(4);
    await expect.poll(() => adapter.connected()).toBe(true);
    expect(server.gateway).toMatchObject({ identified: 4, resumed: 1 });
  });
});

describe("shards that Discord does not take", () => {
  it.each<[string, Slice, string]>([
    ["too few for so many servers", { ids: [0], count: 1 }, "Set DISCORD_SHARDS=auto"],
    ["one that there is not", { ids: [4], count: 4 }, "DISCORD_SHARD_COUNT has to be the same"],
  ])("are explained: %s", async (_name, slice, words) => {
    const adapter = adapterFor(server, { slice });
    const started = adapter.start({
      handle: async () => {},
      complete: async () => [],
      event: async () => {},
    });
    await expect(started).rejects.toMatchObject({
      code: "discord_shards",
      message: expect.stringContaining(words),
    });
    await adapter.stop();
    expect(server.gateway.connected).toBe(0);
  });
});

describe("an adapter", () => {
  it("listens again after it was stopped", async () => {
    const { adapter, requests } = await listenOnSlice({ ids: [0, 1], count: 4 });
    const [guild] = guilds;
    if (!guild) throw new Error("There is no guild.");
    await adapter.stop();
    expect(adapter.connected()).toBe(false);
    expect(server.gateway.connected).toBe(0);
    const again: string[] = [];
    await adapter.start({
      handle: async ({ id, reply }) => {
        again.push(id);
        await reply.private({ tone: "info", lines: [["heard again"]] });
      },
      complete: async () => [],
      event: async () => {},
    });
    await slash(guild).reply();
    expect([requests.length, again.length]).toEqual([0, 1]);
  });

  it("that is stopped while it begins to listen never does", async () => {
    server.inject({ path: /gateway\/bot/, fault: { delayMs: 300 } });
    const adapter = adapterFor(server, { slice: "auto" });
    const started = adapter.start({
      handle: async () => {},
      complete: async () => [],
      event: async () => {},
    });
    const over = expect(started).rejects.toThrow();
    await server.waitFor(() => server.requests.some(({ path }) => path.includes("gateway/bot")));
    await adapter.stop();
    await over;
    await listenOnSlice("auto");
    expect(server.gateway).toMatchObject({ connected: 4, identified: 4 });
  });
});
