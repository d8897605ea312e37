import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ChatAdapter, Delivery, Destination } from "../../src/chat/adapter.ts";
import type { Card } from "../../src/chat/card.ts";
import { clipBytes } from "../fakes/fake-videos-client.ts";
import { adapterFor } from "../fixtures/discord-bot.ts";
import { mediaFile } from "../fixtures/discord-page.ts";
import { createDiscordServer, type DiscordServer } from "../servers/discord/discord-server.ts";
import type { Person } from "../servers/discord/person.ts";
import type { StoredMessage } from "../servers/discord/state.ts";

const MINUTE_MS = 60_000;
const jobId = "0k3v8zq1xw";

let server: DiscordServer;
/** Never started: what is tested here takes REST alone. */
let adapter: ChatAdapter;
let ada: Person;
let lines: string[];

beforeEach(async () => {
  server = await createDiscordServer();
  lines = [];
  adapter = adapterFor(server, { lines });
  ada = server.person("ada");
});

afterEach(() => server.close());

const done: Card = {
  jobId,
  revision: 9,
  kind: "final",
  tone: "good",
  title: "Done",
  prompt: "a paper boat",
  lines: [],
  footnote: ["Job ", { code: jobId }],
  altText: "a boat",
  buttons: [{ action: "remix", argument: jobId, label: "Remix", style: "primary" }],
};
const { altText: _, ...still } = done;
const tombstone: Card = {
  ...still,
  revision: 10,
  tone: "neutral",
  title: "Deleted",
  prompt: "",
  buttons: [],
};

async function posted(name = "general"): Promise<{ destination: Destination; message: StoredMessage }> {
  const channel = server.channel(name).id;
  const place = { platform: "discord", workspace: server.state.guild.id, channel } as const;
  const destination = await adapter.postCard(place, { ...still, title: "Rendering" });
  const message = server.message(destination.message ?? "");
  if (!message) throw new Error("The card is not there.");
  return { destination, message };
}

/** What a worker hands over; `saved` collects the checkpoints. */
function delivery(destination: Destination, change: Partial<Delivery> = {}) {
  const saved: string[] = [];
  const asked: Delivery = {
    destination,
    card: done,
    video: mediaFile(`showreel-${jobId}.mp4`, "video/mp4", clipBytes),
    thumbnail: undefined,
    requester: { id: ada.id, name: "Ada" },
    ping: "direct",
    uploadLimitBytes: undefined,
    checkpoint: undefined,
    turn: async () => {},
    save: async (checkpoint) => void saved.push(checkpoint),
    ...change,
  };
  return { asked, saved };
}

describe("telling the requester directly", () => {
  it("sends them the link, and leaves the channel alone", async () => {
    const { destination, message } = await posted();
    await adapter.deliver(delivery(destination).asked);
    const direct = ada.directMessages();
    expect(direct?.map(({ text }) => text)).toEqual([`Your video is ready: ${adapter.link(destination)}`]);
    expect(message.media).toHaveLength(1);
    expect(server.channel("general").messages).toEqual([message]);
  });

  it("is done though they take no direct messages", async () => {
    ada.closeDirectMessages();
    const { destination, message } = await posted();
    await expect(adapter.deliver(delivery(destination).asked)).resolves.toEqual(destination);
    expect(message.media).toHaveLength(1);
    expect(lines.join("")).toContain("the requester could not be told");
  });

  it("happens once, whatever is repeated and whenever", async () => {
    const { destination } = await posted();
    const { asked, saved } = delivery(destination);
    server.inject({ method: "POST", path: /messages$/, fault: { after: "drop" } });
    await expect(adapter.deliver(asked)).rejects.toMatchObject({ retryable: true });
    for (const checkpoint of [undefined, ...saved])
      await adapter.deliver(delivery(destination, { checkpoint }).asked);
    server.advance(60 * MINUTE_MS);
    await adapter.deliver(delivery(destination, { checkpoint: saved.at(-1) }).asked);
    expect(ada.directMessages()).toHaveLength(1);
  });

  it("happens late when nothing of an earlier try is found", async () => {
    const { destination } = await posted();
    const checkpoint = `announcing@${server.now()}`;
    server.advance(60 * MINUTE_MS);
    await adapter.deliver(delivery(destination, { checkpoint }).asked);
    expect(ada.directMessages()).toHaveLength(1);
  });

  it("is a reply where the card is between the two already", async () => {
    const { user: recipient } = server.state.members.find(({ user }) => user.id === ada.id) ?? {};
    const { id } = server.state.addChannel({ type: 1, name: "direct", ...(recipient && { recipient }) });
    const place = { platform: "discord", workspace: "@me", channel: id } as const;
    const destination = await adapter.postCard(place, still);
    await adapter.deliver(delivery(destination).asked);
    expect(ada.directMessages()).toMatchObject([
      { id: destination.message },
      { replyTo: { messageId: destination.message }, notified: [ada.id] },
    ]);
  });
});

it("tells nobody where the requester wants it so", async () => {
  const { destination, message } = await posted();
  const { asked, saved } = delivery(destination, { ping: "none" });
  await adapter.deliver(asked);
  await adapter.deliver(delivery(destination, { ping: "none", checkpoint: saved.at(-1) }).asked);
  expect(message.media).toHaveLength(1);
  expect(message.revisions).toHaveLength(2);
  expect(server.channel("general").messages).toEqual([message]);
  expect(ada.directMessages()).toBeUndefined();
});

