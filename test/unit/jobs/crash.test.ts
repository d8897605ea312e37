import fc from "fast-check";
import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ChatAdapter } from "../../../src/chat/adapter.ts";
import { createGallery } from "../../../src/gallery/gallery.ts";
import { isCharged } from "../../../src/jobs/job.ts";
import { createJobStore } from "../../../src/jobs/job-store.ts";
import { sumOf } from "../../../src/spending/account.ts";
import type { Store } from "../../../src/store/store.ts";
import { ada, createFakeChatAdapter, type FakeChatAdapter } from "../../fakes/fake-chat-adapter.ts";
import { type BotMemory, createBotMemory, startBot } from "../../fixtures/bot.ts";
import { newestOf } from "../../fixtures/bot-scene.ts";
import { createLife, type Life, mortal } from "../../fixtures/mortal.ts";

const logger = pino({ level: "silent" });
const ROUND_MS = 2000;
/** Enough for a lost create to be given up. */
const ROUNDS = 60;

beforeEach(() => {
  // Early in a month: what is used is counted by months, and many lives take days.
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"], now: Date.UTC(2026, 10, 2) });
});
afterEach(() => {
  vi.useRealTimers();
});

const jobsIn = ({ store }: BotMemory) => createJobStore({ store, now: Date.now });

interface World {
  memory: BotMemory;
  chat: FakeChatAdapter;
}

function mortalStore(store: Store, life: Life): Store {
  return {
    ...store,
    collection: (definition) =>
      mortal(store.collection(definition), ["get", "getMany", "insert", "update", "delete"], life),
  };
}

function mortalChat(chat: FakeChatAdapter, life: Life): ChatAdapter {
  const adapter = mortal<ChatAdapter>(
    chat,
    ["postCard", "findCard", "editCard", "deliver", "retract", "checkAccess"],
    life,
  );
  return {
    ...adapter,
    start: (handler) =>
      chat.start({
        ...handler,
        handle: (request) =>
          handler.handle({
            ...request,
            reply: mortal(request.reply, ["card", "private", "page", "form"], life),
          }),
      }),
  };
}

/** Runs a process on the world until it dies or nothing is left to do. */
async function live({ memory, chat }: World, life: Life, ask: () => unknown = () => {}): Promise<void> {
  const bot = await startBot({
    adapter: mortalChat(chat, life),
    memory: {
      store: mortalStore(memory.store, life),
      media: mortal(memory.media, ["put", "stat", "delete"], life),
      videos: mortal(memory.videos, ["create", "remix", "retrieve", "list", "delete", "download"], life),
    },
    now: Date.now,
    logger,
  });
  void bot.resume();
  ask();
  for (let round = 0; round < ROUNDS && !life.dead; round++) {
    await vi.advanceTimersByTimeAsync(ROUND_MS);
    for (const { id, status } of memory.videos.all()) if (status === "queued") memory.videos.complete(id);
    void bot.poll();
    await vi.advanceTimersByTimeAsync(0);
    if (!life.dead && (await jobsIn(memory).active()).length === 0) break;
  }
  if (!life.dead) await bot.stop();
}

async function createWorld(delivers: "in place" | "apart"): Promise<World> {
  return { memory: await createBotMemory(Date.now), chat: createFakeChatAdapter({ delivers }) };
}

/** Nothing is reserved any more once a process has lived for a while, and what was made, or may have been, is counted. */
async function expectAccountsAreSettled({ memory, chat }: World): Promise<void> {
  await vi.advanceTimersByTimeAsync(11 * 60_000);
  const bot = await startBot({ adapter: chat, memory, now: Date.now, logger });
  await bot.settle();
  const { running, month } = await bot.services.spending.usage("mine", {
    actor: ada,
    destination: { platform: "web", workspace: "w1", channel: "c1" },
  });
  const history = await bot.jobs.history({ platform: "web", person: "ada" });
  const jobs = (await bot.jobs.getMany(history.map(({ id }) => id))).filter(isCharged);
  expect({ running, videos: sumOf(month).videos }).toEqual({ running: 0, videos: jobs.length });
  await bot.stop();
}

