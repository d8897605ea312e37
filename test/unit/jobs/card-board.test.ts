import fc from "fast-check";
import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ChatAdapter, Draw, PlatformName } from "../../../src/chat/adapter.ts";
import type { Card } from "../../../src/chat/card.ts";
import { createChatBudget } from "../../../src/chat/chat-budget.ts";
import { ServiceError } from "../../../src/errors.ts";
import { createCardBoard } from "../../../src/jobs/card-board.ts";
import { delivered, failing, isEnded, type Job, type Phase, stored } from "../../../src/jobs/job.ts";
import { renderJob } from "../../../src/jobs/job-card.ts";
import { createJobStore } from "../../../src/jobs/job-store.ts";
import { sleep } from "../../../src/sleep.ts";
import { createStore } from "../../../src/store/create-store.ts";
import { createFakeChatAdapter } from "../../fakes/fake-chat-adapter.ts";
import { aJob } from "../../fixtures/jobs.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
});
afterEach(() => {
  vi.useRealTimers();
});

const busy = (retryAfterMs?: number) =>
  new ServiceError("web", "rate_limited", "Slow down.", { retryable: true, retryAfterMs });
const perSecond = (calls: number): Draw[] => [{ bucket: "edits", calls, perMs: 1000 }];

const takes = (ms: number) => (ms > 0 ? sleep(ms) : Promise.resolve());

/** A board over one posted job that renders; `slow` gives the milliseconds that the next call to the platform takes. */
async function createScene(options: { limits?: Draw[]; slow?: () => number } = {}) {
  const { limits = [], slow = () => 0 } = options;
  const jobs = createJobStore({ store: await createStore({ url: "memory:" }), now: Date.now });
  const chat = createFakeChatAdapter({ limits });
  const adapter: ChatAdapter = {
    ...chat,
    async editCard(destination, card) {
      await takes(slow());
      await chat.editCard(destination, card);
    },
  };
  const board = createCardBoard({
    adapters: new Map<PlatformName, ChatAdapter>([["web", adapter]]),
    budget: createChatBudget(),
    jobs,
    render: async (job) => {
      const view = { now: Date.now(), typicalMs: undefined, parentLink: undefined, resultLink: undefined };
      return renderJob(job, { ...view, simulated: false, buttons: [] });
    },
    logger: pino({ level: "silent" }),
  });
  const accepted = aJob({
    phase: "accepted",
    destination: { platform: "web", workspace: "w1", channel: "c1" },
  });
  await jobs.insert(accepted);
  const job = (await board.post(accepted)) ?? accepted;

  const update = async (change: (job: Job) => Job) => (await jobs.update(job.id, change)) ?? job;
  return {
    board,
    jobs,
    chat,
    job,
    update,
    /** The poller saw progress. */
    async progress(percent: number) {
      const video = { id: "video_1", status: "in_progress", progress: percent } as const;
      const moves = (phase: Phase) => phase === "posted" || phase === "rendering";
      return board.show(
        await update((current) =>
          moves(current.phase) ? { ...current, phase: "rendering", video } : current,
        ),
      );
    },
    fail: () => update((current) => failing(current, { code: "moderation_blocked", message: "no" })),
    /** Delivers as the worker does. */
    async finish() {
      const media = { video: { key: "k", bytes: 1 } };
      await update((current) =>
        isEnded(current) ? current : stored({ ...current, phase: "downloading" }, media),
      );
      await board.finish(job, async () => {
        const done = await update((current) => delivered(current, current.destination, Date.now()));
        await takes(slow());
        await chat.editCard(job.destination, renderJobNow(done));
      });
    },
    cards: () => chat.messages[0]?.cards ?? [],
    percents: () => (chat.messages[0]?.cards ?? []).map(({ progress }) => progress?.percent),
  };
}

function renderJobNow(job: Job): Card {
  const view = { now: Date.now(), typicalMs: undefined, parentLink: undefined, resultLink: undefined };
  return renderJob(job, { ...view, simulated: false, buttons: [] });
}

