import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ada, bob, grace } from "../../fakes/fake-chat-adapter.ts";
import { createScene, here, problem } from "../../fixtures/bot-scene.ts";

const EVENING = Date.parse("2026-11-26T19:00:00Z");
const linus = { ...grace, id: "linus", name: "Linus", manager: true };

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"], now: EVENING });
});
afterEach(() => {
  vi.useRealTimers();
});

async function createPeople(options: Parameters<typeof createScene>[0] = {}) {
  const scene = await createScene(options);
  const { chat, text } = scene;
  return {
    ...scene,
    page: () => text(chat.pages.at(-1)?.page.lines),
    buttons: () => chat.pages.at(-1)?.page.buttons.map(({ label }) => label),
  };
}

describe("usage", () => {
  it("is what one asked for, by day, month and model, with what is being made", async () => {
    const { chat, ask, complete, page } = await createPeople();
    await chat.type("usage");
    expect(chat.pages.at(-1)?.page.title).toBe("What you have used");
    expect(page()).toBe(
      [
        "Today, until 2026-11-27 00:00 UTC: nothing",
        "This month, until 2026-12-01 00:00 UTC: nothing",
        "Being made right now: 0 videos",
        "Limits",
        "none",
      ].join("\n"),
    );
    await ask();
    await complete();
    await chat.type("a boat --model sora-2-pro --seconds 8");
    await chat.type("somebody else's", { actor: bob });
    await chat.type("usage");
    expect(page()).toContain("Today, until 2026-11-27 00:00 UTC: 2 videos · 12 s · about $2.80");
    expect(page()).toContain("sora-2: 1 video · 4 s · about $0.40");
    expect(page()).toContain("sora-2-pro: 1 video · 8 s · about $2.40");
    expect(page()).toContain("Being made right now: 1 video\n");
  });

  it("of a day is gone with it, of a month stays", async () => {
    const { ask, complete, chat, pass, page } = await createPeople();
    await ask();
    await complete();
    await pass(6 * 3_600_000);
    await chat.type("usage");
    expect(page()).toContain("Today, until 2026-11-28 00:00 UTC: nothing");
    expect(page()).toContain("This month, until 2026-12-01 00:00 UTC: 1 video · 4 s · about $0.40");
  });

  it("does not count what the backend refused", async () => {
    const { videos, ask, chat, page } = await createPeople();
    videos.refuse("create", problem("moderation_blocked", false));
    await ask();
    await chat.type("usage");
    expect(page()).toContain("Today, until 2026-11-27 00:00 UTC: nothing");
    expect(page()).toContain("Being made right now: 0 videos");
  });

  it("says so where a price is not known", async () => {
    const { bot, chat, page } = await createPeople();
    const purchase = { at: EVENING, destination: here, seconds: 4, usd: undefined };
    await bot.services.spending.reserve({ ...purchase, id: "j1", model: "unheard-of" }, ada);
    await chat.type("usage");
    expect(page()).toContain("UTC: 1 video · 4 s · price not known\n");
    await bot.services.spending.reserve({ ...purchase, id: "j2", usd: 0.4, model: "sora-2" }, ada);
    await bot.services.spending.reserve({ ...purchase, id: "j3", usd: 0, model: "" }, ada);
    await chat.type("usage");
    expect(page()).toContain(
      "UTC: 3 videos · 12 s · about $0.40, without the models whose price is not known\n",
    );
    expect(page()).toContain("unheard-of: 1 video · 4 s · price not known");
    expect(page()).toContain("the video service's own model: 1 video");
  });

  it("says what is left of each limit that holds, and when it frees", async () => {
    const { chat, ask, pass, page } = await createPeople({
      limits: {
        person: { videosPerDay: 3, secondsPerDay: 60, usdPerDay: 1, usdPerMonth: 10, running: 2 },
      },
    });
    await chat.type("limits --for person --cooldown 60", { actor: linus });
    await ask();
    await pass(20_000);
    await chat.type("usage");
    expect(page().split("Limits\n")[1]?.split("\n")).toEqual([
      "videos a day: 1 of 3 used, 2 left until 2026-11-27 00:00 UTC",
      "seconds of video a day: 4 s of 60 s used, 56 s left until 2026-11-27 00:00 UTC",
      "dollars a day: $0.40 of $1.00 used, $0.60 left until 2026-11-27 00:00 UTC",
      "dollars a month: $0.40 of $10.00 used, $9.60 left until 2026-12-01 00:00 UTC",
      "videos being made at the same time: 1 of 2 used, 1 left",
      "in this server, seconds between two requests: 60 s, the next one is taken in 40 s",
    ]);
    await pass(40_000);
    await chat.type("usage");
    expect(page()).toContain("60 s, the next one is taken now");
  });

  it("of a channel is for everybody, of a server for moderators, of the bot for operators", async () => {
    const { chat, ask, page, buttons, lastPrivate } = await createPeople({ operatorIds: ["linus"] });
    await ask();
    const elsewhere = { ...here, channel: "c2" };
    await chat.type("a boat", { actor: bob, destination: elsewhere });
    await chat.type("usage", { actor: bob });
    expect(buttons()).toEqual(["This channel"]);
    await chat.pressPage("This channel", 0, { actor: bob });
    expect(page()).toContain("UTC: 1 video · 4 s");
    expect(buttons()).toEqual(["Mine"]);
    for (const [of, words] of [
      ["server", "Only moderators may see what this whole server has used."],
      ["bot", "Only those who run the bot may see what the whole bot has used."],
    ] as const) {
      await chat.type(`usage --of ${of}`, { actor: bob });
      expect(lastPrivate()).toBe(words);
      await chat.ask({ kind: "button", action: "usage", argument: of }, { actor: bob });
      expect(lastPrivate()).toBe(words);
    }
    await chat.type("usage --of server", { actor: grace });
    expect(page()).toContain("UTC: 2 videos · 8 s · about $0.80");
    expect(buttons()).toEqual(["Mine", "This channel"]);
    await chat.type("a kite", { actor: linus, destination: { ...here, workspace: "w2" } });
    await chat.type("usage --of bot", { actor: linus });
    expect(page()).toContain("UTC: 3 videos · 12 s · about $1.20");
    expect(buttons()).toEqual(["Mine", "This channel", "This server"]);
  });

  it("of direct messages belongs to no server", async () => {
    const { chat, buttons, lastPrivate } = await createPeople();
    const destination = { ...here, workspace: "@me" };
    await chat.type("usage", { actor: grace, destination });
    expect(buttons()).toEqual(["This channel"]);
    await chat.type("usage --of server", { actor: grace, destination });
    expect(lastPrivate()).toBe("Direct messages belong to no server. Ask in a channel of the server.");
  });

  it("names the models that were used most, and how many more there are", async () => {
    const { bot, chat, page } = await createPeople();
    for (let n = 1; n <= 10; n++) {
      const purchase = { id: `j${n}`, at: EVENING, destination: here, seconds: 4, usd: 0.1 };
      await bot.services.spending.reserve({ ...purchase, model: `model-${n}` }, ada);
    }
    await chat.type("usage");
    expect(page()).toContain("model-8: 1 video");
    expect(page()).not.toContain("model-9");
    expect(page()).toContain("and 2 more models");
  });
});
