import { readdir } from "node:fs/promises";
import { Readable } from "node:stream";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import type { ChatAdapter, Delivery, Destination } from "../../src/chat/adapter.ts";
import type { Card } from "../../src/chat/card.ts";
import { lendBlob } from "../../src/media/lent-blob.ts";
import { clipBytes } from "../fakes/fake-videos-client.ts";
import { adapterFor } from "../fixtures/discord-bot.ts";
import { temporaryFolder } from "../fixtures/temporary-folder.ts";
import { createDiscordServer, type DiscordServer } from "../servers/discord/discord-server.ts";
import type { StoredMessage } from "../servers/discord/state.ts";

const MINUTE_MS = 60_000;
const jobId = "0k3v8zq1xw";
const filename = `showreel-${jobId}.mp4`;

let server: DiscordServer;
/** Never started: what is tested here takes REST alone. */
let adapter: ChatAdapter;

beforeEach(async () => {
  server = await createDiscordServer();
  adapter = adapterFor(server);
});

afterEach(() => server.close());

function card(change: Partial<Card> = {}): Card {
  return {
    jobId,
    revision: 1,
    kind: "progress",
    tone: "neutral",
    title: "Rendering",
    prompt: "a paper boat",
    lines: [],
    footnote: ["Job ", { code: jobId }],
    buttons: [],
    ...change,
  };
}

function doneCard(change: Partial<Card> = {}): Card {
  const remix = { action: "remix", argument: jobId, label: "Remix", style: "primary" } as const;
  return card({ kind: "final", tone: "good", title: "Done", altText: "a boat", buttons: [remix], ...change });
}

function channel(name = "general"): Destination {
  return { platform: "discord", workspace: server.state.guild.id, channel: server.channel(name).id };
}

async function posted(at = channel()): Promise<{ destination: Destination; message: StoredMessage }> {
  const destination = await adapter.postCard(at, card());
  const message = server.message(destination.message ?? "");
  if (!message) throw new Error("The card is not there.");
  return { destination, message };
}

/** What a worker hands over; `saved` collects the checkpoints. */
function delivery(destination: Destination, change: Partial<Delivery> = {}) {
  const saved: string[] = [];
  const video = {
    key: "k3v8zq1xw0/video.mp4",
    filename,
    contentType: "video/mp4",
    bytes: clipBytes.length,
    open: () => expect.unreachable("The form takes the blob."),
    blob: async () => new Blob([new Uint8Array(clipBytes)], { type: "video/mp4" }),
  };
  const asked: Delivery = {
    destination,
    card: doneCard(),
    video,
    thumbnail: undefined,
    requester: { id: server.person("ada").id, name: "Ada" },
    ping: "reply",
    uploadLimitBytes: 10 * 1024 ** 2,
    checkpoint: undefined,
    turn: async () => {},
    save: async (checkpoint) => void saved.push(checkpoint),
    ...change,
  };
  return { asked, saved };
}

