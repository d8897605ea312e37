import { pino } from "pino";
import { expect, it } from "vitest";
import { UserError } from "../../src/errors.ts";
import { createHealth } from "../../src/health.ts";

/** A bot on a store and a backend, each of which can be taken away. */
function scene() {
  const well = { store: true, backend: true };
  const told: string[] = [];
  const lines: { level: number; check?: string; msg: string }[] = [];
  const health = createHealth({
    checks: [
      {
        name: "store",
        rank: "vital",
        trouble: "The bot cannot write to its store.",
        probe: async () => {
          if (!well.store) throw new Error("disk full");
          return true;
        },
      },
      {
        name: "backend",
        rank: "helpful",
        trouble: "The video service does not answer.",
        probe: async () => well.backend,
      },
    ],
    now: () => 1_000,
    tellOperator: async ({ kind }) => void told.push(kind),
    logger: pino({ level: "info" }, { write: (line: string) => void lines.push(JSON.parse(line)) }),
  });
  return { health, well, told, lines };
}

it("says once what is wrong, refuses what it could not keep, and says that it is mended", async () => {
  const { health, well, told, lines } = scene();
  health.watch.start();
  expect(await health.report()).toEqual({
    status: "ok",
    checks: { store: true, backend: true },
    trouble: [],
  });
  health.requireWell();
  well.store = false;
  const report = await health.report();
  await health.report();
  expect(report).toEqual({
    status: "unavailable",
    checks: { store: false, backend: true },
    trouble: ["The bot cannot write to its store."],
  });
  expect(await health.standing()).toEqual([
    { name: "store", trouble: { says: "The bot cannot write to its store.", since: 1_000 } },
    { name: "backend" },
  ]);
  expect(told).toEqual(["store"]);
  expect(() => health.requireWell()).toThrow(UserError);
  expect(() => health.requireWell()).toThrow(/cannot write to its store.*Nothing that was asked for is lost/);
  well.store = true;
  expect((await health.report()).status).toBe("ok");
  health.requireWell();
  await health.watch.stop();
  expect(lines.map(({ check, msg }) => [check, msg])).toEqual([
    ["store", "The bot cannot write to its store."],
    ["store", "well again"],
  ]);
});

it("goes on without what it does not need to take new work", async () => {
  const { health, well, told } = scene();
  health.watch.start();
  well.backend = false;
  expect(await health.report()).toMatchObject({ status: "degraded", checks: { backend: false } });
  health.requireWell();
  expect(told).toEqual(["backend"]);
  await health.watch.stop();
});

it("calls nothing trouble before the bot has started", async () => {
  const { health, well, told, lines } = scene();
  well.store = false;
  expect((await health.report()).status).toBe("unavailable");
  health.requireWell();
  expect([told, lines]).toEqual([[], []]);
});
