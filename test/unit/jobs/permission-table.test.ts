import { pino } from "pino";
import { describe, expect, it, onTestFinished } from "vitest";
import { type Actor, type Destination, DIRECT_MESSAGES } from "../../../src/chat/adapter.ts";
import { UserError } from "../../../src/errors.ts";
import { createJobAccess } from "../../../src/jobs/job-access.ts";
import { createJobStore } from "../../../src/jobs/job-store.ts";
import { type Action, createPermissions } from "../../../src/jobs/permissions.ts";
import { createSettings, type Settings } from "../../../src/settings/settings.ts";
import { createStore } from "../../../src/store/create-store.ts";
import { defaultCatalog } from "../../../src/videos/catalog.ts";
import { createFakeChatAdapter } from "../../fakes/fake-chat-adapter.ts";
import { aJob } from "../../fixtures/jobs.ts";

/** Where somebody asks; the video stands in the channel, and the channel has the settings. */
const places = {
  channel: { platform: "web", workspace: "w1", channel: "c1" },
  thread: { platform: "web", workspace: "w1", channel: "t1", parent: "c1" },
  elsewhere: { platform: "web", workspace: "w1", channel: "c2" },
  otherServer: { platform: "web", workspace: "w2", channel: "c9" },
  directly: { platform: "web", workspace: DIRECT_MESSAGES, channel: "d1" },
} as const satisfies Record<string, Destination>;

type Place = keyof typeof places;

/**
 * Who they are, by the letter that stands for them below: Member, Requester of the video, mOderator of the channel,
 * moderator of another channel (X), mAnager of the server, oPerator of the bot. X is the other server's owner besides.
 */
const people = {
  M: { id: "bob" },
  R: { id: "ada" },
  O: { id: "grace", moderates: ["channel", "thread"] },
  X: { id: "mallory", moderates: ["elsewhere", "otherServer"], manages: ["otherServer"] },
  A: {
    id: "linus",
    moderates: ["channel", "thread", "elsewhere"],
    manages: ["channel", "thread", "elsewhere"],
  },
  P: { id: "op" },
} satisfies Record<string, { id: string; moderates?: Place[]; manages?: Place[] }>;

type Letter = keyof typeof people;

const everybody = "MROXAP";
/** The video does not exist for anybody who asks there. */
const unseen = "unseen";

/** Who may, by where they ask. */
type Row = [channel: string, thread: string, elsewhere: string, otherServer: string, directly: string];

/** Whether it is done to the video or in the place where somebody asks. */
const OF_A_VIDEO: ReadonlySet<Action> = new Set(["remix", "delete", "hide"]);

/** Where no channel has set anything. */
const byDefault: Record<Action, Row> = {
  create: [everybody, everybody, everybody, everybody, everybody],
  remix: [everybody, everybody, everybody, unseen, unseen],
  delete: ["ROAP", "ROAP", "RAP", unseen, unseen],
  hide: ["OAP", "OAP", "AP", unseen, unseen],
  "set-channel": ["OAP", "OAP", "XAP", "XP", "P"],
  "revoke-links": ["OAP", "OAP", "XAP", "XP", "P"],
  "list-server": ["OAP", "OAP", "XAP", "XP", "P"],
  "forget-channel": ["OAP", "OAP", "XAP", "XP", "P"],
  "forget-server": ["AP", "AP", "AP", "XP", "P"],
  "see-server-usage": ["OAP", "OAP", "XAP", "XP", "P"],
  "see-bot-usage": ["P", "P", "P", "P", "P"],
  "set-channel-limits": ["OAP", "OAP", "XAP", "XP", "P"],
  "set-server-limits": ["AP", "AP", "AP", "XP", "P"],
  operate: ["P", "P", "P", "P", "P"],
};

/** What the channel's own rules change, and nothing else. */
const byRule: [Settings, Partial<Record<Action, Row>>][] = [
  [{ create: "everyone", remix: "everyone", delete: "requester" }, {}],
  [{ create: "moderators" }, { create: ["OAP", "OAP", everybody, everybody, everybody] }],
  [{ remix: "requester" }, { remix: ["ROAP", "ROAP", "RAP", unseen, unseen] }],
  [{ remix: "moderators" }, { remix: ["OAP", "OAP", "AP", unseen, unseen] }],
  [{ delete: "moderators" }, { delete: ["OAP", "OAP", "AP", unseen, unseen] }],
  [
    { create: "moderators", remix: "moderators", delete: "moderators" },
    {
      create: ["OAP", "OAP", everybody, everybody, everybody],
      remix: ["OAP", "OAP", "AP", unseen, unseen],
      delete: ["OAP", "OAP", "AP", unseen, unseen],
    },
  ],
];

const table: [Settings, Record<Action, Row>][] = [
  [{}, byDefault],
  ...byRule.map(([rules, changes]): [Settings, Record<Action, Row>] => [rules, { ...byDefault, ...changes }]),
];

const names = Object.keys(places) as Place[];
const letters = Object.keys(people) as Letter[];
const actions = Object.keys(byDefault) as Action[];