it("hides a video until somebody wants to see it, also after later edits", async () => {
  const { destination, message } = await posted();
  const card = { ...done, spoiler: true };
  await adapter.deliver(delivery(destination, { card, ping: "none" }).asked);
  expect(message.media).toMatchObject([{ spoiler: true }]);
  await adapter.editCard(destination, { ...card, lines: [["Remixed once"]] });
  expect(message.text).toContain("Remixed once");
  expect(message.media).toMatchObject([{ spoiler: true }]);
  await adapter.editCard(destination, done);
  expect(message.media).toMatchObject([{ spoiler: false }]);
});

describe("retract", () => {
  const retract = (destination: Destination) =>
    adapter.retract({ destination, result: destination, checkpoint: "edited", card: tombstone });

  it("takes the video out of its card, file and all, and can be repeated", async () => {
    const { destination, message } = await posted();
    await adapter.deliver(delivery(destination, { ping: "none" }).asked);
    await retract(destination);
    await retract(destination);
    expect(message).toMatchObject({ text: expect.stringContaining("Deleted"), attachments: [], media: [] });
    expect(message.buttons).toEqual([]);
  });

  it.each(["reply", "direct"] as const)("takes the word to the requester back with it: %s", async (ping) => {
    const { destination, message } = await posted();
    const { asked, saved } = delivery(destination, { ping });
    await adapter.deliver(asked);
    const shown = { destination, result: destination, checkpoint: saved.at(-1), card: tombstone };
    await adapter.retract(shown);
    await adapter.retract(shown);
    expect(server.channel("general").messages).toEqual([message]);
    expect(ada.directMessages() ?? []).toEqual([]);
  });

  it("reaches into archived threads", async () => {
    const { destination, message } = await posted("ideas");
    await adapter.deliver(delivery(destination, { ping: "none" }).asked);
    const thread = server.state.channels.get(message.channelId);
    if (thread) thread.archived = true;
    await retract(destination);
    expect(message.attachments).toEqual([]);
  });

  it.each<[string, (message: StoredMessage) => void]>([
    ["the message is gone", (message) => server.person("grace").delete(message)],
    ["the channel is gone", () => server.deleteChannel("general")],
    ["the channel is closed to the bot", () => server.deny("general", "ViewChannel")],
  ])("is done where %s", async (_name, happen) => {
    const { destination, message } = await posted();
    happen(message);
    await expect(retract(destination)).resolves.toBeUndefined();
  });

  describe("in a thread that is locked", () => {
    async function deliveredAndLocked(change: { archived?: boolean } = {}) {
      const { destination, message } = await posted("ideas");
      const { asked, saved } = delivery(destination, { ping: "reply" });
      await adapter.deliver(asked);
      server.setThread("ideas", { ...change, locked: true });
      const shown = { destination, result: destination, checkpoint: saved.at(-1), card: tombstone };
      return { message, shown };
    }

    it("deletes the whole card, since that can not be edited", async () => {
      server.deny("general", "ManageThreads");
      const { shown } = await deliveredAndLocked();
      await adapter.retract(shown);
      await adapter.retract(shown);
      expect(server.channel("ideas").messages).toEqual([]);
      expect(lines.join("")).not.toContain("could not be removed");
    });

    it("leaves the card where the bot manages threads, though it was archived as well", async () => {
      const { message, shown } = await deliveredAndLocked({ archived: true });
      await adapter.retract(shown);
      expect(server.channel("ideas").messages).toEqual([message]);
      expect(message).toMatchObject({ text: expect.stringContaining("Deleted"), attachments: [] });
    });

    it("tells the operator where the video has to stay", async () => {
      server.deny("general", "ManageThreads");
      const { message, shown } = await deliveredAndLocked({ archived: true });
      await adapter.retract(shown);
      expect(message.attachments).toHaveLength(1);
      const warnings = lines.filter((line) => line.includes("could not be removed"));
      expect(warnings.map((line) => JSON.parse(line))).toMatchObject([
        { jobId, message: message.id },
        { jobId, message: shown.checkpoint?.split(".")[1] },
      ]);
    });

    it("is tried again later where Discord is out of order", async () => {
      server.deny("general", "ManageThreads");
      const { message, shown } = await deliveredAndLocked();
      server.inject({ method: "DELETE", path: /messages/, fault: { status: 502 } });
      await expect(adapter.retract(shown)).rejects.toMatchObject({ retryable: true });
      await adapter.retract(shown);
      expect(message.deleted).toBe(true);
    });
  });

  it("takes the word to the requester back from a thread that was archived, though the card is gone", async () => {
    const { destination, message } = await posted("ideas");
    const { asked, saved } = delivery(destination, { ping: "reply" });
    await adapter.deliver(asked);
    server.person("grace").delete(message);
    server.setThread("ideas", { archived: true });
    await adapter.retract({ destination, result: destination, checkpoint: saved.at(-1), card: tombstone });
    expect(server.channel("ideas").messages).toEqual([]);
  });

  it("is tried again later where Discord is out of order", async () => {
    const { destination } = await posted();
    server.inject({ method: "PATCH", path: /messages/, fault: { status: 502 } });
    await expect(retract(destination)).rejects.toMatchObject({ retryable: true });
  });
});