describe("progress on a card", () => {
  it("is shown when it moved by five points or the state changed", async () => {
    const { progress, percents } = await createScene();
    for (const percent of [0, 3, 5, 9, 10, 14]) await progress(percent);
    expect(percents()).toEqual([undefined, 0, 5, 10]);
  });

  it("is replaced while it waits, and costs one call", async () => {
    const { progress, percents } = await createScene({ limits: perSecond(1) });
    const shown = [10, 20, 30, 40].map((percent) => progress(percent));
    await vi.advanceTimersByTimeAsync(1000);
    await Promise.all(shown);
    await vi.advanceTimersByTimeAsync(5000);
    expect(percents()).toEqual([undefined, 40]);
  });

  it("that does not get through is left to the next poll, after the silence that was asked for", async () => {
    const { progress, percents, chat } = await createScene({ limits: perSecond(10) });
    chat.refuse("editCard", busy(4000));
    await progress(10);
    const next = progress(12);
    await vi.advanceTimersByTimeAsync(3999);
    expect(percents()).toEqual([undefined]);
    await vi.advanceTimersByTimeAsync(1);
    await next;
    expect(percents()).toEqual([undefined, 12]);
  });

  it("stops where the message is gone, and says so in the job", async () => {
    const { progress, chat, jobs, job } = await createScene();
    chat.remove(job.destination);
    await progress(10);
    expect((await jobs.get(job.id))?.cardLost).toBe("gone");
    chat.refuse("editCard", new Error("asked again"));
    await progress(50);
  });

  it("that the platform will never take is not sent again with every poll", async () => {
    const { progress, percents, chat } = await createScene();
    chat.refuse("editCard", new ServiceError("web", "invalid_blocks", "No.", { retryable: false }));
    await progress(10);
    await progress(12);
    await progress(15);
    expect(percents()).toEqual([undefined, 15]);
  });
});

describe("a final card", () => {
  it("overtakes the progress that waits and takes its place", async () => {
    const { board, progress, fail, cards } = await createScene({ limits: perSecond(1) });
    const shown = [progress(10), board.show(await fail())];
    await vi.advanceTimersByTimeAsync(1000);
    await Promise.all(shown);
    await vi.advanceTimersByTimeAsync(5000);
    expect(cards().map(({ title }) => title)).toEqual(["Queued", "Failed"]);
  });

  it("comes after the edit under way, however slow that is", async () => {
    const delays = [5000, 0];
    const { board, progress, fail, cards } = await createScene({ slow: () => delays.shift() ?? 0 });
    const shown = [progress(10)];
    await vi.advanceTimersByTimeAsync(1000);
    shown.push(board.show(await fail()));
    await vi.advanceTimersByTimeAsync(5000);
    await Promise.all(shown);
    expect(cards().map(({ title }) => title)).toEqual(["Queued", "Rendering", "Failed"]);
  });

  it("that may get through later is the caller's to repeat", async () => {
    const { board, fail, chat, cards } = await createScene();
    chat.refuse("editCard", busy());
    const job = await fail();
    await expect(board.show(job)).rejects.toMatchObject({ retryable: true });
    await board.show(job);
    expect(cards().at(-1)?.title).toBe("Failed");
  });

  it("is not waited for where its platform is not set up or its message is gone", async () => {
    const { board, fail, chat, job } = await createScene();
    await board.show({ ...(await fail()), destination: { ...job.destination, platform: "slack" } });
    chat.remove(job.destination);
    await board.show(await fail());
  });

  it("shows a finished video's newest count of remixes", async () => {
    const { board, finish, update, cards } = await createScene();
    await finish();
    await board.show(await update((job) => ({ ...job, remixes: ["a"] })));
    await board.show(await update((job) => ({ ...job, remixes: ["a", "b"] })));
    expect(cards().at(-1)?.lines).toContainEqual(["Remixed 2 times"]);
  });
});

