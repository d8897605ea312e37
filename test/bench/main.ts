/**
 * `npm run bench [-- --short] [--json FILE] [--strict] [--cluster] [--only PART]`: this bot and the loop of the API's
 * documentation, each as a process of its own, on servers of the same kind that hold their limits. Prints tables and which
 * targets are met. `--short` runs in CI in less than a minute and fails where what is counted misses its target; `--strict`
 * fails where anything does; `--cluster` adds this bot as several processes; `--only` runs one of load, cluster, files, start,
 * webhooks and store. The long form goes on with the gallery's pages and the order of turns.
 */
import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { type Contestant, cluster, seed, showreel } from "./contestants.ts";
import { type LoadShape, runLoad } from "./load-run.ts";
import { loadOfLastMinute, OWN, printResults, type Results, readMachine, targetsOf } from "./report.ts";
import { runFiles, runStart, runWebhooks } from "./single-runs.ts";
import { runFromStore } from "./store-run.ts";

const { values } = parseArgs({
  options: {
    short: { type: "boolean", default: false },
    strict: { type: "boolean", default: false },
    json: { type: "string" },
    only: { type: "string" },
    cluster: { type: "boolean", default: false },
  },
});

const KIBIBYTE = 1024;
const MEBIBYTE = 1024 ** 2;
const common = { perSecond: 20, fileBytes: 256 * KIBIBYTE, backendPerSecond: 150 };
const shapes: Record<"short" | "long", LoadShape & { sizes: number[]; files: [number, number, number] }> = {
  long: {
    ...common,
    ...{ pollIntervalMs: 5_000, steadyMs: 20_000, extra: 200, patienceMs: 180_000 },
    ...{ sizes: [10, 100, 1_000], files: [16, 64, 8 * MEBIBYTE] },
  },
  short: {
    ...common,
    ...{ perSecond: 15, pollIntervalMs: 1_000, steadyMs: 4_000, extra: 20, patienceMs: 10_000 },
    ...{ sizes: [10, 100], files: [4, 16, MEBIBYTE] },
  },
};
const WEBHOOK_JOBS = 100;
const STORED_JOBS = 10_000;

const { sizes, files, ...shape } = shapes[values.short ? "short" : "long"];
const own = showreel(OWN);
const wanted = (part: string) => values.only === undefined || values.only === part;
/** Beside each other at each size; as several processes at the largest. */
const pairs = [
  ...(wanted("load") ? sizes.flatMap((active) => [own, seed].map((bot) => ({ bot, active }))) : []),
  ...(values.cluster || values.only === "cluster"
    ? [1, 2].map((workers) => ({ bot: cluster(workers), active: Math.max(...sizes) }))
    : []),
];

interface Run<T> {
  bot: Contestant;
  run(): Promise<T>;
}

/** One after the other, so that they do not slow each other down; in the short form what is only compared with, at once. */
async function each<T>(runs: readonly Run<T>[]): Promise<T[]> {
  const alone = values.short ? runs.filter(({ bot }) => bot !== seed) : runs;
  const results = new Map<Run<T>, T>();
  for (const one of alone) results.set(one, await one.run());
  const rest = runs.filter((one) => !alone.includes(one));
  await Promise.all(rest.map(async (one) => results.set(one, await one.run())));
  return runs.flatMap((one) => results.get(one) ?? []);
}

function say<T>(what: string, run: () => Promise<T>): () => Promise<T> {
  return () => {
    console.error(`${new Date().toISOString().slice(11, 19)} ${what}`);
    return run();
  };
}

const machine = readMachine();
const loads = await each(
  pairs.map(({ bot, active }) => ({
    bot,
    run: say(`${bot.name}, ${active} active`, () => runLoad(bot, active, shape)),
  })),
);
const [few, many, fileBytes] = files;
const uploads = [own, seed].flatMap((bot) => [few, many].map((count) => ({ bot, count })));
const results: Results = {
  machine,
  shape,
  loads,
  files: wanted("files")
    ? await each(
        uploads.map(({ bot, count }) => ({
          bot,
          run: say(`${bot.name}, ${count} uploads at once`, () => runFiles(bot, count, fileBytes)),
        })),
      )
    : [],
  ...(!values.short && {
    ...(wanted("start") && { start: await say("starts", () => runStart(own))() }),
    ...(wanted("webhooks") && {
      webhooks: await say("webhooks", () => runWebhooks(own, WEBHOOK_JOBS, shape.fileBytes))(),
    }),
    ...(wanted("store") && {
      store: await say(`${STORED_JOBS} from the store`, () => runFromStore(own, STORED_JOBS))(),
    }),
  }),
};
machine.load.push(loadOfLastMinute());

const targets = targetsOf(results);
printResults(results, targets);
if (values.json !== undefined) await writeFile(values.json, JSON.stringify({ ...results, targets }, null, 2));
const missed = targets.filter(
  ({ met, kind }) => !met && (values.strict || (values.short && kind === "count")),
);
if (missed.length > 0) process.exitCode = 1;

if (!values.short && values.only === undefined) {
  await import("./gallery.ts");
  await import("./fairness.ts");
}
