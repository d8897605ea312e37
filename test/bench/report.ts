import { availableParallelism, loadavg, totalmem } from "node:os";
import type { LoadResult, LoadShape } from "./load-run.ts";
import type { FilesResult, StartResult } from "./single-runs.ts";
import type { Times } from "./stage.ts";
import type { StoreResult } from "./store-run.ts";

/** All that was measured; what the short form leaves out is undefined. */
export interface Results {
  machine: Machine;
  shape: LoadShape;
  loads: readonly LoadResult[];
  files: readonly FilesResult[];
  start?: StartResult;
  webhooks?: Times;
  store?: StoreResult;
}

/** What it was measured on, without a name. */
export interface Machine {
  cores: number;
  memoryGb: number;
  node: string;
  /** Load averages of a minute, before and after: what else the machine did. */
  load: number[];
}

/** Something that has to hold of this bot. */
export interface Target {
  what: string;
  target: string;
  measured: string;
  met: boolean;
  /** `count`: a slow or busy machine changes nothing about it. */
  kind: "count" | "time" | "memory";
}

/** The name under which this bot is in the results. */
export const OWN = "this bot";

const MEBIBYTE = 1024 ** 2;
const mebibytes = (bytes: number) => `${Math.round(bytes / MEBIBYTE)} MiB`;
const milliseconds = (ms: number) => `${Math.round(ms)} ms`;
/** A list page shows a hundred: of a hundred jobs and those that are just coming it takes two. */
const pollShareMax = (active: number) => (active < 1_000 ? 1 / 25 : 1 / 50);
/** Less than so many bytes say nothing. */
const FILES_MIN = 100 * MEBIBYTE;

export function readMachine(): Machine {
  const memoryGb = Math.round(totalmem() / 1024 ** 3);
  return { cores: availableParallelism(), memoryGb, node: process.version, load: [loadOfLastMinute()] };
}

export const loadOfLastMinute = (): number => Number((loadavg()[0] ?? 0).toFixed(2));

/** What has to hold of what was measured. */
export function targetsOf({ loads, files, start, webhooks, store }: Results): Target[] {
  const own = loads.filter(({ bot }) => bot === OWN);
  const largest = own.at(-1);
  const refused = own.reduce((sum, { refused: { backend, chat } }) => sum + backend + chat, 0);
  const lost = own.reduce((sum, { undelivered, unanswered }) => sum + undelivered + unanswered, 0);
  const below = (
    what: string,
    kind: Target["kind"],
    value: number,
    max: number,
    text: (n: number) => string,
  ) => ({
    ...{ what, kind, target: `< ${text(max)}`, measured: text(value), met: value < max },
  });
  const targets: Target[] = [
    {
      what: "answers 429, at every size",
      kind: "count",
      target: "0",
      measured: `${refused}`,
      met: refused === 0,
    },
    {
      what: "videos not delivered, at every size",
      kind: "count",
      target: "0",
      measured: `${lost}`,
      met: lost === 0,
    },
  ];
  if (largest) {
    const { active, pollShare, ackAtLoad, delivery } = largest;
    targets.push({
      what: `polls at ${active} active, of one retrieve a job and interval`,
      ...{ kind: "count", target: `<= ${shareOf(pollShareMax(active))}`, measured: shareOf(pollShare) },
      met: pollShare <= pollShareMax(active),
    });
    targets.push(below(`ack p99 with ${active} active`, "time", ackAtLoad.p99, 250, milliseconds));
    targets.push(
      below(`delivery p95, ${active} active finishing`, "time", delivery.p95, 5_000, milliseconds),
    );
  }
  const [few, many] = files.filter(({ bot }) => bot === OWN);
  if (few && many && (many.files - few.files) * many.fileBytes > FILES_MIN) {
    const what = `memory for ${many.files} uploads of ${mebibytes(many.fileBytes)} at once, beyond that for ${few.files}`;
    const quarter = ((many.files - few.files) * many.fileBytes) / 4;
    targets.push(below(what, "memory", Math.max(0, many.growth - few.growth), quarter, mebibytes));
  }
  if (start) {
    targets.push(below("memory, idle, Discord alone", "memory", start.idleRss, 150 * MEBIBYTE, mebibytes));
    targets.push(below("ready, cold compile cache", "time", start.coldMs, 1_500, milliseconds));
    targets.push(below("ready, warm compile cache", "time", start.warmMs, 1_500, milliseconds));
  }
  if (webhooks) {
    const { p99 } = webhooks.doneToDelivered;
    targets.push(below("done to delivered with webhooks, p99", "time", p99, 1_000, milliseconds));
  }
  if (store) {
    const what = `memory, ${store.jobs} active taken up from the store`;
    targets.push(below(what, "memory", store.heldRss, 350 * MEBIBYTE, mebibytes));
  }
  return targets;
}

