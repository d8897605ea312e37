import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import { ServiceError } from "../errors.ts";
import { isCharged, type Job, type Phase } from "../jobs/job.ts";
import { createLabels, statusOf } from "./labels.ts";
import type { Metrics } from "./metrics.ts";

/** Metrics as Prometheus reads them. */
export interface PrometheusMetrics extends Metrics {
  /** All of them now, in the text format, and the type that it is sent as. */
  read(): Promise<{ contentType: string; text: string }>;
}

/** Phases whose jobs are counted: those that are not ended. */
const ACTIVE: readonly Phase[] = [
  "accepted",
  "posted",
  "creating",
  "rendering",
  "downloading",
  "delivering",
  "failing",
  "deleting",
];

/** Bounds in seconds: of calls, of waits that nobody should notice, and of what a render takes. */
/** Whoever counts the active jobs does so more often (ms). */
const COUNT_LASTS_MS = 30_000;
const CALL_S = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];
const WAIT_S = [0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 900];
const RENDER_S = [5, 15, 30, 60, 120, 180, 300, 600, 1200, 1800, 3600, 7200];

/**
 * Counts in a registry of its own.
 * @param options.dialect the backend's, right now; @param options.models the catalogue's: others are called "other";
 *   @param options.workWaiting how many jobs wait in the work queue.
 */
export function createPrometheusMetrics(options: {
  dialect: () => string;
  models: () => readonly { id: string }[];
  workWaiting: () => Promise<number>;
  now: () => number;
}): PrometheusMetrics {
  const { dialect, models, workWaiting, now } = options;
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });

  const counter = <L extends string>(name: string, help: string, labelNames: L[]) =>
    new Counter({ name: `showreel_${name}`, help, labelNames, registers });
  const histogram = <L extends string>(name: string, help: string, buckets: number[], labelNames: L[] = []) =>
    new Histogram({ name: `showreel_${name}`, help, buckets, labelNames, registers });

  const active = new Gauge({
    name: "showreel_jobs_active",
    help: "Jobs that are not ended, by phase, in the store that all processes share: max() them, never sum().",
    labelNames: ["phase"],
    registers,
  });
  const oldest = new Gauge({
    name: "showreel_jobs_oldest_seconds",
    help: "How long ago the oldest job of a phase was asked for, 0 where there is none: max(), never sum().",
    labelNames: ["phase"],
    registers,
  });
  new Gauge({
    name: "showreel_work_waiting",
    help: "Jobs in the work queue that no worker has taken yet: max() where processes share the queue.",
    registers,
    async collect() {
      this.set(await workWaiting());
    },
  });
  const asked = counter("jobs_total", "Jobs asked for.", ["platform", "operation"]);
  const ended = counter(
    "jobs_ended_total",
    "Jobs ended; one that was delivered and then deleted ends twice.",
    ["dialect", "operation", "result", "code"],
  );
  const spent = counter("spend_usd_total", "US dollars charged, as estimated by the catalogue.", [
    "dialect",
    "model",
  ]);
  const firstCard = histogram("first_card_seconds", "From the request to its first card.", WAIT_S);
  const firstCreate = histogram("create_wait_seconds", "From the request to its first create.", RENDER_S);
  const completion = histogram("completion_seconds", "From the request to a completed video.", RENDER_S);
  const delivery = histogram("delivery_seconds", "From a completed video to its delivery.", WAIT_S);
  const workWait = histogram("work_wait_seconds", "How long work that is due waits for a worker.", WAIT_S);
  const retries = counter("work_retries_total", "Work that failed for now and is tried again.", [
    "service",
    "code",
  ]);
  const backendCalls = counter("backend_calls_total", "Calls to the backend.", ["operation", "status"]);
  const backendTime = histogram("backend_call_seconds", "What they took.", CALL_S, ["operation"]);
  const chatCalls = counter("chat_calls_total", "Calls to chat platforms.", ["platform", "kind", "status"]);
  const chatTime = histogram("chat_call_seconds", "What they took.", CALL_S, ["platform", "kind"]);
  const edits = counter("card_edits_total", "Edits of cards.", ["platform", "outcome"]);
  const budgetWait = histogram(
    "chat_budget_wait_seconds",
    "How long calls to chat platforms wait for their turn.",
    WAIT_S,
    ["priority"],
  );
  const downloaded = counter("backend_downloaded_bytes_total", "Bytes fetched from the backend.", []);
  const uploaded = counter("chat_uploaded_bytes_total", "Bytes handed to chat platforms.", ["platform"]);

  const [failures, statuses, causes] = [createLabels(), createLabels(), createLabels()];
  /** When the active jobs were counted last. */
  let countedAt = 0;
  const seconds = (ms: number) => Math.max(0, ms / 1000);

  function end({ request: { operation } }: Job, result: string, code = ""): void {
    ended.inc({ dialect: dialect(), operation, result, code });
  }

  function spend({ request: { model }, costUsd = 0 }: Job): void {
    const known = models().some(({ id }) => id === model);
    spent.inc({ dialect: dialect(), model: known ? model : "other" }, costUsd);
  }

  return {
    jobWritten(before, job) {
      const { phase, createdAt, updatedAt, completedAt = updatedAt } = job;
      if (!before) asked.inc({ platform: job.destination.platform, operation: job.request.operation });
      if (before && isCharged(job) && !isCharged(before)) spend(job);
      if (before?.phase === phase) return;
      const age = seconds(updatedAt - createdAt);
      if (phase === "posted" && before?.phase === "accepted") firstCard.observe(age);
      if (phase === "creating" && before?.firstSentAt === undefined) firstCreate.observe(age);
      if (phase === "downloading") completion.observe(age);
      if (phase === "delivered") {
        delivery.observe(seconds(updatedAt - completedAt));
        end(job, "delivered");
      }
      if (phase === "failed") end(job, "failed", failures.of(job.failure?.code ?? ""));
      if (phase === "deleted") end(job, job.deletion?.cancelled ? "cancelled" : "deleted");
    },
    activeJobs(jobs) {
      const at = now();
      countedAt = at;
      for (const phase of ACTIVE) {
        const those = jobs.filter((job) => job.phase === phase);
        active.set({ phase }, those.length);
        oldest.set({ phase }, seconds(at - (those[0]?.createdAt ?? at)));
      }
    },
    workBegun: (waitedMs) => workWait.observe(seconds(waitedMs)),
    workFailed: (error) =>
      retries.inc({
        service: error instanceof ServiceError ? error.service : "bot",
        code: causes.of(statusOf(error)),
      }),
    called(whom, kind, ms, error) {
      const status = statuses.of(statusOf(error));
      if (whom === "backend") {
        backendCalls.inc({ operation: kind, status });
        backendTime.observe({ operation: kind }, seconds(ms));
      } else {
        chatCalls.inc({ platform: whom, kind, status });
        chatTime.observe({ platform: whom, kind }, seconds(ms));
      }
    },
    bytes(whom, count) {
      if (whom === "backend") downloaded.inc(count);
      else uploaded.inc({ platform: whom }, count);
    },
    edit: (platform, outcome) => edits.inc({ platform, outcome }),
    budgetWaited: (priority, ms) => budgetWait.observe({ priority }, seconds(ms)),
    async read() {
      // Another process counts them now.
      if (now() - countedAt > COUNT_LASTS_MS) for (const gauge of [active, oldest]) gauge.reset();
      return { contentType: registry.contentType, text: await registry.metrics() };
    },
  };
}
