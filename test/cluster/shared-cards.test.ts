import { pino } from "pino";
import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";
import type { ChatAdapter, PlatformName } from "../../src/chat/adapter.ts";
import type { Card } from "../../src/chat/card.ts";
import { createChatBudget } from "../../src/chat/chat-budget.ts";
import { connectRedis } from "../../src/cluster/redis.ts";
import { createSharedCards } from "../../src/cluster/shared-cards.ts";
import { createSharedTurns } from "../../src/cluster/shared-turns.ts";
import { createCardBoard } from "../../src/jobs/card-board.ts";
import { delivered, type Job, stored } from "../../src/jobs/job.ts";
import { createJobStore } from "../../src/jobs/job-store.ts";
import { createStore } from "../../src/store/create-store.ts";
import { createFakeChatAdapter } from "../fakes/fake-chat-adapter.ts";
import { renderJobNow } from "../fixtures/board-scene.ts";
import { aJob } from "../fixtures/jobs.ts";
import { type RedisServer, startRedis } from "../fixtures/redis-server.ts";

let server: RedisServer;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());

const logger = pino({ level: "silent" });
let bots = 0;

/** A job that renders, and the boards of so many processes over its card. */
async function createScene(processes: number) {
  const jobs = createJobStore({ store: await createStore({ url: "memory:" }), now: Date.now });
  const chat = createFakeChatAdapter();
  const prefix = `bot${bots++}`;
  /** Edits that wait until they are let through. */
  let gate: { reached: () => void; open: Promise<void> } | undefined;
  const adapter: ChatAdapter = {
    ...chat,
    async editCard(destination, card) {
      const closed = gate;
      gate = undefined;
      closed?.reached();
      await closed?.open;
      await chat.editCard(destination, card);
    },
  };
  const boards = await Promise.all(
    Array.from({ length: processes }, async () => {
      const { redis, close } = await connectRedis({ url: server.url, setting: "QUEUE_URL" });
      onTestFinished(close);
      return createCardBoard({
        adapters: new Map<PlatformName, ChatAdapter>([["web", adapter]]),
        budget: createChatBudget(),
        turns: createSharedCards({ redis, prefix, turns: createSharedTurns({ redis }) }),
        jobs,
        render: async (job) => renderJobNow(job),
        logger,
      });
    }),
  );
  const accepted = aJob({
    phase: "accepted",
    destination: { platform: "web", workspace: "w1", channel: "c1" },
  });
  await jobs.insert(accepted);
  const update = async (change: (job: Job) => Job) => (await jobs.update(accepted.id, change)) ?? accepted;
  const [one, other = one] = boards;
  if (!one || !other) throw new Error("There is no board.");
  return {
    ...{ one, other, accepted, chat, update },
    progress: (percent: number) =>
      update((job) => ({
        ...job,
        phase: "rendering",
        video: { id: "video_1", status: "in_progress", progress: percent },
      })),
    /** Holds the next edit up; resolves when it is under way, to what lets it through. */
    holdEdit() {
      const [reached, open] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      gate = { reached: reached.resolve, open: open.promise };
      return { underWay: reached.promise, letThrough: open.resolve };
    },
    shown: (): (number | string | undefined)[] =>
      (chat.messages[0]?.cards ?? []).map((card: Card) =>
        card.kind === "final" ? "final" : (card.progress?.percent ?? card.title),
      ),
  };
}

it("posts a first card once, whichever processes want to", async () => {
  const { one, other, accepted, chat } = await createScene(2);
  const jobs = await Promise.all([one.post(accepted), other.post(accepted)]);
  expect(jobs.map((job) => job?.phase)).toEqual(["posted", "posted"]);
  expect(chat.messages).toHaveLength(1);
});

it("does not show again what another process has shown", async () => {
  const { one, other, accepted, progress, shown } = await createScene(2);
  await one.post(accepted);
  await one.show(await progress(40));
  await other.show(await progress(41));
  await other.show(await progress(60));
  await one.show(await progress(61));
  expect(shown()).toEqual(["Queued", 40, 60]);
});

it("leaves progress to the process that has the card, and shows a final after what is under way", async () => {
  const { one, other, accepted, progress, update, holdEdit, shown, chat } = await createScene(2);
  await one.post(accepted);
  const { underWay, letThrough } = holdEdit();
  const slow = one.show(await progress(40));
  await underWay;
  await other.show(await progress(60));
  expect(shown()).toEqual(["Queued"]);

  const media = { video: { key: "k", bytes: 1 } };
  const job = await update((current) => stored({ ...current, phase: "downloading" }, media));
  const finished = other.finish(job, async () => {
    const done = await update((current) => delivered(current, current.destination, Date.now()));
    await chat.editCard(job.destination, renderJobNow(done));
  });
  letThrough();
  await Promise.all([slow, finished]);
  expect(shown()).toEqual(["Queued", 40, "final"]);
  // Progress that was read before and comes after shows nothing any more.
  await one.show(job);
  expect(shown()).toEqual(["Queued", 40, "final"]);
});
