import { dirname, join } from "node:path";
import { commands } from "../commands/index.ts";
import type { ChatAdapter, PlatformName } from "./chat/adapter.ts";
import { createChatBudget } from "./chat/chat-budget.ts";
import { createDispatcher } from "./chat/dispatcher.ts";
import type { Config } from "./config.ts";
import { createCardBoard } from "./jobs/card-board.ts";
import type { Job } from "./jobs/job.ts";
import { type JobButton, renderJob } from "./jobs/job-card.ts";
import { createJobPoller } from "./jobs/job-poller.ts";
import { createJobService } from "./jobs/job-service.ts";
import { createJobStore } from "./jobs/job-store.ts";
import { createJobSweep } from "./jobs/job-sweep.ts";
import { createJobWorker } from "./jobs/job-worker.ts";
import { createTypicalDuration } from "./jobs/typical-duration.ts";
import type { Logger } from "./logger.ts";
import { createFileMediaStore } from "./media/file-media-store.ts";
import { createInProcessQueue } from "./queue/in-process-queue.ts";
import { createStore } from "./store/create-store.ts";
import { defaultCatalog } from "./videos/catalog.ts";
import { createVideosClient } from "./videos/videos-client.ts";

/** The whole bot. */
export interface App {
  /** Resolves when everything listens. */
  start(): Promise<{ url: string; platforms: PlatformName[]; backend: string }>;
  /** Takes no more requests and ends within ten seconds; what is unfinished goes on at the next start. */
  stop(): Promise<void>;
}

/** Jobs worked on at once: mostly waiting for uploads. */
const CONCURRENCY = 16;
const STOP_TIMEOUT_MS = 8_000;
const POLL_INTERVAL_MS = 10_000;
/** The simulator is in this process and takes seconds, so asking it often costs nothing and shows its progress. */
const SIMULATOR_POLL_INTERVAL_MS = 1_000;
/** Platforms repeat a request within minutes; a day is plenty. */
const SEEN_TTL_MS = 24 * 3_600_000;

/** Builds the bot from its configuration; nothing else constructs. */
export async function createApp({ config, logger }: { config: Config; logger: Logger }): Promise<App> {
  const now = Date.now;
  const catalog = defaultCatalog;
  const store = await createStore({ url: config.STORE_URL });
  const media = await createFileMediaStore({
    dir: config.MEDIA_DIR,
    maxBytes: config.MEDIA_MAX_GB * 1024 ** 3,
  });
  const backend = await openBackend(config);
  const videos = createVideosClient(backend);
  const jobs = createJobStore({ store, now });
  const typical = createTypicalDuration();
  const adapters = new Map<PlatformName, ChatAdapter>();

  async function linkOf(jobId: string): Promise<string | undefined> {
    const job = await jobs.get(jobId);
    return job && service.link(job);
  }

  async function render(job: Job) {
    return renderJob(job, {
      now: now(),
      typicalMs: typical.of(job.request),
      parentLink: job.request.operation === "remix" ? await linkOf(job.request.parentJobId) : undefined,
      resultLink:
        job.result && job.result.message !== job.destination.message ? service.link(job) : undefined,
      simulated: backend.simulator !== undefined,
      buttons,
    });
  }

  const queue = createInProcessQueue({ concurrency: CONCURRENCY, logger });
  const board = createCardBoard({ adapters, budget: createChatBudget({ now }), jobs, render, logger });
  const service = createJobService({ jobs, adapters, board, queue, media, catalog, now, logger });
  const intervalMs =
    config.POLL_INTERVAL_MS ?? (backend.simulator ? SIMULATOR_POLL_INTERVAL_MS : POLL_INTERVAL_MS);
  const poller = createJobPoller({ jobs, videos, board, queue, intervalMs, logger });
  const sweep = createJobSweep({ jobs, queue, now, logger });
  const work = createJobWorker({ jobs, videos, media, board, adapters, render, typical, now, logger });
  const dispatcher = createDispatcher({
    commands,
    jobs: service,
    catalog,
    operatorIds: config.OPERATOR_IDS,
    faults: backend.simulator?.faults ?? [],
    seen: store.collection({ name: "seen", version: 1, ttlMs: SEEN_TTL_MS }),
    now,
    logger,
  });
  return { start: async () => ({ url: "", platforms: [], backend: "" }), stop: async () => {} };
}

/** The buttons of all commands. */
const buttons: JobButton[] = commands.flatMap(({ name, button }) =>
  button ? [{ action: name, ...button }] : [],
);

/** The backend that is configured, or the embedded one. */
async function openBackend(config: Config) {
  const { OPENAI_API_KEY: apiKey, OPENAI_BASE_URL: baseUrl } = config;
  if (apiKey !== undefined || baseUrl !== undefined)
    return { apiKey: apiKey ?? "none", baseUrl, simulator: undefined };
  const { createSimulator } = await import("./videos/simulator/simulator.ts");
  const simulator = await createSimulator({ dataDir: join(dirname(config.MEDIA_DIR), "simulator") });
  return { apiKey: "simulated", baseUrl: simulator.baseUrl, simulator };
}
