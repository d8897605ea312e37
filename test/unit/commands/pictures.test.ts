import sharp from "sharp";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { bob } from "../../fakes/fake-chat-adapter.ts";
import { createScene } from "../../fixtures/bot-scene.ts";
import { plain } from "../../fixtures/pictures.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
});
afterEach(() => {
  vi.useRealTimers();
});

const wide = await plain(640, 360).png().toBuffer();
const address = "https://pictures.example/kite.png";

async function createDesk() {
  const scene = await createScene({ web: new Map([[address, wide]]) });
  /** The picture that the newest video was made from, as its size. */
  const sent = async () => {
    const [video] = scene.videos.all();
    const picture = scene.videos.imageOf(video?.id ?? "");
    if (!picture) return undefined;
    const { width, height } = await sharp(picture.bytes).metadata();
    return `${width}x${height} for ${video?.size}`;
  };
  return { ...scene, sent };
}

describe("a picture to start from", () => {
  it("gives the clip its shape where none is asked for, and is cropped to the one that is", async () => {
    const { chat, pass, sent } = await createDesk();
    await chat.command("create", { prompt: "a kite", image: chat.picture(wide) });
    await pass(0);
    expect(await sent()).toBe("1280x720 for 1280x720");
    await chat.command("create", { prompt: "a kite", image: chat.picture(wide), size: "portrait" });
    await pass(0);
    expect(await sent()).toBe("720x1280 for 720x1280");
  });

  it("can be a link", async () => {
    const { chat, pass, sent, lastPrivate } = await createDesk();
    await chat.type(`a kite --image ${address}`);
    await pass(0);
    expect(await sent()).toBe("1280x720 for 1280x720");
    await chat.type("a kite --image https://pictures.example/none.png");
    expect(lastPrivate()).toContain("Nothing is at https://pictures.example/none.png.");
    expect(chat.messages).toHaveLength(1);
  });

  it("is picked from a message, for the one who picked it", async () => {
    const { chat, pass, sent, lastPrivate, videos } = await createDesk();
    const message = { platform: "web", workspace: "w1", channel: "c1", message: "m7" } as const;
    await chat.shortcut("create", message, []);
    expect(lastPrivate()).toBe("There is no picture in that message. Pick a message with one.");
    await chat.shortcut("create", message, [chat.picture(wide)]);
    expect(chat.forms.at(-1)?.fields.map(({ name }) => name)).toEqual(["prompt", "model", "seconds", "size"]);
    await chat.submit({ prompt: "it flies" }, { actor: bob });
    expect(lastPrivate()).toContain("That picture can no longer be opened.");
    expect(videos.all()).toEqual([]);
    await chat.submit({ prompt: "it flies" });
    await pass(0);
    expect(await sent()).toBe("1280x720 for 1280x720");
  });

  it("is asked for again when it is gone by the time the form is sent: nothing is made without it", async () => {
    const { chat, complete, pass, newest, videos, lastPrivate } = await createDesk();
    await chat.command("create", { prompt: "a kite", image: chat.picture(wide) });
    await pass(0);
    await complete();
    const { id } = await newest();
    await chat.press("Again with changes");
    await chat.ask({ kind: "button", action: "delete", argument: `${id}_sure` });
    await pass(1_000);
    await chat.submit({ prompt: "a boat" });
    expect(lastPrivate()).toBe("That video was deleted with its picture. Attach it again.");
    expect(videos.calls.create).toBe(1);
  });

  it("comes along when a video is made again with changes, also in another shape", async () => {
    const { chat, complete, pass, sent } = await createDesk();
    await chat.command("create", { prompt: "a kite", image: chat.picture(wide), seconds: "8" });
    await pass(0);
    await complete();
    await chat.press("Again with changes", { actor: bob });
    const form = chat.forms.at(-1);
    expect(form?.fields.map(({ name, initial }) => [name, initial])).toEqual([
      ["prompt", "a kite"],
      ["image", undefined],
      ["model", "sora-2"],
      ["seconds", "8"],
      ["size", "1280x720"],
    ]);
    await chat.submit({ prompt: "a boat", seconds: "8", size: "720x1280" }, { actor: bob });
    await pass(0);
    expect(await sent()).toBe("720x1280 for 720x1280");
  });
});
