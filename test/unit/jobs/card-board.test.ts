import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ServiceError } from "../../../src/errors.ts";
import { sleep } from "../../../src/sleep.ts";
import { busy, createBoardScene, perSecond } from "../../fixtures/board-scene.ts";
import { aJob } from "../../fixtures/jobs.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe("progress on a card", () => {
  it("is shown when it moved by five points or the state changed", async () => {
    const { progress, percents } = await createBoardScene();
    for (const percent of [0, 3, 5, 9, 10, 14]) await progress(percent);
    expect(percents()).toEqual([undefined, 0, 5, 10]);
  });

  it("is replaced while it waits, and costs one call", async () => {
    const { progress, percents } = await createBoardScene({ limits: perSecond(1) });
    const shown = [10, 20, 30, 40].map((percent) => progress(percent));
    await vi.advanceTimersByTimeAsync(1000);
    await Promise.all(shown);
    await vi.advanceTimersByTimeAsync(5000);
    expect(percents()).toEqual([undefined, 40]);
  });

  it("that waits is drawn up once, however often there is something newer", async () => {
    const { board, update, percents, renders } = await createBoardScene({ limits: perSecond(1) });
    const before = renders();
    for (let percent = 10; percent < 100; percent += 10) {
      const video = { id: "video_1", status: "in_progress", progress: percent } as const;
      board.showLater(await update((current) => ({ ...current, phase: "rendering", video })));
      await vi.advanceTimersByTimeAsync(1);
    }
    await vi.advanceTimersByTimeAsync(5000);
    expect(percents()).toEqual([undefined, 90]);
    expect(renders() - before).toBe(2);
  });

  it("that does not get through is left to the next poll, after the silence that was asked for", async () => {
    const { progress, percents, chat } = await createBoardScene({ limits: perSecond(10) });
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
    const { progress, chat, jobs, job } = await createBoardScene();
    chat.remove(job.destination);
    await progress(10);
    expect((await jobs.get(job.id))?.cardLost).toBe("gone");
    chat.refuse("editCard", new Error("asked again"));
    await progress(50);
  });

  it("that the platform will never take is not sent again with every poll", async () => {
    const { progress, percents, chat } = await createBoardScene();
    chat.refuse("editCard", new ServiceError("web", "invalid_blocks", "No.", { retryable: false }));
    await progress(10);
    await progress(12);
    await progress(15);
    expect(percents()).toEqual([undefined, 15]);
  });
});

describe("a final card", () => {
  it("overtakes the progress that waits and takes its place", async () => {
    const { board, progress, fail, cards } = await createBoardScene({ limits: perSecond(1) });
    const shown = [progress(10), board.show(await fail())];
    await vi.advanceTimersByTimeAsync(1000);
    await Promise.all(shown);
    await vi.advanceTimersByTimeAsync(5000);
    expect(cards().map(({ title }) => title)).toEqual(["Queued", "Failed"]);
  });

  it("takes the first place in line, where the progress it replaces had the last", async () => {
    const { board, budget, progress, fail, cards } = await createBoardScene({ limits: perSecond(1) });
    const shown = [progress(10)];
    await vi.advanceTimersByTimeAsync(0);
    const other = vi.fn();
    void budget.acquire(perSecond(1), "first").granted.then(other);
    shown.push(board.show(await fail()));
    await vi.advanceTimersByTimeAsync(1000);
    expect(cards().at(-1)?.title).toBe("Failed");
    expect(other).not.toHaveBeenCalled();
    await Promise.all(shown);
  });

  it("comes after the edit under way, however slow that is", async () => {
    const delays = [5000, 0];
    const { board, progress, fail, cards } = await createBoardScene({ slow: () => delays.shift() ?? 0 });
    const shown = [progress(10)];
    await vi.advanceTimersByTimeAsync(1000);
    shown.push(board.show(await fail()));
    await vi.advanceTimersByTimeAsync(5000);
    await Promise.all(shown);
    expect(cards().map(({ title }) => title)).toEqual(["Queued", "Rendering", "Failed"]);
  });

  it("that may get through later is the caller's to repeat", async () => {
    const { board, fail, chat, cards } = await createBoardScene();
    chat.refuse("editCard", busy());
    const job = await fail();
    await expect(board.show(job)).rejects.toMatchObject({ retryable: true });
    await board.show(job);
    expect(cards().at(-1)?.title).toBe("Failed");
  });

  it("is not waited for where its platform is not set up or its message is gone", async () => {
    const { board, fail, chat, job } = await createBoardScene();
    await board.show({ ...(await fail()), destination: { ...job.destination, platform: "slack" } });
    chat.remove(job.destination);
    await board.show(await fail());
  });

  it("shows a finished video's newest count of remixes", async () => {
    const { board, finish, update, cards } = await createBoardScene();
    await finish();
    await board.show(await update((job) => ({ ...job, remixes: ["a"] })));
    await board.show(await update((job) => ({ ...job, remixes: ["a", "b"] })));
    expect(cards().at(-1)?.lines).toContainEqual(["Remixed 2 times"]);
  });
});

describe("finishing", () => {
  it("drops the progress that waits for the platform's limits", async () => {
    const { progress, finish, percents, cards } = await createBoardScene({ limits: perSecond(2) });
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
    const { board, finish, jobs, job, cards } = await createBoardScene({ slow: () => 100 });
    const stale = { ...((await jobs.get(job.id)) ?? job), phase: "rendering" } as const;
    const finished = finish();
    await vi.advanceTimersByTimeAsync(50);
    const late = board.show(stale);
    await vi.advanceTimersByTimeAsync(1000);
    await Promise.all([finished, late]);
    expect(cards().map(({ kind }) => kind)).toEqual(["progress", "final"]);
    expect(cards().at(-1)).toMatchObject({ kind: "final", tone: "good" });
  });

  it("passes on what goes wrong, and works the next time", async () => {
    const { board, finish, job, cards } = await createBoardScene();
    await expect(board.finish(job, () => Promise.reject(busy()))).rejects.toThrow("Slow down.");
    await finish();
    expect(cards().at(-1)?.tone).toBe("good");
  });
});

describe("the first card", () => {
  it("is posted once, however many want to post it", async () => {
    const { board, jobs, chat } = await createBoardScene();
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
    const { board, jobs, chat } = await createBoardScene();
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
