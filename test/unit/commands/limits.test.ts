import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Actor, Destination } from "../../../src/chat/adapter.ts";
import type { LimitRules } from "../../../src/spending/limits.ts";
import { ada, bob, grace } from "../../fakes/fake-chat-adapter.ts";
import { createScene, here } from "../../fixtures/bot-scene.ts";

const linus: Actor = { ...grace, id: "linus", name: "Linus", manager: true };
const PAINTERS = "100000000000000001";
const WRITERS = "100000000000000002";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
});
afterEach(() => {
  vi.useRealTimers();
});

async function createPeople(limits: LimitRules = {}) {
  const scene = await createScene({ limits });
  const { bot, chat, text } = scene;
  /** Somebody asks for a video; whether it is taken. */
  async function takes(actor: Actor, destination: Destination = here): Promise<boolean> {
    const before = chat.messages.length;
    await chat.type("a kite", { actor, destination });
    return chat.messages.length > before;
  }
  return {
    ...scene,
    takes,
    rules: (place: "server" | "channel" = "server") => bot.services.spending.rulesOf(place, here),
    page: () => text(chat.pages.at(-1)?.page.lines),
    rows: () => chat.pages.at(-1)?.page.rows.map(({ lines, buttons }) => [text(lines), buttons.length]),
    buttons: () => chat.pages.at(-1)?.page.buttons.map(({ label }) => label),
    form: () => {
      const form = chat.forms.at(-1);
      const fields = form?.fields.map(({ name, initial }) => [name, initial]);
      return form && { title: form.title, hidden: form.hidden, fields };
    },
  };
}

