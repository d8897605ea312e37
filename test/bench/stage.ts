import { mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createDiscordServer, type DiscordServer } from "../servers/discord/discord-server.ts";
import type { Interaction } from "../servers/discord/state.ts";
import { createLoadBackend, type LoadBackend } from "./load-backend.ts";
import { type Percentiles, percentilesOf } from "./percentiles.ts";

/** A video that somebody asked for, as it stands on the servers. */
export interface Asked {
  prompt: string;
  interaction: Interaction;
}

/** How long people waited. */
export interface Times {
  /** From a command to its first answer. */
  ack: Percentiles;
  /** From when a video was completed to the answer that first said so. */
  detection: Percentiles;
  /** From that answer to the message with the video. */
  delivery: Percentiles;
  /** Both together. */
  doneToDelivered: Percentiles;
  unanswered: number;
  undelivered: number;
}

/** The servers that a bot is measured on: a Discord that holds its limits, and a backend, both in this process. */
export interface Stage {
  discord: DiscordServer;
  backend: LoadBackend;
  folder: string;
  /** How many channels the videos are asked for in, each in its turn. */
  channels: readonly string[];
  /** So many commands, so many a second. */
  ask(count: number, perSecond: number): Promise<Asked[]>;
  /** Resolves when the backend has so many videos, or after a while: what was not taken is not delivered either. */
  created(count: number): Promise<void>;
  /** Completes them at that pace, nearly in the order in which they were begun; resolves when the last one is. */
  finish(asked: readonly Asked[], perSecond: number): Promise<void>;
  /** Resolves when all stand in their messages, or after so long (ms). */
  delivered(asked: readonly Asked[], patienceMs: number): Promise<void>;
  times(asked: readonly Asked[]): Times;
  /** Requests of each kind until now; `polls` are lists and retrieves. */
  requests(): { polls: number; others: number; chat: number };
  /** Requests that were answered with 429. */
  refusals(): { backend: number; chat: number };
  close(): Promise<void>;
}

const CREATED_WITHIN_MS = 15_000;
const LOOK_EVERY_MS = 50;
/** Videos do not take the same time: each may be overtaken by so much of the others. */
const DISORDER = 0.2;

/** Opens an empty one; people and channels are there before the bot comes. */
export async function openStage(options: {
  channels: number;
  fileBytes: number;
  backendPerSecond?: number;
}): Promise<Stage> {
  const discord = await createDiscordServer({ rateLimits: {}, recordTo: "" });
  const { backendPerSecond: perSecond, fileBytes } = options;
  const backend = await createLoadBackend({ fileBytes, ...(perSecond !== undefined && { perSecond }) });
  const folder = mkdtempSync(join(tmpdir(), "showreel-bench-"));
  const channels = Array.from({ length: options.channels }, (_, n) => discord.addChannel(`reel${n}`).id);
  const people = channels.map((_, n) => discord.addPerson(`person${n}`));
  let count = 0;

  function askOne(): Asked {
    const prompt = `a paper boat on a rainy street, take ${count}`;
    const place = count++ % channels.length;
    const person = people[place] ?? discord.person("ada");
    const channel = channels[place] ?? "general";
    const command = { channel, name: "video", subcommand: "create", options: { prompt } };
    return { prompt, interaction: person.slash(command).interaction };
  }

  function videosOf(asked: readonly Asked[]) {
    const byPrompt = new Map(backend.videos.map((video) => [video.prompt, video]));
    return asked.flatMap(({ prompt }) => byPrompt.get(prompt) ?? []);
  }

  return {
    discord,
    backend,
    folder,
    channels,
    ask: (total, perSecond) => paced(total, perSecond, askOne),
    async created(total) {
      const until = Date.now() + CREATED_WITHIN_MS;
      while (backend.videos.length < total && Date.now() < until) await sleep(LOOK_EVERY_MS);
    },
    async finish(asked, perSecond) {
      const videos = videosOf(asked);
      const span = DISORDER * videos.length;
      // Mixed up in the same way each time.
      const order = videos.map((video, n) => ({ video, rank: n + ((n * 7919) % 101) * (span / 101) }));
      order.sort((a, b) => a.rank - b.rank);
      const start = Date.now();
      for (const [n, { video }] of order.entries()) backend.finish(video, start + (n * 1000) / perSecond);
      await sleep((videos.length * 1000) / perSecond);
    },
    async delivered(asked, patienceMs) {
      const until = Date.now() + patienceMs;
      const isOpen = ({ interaction }: Asked) => deliveredAt(interaction) === undefined;
      while (asked.some(isOpen) && Date.now() < until) await sleep(LOOK_EVERY_MS);
    },
    times(asked) {
      const acks = asked.flatMap(({ interaction }) => interaction.callback?.afterMs ?? []);
      const byPrompt = new Map(backend.videos.map((video) => [video.prompt, video]));
      const ends = asked.flatMap(({ prompt, interaction }) => {
        const [video, at] = [byPrompt.get(prompt), deliveredAt(interaction)];
        if (video?.toldAt === undefined || at === undefined) return [];
        return { detection: video.toldAt - video.completesAt, delivery: at - video.toldAt };
      });
      return {
        ack: percentilesOf(acks),
        detection: percentilesOf(ends.map(({ detection }) => detection)),
        delivery: percentilesOf(ends.map(({ delivery }) => delivery)),
        doneToDelivered: percentilesOf(ends.map(({ detection, delivery }) => detection + delivery)),
        unanswered: asked.length - acks.length,
        undelivered: asked.length - ends.length,
      };
    },
    requests() {
      const { list, retrieve, create, content, delete: deleted } = backend.counts;
      return { polls: list + retrieve, others: create + content + deleted, chat: discord.requests.length };
    },
    refusals: () => ({
      backend: backend.refused,
      chat: discord.rateLimited.route + discord.rateLimited.global,
    }),
    async close() {
      await backend.close();
      await discord.close();
      await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
    },
  };
}

/** When the answer first showed a video (Unix milliseconds). */
function deliveredAt({ original }: Interaction): number | undefined {
  const shown = original?.revisions.find(({ media }) =>
    media.some(({ attachment }) => attachment?.filename.endsWith(".mp4")),
  );
  return shown?.at;
}

/** Does something so many times, so often a second, whatever time it takes. */
async function paced<T>(total: number, perSecond: number, work: () => T): Promise<T[]> {
  const start = performance.now();
  const done: T[] = [];
  for (let n = 0; n < total; n++) {
    const due = start + (n * 1000) / perSecond;
    const early = due - performance.now();
    if (early > 0) await sleep(early);
    done.push(work());
  }
  return done;
}
