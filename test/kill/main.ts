import { randomInt } from "node:crypto";
import { parseArgs } from "node:util";
import { runKills } from "./run.ts";
import { tableOf } from "./table.ts";

const PER_WORLD = 8;

const { values } = parseArgs({
  options: { kills: { type: "string", default: "200" }, seed: { type: "string" } },
});
const seed = values.seed === undefined ? randomInt(2 ** 31) : Number(values.seed);
const kills = Number(values.kills);

console.log(`seed ${seed}`);
const since = performance.now();
const report = await runKills({ kills, seed, perWorld: PER_WORLD, log: console.log });
const warnings = report.chains.flatMap((chain) => chain.warnings);
const missed = report.chains.flatMap((chain) => chain.missed);

console.log(`\n${tableOf(report)}\n`);
for (const [warning, all] of Map.groupBy(warnings, (text) => text))
  console.log(`${all.length} × “${warning}”`);
console.log(`${report.moments.length} moments; ${missed.length} points did not come`);
console.log(`seed ${seed}: ${report.kills} kills in ${Math.round((performance.now() - since) / 1_000)} s`);
for (const fault of report.faults) console.error(`FAULT: ${fault}`);
if (report.faults.length > 0 || report.kills < kills) process.exitCode = 1;
