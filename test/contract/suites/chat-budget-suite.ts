import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Draw } from "../../../src/chat/adapter.ts";
import type { ChatBudget, Priority } from "../../../src/chat/chat-budget.ts";

/** What kinds of budgets need to be held to the contract. */
export interface ChatBudgetHarness {
  /** The same limits, as each of so many processes sees them; nothing was sent yet. */
  open(processes: number): Promise<{
    budgets: readonly [ChatBudget, ...ChatBudget[]];
    /** When calls were counted in a bucket (ms). */
    counted(bucket: string): Promise<readonly number[]>;
  }>;
  /** How long the windows of these tests are (ms). */
  perMs: number;
  /** Lets so much time pass. */
  pass(ms: number): Promise<void>;
  /** Lets time pass until it is done. */
  until<T>(work: Promise<T>): Promise<T>;
}

/** What every ChatBudget does, however many processes share it. */
export function chatBudgetSuite(kind: string, harness: ChatBudgetHarness): void {
  const { perMs, pass, until } = harness;
  const draw = (calls: number, bucket: string): Draw => ({ bucket, calls, perMs });

  async function createScene(processes = 3) {
    const { budgets, counted } = await harness.open(processes);
    const granted: string[] = [];
    return {
      budgets,
      counted,
      granted,
      ask(name: string, draws: Draw[], priority: Priority = "progress", process = 0) {
        const permit = (budgets[process % budgets.length] ?? budgets[0]).acquire(draws, priority);
        const done = permit.granted.then((yes) => {
          if (yes) granted.push(name);
          return yes;
        });
        return { ...permit, done };
      },
    };
  }

  /** The most that any window holds. */
  const most = (times: readonly number[]) =>
    Math.max(0, ...times.map((at) => times.filter((other) => other >= at && other < at + perMs).length));

  describe(`${kind} chat budget`, () => {
    it("never lets more through than the limit in any window, and leaves nobody waiting", async () => {
      const call = fc.record({
        afterMs: fc.nat(Math.round(perMs / 4)),
        priority: fc.constantFrom<Priority>("final", "first", "progress"),
        channel: fc.constantFrom("c1", "c2"),
        process: fc.nat(2),
      });
      const calls = fc.array(call, { minLength: 1, maxLength: 16 });
      await fc.assert(
        fc.asyncProperty(calls, fc.integer({ min: 1, max: 4 }), async (made, limit) => {
          const { ask, counted } = await createScene();
          const permits: Promise<boolean>[] = [];
          for (const { afterMs, priority, channel, process } of made) {
            await pass(afterMs);
            const draws = [draw(limit, channel), draw(limit + 1, "whole")];
            permits.push(ask("call", draws, priority, process).done);
          }
          expect(await until(Promise.all(permits))).toEqual(made.map(() => true));
          const inChannels = await Promise.all([counted("c1"), counted("c2")]);
          const whole = await counted("whole");
          expect(inChannels.flat()).toHaveLength(made.length);
          expect(whole).toHaveLength(made.length);
          for (const times of inChannels) expect(most(times)).toBeLessThanOrEqual(limit);
          expect(most(whole)).toBeLessThanOrEqual(limit + 1);
        }),
        { numRuns: 12 },
      );
    });

    it("takes finals before first cards before progress, each in the order they came", async () => {
      const { ask, granted } = await createScene(1);
      const draws = [draw(1, "channel")];
      await until(ask("taken", draws).done);
      const rounds = ["1", "2"].flatMap((round) =>
        (["progress", "first", "final"] as const).map((priority) =>
          ask(`${priority} ${round}`, draws, priority),
        ),
      );
      await until(Promise.all(rounds.map(({ done }) => done)));
      const order = ["final 1", "final 2", "first 1", "first 2", "progress 1", "progress 2"];
      expect(granted).toEqual(["taken", ...order]);
    });

    it("keeps a part of each limit free of all processes' progress", async () => {
      const { ask, granted, counted } = await createScene();
      const draws = [draw(10, "channel")];
      const progress = Array.from({ length: 9 }, (_, n) => ask("progress", draws, "progress", n));
      await until(ask("final", draws, "final", 1).done);
      await until(Promise.all(progress.map(({ done }) => done)));
      expect(granted.slice(0, 9).sort()).toEqual(["final", ...Array(8).fill("progress")]);
      const times = await counted("channel");
      expect((times[9] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(perMs);
    });

    it("takes from all buckets or from none", async () => {
      const { ask, granted } = await createScene();
      const at = (channel: string) => [draw(1, channel), draw(2, "whole")];
      await until(ask("a", at("a")).done);
      const again = ask("a again", at("a"), "final", 1);
      await until(ask("b", at("b"), "final", 2).done);
      expect(granted).toEqual(["a", "b"]);
      await until(again.done);
    });

    it("moves a raised one forward, and never back", async () => {
      const { ask, granted } = await createScene(1);
      const draws = [draw(1, "channel")];
      await until(ask("taken", draws).done);
      const early = ask("early", draws, "first");
      const late = ask("late", draws);
      late.raise("final");
      early.raise("progress");
      await until(Promise.all([early.done, late.done]));
      expect(granted).toEqual(["taken", "late", "early"]);
    });

    it("forgets a cancelled one, which costs nothing", async () => {
      const { ask, granted, counted } = await createScene(1);
      const draws = [draw(1, "channel")];
      await until(ask("taken", draws).done);
      const cancelled = ask("cancelled", draws, "final");
      const next = ask("next", draws);
      cancelled.cancel();
      expect(await cancelled.done).toBe(false);
      await until(next.done);
      expect(granted).toEqual(["taken", "next"]);
      expect(await counted("channel")).toHaveLength(2);
    });

    it("keeps the silence a platform asked any process for, the longer one, in that bucket alone", async () => {
      const { budgets, ask, granted, counted } = await createScene();
      const [first, second = first] = budgets;
      await until(ask("before", [draw(9, "channel")]).done);
      first.pause(draw(9, "channel"), 2 * perMs);
      second.pause(draw(9, "channel"), perMs);
      await pass(perMs / 2);
      const paused = budgets.map((_, process) => ask("paused", [draw(9, "channel")], "final", process).done);
      await until(ask("other", [draw(9, "other")]).done);
      await until(Promise.all(paused));
      expect(granted.slice(0, 2)).toEqual(["before", "other"]);
      const [before = 0, ...after] = await counted("channel");
      // Redis writes a call down a millisecond late, so that one was earlier than it says.
      for (const at of after) expect(at - before).toBeGreaterThanOrEqual(2 * perMs - 1);
    });
  });
}
