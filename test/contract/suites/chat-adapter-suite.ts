import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ChatAdapter, ChatRequest, Delivery, Destination } from "../../../src/chat/adapter.ts";
import { type Card, encodeButton } from "../../../src/chat/card.ts";
import { ServiceError } from "../../../src/errors.ts";
import type { MediaStore } from "../../../src/media/media-store.ts";
import { clipBytes } from "../../fakes/fake-videos-client.ts";

/** A message as people see it. */
export interface ShownMessage {
  id: string;
  text: string;
  /** What its buttons carry. */
  buttons: string[];
  /** The video that plays in it. */
  video: Buffer | undefined;
  /** Whom it called: ids, or words for many. */
  notified: string[];
}

/** A platform with one person in one empty channel. */
export interface ChatAdapterHarness {
  adapter: ChatAdapter;
  channel: Destination;
  person: { id: string; name: string };
  /** Whether a video is shown in its card's own message, so that there is no place for it once that is deleted. */
  needsCard: boolean;
  /** What stands in the channel, oldest first. */
  messages(): Promise<ShownMessage[]> | ShownMessage[];
  /** Somebody deletes a message. */
  remove(messageId: string): Promise<void> | void;
  /** The person asks for a video; resolves when `answer` has and the platform knows. */
  ask(answer: (request: ChatRequest) => Promise<void>): Promise<void>;
  /** The texts that the person alone was shown. */
  privates(): Promise<string[]> | string[];
  /** Where the adapter takes videos from. */
  media: MediaStore;
  close(): Promise<void>;
}

const jobId = "k3v8zq1xw0";
const remix = { action: "remix", jobId, label: "Remix", style: "primary" } as const;

function card(change: Partial<Card> = {}): Card {
  return {
    jobId,
    revision: 1,
    kind: "progress",
    tone: "neutral",
    title: "Queued",
    prompt: "a paper boat",
    lines: [["sora-2 · 4 s"]],
    progress: { percent: 0, label: "1 s so far" },
    footnote: ["Job ", { code: jobId }],
    buttons: [],
    ...change,
  };
}

const { progress: _, ...still } = card();
const done: Card = {
  ...still,
  revision: 9,
  kind: "final",
  tone: "good",
  title: "Done in 32 s",
  altText: "AI-generated video: a paper boat",
  buttons: [remix],
};

