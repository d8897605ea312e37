import { randomInt } from "node:crypto";
import { expect, it, onTestFailed } from "vitest";
import { runKills } from "../kill/run.ts";
import { tableOf } from "../kill/table.ts";

/** `npm run kill` does ten times as many. */
const KILLS = 20;
/** Starting the process is what takes the time, on a busy machine many seconds. */
const TIMEOUT_MS = 300_000;

it("makes, shows and charges everything once, wherever its process is killed", {
  timeout: TIMEOUT_MS,
}, async () => {
  const seed = randomInt(2 ** 31);
  const lines = [`seed ${seed}`];
  onTestFailed(() => console.error(lines.join("\n")));
  const report = await runKills({ kills: KILLS, seed, perWorld: KILLS / 2, log: (line) => lines.push(line) });
  lines.push(tableOf(report));
  expect(report.faults).toEqual([]);
  expect(report.kills).toBeGreaterThanOrEqual(KILLS);
});