function actorAt(letter: Letter, place: Place): Actor {
  const {
    id,
    moderates = [],
    manages = [],
  }: { id: string; moderates?: Place[]; manages?: Place[] } = people[letter];
  return {
    id,
    name: id,
    moderator: moderates.includes(place),
    manager: manages.includes(place),
    roles: [],
  };
}

/** @param at where the video stands. */
async function setScene(rules: Settings, at: Destination = places.channel) {
  const store = await createStore({ url: "memory:" });
  onTestFinished(() => store.close());
  const settings = createSettings({ store, catalog: defaultCatalog, logger: pino({ level: "silent" }) });
  await settings.change({ channel: places.channel }, { ...rules }, actorAt("O", "channel"));
  const permissions = createPermissions({ settings, operatorIds: [people.P.id] });
  const jobs = createJobStore({ store, now: Date.now });
  const chat = createFakeChatAdapter();
  const access = createJobAccess({ jobs, permissions, adapters: new Map([["web", chat]]) });
  const job = aJob({ phase: "delivered", destination: { ...at, message: "m1" } });
  await jobs.insert(job);

  /** What comes of it when somebody tries: as commands do, they look for the video first. */
  async function attempt(
    action: Action,
    letter: Letter,
    place: Place,
  ): Promise<"may" | "may not" | "unseen"> {
    const [actor, destination] = [actorAt(letter, place), places[place]];
    const about = OF_A_VIDEO.has(action);
    try {
      const found = about ? await access.find({ actor, destination }, job.id) : undefined;
      const may = await permissions.may(action, actor, destination, found);
      const required = permissions.require(action, actor, destination, found);
      if (may) await required;
      else await expect(required).rejects.toMatchObject({ name: "UserError", code: "forbidden" });
      return may ? "may" : "may not";
    } catch (error) {
      if (error instanceof UserError && error.code === "unknown_job") return "unseen";
      throw error;
    }
  }

  /** A cell of the table. */
  async function cell(action: Action, place: Place): Promise<string> {
    let may = "";
    let lost = "";
    for (const letter of letters) {
      const outcome = await attempt(action, letter, place);
      if (outcome === "may") may += letter;
      if (outcome === "unseen") lost += letter;
    }
    if (lost === everybody) return unseen;
    return lost === "" ? may : `${may}, ${unseen} by ${lost}`;
  }

  const row = async (action: Action) => Promise.all(names.map((place) => cell(action, place)));
  return { row, cell, chat, access, job };
}

describe.each(table)("with the channel's rules %j", (rules, expected) => {
  it.each(actions)("says who may %s, from where", async (action) => {
    const { row } = await setScene(rules);
    expect(await row(action)).toEqual(expected[action]);
  });
});

describe("a video in a thread", () => {
  it("is under the rules and the moderators of the channel that the thread is in", async () => {
    const { row } = await setScene({ remix: "requester", delete: "moderators" }, places.thread);
    expect(await row("remix")).toEqual(["ROAP", "ROAP", "RAP", unseen, unseen]);
    expect(await row("delete")).toEqual(["OAP", "OAP", "AP", unseen, unseen]);
    expect(await row("hide")).toEqual(["OAP", "OAP", "AP", unseen, unseen]);
  });
});

describe("a video in a channel that some may not read", () => {
  it("does not exist for them elsewhere, but for whoever asked for it", async () => {
    const { chat, cell } = await setScene({});
    for (const letter of ["M", "R", "X"] as const) chat.hide(places.channel, people[letter].id);
    expect(await cell("remix", "elsewhere")).toBe(`ROAP, ${unseen} by MX`);
    expect(await cell("delete", "elsewhere")).toBe(`RAP, ${unseen} by MX`);
    expect(await cell("hide", "elsewhere")).toBe(`AP, ${unseen} by MX`);
  });

  it("does not exist for anybody where the platform cannot tell", async () => {
    const { chat, cell } = await setScene({});
    chat.hide(places.channel);
    expect(await cell("remix", "elsewhere")).toBe(`R, ${unseen} by MOXAP`);
  });
});

describe("a video in direct messages", () => {
  const mine = { ...places.directly, channel: "d1" };

  it("does not exist anywhere else, for whoever asks", async () => {
    const { access, job } = await setScene({}, mine);
    for (const place of ["channel", "thread", "elsewhere", "otherServer"] as const) {
      for (const letter of letters) {
        const asker = { actor: actorAt(letter, place), destination: places[place] };
        await expect(access.find(asker, job.id)).rejects.toMatchObject({ code: "unknown_job" });
        expect(await access.shownTo(asker)(job)).toBe(false);
      }
    }
    const theirs = { actor: actorAt("M", "directly"), destination: { ...mine, channel: "d2" } };
    await expect(access.find(theirs, job.id)).rejects.toMatchObject({ code: "unknown_job" });
    await expect(
      access.find({ actor: actorAt("R", "directly"), destination: mine }, job.id),
    ).resolves.toEqual(job);
  });
});