/** The results as Markdown tables, for a terminal and for docs/scaling.md. */
export function printResults(results: Results, targets: readonly Target[]): void {
  const { machine, shape, loads, files, start, webhooks, store } = results;
  const { cores, memoryGb, node, load } = machine;
  console.log(
    `\n${cores} cores, ${memoryGb} GiB, Node ${node}, load average ${load.join(" before, ")} after.`,
  );
  console.log(
    `Every bot asks every ${shape.pollIntervalMs / 1000} s; ${shape.perSecond} commands and ${shape.perSecond} endings a second; ${mebibytes(shape.fileBytes * 4)} / 4 a video; the backend takes ${shape.backendPerSecond} requests a second.\n`,
  );
  if (loads.length > 0)
    table(
      ["", ...loads.map(({ bot, active }) => `${bot}, ${active}`)],
      Object.entries(LOAD_ROWS).map(([name, cell]) => [name, ...loads.map(cell)]),
    );
  if (files.length > 0) {
    table(
      [
        "uploads at once",
        ...files.map(({ bot, files: n, fileBytes }) => `${bot}, ${n} × ${mebibytes(fileBytes)}`),
      ],
      [["memory beyond what it held", ...files.map(({ growth }) => mebibytes(growth))]],
    );
  }
  if (start) {
    const { coldMs, warmMs, idleRss } = start;
    table(
      ["ready, cold", "ready, warm", "idle memory"],
      [[milliseconds(coldMs), milliseconds(warmMs), mebibytes(idleRss)]],
    );
  }
  if (webhooks) {
    const cells = [webhooks.detection, webhooks.delivery, webhooks.doneToDelivered].map(times);
    table(["with webhooks: detection", "delivery", "done to delivered"], [cells]);
  }
  if (store) {
    const { jobs, readyMs, heldRss, peakRss, cpuShare, pollShare, ack, delivery } = store;
    table(
      ["active", "ready", "memory", "with deliveries", "of one core", "polls", "ack", "delivery"],
      [
        [
          ...[
            `${jobs}`,
            milliseconds(readyMs),
            mebibytes(heldRss),
            mebibytes(peakRss),
            `${Math.round(cpuShare * 100)} %`,
          ],
          ...[shareOf(pollShare), times(ack), times(delivery)],
        ],
      ],
    );
  }
  table(
    ["target", "wanted", "measured", ""],
    targets.map(({ what, target, measured, met }) => [what, target, measured, met ? "met" : "MISSED"]),
  );
}

const LOAD_ROWS: Record<string, (result: LoadResult) => string> = {
  "jobs in all": ({ jobs }) => `${jobs}`,
  "in channels": ({ channels }) => `${channels}`,
  "polls a job (list, retrieve)": ({ polls }) => polls.toFixed(1),
  "of one retrieve a job and interval, while all are being made": ({ pollShare }) => shareOf(pollShare),
  "other API requests a job": ({ others }) => others.toFixed(1),
  "chat requests a job": ({ chat }) => chat.toFixed(1),
  "429 from backend / chat": ({ refused: { backend, chat } }) => `${backend} / ${chat}`,
  "ack p50 / p95 / p99 (ms)": ({ ack }) => times(ack),
  "ack with all being made": ({ ackAtLoad }) => times(ackAtLoad),
  "detection delay (ms)": ({ detection }) => times(detection),
  "delivery from there (ms)": ({ delivery }) => times(delivery),
  "done to delivered (ms)": ({ doneToDelivered }) => times(doneToDelivered),
  "not answered / not delivered": ({ unanswered, undelivered }) => `${unanswered} / ${undelivered}`,
  "CPU seconds per 1,000 jobs": ({ cpuPerThousand }) => cpuPerThousand.toFixed(1),
  "peak memory": ({ peakRss }) => mebibytes(peakRss),
};

function times({ p50, p95, p99 }: Times["ack"]): string {
  return Number.isNaN(p50) ? "–" : `${p50} / ${p95} / ${p99}`;
}

function shareOf(share: number): string {
  return share === 0 ? "0" : share < 1 ? `1/${Math.round(1 / share)}` : share.toFixed(2);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): void {
  const widths = head.map((name, n) => Math.max(name.length, ...rows.map((row) => row[n]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, n) => cell.padEnd(widths[n] ?? 0)).join(" | ")} |`;
  console.log([line(head), line(widths.map((width) => "-".repeat(width))), ...rows.map(line), ""].join("\n"));
}