/** What holds for a job however often its process died: paid once at most, shown once, told why otherwise. */
async function expectAllIsWell(
  { memory, chat }: World,
  prompt: string,
): Promise<"nothing" | "failed" | "delivered"> {
  const jobs = jobsIn(memory);
  expect(await jobs.active()).toEqual([]);
  const made = memory.videos.all().filter((video) => video.prompt === prompt);
  const messages = chat.messages.filter(({ cards }) => cards[0]?.prompt === prompt);
  const recent = await newestOf(jobs, "ada");
  const job = recent?.request.prompt === prompt ? recent : undefined;
  expect(made.length).toBeLessThanOrEqual(1);
  if (!job) {
    expect([made, messages]).toEqual([[], []]);
    return "nothing";
  }
  expect(chat.shown(job.destination)).toMatchObject({ kind: "final", jobId: job.id });
  const withVideo = messages.filter(({ video }) => video !== undefined);
  const notified = messages.flatMap((message) => message.notified);
  if (made.length === 0) {
    expect(job).toMatchObject({ phase: "failed", failure: { code: "answer_lost" } });
    expect([messages.length, withVideo.length, notified.length]).toEqual([1, 0, 0]);
    return "failed";
  }
  expect(job.phase).toBe("delivered");
  expect(withVideo.map(({ destination }) => destination)).toEqual([job.result]);
  expect(messages).toHaveLength(job.result?.message === job.destination.message ? 1 : 2);
  expect(notified.length).toBeLessThanOrEqual(1);
  const shown = await createGallery({ store: memory.store }).page(job.destination, {}, { limit: 10 });
  expect(shown.entries.filter(({ id }) => id === job.id)).toHaveLength(1);
  return "delivered";
}

describe.each(["in place", "apart"] as const)(
  "a process that dies, with videos %s",
  { timeout: 60_000 },
  (delivers) => {
    /** Dies at those moments, one process after the other, and then lives on. */
    async function dyingAt(endings: (number | undefined)[], operation: "create" | "remix") {
      const world = await createWorld(delivers);
      const { chat, memory } = world;
      if (operation === "remix")
        await live(world, createLife(), () => chat.command("create", { prompt: "parent" }));
      const parent = await newestOf(jobsIn(memory), "ada");
      const values = parent ? { prompt: "child", video: parent.id } : { prompt: "child" };
      const [first, ...others] = endings.map(createLife);
      if (first) await live(world, first, () => chat.command(operation, values));
      for (const life of [...others, createLife()]) await live(world, life);
      const outcome = await expectAllIsWell(world, "child");
      await expectAccountsAreSettled(world);
      const counted = parent && (await jobsIn(memory).get(parent.id))?.remixes.length;
      return { outcome, counted, moments: first?.moments ?? 0, died: first?.dead ?? false };
    }

    it.each(["create", "remix"] as const)(
      "during a %s makes one video and shows it once",
      async (operation) => {
        const outcomes: string[] = [];
        for (let moment = 1; ; moment++) {
          const { outcome, counted, died } = await dyingAt([moment], operation);
          outcomes.push(outcome);
          if (operation === "remix") expect(counted).toBe(outcome === "delivered" ? 1 : 0);
          if (!died) break;
        }
        // Nothing was asked for yet; then one moment may have been billed without a video; from then on all is well.
        expect(outcomes.join(" ")).toMatch(/^(nothing )+(delivered )+failed failed (delivered )+delivered$/);
        expect(outcomes.length).toBeGreaterThan(40);
      },
    );

    it("during a deletion leaves a tombstone and nothing else, or a video that nobody touched", async () => {
      const outcomes: string[] = [];
      for (let moment = 1; ; moment++) {
        const world = await createWorld(delivers);
        const { chat, memory } = world;
        await live(world, createLife(), () => chat.command("create", { prompt: "child" }));
        const { id } = (await newestOf(jobsIn(memory), "ada")) ?? { id: "" };
        const press = { kind: "button", action: "delete", argument: `${id}_sure` } as const;
        const life = createLife(moment);
        await live(world, life, () => chat.ask(press));
        await live(world, createLife());
        const job = await jobsIn(memory).get(id);
        if (job?.phase === "deleted") {
          expect(chat.messages.flatMap(({ video }) => video ?? [])).toEqual([]);
          expect(chat.shown(job.destination)).toMatchObject({ title: "Deleted", kind: "final" });
          expect(memory.videos.all()).toEqual([]);
          expect(await memory.media.stat(`${id}/video.mp4`)).toBeUndefined();
          const gallery = createGallery({ store: memory.store });
          expect((await gallery.page(job.destination, {}, { limit: 1 })).total).toBe(0);
          expect(await jobsIn(memory).active()).toEqual([]);
        } else expect(await expectAllIsWell(world, "child")).toBe("delivered");
        await expectAccountsAreSettled(world);
        outcomes.push(job?.phase ?? "lost");
        if (!life.dead) break;
      }
      expect(outcomes.join(" ")).toMatch(/^(delivered )+(deleted )+deleted$/);
    });

    it("again and again makes one video and shows it once", async () => {
      const moment = fc.integer({ min: 1, max: 60 });
      await fc.assert(
        fc.asyncProperty(fc.array(moment, { minLength: 2, maxLength: 4 }), async (moments) => {
          await dyingAt(moments, "create");
        }),
        { numRuns: 15 },
      );
    });
  },
);
