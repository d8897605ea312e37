import { buffer } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ChatRequest } from "../../src/chat/adapter.ts";
import { asRegistered, card, listenOnSlack, slackModes } from "../fixtures/slack-bot.ts";
import { pageOf } from "../fixtures/slack-pages.ts";
import type { Person } from "../servers/slack/people.ts";
import { textOf } from "../servers/slack/reading.ts";
import { createSlackServer, type SlackServer } from "../servers/slack/slack-server.ts";

const place = { platform: "slack", workspace: "T1", channel: "C1GENERAL" } as const;
const bytes = Buffer.from("a cat");
const signal = () => AbortSignal.timeout(5_000);

let slack: SlackServer;
/** An admin of another organisation that shares the channel. */
let stranger: Person;

beforeEach(async () => {
  slack = await createSlackServer({ teams: ["T1", "T2"], rateLimits: "429", ...asRegistered });
  stranger = slack.person("ada", "T2");
  slack.channel("general").members.add(stranger.user.id);
});
afterEach(() => slack.close());

function sharedPicture() {
  const { file } = stranger.uploadFile({ name: "cat.png", bytes });
  return { file, message: stranger.say("C1GENERAL", "my cat", { files: [file] }) };
}

describe.each(slackModes)("somebody of another organisation over %s", (mode) => {
  it("presses buttons of cards and of pages, and runs nothing here", async () => {
    const { adapter, requests } = await listenOnSlack(slack, mode, async ({ invocation, reply }) => {
      const title = invocation.kind === "button" && invocation.action === "list" ? "Older ones" : "Videos";
      await reply.page(pageOf([], { title }));
    });
    await adapter.postCard(place, card);
    const [message] = slack.channel("general").messages;
    if (!message) throw new Error("There is no card.");
    const view = await (await stranger.press(message, "Remix")).openedView();
    const { ack, payload } = await stranger.press(view, "Older");
    expect(payload).toMatchObject({ team: { id: "T2" }, view: { app_installed_team_id: "T1" } });
    expect(ack.ok).toBe(true);
    await slack.waitFor(() => view.title === "Older ones");
    const actor = { id: "U2ADA", name: "ada", moderator: false, manager: false, roles: ["guest"] };
    expect(requests).toMatchObject([
      { actor, destination: place, invocation: { action: "remix" } },
      { actor, destination: place, invocation: { action: "list", argument: "older" } },
    ]);
  });

  it("gives a picture that Slack says nothing of until it is asked", async () => {
    const { adapter, requests } = await listenOnSlack(slack, mode);
    const { message } = sharedPicture();
    const { payload } = await slack.person("bob").messageShortcut("create", message);
    expect(payload).toMatchObject({ message: { files: [{ file_access: "check_file_info" }] } });
    const [picture, ...others] = picturesOf(requests);
    expect(others).toEqual([]);
    expect(picture).toMatchObject({ contentType: "image/*", bytes: 0 });
    const opened = await picture?.open(signal());
    expect(opened && (await buffer(opened))).toEqual(bytes);
    const reopened = adapter.reopen?.(picture?.reference ?? "");
    expect(reopened).toMatchObject({ contentType: "image/*", bytes: 0 });
    const again = await reopened?.open(signal());
    expect(again && (await buffer(again))).toEqual(bytes);
  });

  it("has such a picture not left out of a mention", async () => {
    const { requests } = await listenOnSlack(slack, mode);
    const { file } = sharedPicture();
    await slack.person("bob").mention("general", "make it dance", { files: [file] });
    const answer = await slack.waitFor(() => slack.ephemerals[0]);
    expect(textOf(answer)).toContain("I take no picture");
    expect(requests).toEqual([]);
  });
});

it("leaves out what Slack does not show the bot at all", async () => {
  const { requests } = await listenOnSlack(slack, "Socket Mode");
  const { message, file } = sharedPicture();
  stranger.removeFile(file);
  await slack.person("bob").messageShortcut("create", message);
  expect(picturesOf(requests)).toEqual([]);
});

function picturesOf([request]: readonly ChatRequest[]) {
  if (request?.invocation.kind !== "shortcut") throw new Error("There is no shortcut.");
  return request.invocation.pictures;
}
