import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ChatAdapter, ChatEvent, Destination } from "../../src/chat/adapter.ts";
import { adapterFor } from "../fixtures/discord-bot.ts";
import { card, listenOn } from "../fixtures/discord-listener.ts";
import { createDiscordServer, type DiscordServer } from "../servers/discord/discord-server.ts";
import type { Person } from "../servers/discord/person.ts";

let server: DiscordServer;
let adapter: ChatAdapter;
let ada: Person;

beforeEach(async () => {
  server = await createDiscordServer();
  ada = server.person("ada");
  adapter = (await listenOn(server)).adapter;
});

afterEach(() => server.close());

const MEMBER = "GET /guilds/{guild_id}/members/{user_id}";
const UNKNOWN = "100000000000000001";

function at(name: string): Destination {
  return { platform: "discord", workspace: server.state.guild.id, channel: server.channel(name).id };
}

async function canRead(person: Person, name: string): Promise<boolean> {
  return adapter.canRead(person.id, at(name));
}

/** Waits until the bot has heard of what happened before. */
async function settled(): Promise<void> {
  const { id } = server.addChannel(`later-${server.now()}`);
  await expect.poll(() => adapter.canRead(ada.id, { ...at("general"), channel: id })).toBe(true);
}

describe("canRead", () => {
  it("lets members read open channels and threads", async () => {
    expect(await canRead(ada, "general")).toBe(true);
    expect(await canRead(ada, "ideas")).toBe(true);
  });

  it("follows what a channel closes and opens, at once", async () => {
    server.overwrite("general", "everyone", { deny: ["ViewChannel"] });
    server.overwrite("general", "grace", { allow: ["ViewChannel"] });
    await expect.poll(() => canRead(ada, "general")).toBe(false);
    expect(await canRead(ada, "ideas")).toBe(false);
    expect(await canRead(server.person("grace"), "general")).toBe(true);
    expect(await canRead(server.person("grace"), "ideas")).toBe(true);
    server.overwrite("general", "everyone", {});
    await expect.poll(() => canRead(ada, "general")).toBe(true);
  });

  it("closes channels to those who may see them, but not read what was written", async () => {
    server.overwrite("general", "ada", { deny: ["ReadMessageHistory"] });
    await expect.poll(() => canRead(ada, "general")).toBe(false);
    expect(await canRead(ada, "ideas")).toBe(false);
    expect(await canRead(server.person("grace"), "general")).toBe(true);
  });

  it("lets administrators read everything", async () => {
    const boss = server.addPerson("boss", { permissions: ["Administrator"] });
    server.overwrite("general", "everyone", { deny: ["ViewChannel"] });
    await settled();
    expect(await canRead(boss, "general")).toBe(true);
    expect(await canRead(ada, "general")).toBe(false);
  });

  it("closes private threads to all but those who are in them or manage threads", async () => {
    server.addPerson("warden", { permissions: ["ManageThreads"] });
    server.addChannel("secret", { parent: "general", privateTo: ["grace"] });
    await settled();
    expect(await canRead(server.person("grace"), "secret")).toBe(true);
    expect(await canRead(server.person("warden"), "secret")).toBe(true);
    expect(await canRead(ada, "secret")).toBe(false);
  });

  it("knows threads that were archived before the bot came", async () => {
    const parentId = server.channel("general").id;
    const thread = server.state.addChannel({ type: 11, name: "old", parentId });
    thread.archived = true;
    expect(await canRead(ada, thread.id)).toBe(true);
    server.overwrite("general", "ada", { deny: ["ViewChannel"] });
    await expect.poll(() => canRead(ada, thread.id)).toBe(false);
  });

  it("closes a thread that was archived as soon as it is gone", async () => {
    const parentId = server.channel("general").id;
    const old = {
      ...at("general"),
      channel: server.state.addChannel({ type: 11, name: "old", parentId }).id,
    };
    expect(await adapter.canRead(ada.id, old)).toBe(true);
    server.deleteChannel("old");
    await expect.poll(() => adapter.canRead(ada.id, old)).toBe(false);
  });

  it("closes everything to strangers and those who left", async () => {
    expect(await adapter.canRead(UNKNOWN, at("general"))).toBe(false);
    ada.leave();
    expect(await canRead(ada, "general")).toBe(false);
  });

  it("asks for a member once in a minute", async () => {
    const asked = () => server.requests.filter(({ operation }) => operation === MEMBER).length;
    await Promise.all([canRead(ada, "general"), canRead(ada, "ideas")]);
    expect(await canRead(ada, "general")).toBe(true);
    expect(asked()).toBe(1);
    ada.leave();
    server.advance(61_000);
    expect(await canRead(ada, "general")).toBe(false);
    expect(asked()).toBe(2);
  });

  it.each<[string, () => Destination, boolean]>([
    ["a channel that is gone", () => ({ ...at("general"), channel: UNKNOWN }), false],
    ["a channel that is closed to the bot", () => hidden(), false],
    ["a private thread", () => ({ ...at("general"), channel: privateThread() }), false],
    ["direct messages", () => ({ ...at("general"), workspace: "@me", channel: direct() }), true],
  ])("asks once in a minute for %s", async (_name, place, expected) => {
    const channel = place();
    await settled();
    const asked = () => server.requests.filter(({ path }) => path.includes(channel.channel)).length;
    for (const _ of [1, 2, 3]) expect(await adapter.canRead(ada.id, channel)).toBe(expected);
    expect(asked()).toBe(1);
    server.advance(61_000);
    expect(await adapter.canRead(ada.id, channel)).toBe(expected);
    expect(asked()).toBe(2);
  });

  /** A thread that the bot was never told of, under a channel that is closed to it. */
  function hidden(): Destination {
    const { id } = server.state.addChannel({
      type: 11,
      name: "hidden",
      parentId: server.channel("random").id,
    });
    server.deny("random", "ViewChannel");
    return { ...at("general"), channel: id };
  }

  function privateThread(): string {
    return server.addChannel("secret", { parent: "general", privateTo: ["grace"] }).id;
  }

  function direct(): string {
    const { user: recipient } = server.state.members.find(({ user }) => user.id === ada.id) ?? {};
    return server.state.addChannel({ type: 1, name: "direct", ...(recipient && { recipient }) }).id;
  }

  it("knows a channel that was unknown as soon as it is told of", async () => {
    const { id } = server.state.addChannel({ type: 0, name: "new" });
    server.state.channels.delete(id);
    expect(await adapter.canRead(ada.id, { ...at("general"), channel: id })).toBe(false);
    server.state.channels.set(id, { ...server.channel("general"), id, name: "new" });
    server.overwrite("new", "grace", { deny: ["ViewChannel"] });
    server.inviteBot();
    await expect.poll(() => adapter.canRead(ada.id, { ...at("general"), channel: id })).toBe(true);
  });

  it("closes channels that are unknown, or another server's", async () => {
    expect(await adapter.canRead(ada.id, { ...at("general"), channel: UNKNOWN })).toBe(false);
    expect(await adapter.canRead(ada.id, { ...at("general"), workspace: UNKNOWN })).toBe(false);
    expect(await adapter.canRead(ada.id, { ...at("general"), workspace: "@me" })).toBe(false);
  });

  it("lets direct messages be read by the one they are with", async () => {
    const { user: recipient } = server.state.members.find(({ user }) => user.id === ada.id) ?? {};
    const { id } = server.state.addChannel({ type: 1, name: "direct", ...(recipient && { recipient }) });
    const direct = { platform: "discord", workspace: "@me", channel: id } as const;
    expect(await adapter.canRead(ada.id, direct)).toBe(true);
    expect(await adapter.canRead(server.person("grace").id, direct)).toBe(false);
    expect(await adapter.canRead(ada.id, { ...direct, workspace: server.state.guild.id })).toBe(false);
  });

  it("says when Discord is out of order", async () => {
    server.inject({ path: /members/, times: 9, fault: { status: 502 } });
    await expect(canRead(ada, "general")).rejects.toMatchObject({
      name: "ServiceError",
      code: "unavailable",
    });
  });
});

