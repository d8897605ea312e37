import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import type { Turns } from "../../../src/store/turns.ts";

/** What all Turns do. @param open turns as each of so many processes has them. */
export function turnsSuite(kind: string, open: (processes: number) => Promise<readonly [Turns, ...Turns[]]>) {
  describe(`${kind} turns`, () => {
    it("lets one at a time to the same key, whoever asks", async () => {
      const processes = await open(3);
      let [inside, most, done] = [0, 0, 0];
      const work = async () => {
        inside++;
        most = Math.max(most, inside);
        await setImmediate();
        inside--;
        done++;
      };
      await Promise.all(processes.flatMap((turns) => Array.from({ length: 8 }, () => turns("card", work))));
      expect({ most, done }).toEqual({ most: 1, done: 8 * processes.length });
    });

    it("keeps the order within a process", async () => {
      const [turns] = await open(1);
      const order: number[] = [];
      const numbers = Array.from({ length: 10 }, (_, n) => n);
      await Promise.all(
        numbers.map((n) =>
          turns("card", async () => {
            order.push(n);
          }),
        ),
      );
      expect(order).toEqual(numbers);
    });

    it("hands out what the work returns, and its failure to nobody else", async () => {
      const [turns] = await open(1);
      const broken = turns("card", async () => {
        throw new RangeError("no such card");
      });
      const next = turns("card", async (held) => held());
      await expect(broken).rejects.toThrow(RangeError);
      expect(await next).toBe(true);
    });

    it("lets work on different keys happen at the same time", async () => {
      const [here, there = here] = await open(2);
      const other = Promise.withResolvers<string>();
      const first = here("a", () => other.promise);
      await there("b", async () => other.resolve("b is done"));
      expect(await first).toBe("b is done");
    });
  });
}
