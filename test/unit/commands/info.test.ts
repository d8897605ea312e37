import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ServiceError } from "../../../src/errors.ts";
import { bob, grace } from "../../fakes/fake-chat-adapter.ts";
import { createScene, here } from "../../fixtures/bot-scene.ts";
import { finishedButtons } from "../../fixtures/buttons.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A kite, a remix and an extension of it, and an edit of the remix. */
async function createFamily() {
  const scene = await createScene();
  const { chat, ask, complete, pass, newest } = scene;
  const derive = async (line: string) => {
    await pass(1);
    await chat.type(line);
    await pass(0);
    await complete();
    return newest();
  };
  const kite = await ask("a kite");
  await complete();
  const remix = await derive(`remix ${kite.id} at night`);
  const extension = await derive(`extend ${kite.id} it lands --seconds 8`);
  const edit = await derive(`edit ${remix.id} more stars`);
  return { ...scene, kite, remix, extension, edit };
}

describe("info", () => {
  it("shows all that is known and the family, whichever member is asked for", async () => {
    const { chat, kite, remix, extension, edit, text } = await createFamily();
    for (const self of [kite, edit]) {
      await chat.type(`info ${self.id}`);
      const shown = text(chat.pages.at(-1)?.page.lines);
      for (const fact of ["State Done", "Model sora-2", "Length", "Size 720x1280", "Created", "Completed"])
        expect(shown).toContain(fact);
      const family = shown.slice(shown.indexOf("Family")).split("\n").slice(1);
      expect(family.map((line) => line.trim().replace(" (this one)", ""))).toEqual([
        `${kite.id} · a kite`,
        `└ ${remix.id} remix · at night`,
        `└ ${edit.id} edit · more stars`,
        `└ ${extension.id} extend · it lands`,
      ]);
      expect(family.filter((line) => line.includes("(this one)"))).toHaveLength(1);
    }
  });

  it("is the Details button, too, and a message's own menu", async () => {
    const { chat, kite, lastPrivate } = await createFamily();
    await chat.shortcut("info", kite.destination);
    expect(chat.pages.at(-1)?.page.title).toBe(`Video ${kite.id}`);
    await chat.shortcut("remix", kite.destination);
    expect(chat.forms.at(-1)).toMatchObject({ command: "remix", hidden: { video: kite.id } });
    await chat.shortcut("info", { ...here, message: "someone else's" });
    expect(lastPrivate()).toBe("There is no video of mine in that message.");
  });

  it("names a deleted member without its words, and leaves out what one may not read", async () => {
    const { chat, kite, remix, edit, pass, text } = await createFamily();
    await chat.ask({ kind: "button", action: "delete", argument: `${remix.id}_sure` });
    await pass(0);
    await chat.type(`info ${kite.id}`);
    const shown = text(chat.pages.at(-1)?.page.lines);
    expect(shown).toContain(`${remix.id} remix · Deleted`);
    expect(shown).toContain(edit.id);
    expect(shown).not.toContain("at night");
  });

  it("shows the video itself in a family of any size", async () => {
    const { chat, ask, complete, pass, newest, text } = await createScene();
    const root = await ask("the first");
    await complete();
    for (let n = 1; n <= 62; n++) {
      await pass(1);
      await chat.command("remix", { video: root.id, prompt: `remix ${n}` });
      await pass(0);
    }
    const last = await newest();
    await chat.type(`info ${last.id}`);
    expect(text(chat.pages.at(-1)?.page.lines)).toContain(`${last.id} remix (this one)`);
  });

  it("asks the backend how the video stands now", async () => {
    const { chat, kite, videos, text } = await createFamily();
    await chat.type(`status ${kite.id}`);
    const { id = "" } = videos.all().find(({ prompt }) => prompt === "a kite") ?? {};
    await videos.delete(id);
    await chat.type(`info ${kite.id}`);
    expect(text(chat.pages.at(-1)?.page.lines)).toContain("At the video service no longer there");
  });
});