describe("where this process does not listen", () => {
  beforeEach(() => {
    adapter = adapterFor(server);
  });

  it("lets people read as they would elsewhere", async () => {
    const boss = server.addPerson("boss", { permissions: ["Administrator"] });
    server.addChannel("secret", { parent: "general", privateTo: ["grace"] });
    server.overwrite("random", "ada", { deny: ["ViewChannel"] });
    const grace = server.person("grace");
    const may = async (person: Person) =>
      Promise.all(["general", "ideas", "secret", "random"].map((name) => canRead(person, name)));
    expect(await may(ada)).toEqual([true, true, false, false]);
    expect(await may(grace)).toEqual([true, true, true, true]);
    expect(await may(boss)).toEqual([true, true, true, true]);
    expect(await adapter.canRead(UNKNOWN, at("general"))).toBe(false);
    expect(await adapter.canRead(ada.id, { ...at("general"), workspace: UNKNOWN })).toBe(false);
    expect(server.gateway.identified).toBe(1);
  });

  it("hears of what a channel closes within a minute, threads too", async () => {
    expect(await canRead(ada, "ideas")).toBe(true);
    server.overwrite("general", "ada", { deny: ["ViewChannel"] });
    server.advance(61_000);
    expect(await canRead(ada, "ideas")).toBe(false);
    expect(await canRead(ada, "general")).toBe(false);
  });

  it("knows what a channel is called, and does without while Discord is out of order", async () => {
    expect(await adapter.nameOf?.(at("general"))).toBe("general");
    expect(await adapter.nameOf?.({ ...at("general"), channel: UNKNOWN })).toBeUndefined();
    server.inject({ path: /channels/, times: 9, fault: { status: 502 } });
    expect(await adapter.nameOf?.(at("random"))).toBeUndefined();
  });

  it("says of a card that is gone to whoever is attached", async () => {
    const told: ChatEvent[] = [];
    adapter.attach?.({
      handle: async () => {},
      complete: async () => [],
      event: async (event) => void told.push(event),
    });
    const destination = await adapter.postCard(at("general"), card);
    const stored = server.message(destination.message ?? "");
    if (stored) server.person("grace").delete(stored);
    await expect(adapter.editCard(destination, card)).rejects.toMatchObject({ code: "gone" });
    expect(told).toEqual([{ kind: "messages-deleted", messages: [destination] }]);
  });
});
