import { type FaultCase, inChannel, type Stage, sentDirectly } from "../fixtures/common-faults.ts";
import type { FaultPlatform } from "../fixtures/fault-stage.ts";
import { asRegistered, startSlackBot } from "../fixtures/slack-bot.ts";
import { textOf } from "../servers/slack/reading.ts";
import { openDirectMessage } from "../servers/slack/seed.ts";
import { createSlackServer, type SlackServer } from "../servers/slack/slack-server.ts";
import type { Message } from "../servers/slack/state.ts";
import { faultMatrix } from "./suites/fault-matrix-suite.ts";

interface SlackPlatform extends FaultPlatform {
  slack: SlackServer;
  deleteCard(): void;
}

async function open(): Promise<SlackPlatform> {
  const slack = await createSlackServer({ rateLimits: "429", ...asRegistered });
  const bob = slack.person("bob");
  openDirectMessage(slack, slack.team(), bob.user);
  const general = slack.channel("general");
  const ofBot = (messages: readonly Message[]) => messages.filter(({ bot_id }) => bot_id !== undefined);
  const withVideo = (messages: readonly Message[]) =>
    messages.filter(({ files }) => files.some(({ mimetype }) => mimetype.startsWith("video/")));
  const all = () => (slack.channels.has(general.id) ? ofBot(general.messages) : []);
  const direct = () => ofBot(slack.channel("bob").messages);
  return {
    slack,
    sights: {
      channel: () => all().map(textOf),
      videos: () => withVideo(all()).length,
      direct: () => ({ texts: direct().map(textOf), videos: withVideo(direct()).length }),
      told: () => {
        const told = slack.ephemerals.findLast(({ user }) => user === bob.user.id);
        return told ? textOf(told) : "";
      },
    },
    async ask(prompt) {
      await bob.slash({ channel: "general", command: "/video", text: prompt });
    },
    start: ({ memory, clock }) => startSlackBot(slack, { memory, clock }),
    deleteCard() {
      const [card] = all();
      if (card) slack.person("ada").remove(card);
    },
    close: () => slack.close(),
  };
}

type SlackStage = Stage<SlackPlatform>;

async function deliverAfter(
  stage: SlackStage,
  happen: (platform: SlackPlatform) => unknown,
): Promise<string> {
  await stage.rendering();
  await happen(stage.platform);
  await stage.complete();
  return stage.delivered();
}

async function directly(stage: SlackStage, happen: (platform: SlackPlatform) => unknown): Promise<string> {
  await deliverAfter(stage, happen);
  return stage.sights.direct().texts.join("\n");
}

const says = (error: string) => ({ status: 200, body: { ok: false, error } });

const OWN: readonly FaultCase<SlackPlatform>[] = [
  {
    fault: "the socket drops: people are heard again",
    async happen({ platform: { slack }, rendering, complete, delivered }) {
      slack.sockets.drop();
      await slack.waitFor(() => slack.sockets.count() === 0);
      await slack.waitFor(() => slack.sockets.count() > 0);
      await rendering();
      await complete();
      return delivered();
    },
    sees: /Done in/,
    ...inChannel,
  },
  {
    fault: "ratelimited as 429",
    happen: (stage) =>
      deliverAfter(stage, ({ slack }) =>
        slack.inject({
          method: "files.completeUploadExternal",
          fault: { status: 429, headers: { "retry-after": "1" }, body: { ok: false, error: "ratelimited" } },
        }),
      ),
    sees: /Done in/,
    ...inChannel,
  },
  {
    fault: "ratelimited as 200",
    happen: (stage) =>
      deliverAfter(stage, ({ slack }) =>
        slack.inject({ method: "files.getUploadURLExternal", fault: says("ratelimited") }),
      ),
    sees: /Done in/,
    ...inChannel,
  },
  {
    fault: "not_in_channel: the bot joins",
    happen: (stage) =>
      deliverAfter(stage, ({ slack }) =>
        slack.inject({ method: "files.completeUploadExternal", fault: says("not_in_channel") }),
      ),
    sees: /Done in/,
    ...inChannel,
  },
  {
    fault: "the channel is archived",
    happen: (stage) =>
      directly(stage, ({ slack }) => {
        slack.channel("general").isArchived = true;
      }),
    sees: /cannot post in its channel any more, so it comes to you alone/,
    ...sentDirectly,
  },
  {
    fault: "the channel was deleted",
    happen: (stage) => directly(stage, ({ slack }) => slack.deleteChannel(slack.channel("general"))),
    sees: /so it comes to you alone/,
    ...sentDirectly,
  },
  {
    fault: "the card was deleted",
    happen: (stage) =>
      directly(stage, async ({ deleteCard }) => {
        deleteCard();
        await stage.hears((job) => job.cardLost === "gone");
      }),
    sees: /Its message was deleted, so it comes to you alone/,
    ...sentDirectly,
  },
  {
    fault: "the upload breaks off after it was done",
    happen: (stage) =>
      deliverAfter(stage, ({ slack }) =>
        slack.inject({ method: "files.completeUploadExternal", fault: { after: "drop" } }),
      ),
    sees: /Done in/,
    ...inChannel,
  },
  {
    fault: "5xx to the upload",
    happen: (stage) =>
      deliverAfter(stage, ({ slack }) => slack.inject({ method: "upload", fault: { status: 503 } })),
    sees: /Done in/,
    ...inChannel,
  },
  {
    fault: "too large for the workspace, and there is no ffmpeg",
    happen: (stage) =>
      deliverAfter(stage, ({ slack }) =>
        slack.inject({ method: "files.getUploadURLExternal", fault: says("file_upload_size_restricted") }),
      ),
    sees: /too large to be uploaded here \(\d+ kB\)\..*Watch it on its page/s,
    ends: "delivered",
    videos: { channel: 0, direct: 0 },
  },
  {
    fault: "the token is revoked: waits for the operator",
    async happen({ platform: { slack }, sights, rendering, complete, reach }) {
      await rendering();
      slack.inject({ method: "files.getUploadURLExternal", times: 1_000, fault: says("token_revoked") });
      await complete();
      await reach("delivering");
      return (await sights.channel()).join("\n");
    },
    sees: /Queued|Rendering|Uploading/,
    ends: "delivering",
    videos: { channel: 0, direct: 0 },
  },
];

faultMatrix("Slack", open, OWN);
