import { afterEach, beforeEach, expect, it } from "vitest";
import type { Destination } from "../../src/chat/adapter.ts";
import { createReaders } from "../../src/slack/readers.ts";
import { asRegistered, workspacesOf } from "../fixtures/slack-bot.ts";
import { createSlackServer, type SlackServer } from "../servers/slack/slack-server.ts";

let slack: SlackServer;
let time: number;
let canRead: (person: string, channel: string) => Promise<boolean>;

beforeEach(async () => {
  slack = await createSlackServer({ teams: ["T1", "T2"], rateLimits: "429", ...asRegistered });
  time = Date.now();
  const readers = createReaders({ workspaces: workspacesOf(slack), now: () => time });
  const at = (channel: string): Destination => ({ platform: "slack", workspace: "T1", channel });
  canRead = (person, channel) => readers.canRead(person, at(channel));
});
afterEach(() => slack.close());

it("opens public channels to everyone but guests, who have to be members", async () => {
  const lounge = slack.addChannel({ name: "lounge", kind: "public", bot: true });
  const eve = slack.addUser({ name: "eve" });
  const guest = slack.addUser({ name: "guest", is_restricted: true });
  const gone = slack.addUser({ name: "gone", deleted: true });
  expect(await canRead(eve.id, lounge.id)).toBe(true);
  expect(await canRead(guest.id, lounge.id)).toBe(false);
  expect(await canRead(gone.id, lounge.id)).toBe(false);
  lounge.members.add(guest.id);
  time += 60_001;
  expect(await canRead(guest.id, lounge.id)).toBe(true);
});

it.each(["private", "mpim"] as const)(
  "opens a conversation of kind %s to its members alone",
  async (kind) => {
    const vault = slack.addChannel({ name: "vault", kind, bot: true });
    const eve = slack.addUser({ name: "eve" });
    expect(await canRead("U1BOB", vault.id)).toBe(true);
    expect(await canRead(eve.id, vault.id)).toBe(false);
  },
);

it("reads all pages of a long list of members", async () => {
  const vault = slack.addChannel({ name: "vault", kind: "private", bot: true });
  for (let n = 0; n < 2_500; n++) vault.members.add(`U1M${n}`);
  vault.members.add("U1LAST");
  expect(await canRead("U1LAST", vault.id)).toBe(true);
  expect(await canRead("U1NOBODY", vault.id)).toBe(false);
});

it("takes people of other organisations for members where they are, and for nobody elsewhere", async () => {
  const lounge = slack.addChannel({ name: "lounge", kind: "public", bot: true });
  slack.channel("general").members.add("U2BOB");
  expect(await canRead("U2BOB", "C1GENERAL")).toBe(true);
  expect(await canRead("U2BOB", lounge.id)).toBe(false);
});

it("asks once for the members of a channel, however many want to know at the same time", async () => {
  const vault = slack.addChannel({ name: "vault", kind: "private", bot: true });
  const people = Array.from({ length: 20 }, (_, n) => `U1M${n}`);
  for (const id of people) vault.members.add(id);
  const asked = () => slack.requests.filter(({ method }) => method === "conversations.members").length;
  const answers = await Promise.all([...people, "U1NOBODY"].map((id) => canRead(id, vault.id)));
  expect(answers).toEqual([...people.map(() => true), false]);
  expect(await canRead("U1ADA", vault.id)).toBe(true);
  expect(asked()).toBe(1);
});

it("opens a direct message to the person in it", async () => {
  expect(await canRead("U1BOB", "D1BOB")).toBe(true);
  expect(await canRead("U1ADA", "D1BOB")).toBe(false);
});

it("remembers an answer for a minute and no longer", async () => {
  const vault = slack.addChannel({ name: "vault", kind: "private", bot: true });
  expect(await canRead("U1BOB", vault.id)).toBe(true);
  vault.members.delete("U1BOB");
  expect(await canRead("U1BOB", vault.id)).toBe(true);
  time += 60_001;
  expect(await canRead("U1BOB", vault.id)).toBe(false);
});

it("keeps closed what the bot itself cannot see, or has no scope for", async () => {
  const vault = slack.addChannel({ name: "vault", kind: "private", bot: false });
  expect(await canRead("U1BOB", vault.id)).toBe(false);
  expect(await canRead("U1BOB", "C1NEVER")).toBe(false);
  expect(await canRead("U2BOB", "C1GENERAL")).toBe(false);
  time += 60_001;
  slack.team().scopes.delete("channels:read");
  expect(await canRead("U1BOB", "C1GENERAL")).toBe(false);
});

it("does not take a Slack that is away for a closed channel, and remembers nothing of it", async () => {
  slack.inject({ method: "conversations.info", fault: { status: 503 } });
  await expect(canRead("U1BOB", "C1GENERAL")).rejects.toMatchObject({ retryable: true });
  expect(await canRead("U1BOB", "C1GENERAL")).toBe(true);
});