describe("finishing", () => {
  it("drops the progress that waits for the platform's limits", async () => {
    const { progress, finish, percents, cards } = await createScene({ limits: perSecond(2) });
    await progress(10);
    const shown = [progress(20), progress(30)];
    await vi.advanceTimersByTimeAsync(0);
    const finished = finish();
    await vi.advanceTimersByTimeAsync(10_000);
    await Promise.all([...shown, finished]);
    expect(percents()).toEqual([undefined, 10, undefined]);
    expect(cards().at(-1)?.kind).toBe("final");
  });

  it("lets a progress that comes too late show nothing older", async () => {
    const { board, finish, jobs, job, cards } = await createScene({ slow: () => 100 });
    const stale = { ...((await jobs.get(job.id)) ?? job), phase: "rendering" } as const;
    const finished = finish();
    const late = board.show(stale);
    await vi.advanceTimersByTimeAsync(1000);
    await Promise.all([finished, late]);
    expect(cards().at(-1)).toMatchObject({ kind: "final", tone: "good" });
  });

  it("passes on what goes wrong, and works the next time", async () => {
    const { board, finish, job, cards } = await createScene();
    await expect(board.finish(job, () => Promise.reject(busy()))).rejects.toThrow("Slow down.");
    await finish();
    expect(cards().at(-1)?.tone).toBe("good");
  });
});

describe("the first card", () => {
  it("is posted once, however many want to post it", async () => {
    const { board, jobs, chat } = await createScene();
    const second = aJob({ id: "second", phase: "accepted" });
    await jobs.insert(second);
    const byAnswer = board.post(second, async (card) => {
      await sleep(20_000);
      return chat.request({ kind: "text", text: "" }).reply.card(card);
    });
    const byWorker = board.post(second);
    await vi.advanceTimersByTimeAsync(20_000);
    await Promise.all([byAnswer, byWorker]);
    expect(chat.messages.filter(({ cards }) => cards[0]?.jobId === "second")).toHaveLength(1);
    expect((await jobs.get("second"))?.destination.message).toBe(chat.messages[1]?.destination.message);
  });

  it("is posted by the next when the first one could not", async () => {
    const { board, jobs, chat } = await createScene();
    const second = aJob({ id: "second", phase: "accepted" });
    await jobs.insert(second);
    const [byAnswer, byWorker] = await Promise.allSettled([
      board.post(second, () => Promise.reject(new Error("expired"))),
      board.post(second),
    ]);
    expect([byAnswer.status, byWorker.status]).toEqual(["rejected", "fulfilled"]);
    expect(chat.messages).toHaveLength(2);
  });
});

describe("whatever the platform does", () => {
  const fault = fc.constantFrom("none", "none", "refused", "lost", "asked to wait");
  const step = fc.record({ afterMs: fc.nat(1500), slowMs: fc.nat(3000), fault });
  const ending = fc.constantFrom("failed", "delivered");

  it("cards never go back, and end with the final one", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), ending, fc.nat(2), async (steps, end, spare) => {
        let slowMs = 0;
        const scene = await createScene({ limits: perSecond(1 + spare), slow: () => slowMs });
        const { board, progress, fail, finish, chat, cards, jobs, job } = scene;
        const work: Promise<unknown>[] = [];
        // As the poller does: what does not get through now is left to the next round.
        const report = (percent: number) => work.push(progress(percent).catch(() => undefined));

        for (const [index, { afterMs, slowMs: next, fault: kind }] of steps.entries()) {
          slowMs = next;
          if (kind === "refused") chat.refuse("editCard", busy());
          if (kind === "asked to wait") chat.refuse("editCard", busy(2500));
          if (kind === "lost") chat.loseAnswer("editCard");
          report(index * 8);
          await vi.advanceTimersByTimeAsync(afterMs);
        }
        // As the worker does: tried until it got through.
        const untilShown = async (): Promise<void> => {
          try {
            await (end === "failed" ? board.show(await fail()) : finish());
          } catch {
            await sleep(2000);
            await untilShown();
          }
        };
        work.push(untilShown());
        report(99);
        await vi.advanceTimersByTimeAsync(200_000);
        await Promise.all(work);

        const shown = cards();
        const revisions = shown.map(({ revision }) => revision);
        expect(revisions).toEqual([...revisions].sort((a, b) => a - b));
        expect(shown.at(-1)).toMatchObject({ kind: "final", revision: (await jobs.get(job.id))?.revision });
        const afterFinal = shown.slice(shown.findIndex(({ kind }) => kind === "final"));
        expect(afterFinal.every(({ kind }) => kind === "final")).toBe(true);
      }),
      { numRuns: 60 },
    );
  });
});
