import { pino } from "pino";
import { describe, expect, it } from "vitest";
import { type Actor, type Destination, DIRECT_MESSAGES } from "../../../src/chat/adapter.ts";
import { sumOf } from "../../../src/spending/account.ts";
import type { LimitRules, PlaceRules } from "../../../src/spending/limits.ts";
import { createSpending, type UsageOf } from "../../../src/spending/spending.ts";
import { createStore } from "../../../src/store/create-store.ts";
import { ada, bob, grace } from "../../fakes/fake-chat-adapter.ts";

const NOON = Date.UTC(2026, 10, 27, 12);
const HOUR = 3_600_000;
const here: Destination = { platform: "discord", workspace: "w1", channel: "c1" };
const thread: Destination = { ...here, channel: "t1", parent: "c1" };
const otherChannel: Destination = { ...here, channel: "c2" };
const otherServer: Destination = { ...here, workspace: "w2", channel: "c9" };
const direct: Destination = { platform: "discord", workspace: DIRECT_MESSAGES, channel: "d1" };
const linus: Actor = { ...ada, id: "linus", manager: true };
const patron: Actor = { ...ada, id: "patron", roles: ["patron"] };
const one = { videosPerDay: 1 };

async function createScene(
  options: { rules?: LimitRules; server?: PlaceRules; channel?: PlaceRules; operatorIds?: string[] } = {},
) {
  const clock = { now: NOON };
  const { rules = {}, server, channel, operatorIds = [] } = options;
  const spending = createSpending({
    store: await createStore({ url: "memory:" }),
    rules,
    operatorIds,
    now: () => clock.now,
    logger: pino({ level: "silent" }),
  });
  if (server) await spending.change("server", here, () => server, linus);
  if (channel) await spending.change("channel", here, () => channel, linus);
  let asked = 0;
  /** What somebody is told who asks for a video of 4 s for 40 cents; undefined: it is taken. */
  async function ask(actor: Actor = ada, destination = here): Promise<string | undefined> {
    const purchase = {
      id: `job${++asked}`,
      at: clock.now,
      destination,
      seconds: 4,
      usd: 0.4,
      model: "sora-2",
    };
    try {
      await spending.reserve(purchase, actor);
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }
  const used = async (of: UsageOf, actor: Actor = ada, destination = here) => {
    const { day, month, running } = await spending.usage(of, { actor, destination });
    return { day: sumOf(day).videos, month: sumOf(month).videos, running };
  };
  return { spending, clock, ask, used };
}

describe("whose limit holds", () => {
  const exemptEverywhere = { person: one, channel: one, server: one } as const;
  it.each<[string, Parameters<typeof createScene>[0], Actor, string | undefined]>([
    ["the operator's of each person", { rules: { person: one } }, ada, "Your limit"],
    ["the operator's of each channel", { rules: { channel: one } }, ada, "This channel's limit"],
    ["the operator's of each server", { rules: { server: one } }, ada, "This server's limit"],
    ["the whole bot's", { rules: { all: one } }, ada, "The whole bot's limit"],
    ["a server's", { server: { place: one } }, ada, "This server's limit"],
    ["a server's of each person", { server: { person: one } }, ada, "Your limit"],
    ["a channel's", { channel: { place: one } }, ada, "This channel's limit"],
    [
      "none for whom the operator exempts",
      { rules: { ...exemptEverywhere, exempt: ["ada"] } },
      ada,
      undefined,
    ],
    [
      "none for a role that the operator exempts",
      { rules: { ...exemptEverywhere, roles: { patron: "exempt" } } },
      patron,
      undefined,
    ],
    ["the whole bot's even then", { rules: { all: one, exempt: ["ada"] } }, ada, "The whole bot's limit"],
    ["the server's even then", { rules: { exempt: ["ada"] }, server: { person: one } }, ada, "Your limit"],
    [
      "none of a server's for whom it exempts",
      { server: { place: one, person: one, exempt: ["ada"] }, channel: { place: one } },
      ada,
      undefined,
    ],
    ["the operator's even then", { rules: { person: one }, server: { exempt: ["ada"] } }, ada, "Your limit"],
    [
      "a role's in the place of everybody's",
      { server: { person: one, roles: { patron: {} } } },
      patron,
      undefined,
    ],
    ["a moderator's", { server: { person: one, roles: { moderator: "exempt" } } }, grace, undefined],
    [
      "a manager's, who moderates as well",
      { server: { person: one, roles: { moderator: "exempt" } } },
      linus,
      undefined,
    ],
    [
      "a manager's for those who run the bot",
      { server: { person: one, roles: { manager: "exempt" } }, operatorIds: ["ada"] },
      ada,
      undefined,
    ],
    [
      "the strictest of the operator's and the server's",
      { rules: { server: { videosPerDay: 5 } }, server: { place: one } },
      ada,
      "This server's limit of videos a day is 1,",
    ],
    [
      "the strictest the other way round",
      { rules: { server: one }, server: { place: { videosPerDay: 5 } } },
      ada,
      "This server's limit of videos a day is 1,",
    ],
  ])("is %s", async (_, options, actor, words) => {
    const { ask } = await createScene(options);
    expect(await ask(actor)).toBeUndefined();
    const told = await ask(actor);
    if (words === undefined) expect(told).toBeUndefined();
    else expect(told).toContain(words);
  });
});

describe("what a video counts to", () => {
  it("is its person everywhere, of the operator's limits", async () => {
    const { ask } = await createScene({ rules: { person: { videosPerDay: 2 } } });
    expect(await ask(ada, here)).toBeUndefined();
    expect(await ask(ada, otherServer)).toBeUndefined();
    expect(await ask(ada, direct)).toContain("Your limit");
    expect(await ask(bob, here)).toBeUndefined();
  });

  it("is the same id on another platform as somebody else", async () => {
    const { ask } = await createScene({ rules: { person: one } });
    expect(await ask(ada, here)).toBeUndefined();
    expect(await ask(ada, { ...here, platform: "slack" })).toBeUndefined();
  });

  it("is its person in that server alone, of the server's limits", async () => {
    const { ask } = await createScene({ server: { person: one } });
    expect(await ask(ada, otherServer)).toBeUndefined();
    expect(await ask(ada, direct)).toBeUndefined();
    expect(await ask(ada, otherChannel)).toBeUndefined();
    expect(await ask(ada, here)).toContain("Your limit");
  });

  it("is the channel that its thread is in", async () => {
    const { ask, used } = await createScene({ channel: { place: { videosPerDay: 2 } } });
    expect(await ask(ada, thread)).toBeUndefined();
    expect(await ask(bob, here)).toBeUndefined();
    expect(await ask(bob, { ...thread, channel: "t2" })).toContain("This channel's limit");
    expect(await ask(bob, otherChannel)).toBeUndefined();
    expect(await used("channel", ada, thread)).toMatchObject({ day: 2 });
  });

  it("is no server in direct messages", async () => {
    const { ask, used } = await createScene({ rules: { server: one } });
    expect([await ask(ada, direct), await ask(bob, direct)]).toEqual([undefined, undefined]);
    expect(await used("server", ada, direct)).toEqual({ day: 0, month: 0, running: 0 });
    expect(await used("mine", ada, direct)).toEqual({ day: 1, month: 1, running: 1 });
    expect(await used("bot")).toEqual({ day: 2, month: 2, running: 2 });
  });
});

it("a request that one scope refuses is counted in none", async () => {
  const { ask, used } = await createScene({ server: { person: { videosPerDay: 0 } } });
  expect(await ask()).toContain("Your limit");
  for (const of of ["mine", "channel", "server", "bot"] as const)
    expect(await used(of)).toEqual({ day: 0, month: 0, running: 0 });
});

it("days and months are over at midnight in UTC", async () => {
  const { ask, clock, used, spending } = await createScene({
    rules: { person: { videosPerDay: 1, usdPerMonth: 1 } },
  });
  clock.now = Date.UTC(2026, 10, 29, 23, 59, 59);
  expect(await ask()).toBeUndefined();
  await spending.settle("job1", "charged");
  expect(await ask()).toContain("It frees at 2026-11-30 00:00 UTC, in under a minute.");
  clock.now += 1_000;
  expect(await ask()).toBeUndefined();
  expect(await used("mine")).toEqual({ day: 1, month: 2, running: 1 });
  clock.now = Date.UTC(2026, 10, 30, 23, 59, 59);
  expect(await ask()).toContain("limit of videos a day");
  clock.now = Date.UTC(2026, 11, 1);
  expect(await ask()).toBeUndefined();
  // What was reserved in November and ends in December is November's.
  await spending.settle("job3", "charged");
  expect(await used("mine")).toEqual({ day: 1, month: 1, running: 1 });
});

it("a video that costs more than is left of a month is refused until the next one", async () => {
  const { ask, clock } = await createScene({ rules: { all: { usdPerMonth: 1 } } });
  for (let n = 0; n < 2; n++) expect(await ask()).toBeUndefined();
  clock.now += 26 * HOUR;
  expect(await ask()).toBe(
    "The whole bot's limit of dollars a month is $1.00, $0.80 of it is used, and this video does not fit in. It frees at 2026-12-01 00:00 UTC, in 2 days.",
  );
});

describe("what was set in the chat", () => {
  const exempt: PlaceRules = { exempt: ["ada", "bob"], person: one };

  it("names nobody any more who is forgotten, in whatever server of that platform", async () => {
    const { spending } = await createScene({ server: exempt });
    await spending.change("server", otherServer, () => ({ exempt: ["ada"] }), linus);
    const onSlack: Destination = { ...here, platform: "slack" };
    await spending.change("server", onSlack, () => exempt, linus);
    await spending.forgetPerson({ platform: "discord", id: "ada" });
    expect(await spending.rulesOf("server", here)).toEqual({ exempt: ["bob"], person: one });
    expect(await spending.rulesOf("server", otherServer)).toEqual({});
    expect(await spending.rulesOf("server", onSlack)).toEqual(exempt);
  });

  it("for a channel goes with it", async () => {
    const { spending } = await createScene({ server: { place: one }, channel: { place: one } });
    await spending.forget("channel", here);
    expect(await spending.rulesOf("channel", here)).toEqual({});
    expect(await spending.rulesOf("server", here)).toEqual({ place: one });
  });

  it("for a server goes with it, with what was set for any channel of it", async () => {
    const { spending } = await createScene({ server: { place: one }, channel: { place: one } });
    await spending.change("channel", otherServer, () => ({ place: one }), linus);
    await spending.forget("server", { ...here, channel: "" });
    expect(await spending.rulesOf("server", here)).toEqual({});
    expect(await spending.rulesOf("channel", here)).toEqual({});
    expect(await spending.rulesOf("channel", otherServer)).toEqual({ place: one });
  });

  it("frees nobody from what they have used", async () => {
    const { ask, spending, used } = await createScene({ rules: { person: one } });
    await ask();
    await spending.forgetPerson({ platform: "discord", id: "ada" });
    await spending.forget("server", here);
    expect(await used("mine")).toMatchObject({ day: 1 });
    expect(await ask()).toContain("Your limit");
  });
});
