import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Actor } from "../../src/chat/adapter.ts";
import { createPeople } from "../../src/slack/people.ts";
import { asRegistered, listenOnSlack, workspacesOf } from "../fixtures/slack-bot.ts";
import { createSlackServer, type SlackServer } from "../servers/slack/slack-server.ts";

let slack: SlackServer;
let time: number;
let actor: (id: string, name?: string) => Promise<Actor>;

beforeEach(async () => {
  slack = await createSlackServer({ teams: ["T1", "T2"], rateLimits: "429", ...asRegistered });
  time = Date.now();
  const logger = pino({ level: "silent" });
  const workspaces = workspacesOf(slack);
  const people = createPeople({ now: () => time, logger });
  actor = async (id, name = "typed") => people.actor(await workspaces.of("T1"), { id, name });
});
afterEach(() => slack.close());

const asked = () => slack.requests.filter(({ method }) => method === "users.info").length;
const refusal = { status: 200, body: { ok: false, error: "internal_error" } };

describe("running the workspace", () => {
  it("takes an admin of this workspace who is no guest", async () => {
    const guest = slack.addUser({ name: "guest", is_admin: true, is_restricted: true });
    const narrow = slack.addUser({ name: "narrow", is_admin: true, is_ultra_restricted: true });
    slack.channel("general").members.add("U2ADA");
    const runs = { moderator: true, manager: true, roles: ["admin", "member"] };
    const runsNothing = { moderator: false, manager: false };
    expect(await actor("U1ADA")).toEqual({ id: "U1ADA", name: "ada", ...runs });
    expect(await actor("U1BOB")).toMatchObject(runsNothing);
    for (const id of [guest.id, narrow.id, "U2ADA"]) expect(await actor(id)).toMatchObject(runsNothing);
  });
});

describe("standing in the workspace", () => {
  it.each([
    ["an owner", { is_owner: true, is_admin: true }, ["owner", "admin", "member"]],
    ["an admin", { is_admin: true }, ["admin", "member"]],
    ["a member", {}, ["member"]],
    ["a guest of several channels", { is_restricted: true }, ["guest"]],
    ["a guest of one channel", { is_restricted: true, is_ultra_restricted: true }, ["guest"]],
  ])("of %s", async (_words, flags, roles) => {
    const { id } = slack.addUser({ name: "rosa", ...flags });
    expect(await actor(id)).toMatchObject({ roles });
  });

  it("of somebody of another organisation is a guest's, whatever they are there", async () => {
    slack.channel("general").members.add("U2ADA");
    expect(await actor("U2ADA")).toMatchObject({ roles: ["guest"] });
  });
});

describe("when Slack does not say who somebody is", () => {
  it.each([
    ["is slow", { delayMs: 2_500 }],
    ["refuses", refusal],
  ])("because it %s, what it said before holds", async (_words, fault) => {
    const known = await actor("U1ADA");
    time += 11 * 60_000;
    slack.inject({ method: "users.info", fault });
    expect(await actor("U1ADA")).toEqual(known);
    await slack.waitFor(() => asked() === 2);
  });

  it("waits a second for somebody it has never heard of", async () => {
    slack.inject({ method: "users.info", fault: { delayMs: 1_000 } });
    expect(await actor("U1ADA")).toMatchObject({ name: "ada", manager: true });
  });

  it("asks once for all who want to know", async () => {
    await Promise.all([actor("U1ADA"), actor("U1ADA"), actor("U1ADA")]);
    expect(asked()).toBe(1);
  });

  it("takes the name that came with the request", async () => {
    slack.inject({ method: "users.info", fault: refusal });
    const nobody = { moderator: false, manager: false, roles: [] };
    expect(await actor("U1ADA")).toEqual({ id: "U1ADA", name: "typed", ...nobody });
  });

  it.each([
    ["is slow", { delayMs: 2_500 }],
    ["refuses", refusal],
  ])("waits for the name of whoever mentioned the bot where it %s", async (_words, fault) => {
    slack.inject({ method: "users.info", fault });
    const { requests } = await listenOnSlack(slack, "Socket Mode");
    await slack.person("ada").mention("general", "a boat");
    await expect.poll(() => requests.length).toBe(1);
    const admin = { moderator: true, manager: true, roles: ["admin", "member"] };
    expect(requests[0]?.actor).toEqual({ id: "U1ADA", name: "ada", ...admin });
  });

  it("never takes an id for a name", async () => {
    slack.team().scopes.delete("users:read");
    const { requests } = await listenOnSlack(slack, "Socket Mode");
    await slack.person("ada").mention("general", "a boat");
    await expect.poll(() => requests.length).toBe(1);
    expect(requests[0]?.actor).toMatchObject({ id: "U1ADA", name: "somebody", manager: false });
  });
});
