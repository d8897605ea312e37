import { describe, expect, it } from "vitest";
import { clipBytes } from "../../fakes/fake-videos-client.ts";
import { type OperationsHarness, useHarness, widePicture } from "./operations-harness.ts";

/** Everything that the Videos API can do with a video, done by people on a platform. */
export function videoOperationsSuite(kind: string, start: () => Promise<OperationsHarness>): void {
  describe(`videos on ${kind}`, () => {
    const { open, newJob, reach, finish, made, says, shows, opens, listed, pictureSent } = useHarness(start);

    it("create: a picture as a file gives the clip its shape", async () => {
      const harness = open();
      const { requester } = harness;
      const image = await widePicture();
      const { id } = await newJob(() => requester.command("create", { prompt: "a kite", image }));
      await finish(id);
      expect(await pictureSent()).toBe("1280x720");
      const messages = await harness.messages();
      expect(messages.filter(({ video }) => video)).toHaveLength(1);
      expect(messages.map(({ text }) => text).join("\n")).toContain("AI-generated");
    });

    it("create: a picture as an address", async () => {
      const harness = open();
      const { requester } = harness;
      await finish(
        (await newJob(() => requester.command("create", { prompt: "a kite", image: harness.pictureAddress })))
          .id,
      );
      expect(await pictureSent()).toBe("1280x720");
    });

    it("create: from a picture in a message", async () => {
      const harness = open();
      const { requester } = harness;
      if (!requester.animate) return expect(harness.channel.platform).toBe("web");
      await requester.animate(await widePicture());
      await opens(requester, ["prompt", "model", "seconds", "size"]);
      await finish((await newJob(() => requester.submit({ prompt: "it flies" }))).id);
      expect(await pictureSent()).toBe("1280x720");
    });

    it("retrieve: status and info say how a video stands, fresh from the backend", async () => {
      const harness = open();
      const { requester } = harness;
      const { id } = await made();
      await requester.command("status", { video: id });
      for (const fact of ["a kite", "Done", "sora-2", "4 s", "720x1280", "Created", "Completed"])
        await says(requester, fact);
      await harness.memory.videos.delete(harness.memory.videos.all()[0]?.id ?? "");
      await requester.press("Details");
      await shows(requester, "no longer there");
      await expect.poll(async () => (await requester.page())?.pictures).toBe(1);
    });

    it("delete: asks, takes the video out of the channel, and is for those who may", async () => {
      const harness = open();
      const { requester } = harness;
      const { member, moderator, channel } = harness;
      const first = await made();
      if (!harness.single) {
        await member.press("Delete");
        await says(member, "Only whoever asked for it and moderators may delete this video.");
        await member.forge("delete", `${first.id}_sure`);
        await reach(first.id, "delivered");
      }
      await requester.press("Delete");
      await shows(requester, "a kite");
      await requester.pressPage("Delete it");
      await reach(first.id, "deleted");
      await shows(requester, "is deleted");
      const messages = await harness.messages();
      expect(messages.filter(({ video }) => video)).toEqual([]);
      expect(messages.map(({ text }) => text).join("\n")).toContain("Deleted");
      expect(harness.memory.videos.all()).toEqual([]);
      expect(await listed()).toBe(0);
      await requester.forge("delete", `${first.id}_sure`);
      await shows(requester, "is deleted");
      const second = await made("a boat");
      await moderator.command("delete", { video: second.id });
      await shows(moderator, "a boat");
      await moderator.pressPage("Delete it");
      await reach(second.id, "deleted");
      expect(channel.platform).toBeTypeOf("string");
    });

    it("delete: a video in the making goes on where the backend cannot stop it", async () => {
      const { requester } = open();
      const { id } = await newJob(() => requester.command("create", { prompt: "a kite" }));
      await reach(id, "rendering");
      await requester.press("Delete");
      await requester.page();
      await shows(requester, "a kite");
      await requester.pressPage("Stop it");
      await says(requester, "the video service cannot stop it");
      await finish(id);
    });

    it("download: video, thumbnail and sprite sheet, for the one who asks", async () => {
      const { requester } = open();
      const { id } = await made();
      await requester.command("download", { video: id, variant: "video" });
      await expect.poll(async () => (await requester.file())?.equals(clipBytes)).toBe(true);
      await requester.press("Thumbnail");
      await expect.poll(async () => typeOf(await requester.file())).toMatch(/^(webp|png)$/);
      await requester.press("Sprite sheet");
      await expect.poll(async () => typeOf(await requester.file())).toMatch(/^(jpeg|png)$/);
    });

    it("remix, edit and extend: the same form, and a video that links to its parent", async () => {
      const harness = open();
      const { requester } = harness;
      const parent = await made();
      await harness.member.press("Remix");
      await opens(harness.member, ["prompt"]);
      const remix = await finish((await newJob(() => harness.member.submit({ prompt: "at night" }))).id);
      expect(remix.request).toMatchObject({ operation: "remix", parentJobId: parent.id, prompt: "at night" });
      const edit = await finish(
        (await newJob(() => requester.command("edit", { video: parent.id, prompt: "more wind" }))).id,
      );
      expect(edit.request).toMatchObject({ operation: "edit", seconds: "4" });
      const longer = await finish(
        (
          await newJob(() =>
            requester.command("extend", { video: parent.id, prompt: "it lands", seconds: "8" }),
          )
        ).id,
      );
      expect(longer.request).toMatchObject({ operation: "extend", seconds: "12" });
      await requester.command("info", { video: longer.id });
      for (const { id } of [parent, remix, edit, longer]) await shows(requester, id);
    });

    it("remix and details: from a message's own menu", async () => {
      const harness = open();
      const { requester } = harness;
      if (!requester.shortcut) return expect(harness.channel.platform).toBe("web");
      const { id } = await made();
      await requester.shortcut("Video details");
      await shows(requester, id);
      await harness.member.shortcut?.("Remix this video");
      await opens(harness.member, ["prompt"]);
    });

    it("retry and again: the same request once more, or the form filled in", async () => {
      const harness = open();
      const { id } = await made();
      const again = await finish((await newJob(() => harness.member.command("retry", { video: id }))).id);
      expect(again.request).toMatchObject({ operation: "create", prompt: "a kite" });
      await harness.member.press("Again with changes");
      await opens(harness.member, ["prompt", "image", "model", "seconds", "size"]);
      const boat = await newJob(() => harness.member.submit({ prompt: "a boat" }));
      expect(boat.request).toMatchObject({ prompt: "a boat", size: "720x1280" });
    });
  });
}

function typeOf(bytes: Buffer | undefined): string {
  if (!bytes) return "nothing";
  if (bytes.subarray(0, 4).toString("latin1") === "RIFF") return "webp";
  if (bytes.subarray(1, 4).toString("latin1") === "PNG") return "png";
  return bytes[0] === 0xff && bytes[1] === 0xd8 ? "jpeg" : "something else";
}
