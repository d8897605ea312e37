import { afterEach, beforeEach, expect, it } from "vitest";
import type { ChatAdapter, Destination } from "../../src/chat/adapter.ts";
import {
  asRegistered,
  card,
  impatientDelivery,
  listenOnSlack,
  type SlackListener,
} from "../fixtures/slack-bot.ts";
import { pageOf, videoOf } from "../fixtures/slack-pages.ts";
import { picturesShown } from "../servers/slack/reading.ts";
import { createSlackServer, type SlackServer } from "../servers/slack/slack-server.ts";

const place: Destination = { platform: "slack", workspace: "T1", channel: "C1GENERAL" };

let slack: SlackServer;
let listener: SlackListener;
let shown: Parameters<NonNullable<ChatAdapter["forget"]>>[0];

/** A video in the channel, and a page that has shown its picture and that of another one. */
beforeEach(async () => {
  slack = await createSlackServer({ rateLimits: "429", ...asRegistered });
  listener = await listenOnSlack(slack, "Socket Mode", ({ reply }) =>
    reply.page(pageOf([card.jobId, "another"])),
  );
  const destination = await listener.adapter.postCard(place, card);
  let checkpoint: string | undefined;
  const result = await impatientDelivery(slack)({
    destination,
    card: { ...card, kind: "final", tone: "good", title: "Done" },
    video: videoOf(card.jobId),
    thumbnail: undefined,
    requester: { id: "U1BOB", name: "bob" },
    ping: "none",
    uploadLimitBytes: undefined,
    checkpoint: undefined,
    turn: async () => {},
    save: async (text) => {
      checkpoint = text;
    },
  });
  shown = { jobId: card.jobId, destination, result, checkpoint };
  await openPage();
});
afterEach(() => slack.close());

async function openPage(): Promise<void> {
  const asked = await slack.person("bob").slash({ channel: "general", command: "/video", text: "list" });
  const view = await asked.openedView();
  await slack.waitFor(() => picturesShown(view.blocks).length === 2);
}

const forget = () => listener.adapter.forget?.(shown);
const files = () => [...slack.files.values()].map(({ name, status }) => [name, status]);
const uploads = () => slack.requests.filter(({ method }) => method === "upload").length;
const video = [`${card.jobId}-video.mp4`, "complete"];
const forgotten = [video, [`${card.jobId}-thumbnail.png`, "deleted"], ["another-thumbnail.png", "complete"]];

it("takes a job's pictures from Slack, and leaves its video and that of others", async () => {
  await forget();
  expect(files()).toEqual(expect.arrayContaining(forgotten));
  const [, message] = slack.channel("general").messages;
  const [file] = message?.files ?? [];
  if (!file) throw new Error("There is no video.");
  const ada = slack.person("ada");
  ada.removeFile(file);
  ada.react(message ?? ada.say("general", "nothing"), "star");
  await expect.poll(() => listener.events.length).toBe(1);
  expect(listener.events).toMatchObject([{ kind: "star" }]);
});

it("can be done again when it was cut off", async () => {
  slack.inject({ method: "files.delete", fault: { status: 503 } });
  await expect(forget()).rejects.toMatchObject({ retryable: true });
  await forget();
  await forget();
  expect(files()).toEqual(expect.arrayContaining(forgotten));
});

it("goes on where Slack does not let the picture go, and says so in the log", async () => {
  const refusal = { status: 200, body: { ok: false, error: "cant_delete_file" } };
  slack.inject({ method: "files.delete", fault: refusal });
  await forget();
  expect(listener.log()).toContain("cant_delete_file");
  await openPage();
  expect(uploads()).toBe(4);
});

it("forgets what is left of it when the app was taken out of the workspace", async () => {
  const team = slack.team();
  const { botToken } = team;
  slack.uninstall();
  await forget();
  team.botToken = botToken;
  await openPage();
  expect(uploads()).toBe(4);
});
