import fc from "fast-check";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Phase } from "../../../src/jobs/job.ts";
import type { LineOptions, WaitingLine } from "../../../src/jobs/waiting-line.ts";
import { aJob } from "../../fixtures/jobs.ts";

/** Opens lines; those of one `open` are the processes of one bot. */
export interface LineHarness {
  open(options: LineOptions, processes: number): Promise<WaitingLine[]>;
  /** How many processes there can be. */
  processes: number;
}

/** What holds for the line of a bot, whichever of its processes is told of a job. */
export function waitingLineSuite(kind: string, { open, processes }: LineHarness): void {
  describe(`the line, ${kind}`, () => {
    async function createScene(maxActive: number) {
      const turns: string[] = [];
      const moved: string[][] = [];
      const lines = await open(
        { maxActive, onTurn: (id) => void turns.push(id), onMoved: (ids) => void moved.push(ids) },
        processes,
      );
      const [line] = lines;
      if (!line) throw new Error("There is no line.");
      onTestFinished(() => {
        for (const each of lines) each.stop();
      });
      let told = 0;
      const see = (id: string, phase: Phase = "posted", person = "ada") =>
        (lines[told++ % lines.length] ?? line).see(
          aJob({ id, phase, requester: { id: person, name: person } }),
        );
      const seeAll = async (ids: readonly string[]) => {
        const has: boolean[] = [];
        for (const id of ids) has.push(await see(id));
        return has;
      };
      const place = (id: string) => expect.poll(() => line.place(id));
      const turned = () => expect.poll(() => turns);
      return { line, see, seeAll, place, turned, turns, moved };
    }

    it("lets so many go at once, and the others wait", async () => {
      const { line, seeAll, place } = await createScene(2);
      expect(await seeAll(["a", "b", "c", "d"])).toEqual([true, true, false, false]);
      expect(await line.place("a")).toBeUndefined();
      await place("c").toEqual({ place: 1, of: 2 });
      await place("d").toEqual({ place: 2, of: 2 });
      const { served, waiting } = await line.members();
      expect([[...served].sort(), [...waiting].sort()]).toEqual([
        ["a", "b"],
        ["c", "d"],
      ]);
    });

    it("gives the place of one that has left to the next", async () => {
      const { see, seeAll, place, turned, turns } = await createScene(1);
      await seeAll(["a", "b", "c"]);
      await see("a", "creating");
      await see("a", "rendering");
      expect(turns).toEqual([]);
      await see("a", "downloading");
      await see("a", "delivered");
      await turned().toEqual(["b"]);
      expect(await see("b")).toBe(true);
      await place("c").toEqual({ place: 1, of: 1 });
    });

    it("forgets one that was cancelled while it waited, and one that is no more", async () => {
      const { line, see, seeAll, place, turned } = await createScene(1);
      await seeAll(["a", "b", "c", "d"]);
      await see("b", "deleting");
      await line.leave("c");
      await place("d").toEqual({ place: 1, of: 1 });
      await see("a", "failing");
      await turned().toEqual(["d"]);
    });

    it("lets nobody go while more than it allows are found at the backend after a restart", async () => {
      const { see, turned, turns } = await createScene(1);
      for (const id of ["a", "b"]) expect(await see(id, "rendering")).toBe(true);
      expect(await see("c")).toBe(false);
      await see("a", "delivered");
      expect(turns).toEqual([]);
      await see("b", "delivered");
      await turned().toEqual(["c"]);
    });

    it("does not let one person's many hold up another's first", async () => {
      const { see, place, turned } = await createScene(1);
      for (let n = 0; n < 50; n++) await see(`ada${n}`);
      await see("bob", "posted", "bob");
      await place("bob").toEqual({ place: 1, of: 50 });
      await see("ada0", "delivered");
      await turned().toEqual(["bob"]);
    });

    it("remembers who had turns, and forgets it once nobody is left", async () => {
      const { see, turned } = await createScene(1);
      await see("ada0");
      for (const id of ["ada1", "ada2"]) await see(id);
      await see("ada0", "delivered");
      await turned().toEqual(["ada1"]);
      await see("bob", "posted", "bob");
      await see("ada1", "delivered");
      await turned().toEqual(["ada1", "bob"]);
      await see("bob", "delivered");
      await turned().toEqual(["ada1", "bob", "ada2"]);
      await see("ada2", "delivered");
      await see("bob2", "posted", "bob");
      await see("bob3", "posted", "bob");
      await see("ada3");
      await see("bob2", "delivered");
      await turned().toEqual(["ada1", "bob", "ada2", "ada3"]);
    });

    it("tells whose words have changed", async () => {
      const { see, moved } = await createScene(1);
      for (let n = 0; n < 100; n++) await see(`ada${n}`);
      await expect.poll(() => moved.length).toBe(1);
      expect(moved[0]).toHaveLength(99);
      // One more at the end of a hundred: only their own words are new.
      await see("ada100");
      await see("ada101");
      await expect.poll(() => moved[1]).toEqual(["ada100", "ada101"]);
    });

    it("never has more at the backend than it allows, leaks no place, and nobody waits where there is room", async () => {
      const step = fc.record({
        id: fc.integer({ min: 0, max: 9 }),
        next: fc.constantFrom<Phase>("posted", "creating", "downloading", "failing", "deleting"),
      });
      await fc.assert(
        fc.asyncProperty(
          fc.array(step, { maxLength: 60 }),
          fc.integer({ min: 1, max: 4 }),
          async (steps, maxActive) => {
            const { line, see } = await createScene(maxActive);
            const known = new Set<string>();
            const over = new Set<string>();
            for (const { id: n, next } of steps) {
              const id = `job${n}`;
              const { served, waiting } = await line.members();
              // A job begins as posted, asks only in its turn, and does not come back from its end.
              if (over.has(id) || (next !== "posted" && !known.has(id))) continue;
              if (next === "creating" && !served.has(id)) continue;
              known.add(id);
              if (next !== "posted" && next !== "creating") over.add(id);
              await see(id, next, `p${n % 3}`);
              expect(served.size).toBeLessThanOrEqual(maxActive);
              expect([...served].some((other) => waiting.has(other))).toBe(false);
            }
            const open = [...known].filter((id) => !over.has(id));
            await expect
              .poll(async () => (await line.members()).served.size)
              .toBe(Math.min(maxActive, open.length));
            const { served, waiting } = await line.members();
            expect([...served, ...waiting].sort()).toEqual(open.sort());
          },
        ),
        { numRuns: 40 },
      );
    });
  });
}