/** What the core relies on, whatever the platform. */
export function chatAdapterSuite(kind: string, open: () => Promise<ChatAdapterHarness>): void {
  describe(`chat adapter: ${kind}`, () => {
    let harness: ChatAdapterHarness;
    let adapter: ChatAdapter;
    beforeEach(async () => {
      harness = await open();
      adapter = harness.adapter;
      await harness.media.put(`${jobId}/video.mp4`, [clipBytes]);
    });
    afterEach(() => harness.close());

    const post = (change?: Partial<Card>) => adapter.postCard(harness.channel, card(change));

    async function at({ message }: Destination): Promise<ShownMessage> {
      const shown = (await harness.messages()).find(({ id }) => id === message);
      if (!shown) throw new Error(`There is no message ${message}.`);
      return shown;
    }

    async function deliver(destination: Destination, change: Partial<Delivery> = {}): Promise<Destination> {
      const key = `${jobId}/video.mp4`;
      const { media, person: requester } = harness;
      return adapter.deliver({
        destination,
        card: done,
        video: {
          key,
          filename: `showreel-${jobId}.mp4`,
          contentType: "video/mp4",
          bytes: clipBytes.length,
          open: () => media.read(key),
          blob: () => media.blob(key, "video/mp4"),
        },
        thumbnail: undefined,
        requester,
        uploadLimitBytes: undefined,
        checkpoint: undefined,
        save: async () => {},
        ...change,
      });
    }

    /** The video plays beside its button in one message, and who asked for it was told once at most. */
    async function expectDelivered(result: Destination): Promise<void> {
      const messages = await harness.messages();
      const withVideo = messages.filter(({ video }) => video !== undefined);
      expect(withVideo.map(({ id }) => id)).toEqual([result.message]);
      expect(withVideo[0]).toMatchObject({ video: clipBytes, buttons: [encodeButton(remix)] });
      const notified = messages.flatMap((message) => message.notified);
      expect(notified.length).toBeLessThanOrEqual(1);
      expect(notified.every((id) => id === harness.person.id)).toBe(true);
    }

    it("posts a card with all that it says", async () => {
      await adapter.checkAccess(harness.channel);
      const destination = await post({ buttons: [remix] });
      expect(destination).toMatchObject({ ...harness.channel, message: expect.any(String) });
      expect(JSON.parse(JSON.stringify(destination))).toEqual(destination);
      const { text, buttons } = await at(destination);
      for (const part of ["Queued", "a paper boat", "sora-2 · 4 s", "1 s so far", jobId])
        expect(text).toContain(part);
      expect(buttons).toEqual([encodeButton(remix)]);
    });

    it("replaces what a card shows, in its place", async () => {
      const destination = await post();
      await adapter.editCard(destination, card({ revision: 2, title: "Rendering", lines: [["half of it"]] }));
      const { text } = await at(destination);
      expect(text).toContain("Rendering");
      expect(text).toContain("half of it");
      expect(text).not.toContain("Queued");
      expect(await harness.messages()).toHaveLength(1);
    });

    it("calls nobody, whatever a prompt or a name says", async () => {
      const { id } = harness.person;
      const markup = `@everyone @here <@${id}> <!channel> <!here> @channel <@&1> [a](https://x.example) *b* \`c\``;
      const lines = [
        ["by ", { person: id, name: "@everyone" }],
        [markup, { bold: markup }, { code: markup }],
      ];
      const destination = await post({ prompt: markup, lines });
      await adapter.editCard(destination, card({ revision: 2, prompt: markup, lines }));
      const shown = await at(destination);
      expect(shown.notified).toEqual([]);
      expect(shown.text).toContain("everyone");
      const result = await deliver(destination, {
        card: { ...done, prompt: markup, lines, altText: markup },
      });
      await expectDelivered(result);
    });

    it("says when a message is gone for good", async () => {
      const destination = await post();
      await harness.remove(destination.message ?? "");
      const edit = adapter.editCard(destination, card({ revision: 2 }));
      await expect(edit).rejects.toBeInstanceOf(ServiceError);
      await expect(edit).rejects.toMatchObject({ code: "gone", retryable: false });
    });

    it("puts video and buttons into one message and calls the requester", async () => {
      const destination = await post();
      const result = await deliver(destination);
      await expectDelivered(result);
      expect((await at(destination)).text).toContain("Done in 32 s");
    });

    it("delivers where the card was deleted, or says that there is no place for the video", async () => {
      const destination = await post();
      await harness.remove(destination.message ?? "");
      const delivered = deliver(destination);
      if (!harness.needsCard) return expectDelivered(await delivered);
      await expect(delivered).rejects.toMatchObject({ name: "ServiceError", code: "gone", retryable: false });
      expect(await harness.messages()).toEqual([]);
    });

    it("repeats no effect when a delivery is repeated with what it wrote down last", async () => {
      const destination = await post();
      let checkpoint: string | undefined;
      const save = async (text: string) => {
        checkpoint = text;
      };
      await deliver(destination, { save });
      const before = (await harness.messages()).map(({ id }) => id);
      const result = await deliver(destination, { checkpoint, save });
      await expectDelivered(result);
      expect((await harness.messages()).map(({ id }) => id)).toEqual(before);
    });

    it("repeats no effect when the process dies at anything it writes down", async () => {
      const destination = await post();
      let checkpoint: string | undefined;
      for (let endsAt = 1; ; endsAt++) {
        let saved = 0;
        const save = async (text: string) => {
          checkpoint = text;
          if (++saved === endsAt) throw new Error("killed");
        };
        const result = await deliver(destination, { checkpoint, save }).catch((error: unknown) => {
          if (error instanceof Error && error.message === "killed") return undefined;
          throw error;
        });
        if (!result) continue;
        await expectDelivered(result);
        break;
      }
    });

    it("keeps the video when the card of a finished one changes", async () => {
      const destination = await post();
      const result = await deliver(destination);
      await adapter.editCard(destination, { ...done, revision: 10, lines: [["Remixed once"]] });
      await expectDelivered(result);
      expect((await at(destination)).text).toContain("Remixed once");
    });

    it("answers a request with a card that can be edited, and found by its receipt", async () => {
      let destination: Destination | undefined;
      let receipt: string | undefined;
      await harness.ask(async (request) => {
        destination = await request.reply.card(card());
        receipt = request.receipt;
        expect(request.destination).toEqual(harness.channel);
        expect(request.actor.id).toBe(harness.person.id);
      });
      if (!destination) throw new Error("Nobody asked.");
      await adapter.editCard(destination, card({ revision: 2, title: "Rendering" }));
      expect((await at(destination)).text).toContain("Rendering");
      const found = receipt === undefined ? destination : await adapter.findCard(harness.channel, receipt);
      expect(found).toEqual(destination);
      expect(await harness.privates()).toEqual([]);
    });

    it("answers a request privately", async () => {
      await harness.ask(({ reply }) =>
        reply.private({ tone: "error", lines: [["Too long."], ["@everyone"]] }),
      );
      expect(await harness.privates()).toEqual([expect.stringContaining("Too long.")]);
      expect(await harness.messages()).toEqual([]);
    });

    it("knows the limits of its calls", () => {
      for (const call of ["reply", "post", "edit", "deliver"] as const) {
        for (const { bucket, calls, perMs } of adapter.draws(call, harness.channel)) {
          expect(bucket).toContain(adapter.platform);
          expect(calls).toBeGreaterThanOrEqual(1);
          expect(perMs).toBeLessThanOrEqual(60_000);
        }
      }
    });

    it("links to a message", async () => {
      expect(adapter.link(await post())).toMatch(/^(https?:\/)?\//);
    });
  });
}
