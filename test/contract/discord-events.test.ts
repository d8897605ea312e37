import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ChatEvent, Destination } from "../../src/chat/adapter.ts";
import type { Card } from "../../src/chat/card.ts";
import { card, listenOn } from "../fixtures/discord-listener.ts";
import { createDiscordServer, type DiscordServer } from "../servers/discord/discord-server.ts";
import type { Person } from "../servers/discord/person.ts";
import type { StoredMessage } from "../servers/discord/state.ts";

let server: DiscordServer;
let ada: Person;
let grace: Person;

beforeEach(async () => {
  server = await createDiscordServer();
  ada = server.person("ada");
  grace = server.person("grace");
});

afterEach(() => server.close());

/** An address as the core writes it down. */
function at(channel: string, message?: string): Destination {
  const place = { platform: "discord", workspace: server.state.guild.id, channel } as const;
  return message === undefined ? place : { ...place, message };
}

function addressOf({ channelId, id }: StoredMessage): Destination {
  return at(channelId, id);
}

/** What the bot hears of what `happen` does, up to a star that marks the end. */
async function eventsOf(happen: () => void): Promise<ChatEvent[]> {
  // Older than the bot, so that the library has never heard of it.
  const last = ada.say({ content: "the end", channel: "random" });
  const { events } = await listenOn(server);
  happen();
  ada.react(last, "⭐");
  const isLast = (event: ChatEvent) => event.kind === "star" && event.message.message === last.id;
  await server.waitFor(() => server.gateway.connected === 1);
  await expect.poll(() => events.some(isLast)).toBe(true);
  return events.filter((event) => event.kind !== "joined" && event.kind !== "present" && !isLast(event));
}

describe("messages deleted by hand", () => {
  it("are told of, though the bot never saw them", async () => {
    const old = ada.say({ content: "old" });
    expect(await eventsOf(() => grace.delete(old))).toEqual([
      { kind: "messages-deleted", messages: [addressOf(old)] },
    ]);
  });

  it("are told of together when they went together", async () => {
    const old = ["one", "two", "three"].map((content) => ada.say({ content }));
    expect(await eventsOf(() => grace.purge(old))).toEqual([
      { kind: "messages-deleted", messages: old.map(addressOf) },
    ]);
  });

  it("are told of in archived threads, which the library does not keep", async () => {
    const thread = server.addChannel("old talk", { parent: "general" });
    const stored = server.state.channels.get(thread.id);
    if (stored) stored.archived = true;
    const old = ada.say({ content: "old", channel: thread.id });
    expect(await eventsOf(() => grace.delete(old))).toEqual([
      { kind: "messages-deleted", messages: [addressOf(old)] },
    ]);
  });

  it("are told of between two people as well", async () => {
    const { user: recipient } = server.state.members.find(({ user }) => user.id === ada.id) ?? {};
    const direct = server.state.addChannel({ type: 1, name: "direct", ...(recipient && { recipient }) });
    const old = ada.say({ content: "old", channel: direct.id });
    expect(await eventsOf(() => ada.delete(old))).toEqual([
      { kind: "messages-deleted", messages: [{ ...addressOf(old), workspace: "@me" }] },
    ]);
  });
});

describe("channels and threads that are gone", () => {
  it("are told of once, a channel for all its threads", async () => {
    const general = server.channel("general");
    expect(await eventsOf(() => server.deleteChannel("general"))).toEqual([
      { kind: "channel-deleted", channel: at(general.id) },
    ]);
  });

  it("are told of, a thread by itself", async () => {
    const ideas = server.channel("ideas");
    expect(await eventsOf(() => server.deleteChannel("ideas"))).toEqual([
      { kind: "channel-deleted", channel: at(ideas.id) },
    ]);
  });
});

