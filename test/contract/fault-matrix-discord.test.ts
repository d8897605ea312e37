import { expect } from "vitest";
import { type FaultCase, inChannel, type Stage, sentDirectly } from "../fixtures/common-faults.ts";
import { startDiscordBot } from "../fixtures/discord-bot.ts";
import type { FaultPlatform } from "../fixtures/fault-stage.ts";
import { createDiscordServer, type DiscordServer } from "../servers/discord/discord-server.ts";
import { faultMatrix } from "./suites/fault-matrix-suite.ts";

interface DiscordPlatform extends FaultPlatform {
  server: DiscordServer;
  deleteCard(): void;
}

async function open(): Promise<DiscordPlatform> {
  const server = await createDiscordServer({ rateLimits: {} });
  const ada = server.person("ada");
  const isOf = (text: string) => text !== "";
  const general = server.channel("general");
  const all = () => (server.state.channels.has(general.id) ? server.channel("general").messages : []);
  const direct = () => {
    const channel = [...server.state.channels.values()].find(({ recipient }) => recipient?.id === ada.id);
    return channel ? server.channel(channel.id).messages : [];
  };
  let lastAsked: ReturnType<typeof ada.slash> | undefined;
  return {
    server,
    sights: {
      channel: () =>
        all()
          .map(({ text }) => text)
          .filter(isOf),
      videos: () => all().filter(({ media }) => media.length > 0).length,
      direct: () => ({
        texts: direct().map(({ text }) => text),
        videos: direct().filter(({ media }) => media.length > 0).length,
      }),
      told: () =>
        [...server.state.messages.values()].findLast(({ visibleTo }) => visibleTo !== undefined)?.text ?? "",
    },
    async ask(prompt) {
      lastAsked = ada.slash({ name: "video", subcommand: "create", options: { prompt } });
      await lastAsked.acknowledged();
    },
    start: ({ memory, clock }) => startDiscordBot(server, memory, { clock }),
    deleteCard: () => {
      const [card] = all();
      if (card) server.person("grace").delete(card);
    },
    close: () => server.close(),
  };
}

type DiscordStage = Stage<DiscordPlatform>;
const edits = /\/messages\/\d+$/;

/** Delivers after something happened to the platform. */
async function deliverAfter(stage: DiscordStage, happen: () => unknown): Promise<string> {
  await stage.rendering();
  await happen();
  await stage.complete();
  return stage.delivered();
}

async function directly(stage: DiscordStage, happen: () => unknown): Promise<string> {
  await deliverAfter(stage, happen);
  return stage.sights.direct().texts.join("\n");
}

const OWN: readonly FaultCase<DiscordPlatform>[] = [
  {
    fault: "the gateway drops, and is resumed",
    happen: (stage) => deliverAfter(stage, () => stage.platform.server.dropGateway()),
    sees: /Done in/,
    ...inChannel,
  },
  {
    fault: "the gateway forgets the session: people are heard again",
    async happen(stage) {
      const { platform, rendering, complete, delivered } = stage;
      platform.server.dropGateway({ forget: true });
      await platform.server.waitFor(() => platform.server.gateway.connected === 1);
      await rendering();
      await complete();
      return delivered();
    },
    sees: /Done in/,
    ...inChannel,
  },
  {
    fault: "429 for the whole bot",
    happen: (stage) =>
      deliverAfter(stage, () =>
        stage.platform.server.inject({
          method: "PATCH",
          path: edits,
          fault: {
            status: 429,
            headers: { "retry-after": "1", "x-ratelimit-global": "true", "x-ratelimit-scope": "global" },
            body: { message: "You are being rate limited.", retry_after: 1, global: true },
          },
        }),
      ),
    sees: /Done in/,
    ...inChannel,
  },
  {
    fault: "5xx to the upload",
    happen: (stage) =>
      deliverAfter(stage, () =>
        stage.platform.server.inject({ method: "PATCH", path: edits, times: 2, fault: { status: 502 } }),
      ),
    sees: /Done in/,
    ...inChannel,
  },
  {
    fault: "the connection breaks after the upload was done",
    happen: (stage) =>
      deliverAfter(stage, () =>
        stage.platform.server.inject({ method: "PATCH", path: edits, fault: { after: "drop" } }),
      ),
    sees: /Done in/,
    ...inChannel,
  },
  {
    fault: "the message was deleted (10008)",
    happen: (stage) => directly(stage, stage.platform.deleteCard),
    sees: /Its message was deleted, so it comes to you alone/,
    ...sentDirectly,
  },
  {
    fault: "the bot lost access to the channel (50001)",
    happen: (stage) => directly(stage, () => stage.platform.server.deny("general", "ViewChannel")),
    sees: /cannot post in its channel any more, so it comes to you alone/,
    ...sentDirectly,
  },
  {
    fault: "the same, and the requester takes no direct messages (50007): kept for the gallery",
    async happen(stage) {
      await deliverAfter(stage, () => {
        stage.platform.server.deny("general", "ViewChannel");
        stage.platform.server.inject({
          method: "POST",
          path: /\/users\/@me\/channels$/,
          fault: { status: 403, body: { code: 50_007, message: "Cannot send messages to this user" } },
        });
      });
      const job = await stage.job();
      const { total } = await stage.bot.services.gallery.page(job?.destination ?? never(), {}, { limit: 1 });
      return `gallery: ${total}`;
    },
    sees: /gallery: 1/,
    ends: "delivered",
    videos: { channel: 0, direct: 0 },
  },
  {
    fault: "the channel was deleted (10003)",
    happen: (stage) => directly(stage, () => stage.platform.server.deleteChannel("general")),
    sees: /so it comes to you alone/,
    ends: "delivered",
  },
  {
    fault: "the upload is too large (413), and there is no ffmpeg",
    happen: (stage) =>
      deliverAfter(stage, () =>
        stage.platform.server.inject({
          method: "PATCH",
          path: edits,
          fault: { status: 413, body: { code: 40_005, message: "Request entity too large" } },
        }),
      ),
    sees: /too large to be uploaded here \(\d+ kB\)\..*Watch it on its page/s,
    ...inChannel,
  },
  {
    fault: "the token is revoked (401): waits for the operator",
    async happen({ platform, rendering, complete, reach, bot }) {
      await rendering();
      platform.server.inject({
        path: /^\/channels/,
        times: 1,
        fault: { status: 401, body: { code: 0, message: "401: Unauthorized" } },
      });
      await complete();
      await reach("delivering");
      await expect.poll(async () => (await bot.jobs.active()).length).toBe(1);
      return (await platform.sights.channel()).join("\n");
    },
    sees: /Queued|Rendering|Uploading/,
    ends: "delivering",
    videos: { channel: 0, direct: 0 },
  },
];

function never(): never {
  throw new Error("There is no job.");
}

faultMatrix("Discord", open, OWN);
