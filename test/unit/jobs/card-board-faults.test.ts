import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { sleep } from "../../../src/sleep.ts";
import { busy, createBoardScene, perSecond } from "../../fixtures/board-scene.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe("whatever the platform does", () => {
  const fault = fc.constantFrom("none", "none", "refused", "lost", "asked to wait");
  const step = fc.record({ afterMs: fc.nat(1500), slowMs: fc.nat(3000), fault });
  const ending = fc.constantFrom("failed", "delivered");

  it("cards never go back, and end with the final one", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), ending, fc.nat(2), async (steps, end, spare) => {
        let slowMs = 0;
        const scene = await createBoardScene({ limits: perSecond(1 + spare), slow: () => slowMs });
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
      { numRuns: 40 },
    );
  });
});
