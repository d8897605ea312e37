import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ChatAdapter, Delivery, Destination } from "../../../src/chat/adapter.ts";
import { type Card, encodeButton } from "../../../src/chat/card.ts";
import { ServiceError } from "../../../src/errors.ts";
import { clipBytes, thumbnailBytes } from "../../fakes/fake-videos-client.ts";
import {
  type ChatAdapterHarness,
  card,
  done,
  fileOf,
  jobId,
  remix,
  type ShownMessage,
  tombstone,
} from "./chat-adapter-harness.ts";
import { privateAnswers } from "./chat-adapter-private.ts";

/** What the core relies on, whatever the platform. */
export function chatAdapterSuite(kind: string, open: () => Promise<ChatAdapterHarness>): void {
  describe(`chat adapter: ${kind}`, () => {
    let harness: ChatAdapterHarness;
    let adapter: ChatAdapter;
    beforeEach(async () => {
      harness = await open();
      adapter = harness.adapter;
      await harness.media.put(`${jobId}/video.mp4`, [clipBytes]);
      await harness.media.put(`${jobId}/thumbnail.webp`, [thumbnailBytes]);
    });
    afterEach(() => harness.close());

    const post = (change?: Partial<Card>) => adapter.postCard(harness.channel, card(change));

    async function at({ message }: Destination): Promise<ShownMessage> {
      const shown = (await harness.messages()).find(({ id }) => id === message);
      if (!shown) throw new Error(`There is no message ${message}.`);
      return shown;
    }

    async function deliver(destination: Destination, change: Partial<Delivery> = {}): Promise<Destination> {
      const { media, person: requester } = harness;
      return adapter.deliver({
        destination,
        card: done,
        video: fileOf(media, "video.mp4", clipBytes),
        thumbnail: undefined,
        requester,
        ping: "reply",
        uploadLimitBytes: undefined,
        checkpoint: undefined,
        save: async () => {},
        turn: async () => {},
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

    it("delivers a spoiler, with all that belongs to it", async () => {
      const result = await deliver(await post(), { card: { ...done, spoiler: true } });
      await expectDelivered(result);
    });

    it.each(["direct", "none"] as const)("calls nobody in the channel when the ping is %j", async (ping) => {
      await expectDelivered(await deliver(await post(), { ping }));
      expect((await harness.messages()).flatMap(({ notified }) => notified)).toEqual([]);
    });

    /** Nothing of the video is left, and the card says so wherever it still stands. */
    async function expectRetracted(destination: Destination, stands = true): Promise<void> {
      const messages = await harness.messages();
      expect(messages.flatMap(({ video }) => video ?? [])).toEqual([]);
      expect(messages.flatMap(({ buttons }) => buttons)).toEqual([]);
      expect(messages.map(({ id }) => id)).toEqual(stands ? [destination.message] : []);
      if (stands) expect((await at(destination)).text).toContain("This video was deleted.");
    }

    it("takes a video back, and leaves its tombstone where its card was", async () => {
      const destination = await post();
      let checkpoint: string | undefined;
      const save = async (text: string) => {
        checkpoint = text;
      };
      const result = await deliver(destination, { save });
      await adapter.retract({ destination, result, checkpoint, card: tombstone });
      await expectRetracted(destination);
      await adapter.retract({ destination, result, checkpoint, card: tombstone });
      await expectRetracted(destination);
    });

    it("takes back what was never delivered, or is gone already", async () => {
      const destination = await post();
      const nothing = { result: undefined, checkpoint: undefined };
      await adapter.retract({ destination, ...nothing, card: tombstone });
      await expectRetracted(destination);
      await harness.remove(destination.message ?? "");
      await adapter.retract({ destination, ...nothing, card: tombstone });
      await expectRetracted(destination, false);
    });

    it("takes back what a delivery had done when the process died at its first note", async () => {
      const destination = await post();
      let checkpoint: string | undefined;
      const save = async (text: string) => {
        checkpoint = text;
        throw new Error("killed");
      };
      const result = await deliver(destination, { save }).catch(() => undefined);
      await adapter.retract({ destination, result, checkpoint, card: tombstone });
      await expectRetracted(destination);
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
      const job = { id: card().jobId, createdAt: Date.now() };
      const found =
        receipt === undefined ? destination : await adapter.findCard(harness.channel, receipt, job);
      expect(found).toEqual(destination);
      expect(await harness.privates()).toEqual([]);
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

    privateAnswers(() => harness);

    it("links to a message", async () => {
      expect(adapter.link(await post())).toMatch(/^(https?:\/)?\//);
    });
  });
}
