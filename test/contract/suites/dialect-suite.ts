import { describe, expect, it } from "vitest";
import type { DialectName } from "../../../src/videos/dialect.ts";
import { expected } from "../../fixtures/dialect-expectations.ts";
import { createDialectScene } from "../../fixtures/dialect-scene.ts";
import { drawPicture } from "../../fixtures/simulator.ts";

/** Keeps a video in the making at the backend. */
const ENDLESS = "[stuck]";

/** A job's whole life over a backend of that kind, found out by itself, from the command to the video in the channel. */
export function dialectSuite(name: DialectName): void {
  const { has, extras, progress } = expected[name];

  describe(`a backend that speaks as ${name}`, () => {
    it("is known for what it is, with its models and without what it lacks", async () => {
      const { found, catalog, videos } = await createDialectScene(name);
      expect(found).toMatchObject({ dialect: name, reached: true });
      expect(catalog.models.map(({ id }) => id)).toEqual(expected[name].models);
      for (const operation of ["list", "delete", "remix", "edit", "extend"] as const)
        expect([operation, videos.supports(operation)]).toEqual([operation, has.includes(operation)]);
    });

    it("makes a video, which plays in the channel", async () => {
      const { create, reaches, card, job, catalog, chat } = await createDialectScene(name);
      await create("a paper boat\nin the rain");
      const { request, media } = await reaches("delivered");
      expect(request).toMatchObject({ prompt: "a paper boat\nin the rain", model: catalog.defaults.model });
      expect(media?.video.bytes).toBeGreaterThan(1_000);
      expect(card()).toMatchObject({ title: expect.stringMatching(/^Done in/), tone: "good" });
      expect(chat.messages.filter(({ video }) => video)).toHaveLength(1);
      expect((await job()).video?.status).toBe("completed");
    });

    it("makes it in every length and size that is offered, from a picture, with what the model has besides", async () => {
      const { create, reaches, catalog, chat, job } = await createDialectScene(name);
      const [model] = catalog.models;
      const seconds = model?.seconds.at(-1) ?? "";
      const size = model?.sizes.at(-1) ?? "";
      const image = chat.picture(await drawPicture("640x480"), { filename: "picture.png" });
      await create("a boat", {
        image,
        ...(seconds !== "" && { seconds }),
        ...(size !== "" && { size }),
        ...(extras && { seed: "5", negative_prompt: "rain" }),
      });
      await reaches("delivered");
      expect((await job()).request).toMatchObject({
        seconds,
        size,
        image: { contentType: "image/jpeg" },
        ...(extras && { extras: { seed: 5, negative_prompt: "rain" } }),
      });
    });

    it("shows progress where there is any, and the time that passes where there is none", async () => {
      const { create, reaches, card, job, services } = await createDialectScene(name, { pace: 1 });
      await create(`a boat ${ENDLESS}`);
      await reaches("rendering");
      await expect
        .poll(async () => {
          await services().poller.look(await job());
          return { status: (await job()).video?.status, percent: (await job()).video?.progress ?? 0 };
        })
        .toEqual(progress ? { status: "in_progress", percent: 42 } : expected[name].running);
      expect(card().progress?.label).toMatch(/so far/);
    });

    it("says on the card why a video failed, and counts nothing", async () => {
      const { create, reaches, card, services } = await createDialectScene(name);
      await create("a boat [fail]");
      const failed = await reaches("failed");
      expect(failed.failure?.message).toContain("could not be generated");
      expect(card()).toMatchObject({ title: "Failed", tone: "bad" });
      expect(card().text).toContain("The video could not be generated.");
      const { running, day } = await services().spending.usage("mine", {
        actor: { id: "ada", name: "Ada", moderator: false, manager: false, roles: [] },
        destination: failed.destination,
      });
      expect({ running, day }).toEqual({ running: 0, day: {} });
    });

    it("refuses a prompt, and the card says so", async () => {
      const { create, reaches, card } = await createDialectScene(name);
      await create("a boat [moderation]");
      await reaches("failed");
      expect(card().text).toContain(expected[name].moderation);
    });

    it("is asked again for a file that comes after the word that it is there", async () => {
      const { create, reaches } = await createDialectScene(name);
      await create("a boat [late]");
      const { media } = await reaches("delivered");
      expect(media?.video.bytes).toBeGreaterThan(1_000);
    });

    it("has a video deleted where it can, and keeps it where it cannot", async () => {
      const { create, reaches, videos, chat, job, lastPage } = await createDialectScene(name);
      await create("a boat");
      const { id, video } = await reaches("delivered");
      await chat.command("delete", { video: id });
      expect(lastPage().includes("the video at the video service")).toBe(has.includes("delete"));
      await chat.pressPage("Delete it");
      await expect.poll(async () => (await job()).phase).toBe("deleted");
      const left = videos.retrieve(video?.id ?? "").then(
        () => "there",
        (error) => error.code,
      );
      expect(await left).toBe(has.includes("delete") ? "not_found" : "there");
    });

    it("has a video stopped where it can; elsewhere whoever asks is told so, and it goes on", async () => {
      const { create, reaches, chat, job, card, lastPrivate } = await createDialectScene(name, { pace: 1 });
      await create(`a boat ${ENDLESS}`);
      const { id } = await reaches("rendering");
      await chat.command("delete", { video: id });
      await chat.pressPage("Stop it");
      if (has.includes("cancel")) {
        await expect.poll(async () => (await job()).phase).toBe("deleted");
        expect(card().title).toBe("Cancelled");
      } else {
        expect(lastPrivate()).toContain("the video service cannot stop it");
        expect((await job()).phase).toBe("rendering");
      }
    });

    it("offers to remix and extend where it can, and says elsewhere that it is switched off", async () => {
      const { create, reaches, chat, card, lastPrivate, job } = await createDialectScene(name);
      await create("a boat");
      const { id } = await reaches("delivered");
      const labels = (card().buttons ?? []).map(({ label }) => label);
      expect(labels.includes("Remix")).toBe(has.includes("remix"));
      expect(labels.includes("Extend")).toBe(has.includes("extend"));
      await chat.command("remix", { video: id, prompt: "at night" });
      if (has.includes("remix")) {
        expect((await reaches("delivered")).request).toMatchObject({ operation: "remix", parentJobId: id });
      } else {
        expect(lastPrivate()).toContain("cannot do that (remix), so it is switched off");
        expect((await job()).id).toBe(id);
      }
      await chat.command("help", {});
      expect(lastPrivate().includes("so it is switched off: ")).toBe(!["openai"].includes(name));
    });

    it("tells of a video that it does not know", async () => {
      const { videos } = await createDialectScene(name);
      await expect(videos.retrieve("video_00000000000000000000000000000000")).rejects.toMatchObject({
        name: "ServiceError",
        code: "not_found",
      });
    });

    it("can be restarted: what it forgot fails and says so, what it kept is delivered", async () => {
      const { create, reaches, restartBackend, card } = await createDialectScene(name, { pace: 0.3 });
      await create("a boat");
      await reaches("rendering");
      await restartBackend();
      if (expected[name].forgets) {
        await reaches("failed");
        expect(card().text).toContain("lost this video while it was being made");
      } else {
        await reaches("delivered");
      }
    });

    it("does not notice that the bot was restarted: one video, delivered once", async () => {
      const { create, reaches, restartBot, chat, job } = await createDialectScene(name, { pace: 0.3 });
      await create("a boat");
      await reaches("rendering");
      const { video } = await job();
      await restartBot();
      await reaches("delivered");
      expect((await job()).video?.id).toBe(video?.id);
      expect(chat.messages.filter((message) => message.video)).toHaveLength(1);
    });
  });
}
