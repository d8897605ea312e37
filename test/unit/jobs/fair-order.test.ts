import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createFairOrder, type Waiter } from "../../../src/jobs/fair-order.ts";

/** The order of those who wait after those who were served. */
function fairOrder(waiting: readonly Waiter[], served: readonly Waiter[]): Waiter[] {
  const order = createFairOrder();
  for (const one of served) order.served(one);
  return order.of(waiting);
}

let arrived = 0;
const waiter = (person: string, channel = "c1"): Waiter => ({
  id: `${person}-${++arrived}`,
  number: arrived,
  person,
  channel,
});
const people = (order: readonly Waiter[]) => order.map(({ person }) => person).join("");

describe("the order of those who wait", () => {
  it("is that of their arrival among strangers", () => {
    expect(people(fairOrder([waiter("a"), waiter("b"), waiter("c")], []))).toBe("abc");
  });

  it("lets everybody have one before anybody has two", () => {
    const flood = Array.from({ length: 4 }, () => waiter("a"));
    expect(people(fairOrder([...flood, waiter("b"), waiter("c"), waiter("b")], []))).toBe("abcabaa");
  });

  it("counts what somebody had just now", () => {
    const served = [waiter("a"), waiter("a")];
    expect(people(fairOrder([waiter("a"), waiter("b"), waiter("b")], served))).toBe("bab");
  });

  it("takes channels in turn among people who are equal", () => {
    const busy = ["a", "b", "c"].map((person) => waiter(person, "busy"));
    expect(people(fairOrder([...busy, waiter("d", "quiet")], []))).toBe("adbc");
  });

  it("depends on nothing but who waits: not on the order in which they are given", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom("a", "b", "c"), fc.constantFrom("x", "y"))), (who) => {
        const waiting = who.map(([person, channel]) => waiter(person, channel));
        const ids = (order: readonly Waiter[]) => order.map(({ id }) => id);
        expect(ids(fairOrder(waiting.toReversed(), []))).toEqual(ids(fairOrder(waiting, [])));
      }),
    );
  });

  it("has one who was served just now wait for those who were not", () => {
    const order = createFairOrder();
    const flood = Array.from({ length: 3 }, () => waiter("a"));
    const [first, ...rest] = flood;
    if (first) order.served(first);
    expect(people(order.of([...rest, waiter("b"), waiter("c")]))).toBe("bcaa");
  });

  it("has a channel that was served just now wait for the others", () => {
    const order = createFairOrder();
    const [first, ...rest] = ["a", "b", "c"].map((person) => waiter(person, "busy"));
    if (first) order.served(first);
    expect(people(order.of([...rest, waiter("d", "quiet")]))).toBe("dbc");
  });

  it("forgets what was long ago", () => {
    const order = createFairOrder();
    for (const person of ["a", "a", "b", "b", "c", "c"]) order.served(waiter(person));
    expect(people(order.of([waiter("a"), waiter("new")]))).toBe("anew");
    order.reset();
    expect(people(order.of([waiter("a"), waiter("new")]))).toBe("anew");
  });

  it("serves everybody once, and nobody twice while another waits for their first turn", () => {
    const anyone = fc.record({
      person: fc.constantFrom("a", "b", "c", "d"),
      channel: fc.constantFrom("x", "y", "z"),
      /** How many are served before this one comes. */
      served: fc.integer({ min: 0, max: 2 }),
    });
    fc.assert(
      fc.property(fc.array(anyone, { maxLength: 40 }), (all) => {
        const order = createFairOrder();
        let waiting: Waiter[] = [];
        const served: Waiter[] = [];
        /** Who waits for their first turn, and how many were served when they came. */
        const firsts = new Map<Waiter, number>();
        const serve = () => {
          const [next] = order.of(waiting);
          if (!next) return;
          order.served(next);
          // While somebody waits for their first turn, nobody else has two.
          for (const [stranger, since] of firsts) {
            const had = [...served, next].slice(since).filter(({ person }) => person === next.person);
            if (stranger.person !== next.person) expect(had.length).toBeLessThanOrEqual(1);
            else firsts.delete(stranger);
          }
          served.push(next);
          waiting = waiting.filter((one) => one !== next);
        };
        const everybody = all.map(({ person, channel, served: count }) => {
          for (let n = 0; n < count; n++) serve();
          const one = waiter(person, channel);
          const isFirst = [...served, ...waiting].every((other) => other.person !== person);
          if (isFirst) firsts.set(one, served.length);
          waiting.push(one);
          return one;
        });
        while (waiting.length > 0) serve();
        expect(new Set(served)).toEqual(new Set(everybody));
      }),
    );
  });
});