describe("limits", () => {
  it("are none at first, and everybody may see them", async () => {
    const { chat, page, buttons } = await createPeople();
    await chat.type("limits");
    expect(page()).toBe(
      [
        "This channel: no limits",
        "This server: no limits",
        "Each person in this server: no limits",
        "Where several limits hold, the strictest counts. Days and months are UTC.",
        "What is left of them: /video usage",
      ].join("\n"),
    );
    expect(buttons()).toEqual([]);
    await chat.type("limits", { actor: grace });
    expect(buttons()).toEqual(["This channel"]);
    await chat.type("limits", { actor: linus });
    expect(buttons()).toEqual(["This channel", "This server", "Each person", "Another role"]);
  });

  it("of a channel are its moderators' to set, and hold at once", async () => {
    const { chat, page, takes, rules, lastPrivate } = await createPeople();
    await chat.type("limits --videos 2");
    expect(lastPrivate()).toBe("Only moderators may change this channel's limits.");
    expect(await takes(ada)).toBe(true);
    await chat.type("limits --videos 2 --usd_day 1.5 --running 7", { actor: grace });
    expect(page()).toMatch(/^Saved\.\n/);
    expect(page()).toContain(
      "This channel: videos a day 2 · dollars a day $1.50 · videos being made at the same time 7",
    );
    expect(await takes(bob)).toBe(true);
    expect(await takes(bob)).toBe(false);
    expect(lastPrivate()).toContain("This channel's limit of videos a day is 2");
    expect(await takes(bob, { ...here, channel: "c2" })).toBe(true);
    await chat.type("limits --videos 0", { actor: grace });
    expect(await rules("channel")).toEqual({ place: { usdPerDay: 1.5, running: 7 } });
    expect(await takes(bob)).toBe(true);
  });

  it("of the server, its people, roles and who is exempt are its managers' to set", async () => {
    const { chat, rules, lastPrivate } = await createPeople();
    const refusal =
      "Only those who manage the whole server may change this server's limits, those of its people and roles, and who is exempt.";
    for (const line of [
      "--for server --videos 2",
      "--for person --videos 2",
      "--role moderator --videos 2",
      "--exempt me",
      "--role moderator --exempt role",
    ]) {
      await chat.type(`limits ${line}`, { actor: grace });
      expect(lastPrivate()).toBe(refusal);
    }
    for (const argument of ["server", "person", "role", `role_${PAINTERS}`]) {
      await chat.ask({ kind: "button", action: "limits", argument }, { actor: grace });
      expect(lastPrivate()).toBe(refusal);
    }
    await chat.ask({ kind: "button", action: "limits", argument: "channel" });
    expect(lastPrivate()).toBe("Only moderators may change this channel's limits.");
    expect(chat.forms).toEqual([]);
    expect(await rules()).toEqual({});
  });

  it("of each person hold for one by one, those of a role in their place", async () => {
    const { chat, page, rows, takes } = await createPeople();
    await chat.type("limits --for person --videos 1", { actor: linus });
    await chat.type(`limits --role <@&${PAINTERS}> --videos 2`, { actor: linus });
    await chat.type("limits --for role --role Moderators --exempt role", { actor: linus });
    expect(page()).toContain("Each person in this server: videos a day 1\n");
    expect(rows()).toEqual([
      [`Role ${PAINTERS}: videos a day 2`, 1],
      ["Role moderator: exempt", 1],
    ]);
    await chat.type("limits", { actor: bob });
    expect(rows()?.map(([, buttons]) => buttons)).toEqual([0, 0]);
    const painter = { ...bob, roles: [PAINTERS] };
    for (const [actor, expected] of [
      [ada, [true, false]],
      [painter, [true, true, false]],
      [grace, [true, true, true]],
    ] as const)
      for (const is of expected) expect(await takes(actor)).toBe(is);
    await chat.type(`limits --role ${PAINTERS} --videos 0`, { actor: linus });
    await chat.type("limits --role moderator --exempt role", { actor: linus });
    expect(rows()).toEqual([]);
    expect(await takes(painter)).toBe(false);
    expect(await takes(grace)).toBe(false);
  });

  it("do not hold for those who are exempt, until that is taken back", async () => {
    const { chat, ask, complete, page, takes } = await createPeople();
    await chat.type("limits --for server --videos 1", { actor: linus });
    await ask();
    await complete();
    expect(await takes(ada)).toBe(false);
    await chat.type("limits --exempt Ada", { actor: linus });
    expect(page()).toContain("Exempt: ada");
    expect(await takes(ada)).toBe(true);
    await chat.type("limits");
    expect(page()).toContain("You are exempt from the limits that are set here.");
    await chat.type("limits", { actor: bob });
    expect(page()).not.toContain("xempt");
    await chat.type("limits --exempt ada", { actor: linus });
    expect(await takes(ada)).toBe(false);
  });

  it("are changed in forms that start with what is set and leave what is left out", async () => {
    const { chat, rules, form } = await createPeople();
    await chat.type("limits --for person --videos 5 --usd_month 20.5 --cooldown 30", { actor: linus });
    await chat.pressPage("Each person", 0, { actor: linus });
    expect(form()).toEqual({
      title: "Limits: each person in this server",
      hidden: { for: "person" },
      fields: [
        ["videos", "5"],
        ["seconds", undefined],
        ["usd_day", undefined],
        ["usd_month", "20.5"],
        ["running", undefined],
        ["cooldown", "30"],
      ],
    });
    await chat.submit({ videos: "0", running: "2", usd_month: "" }, { actor: linus });
    expect(await rules()).toEqual({ person: { usdPerMonth: 20.5, cooldownSeconds: 30, running: 2 } });
    await chat.pressPage("Another role", 0, { actor: linus });
    expect(form()).toMatchObject({ title: "Limits: a role in this server", hidden: { for: "role" } });
    expect(form()?.fields?.[0]).toEqual(["role", undefined]);
    await chat.submit({ role: WRITERS, videos: "9" }, { actor: linus });
    await chat.pressPage("Change", 0, { actor: linus });
    expect(form()).toMatchObject({ hidden: { for: "role", role: WRITERS } });
    expect(form()?.fields?.[0]).toEqual(["videos", "9"]);
    await chat.submit({ seconds: "60" }, { actor: linus });
    expect((await rules()).roles).toEqual({ [WRITERS]: { videosPerDay: 9, secondsPerDay: 60 } });
  });

  it("say which role they cannot tell", async () => {
    const { chat, rules, lastPrivate } = await createPeople();
    const owner = { ...linus, roles: ["owner", "admin", "member"] };
    for (const [line, words] of [
      ["--role painters --videos 2", "say one of: moderator, manager."],
      ["--role guest --videos 2", "say one of: moderator, manager."],
      ["--for role --videos 2", "“role” is missing"],
      ["--for server --role moderator --videos 2", "“role” goes with “for” set to a role"],
      ["--exempt role", "“role” is missing: say which role is exempt."],
      ["--role @everyone --videos 2", "Everybody has that role."],
    ] as const) {
      await chat.type(`limits ${line}`, { actor: linus });
      expect(lastPrivate()).toContain(words);
    }
    expect(await rules()).toEqual({});
    await chat.type("limits --role guests --videos 2", { actor: owner });
    expect(await rules()).toEqual({ roles: { guest: { videosPerDay: 2 } } });
  });

  it("that the operator has set stand beside them, with the whole bot's", async () => {
    const { chat, page, takes, lastPrivate } = await createPeople({
      all: { usdPerMonth: 500 },
      person: { running: 1 },
      roles: { moderator: "exempt" },
    });
    await chat.type("limits");
    expect(page()).toContain(
      [
        "Set by whoever runs the bot, everywhere:",
        "The whole bot: dollars a month $500.00",
        "Each person: videos being made at the same time 1",
        "Role moderator: exempt",
      ].join("\n"),
    );
    await chat.type("limits --for person --running 5", { actor: linus });
    expect(await takes(ada)).toBe(true);
    expect(await takes(ada)).toBe(false);
    expect(lastPrivate()).toContain("There is room when one of them is done.");
  });

  it("say who is exempt from which", async () => {
    const { chat, page } = await createPeople({ person: { running: 1 }, exempt: ["ada"] });
    await chat.type("limits");
    expect(page()).toContain(
      "You are exempt from the limits that whoever runs the bot has set, but for those of the whole bot.",
    );
    expect(page()).not.toContain("that are set here");
    await chat.type("limits --exempt me", { actor: linus });
    expect(page()).toContain("You are exempt from the limits that are set here.");
    expect(page()).not.toContain("that whoever runs the bot has set");
  });

  it("of direct messages are of no server", async () => {
    const { chat, page, buttons, lastPrivate } = await createPeople();
    const direct = { actor: linus, destination: { ...here, workspace: "@me" } };
    await chat.type("limits", direct);
    expect(page()).not.toContain("server");
    expect(buttons()).toEqual(["This channel"]);
    await chat.type("limits --for server --videos 2", direct);
    expect(lastPrivate()).toBe("Direct messages belong to no server. Ask in a channel of the server.");
  });

  it("of more roles than a page has buttons for are listed all the same", async () => {
    const { chat, page, rows } = await createPeople();
    for (let n = 1; n <= 21; n++)
      await chat.type(`limits --role ${"1".repeat(16)}${10 + n} --videos ${n}`, { actor: linus });
    expect(rows()).toHaveLength(5);
    expect(page()).toContain(`Role ${"1".repeat(16)}25: videos a day 15`);
    expect(page()).toMatch(/and 1 more role$/m);
  });
});
