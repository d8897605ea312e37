import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { bob, grace } from "../../fakes/fake-chat-adapter.ts";
import { createScene, here } from "../../fixtures/bot-scene.ts";
import { bare } from "../../fixtures/own-models.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe("settings", () => {
  it("are shown, changed in a form, and hold for the next video", async () => {
    const { chat, ask, text } = await createScene();
    await chat.type("settings");
    expect(chat.pages[0]?.page.buttons.map(({ label }) => label)).toEqual(["Change mine"]);
    await chat.pressPage("Change mine");
    expect(chat.forms[0]).toMatchObject({
      command: "settings",
      hidden: { for: "me" },
      fields: [
        { name: "model", initial: "default" },
        { name: "seconds", initial: "default" },
        { name: "size", initial: "default" },
        { name: "ping", initial: "default" },
        { name: "spoiler", initial: "default" },
      ],
    });
    await chat.submit({ model: "sora-2-pro", size: "1792x1024", ping: "direct", spoiler: "on" });
    expect(text(chat.pages.at(-1)?.page.lines)).toContain("Default model: sora-2-pro");
    const job = await ask();
    expect(job).toMatchObject({
      ping: "direct",
      spoiler: true,
      request: { model: "sora-2-pro", seconds: "4", size: "1792x1024" },
    });
    expect(chat.shown(job.destination)).toMatchObject({ spoiler: true });
    // What is said with the request goes first, and a default that does not fit it gives way.
    await chat.type("a boat --model sora-2");
    const boat = await chat.messages.at(-1)?.cards[0];
    expect(text(boat?.lines)).toContain("sora-2 · 4 s · portrait 720x1280");
  });

  it("are only of what the models leave open", async () => {
    const { chat, text, lastPrivate } = await createScene({ catalog: bare });
    await chat.type("settings");
    await chat.pressPage("Change mine");
    expect(chat.forms[0]?.fields.map(({ name }) => name)).toEqual(["model", "ping", "spoiler"]);
    await chat.submit({ model: "own" });
    expect(text(chat.pages.at(-1)?.page.lines)).toContain("Default model: own");
    await chat.type("settings --seconds 4");
    expect(lastPrivate()).toContain("“--seconds” is not known.");
  });

  it("of a person go before the channel's, and can be taken back", async () => {
    const { chat, ask } = await createScene();
    await chat.type("settings --for channel --seconds 12 --spoiler on", { actor: grace });
    expect((await ask()).request.seconds).toBe("12");
    await chat.type("settings --seconds 8");
    const job = await ask();
    expect(job.request.seconds).toBe("8");
    expect(job.spoiler).toBe(true);
    await chat.type("settings --seconds default");
    expect((await ask()).request.seconds).toBe("12");
  });

  it("of a channel are for its moderators, in forms that every platform can show", async () => {
    const { chat, lastPrivate } = await createScene();
    await chat.type("settings --for channel --create moderators");
    expect(lastPrivate()).toBe("Only moderators may change this channel's settings.");
    await chat.ask({ kind: "button", action: "settings", argument: "rules" });
    expect(lastPrivate()).toBe("Only moderators may change this channel's settings.");
    await chat.type("settings --create moderators", { actor: grace });
    expect(lastPrivate()).toContain("is a rule of a whole channel");
    await chat.type("settings", { actor: grace });
    for (const label of ["Channel defaults", "Channel rules"]) {
      await chat.pressPage(label, 0, { actor: grace });
      expect(chat.forms.at(-1)?.fields.length).toBeLessThanOrEqual(5);
      expect(chat.forms.at(-1)?.hidden).toEqual({ for: "channel" });
    }
    await chat.submit({ create: "moderators", remix: "requester" }, { actor: grace });
    await chat.type("a kite");
    expect(lastPrivate()).toBe("Only moderators may make videos in this channel.");
    expect(chat.messages).toEqual([]);
    await chat.type("a kite", { actor: grace });
    expect(chat.messages).toHaveLength(1);
  });

  it("say who may remix", async () => {
    const { chat, ask, complete, videos, lastPrivate } = await createScene();
    const { id } = await ask();
    await complete();
    await chat.type("settings --for channel --remix requester", { actor: grace });
    await chat.type(`remix ${id} at night`, { actor: bob });
    expect(lastPrivate()).toContain("may make something new from this video");
    expect(videos.calls.remix).toBe(0);
  });

  it("switch the web gallery's link off, and revoke the links given out", async () => {
    const { chat, ask, complete, bot } = await createScene();
    await ask();
    await complete();
    await chat.type("gallery");
    const link = chat.pages.at(-1)?.page.buttons.find(({ label }) => label === "Open in the browser");
    const url = link && "link" in link ? link.link : "";
    const token = new URL(url).pathname.split("/")[2] ?? "";
    expect(await bot.services.links.open(token)).toEqual(here);
    await chat.type("settings", { actor: grace });
    await chat.pressPage("Revoke gallery links", 0, { actor: grace });
    expect(await bot.services.links.open(token)).toBe("revoked");
    await chat.type("settings --for channel --gallery off", { actor: grace });
    await chat.type("gallery");
    expect(chat.pages.at(-1)?.page.buttons).toEqual([]);
  });
});