describe("a card in a channel", () => {
  it("tells nobody, whomever its prompt mentions", async () => {
    const grace = server.person("grace");
    const destination = await adapter.postCard(channel(), card({ prompt: `@everyone <@${grace.id}>` }));
    await adapter.editCard(destination, card({ prompt: `@here <@${grace.id}>`, lines: [["@everyone"]] }));
    expect(server.message(destination.message ?? "")).toMatchObject({
      notified: [],
      mentions: [],
      mentionsEveryone: false,
    });
  });

  it("is one message though it was posted twice", async () => {
    server.inject({ method: "POST", path: /messages$/, fault: { after: "drop" } });
    await expect(adapter.postCard(channel(), card())).rejects.toMatchObject({ retryable: true });
    const destination = await adapter.postCard(channel(), card());
    expect(server.channel("general").messages.map(({ id }) => id)).toEqual([destination.message]);
  });

  it("links to the message", async () => {
    const { destination, message } = await posted();
    const { workspace } = destination;
    expect(adapter.link(destination)).toBe(
      `https://discord.com/channels/${workspace}/${message.channelId}/${message.id}`,
    );
    expect(adapter.link(channel())).toBeUndefined();
  });

  it("is edited in a thread that was archived meanwhile", async () => {
    const { destination, message } = await posted(channel("ideas"));
    const thread = server.state.channels.get(message.channelId);
    if (thread) thread.archived = true;
    await adapter.editCard(destination, card({ title: "Still rendering" }));
    expect(message.text).toContain("Still rendering");
  });

  it.each<[string, (message: StoredMessage) => void, object]>([
    [
      "its message is deleted",
      (message) => server.person("grace").delete(message),
      { code: "gone", retryable: false },
    ],
    [
      "its channel is closed to the bot",
      () => server.deny("general", "ViewChannel"),
      { code: "no_access", retryable: false },
    ],
    ["Discord is out of order", () => fault({ status: 502 }), { code: "unavailable", retryable: true }],
    ["the connection breaks", () => fault("drop"), { code: "unavailable", retryable: true }],
    [
      "Discord asks to wait for long",
      () =>
        fault({
          status: 429,
          headers: { "retry-after": "60" },
          body: { retry_after: 60, global: false, message: "" },
        }),
      { code: "rate_limited", retryable: true, retryAfterMs: expect.closeTo(60_050, -2) },
    ],
  ])("cannot be edited when %s", async (_name, happen, error) => {
    const { destination, message } = await posted();
    happen(message);
    const asked = server.requests.length;
    await expect(adapter.editCard(destination, card({ title: "New" }))).rejects.toMatchObject(error);
    expect(server.requests.length - asked).toBe(1);
  });

  it("is edited after a short wait that Discord asked for", async () => {
    const { destination, message } = await posted();
    fault({
      status: 429,
      headers: { "retry-after": "0.1" },
      body: { retry_after: 0.1, global: false, message: "" },
    });
    await adapter.editCard(destination, card({ title: "New" }));
    expect(message.text).toContain("New");
  });

  function fault(what: Parameters<DiscordServer["inject"]>[0]["fault"]): void {
    server.inject({ method: "PATCH", path: /messages/, fault: what });
  }
});

describe("findCard", () => {
  it("finds nothing behind an old token where there is nothing, and goes on with the bot's own", async () => {
    const receipt = `${server.state.application.id}:an-old-token`;
    const job = { id: jobId, createdAt: server.now() };
    const find = () => adapter.findCard(channel(), receipt, job);
    expect(await find()).toBeUndefined();
    for (let n = 0; n < 150; n++) server.person("ada").say({ channel: "general", content: `before ${n}` });
    const posted = await adapter.postCard(channel(), doneCard());
    expect(posted).toMatchObject({ message: expect.any(String) });
    for (let n = 0; n < 150; n++) server.person("ada").say({ channel: "general", content: `talk ${n}` });
    expect(await find()).toEqual(posted);
  });
});