describe("stars", () => {
  it("are given and taken by people, under messages of any age", async () => {
    const old = grace.say({ content: "old" });
    const message = addressOf(old);
    expect(
      await eventsOf(() => {
        ada.react(old, "⭐");
        grace.react(old, "⭐");
        ada.unreact(old, "⭐");
      }),
    ).toEqual([
      { kind: "star", message, person: ada.id, starred: true },
      { kind: "star", message, person: grace.id, starred: true },
      { kind: "star", message, person: ada.id, starred: false },
    ]);
  });

  it("are no other emoji, and not those of bots", async () => {
    const old = grace.say({ content: "old" });
    const robot = server.state.addMember("robot", 0n, true);
    expect(
      await eventsOf(() => {
        ada.react(old, "👍");
        ada.react(old, "🌟");
        ada.unreact(old, "🌟");
        grace.clearReactions(old, "🌟");
        server.react(old, robot.user.id, "⭐");
        server.react(old, server.state.bot.user.id, "⭐");
      }),
    ).toEqual([]);
  });
});

describe("stars that somebody takes from everybody", () => {
  it.each([
    ["with all that is under the message", undefined],
    ["by themselves", "⭐"],
  ])("are told of, %s", async (_name, emoji) => {
    const old = grace.say({ content: "old" });
    const [given, ...cleared] = await eventsOf(() => {
      ada.react(old, "⭐");
      grace.clearReactions(old, emoji);
    });
    expect(given).toMatchObject({ kind: "star", starred: true });
    expect(cleared).toEqual([{ kind: "stars-cleared", message: addressOf(old) }]);
  });
});

describe("the bot's own place in a server", () => {
  const workspace = () => server.state.guild.id;

  it("is told of at the start", async () => {
    const { events } = await listenOn(server);
    expect(events).toEqual([
      { kind: "joined", platform: "discord", workspace: workspace() },
      { kind: "present", platform: "discord", workspaces: [workspace()] },
    ]);
  });

  it("is told of as a whole once, with servers that cannot be reached", async () => {
    const far = server.now().toString();
    server.state.guildsInOutage.push(far);
    const { adapter, events } = await listenOn(server);
    server.dropGateway({ forget: true });
    await expect.poll(() => server.gateway.identified, { timeout: 10_000 }).toBe(2);
    await expect.poll(() => adapter.connected()).toBe(true);
    expect(events.filter(({ kind }) => kind === "present")).toEqual([
      { kind: "present", platform: "discord", workspaces: [workspace(), far] },
    ]);
  });

  it("is told of without servers that it was removed from while it was away", async () => {
    server.throwOutBot();
    const { events } = await listenOn(server);
    expect(events).toEqual([{ kind: "present", platform: "discord", workspaces: [] }]);
  });

  it("is told of when it is thrown out, and asked in again", async () => {
    const { events } = await listenOn(server);
    server.throwOutBot();
    server.inviteBot();
    await expect.poll(() => events.length).toBe(4);
    expect(events.slice(2)).toEqual([
      { kind: "left", platform: "discord", workspace: workspace() },
      { kind: "joined", platform: "discord", workspace: workspace() },
    ]);
  });

  it("is not lost by an outage", async () => {
    expect(await eventsOf(() => server.failGuild())).toEqual([]);
  });
});

describe("a card that is gone without anybody having heard of it", () => {
  const playing = { ...card, tone: "good", altText: "a boat" } as const;

  it.each<[string, Card]>([
    ["edited", card],
    ["read", playing],
  ])("is told of when it is to be %s", async (_name, shown) => {
    const { adapter, events } = await listenOn(server);
    const destination = await adapter.postCard(at(server.channel("general").id), card);
    const stored = server.message(destination.message ?? "");
    if (stored) stored.deleted = true;
    await expect(adapter.editCard(destination, shown)).rejects.toMatchObject({ code: "gone" });
    expect(events.filter(({ kind }) => kind === "messages-deleted")).toEqual([
      { kind: "messages-deleted", messages: [destination] },
    ]);
  });

  it("is not mistaken for one that is out of reach", async () => {
    const { adapter, events } = await listenOn(server);
    const destination = await adapter.postCard(at(server.channel("general").id), card);
    server.deny("general", "ViewChannel");
    await expect(adapter.editCard(destination, card)).rejects.toMatchObject({ code: "no_access" });
    expect(events.filter(({ kind }) => kind === "messages-deleted")).toEqual([]);
  });
});