describe("cards", () => {
  it("link to the video they came from and to what came of them", async () => {
    const { chat, kite, remix, extension, text, bot } = await createFamily();
    const linkOf = async ({ id }: { id: string }) => {
      const job = await bot.jobs.get(id);
      return job && bot.services.access.link(job);
    };
    const shown = chat.shown(kite.destination)?.lines.flat() ?? [];
    expect(text([shown])).toContain("Remixed 2 times");
    expect(shown).toContainEqual({ link: await linkOf(remix), text: remix.id });
    expect(shown).toContainEqual({ link: await linkOf(extension), text: extension.id });
    const child = chat.shown(extension.destination)?.lines ?? [];
    expect(text(child)).toContain(`Extension by 8 s of ${kite.id}`);
    expect(text(child)).toContain("12 s");
    expect(child.flat()).toContainEqual({ link: await linkOf(kite), text: kite.id });
  });

  it("lose the buttons that the backend turns out not to have", async () => {
    const { chat, ask, complete, pass, text, videos, lastPrivate, card } = await createScene();
    const { id } = await ask();
    await complete();
    expect(card()?.buttons.map(({ label }) => label)).toEqual(finishedButtons);
    videos.lack("extend");
    await chat.type(`extend ${id} it lands`);
    await pass(0);
    expect(text()).toContain("The video service that this bot uses cannot do that.");
    await chat.type(`extend ${id} it lands`);
    expect(lastPrivate()).toContain("cannot do that (extend)");
    await ask("a boat");
    await complete();
    expect(card()?.buttons.map(({ label }) => label)).not.toContain("Extend");
  });
});

describe("download", () => {
  it("gives each file to the one who asks alone, as the thumbnail and sprite sheet buttons do", async () => {
    const { chat, kite, media } = await createFamily();
    const kept = async (name: string) => {
      const file = chat.privates.at(-1);
      expect(file?.to).toBe("bob");
      expect(file?.notice.file?.key).toBe(`${kite.id}/${name}`);
      expect(file?.file?.length).toBe((await media.stat(`${kite.id}/${name}`))?.bytes);
    };
    for (const [variant, name] of [
      ["video", "video.mp4"],
      ["thumbnail", "thumbnail.webp"],
      ["sprite sheet", "spritesheet.jpg"],
    ] as const) {
      await chat.command("download", { video: kite.id, variant }, { actor: bob });
      await kept(name);
    }
    await chat.ask({ kind: "button", action: "thumbnail", argument: kite.id }, { actor: bob });
    await kept("thumbnail.webp");
    await chat.ask({ kind: "button", action: "spritesheet", argument: kite.id }, { actor: bob });
    await kept("spritesheet.jpg");
    expect(chat.messages.length).toBe(4);
  });

  it("says when the backend does not answer, which is not the same as having lost the file", async () => {
    const { chat, kite, media, videos, lastPrivate } = await createFamily();
    await media.delete(`${kite.id}/video.mp4`);
    const silent = new ServiceError("videos", "unavailable", "No answer.", { retryable: true });
    videos.refuse("download", silent);
    await chat.command("download", { video: kite.id, variant: "video" });
    expect(lastPrivate()).toContain("try again in a moment");
  });

  it("fetches from the backend what is no longer kept here, and says so when nobody has it", async () => {
    const { chat, kite, media, videos, lastPrivate } = await createFamily();
    await media.delete(`${kite.id}/spritesheet.jpg`);
    await chat.command("download", { video: kite.id, variant: "spritesheet" });
    expect(chat.privates.at(-1)?.file).toBeDefined();
    await media.delete(kite.id);
    await videos.delete(videos.all().find(({ prompt }) => prompt === "a kite")?.id ?? "");
    await chat.command("download", { video: kite.id, variant: "video" });
    expect(lastPrivate()).toContain("is no longer kept, neither here nor at the video service");
  });

  it("points to the message where the file is too large to be sent", async () => {
    const { chat, kite, lastPrivate } = await createFamily();
    await chat.command(
      "download",
      { video: kite.id, variant: "video" },
      { uploadLimitBytes: 10, actor: grace },
    );
    expect(lastPrivate()).toContain("That file is too large to be sent here. It stands in its message:");
  });
});