describe("deliver", () => {
  it("puts the video into the card, beside its buttons, and tells the requester alone", async () => {
    const { destination, message } = await posted();
    const { asked, saved } = delivery(destination);
    await expect(adapter.deliver(asked)).resolves.toEqual(destination);
    expect(message.media).toMatchObject([{ url: `attachment://${filename}`, description: "a boat" }]);
    expect(message.media[0]?.attachment?.bytes.equals(clipBytes)).toBe(true);
    expect(message.buttons).toMatchObject([{ label: "Remix", customId: `v1:remix:${jobId}` }]);
    const [, reply] = server.channel("general").messages;
    expect(reply).toMatchObject({ replyTo: { messageId: message.id }, notified: [asked.requester.id] });
    const told = `told@${destination.channel}.${reply?.id}`;
    expect(saved).toEqual(["edited", expect.stringMatching(/^announcing@\d+$/), told]);
  });

  it("keeps the video when the card is edited later", async () => {
    const { destination, message } = await posted();
    await adapter.deliver(delivery(destination).asked);
    await adapter.editCard(destination, doneCard({ lines: [["Remixed once"]] }));
    await adapter.editCard(destination, doneCard({ lines: [["Remixed twice"]] }));
    expect(message.text).toContain("Remixed twice");
    expect(message.media).toMatchObject([{ description: "a boat" }]);
    expect(message.attachments).toHaveLength(1);
    expect(message.media[0]?.attachment?.bytes.equals(clipBytes)).toBe(true);
  });

  it("takes a video that is lent, and gives it back", async () => {
    const folder = temporaryFolder(onTestFinished);
    vi.stubEnv("TMPDIR", folder);
    onTestFinished(() => void vi.unstubAllEnvs());
    const { destination, message } = await posted();
    const blob = (until: AbortSignal) => lendBlob(Readable.from([clipBytes]), "video/mp4", until);
    const { asked } = delivery(destination);
    asked.video = { ...asked.video, blob };
    await adapter.deliver(asked);
    expect(message.media[0]?.attachment?.bytes.equals(clipBytes)).toBe(true);
    await expect.poll(() => readdir(folder)).toEqual([]);
  });

  it("shows no gallery before the video is there", async () => {
    const { destination, message } = await posted();
    await adapter.editCard(destination, card({ title: "Uploading", altText: "a boat" }));
    expect(message.text).toContain("Uploading");
    expect(message.media).toEqual([]);
  });

  it("does without the right to read the history", async () => {
    server.deny("general", "ReadMessageHistory");
    const { destination, message } = await posted();
    await adapter.deliver(delivery(destination).asked);
    await adapter.editCard(destination, doneCard({ lines: [["Remixed once"]] }));
    expect(message.text).toContain("Remixed once");
    expect(message.attachments).toHaveLength(1);
    expect(message.media).toHaveLength(1);
    const [, reply] = server.channel("general").messages;
    expect(reply).toMatchObject({ replyTo: undefined, notified: [server.person("ada").id] });
  });

  it("is done though the requester cannot be told", async () => {
    const { destination, message } = await posted();
    server.deny("general", "SendMessages");
    await expect(adapter.deliver(delivery(destination).asked)).resolves.toEqual(destination);
    expect(message.media).toHaveLength(1);
    expect(server.channel("general").messages).toHaveLength(1);
  });

  it("repeats no effect from any checkpoint", async () => {
    const { destination, message } = await posted();
    const { asked, saved } = delivery(destination);
    server.inject({ method: "POST", path: /messages$/, fault: { after: "drop" } });
    await expect(adapter.deliver(asked)).rejects.toMatchObject({ retryable: true });
    for (const checkpoint of [undefined, ...saved]) {
      await adapter.deliver(delivery(destination, { checkpoint }).asked);
    }
    expect(message.attachments).toHaveLength(1);
    expect(server.channel("general").messages).toHaveLength(2);
  });

  it("uploads once when only the reply is missing", async () => {
    const { destination, message } = await posted();
    await adapter.deliver(delivery(destination, { checkpoint: "edited" }).asked);
    expect(message.revisions).toHaveLength(1);
    expect(server.channel("general").messages).toHaveLength(2);
  });

  it("looks for the reply when the nonce protects it no more", async () => {
    const { destination } = await posted();
    const { asked, saved } = delivery(destination);
    await adapter.deliver(asked);
    server.person("grace").say({ content: "nice" });
    server.advance(60 * MINUTE_MS);
    await adapter.deliver(delivery(destination, { checkpoint: saved.at(-1) }).asked);
    expect(server.channel("general").messages).toHaveLength(3);
  });

  it("replies late when no earlier reply is found, and not where nobody can look", async () => {
    const { destination } = await posted();
    const checkpoint = `announcing@${server.now()}`;
    server.advance(60 * MINUTE_MS);
    server.deny("general", "ReadMessageHistory");
    await adapter.deliver(delivery(destination, { checkpoint }).asked);
    expect(server.channel("general").messages).toHaveLength(1);
    server.deny("general");
    const { asked, saved } = delivery(destination, { checkpoint });
    await adapter.deliver(asked);
    expect(server.channel("general").messages).toHaveLength(2);
    expect(saved).toEqual([expect.stringMatching(/^announcing@/), expect.stringMatching(/^told@/)]);
  });

  it("refuses what is too large, before or after it was sent", async () => {
    const { destination, message } = await posted();
    const tooLarge = { code: "too_large", retryable: false };
    const { asked } = delivery(destination, { uploadLimitBytes: clipBytes.length - 1 });
    await expect(adapter.deliver(asked)).rejects.toMatchObject(tooLarge);
    server.state.guild.attachmentSizeLimit = clipBytes.length - 1;
    await expect(adapter.deliver(delivery(destination).asked)).rejects.toMatchObject(tooLarge);
    expect(message.revisions).toHaveLength(1);
  });
});
