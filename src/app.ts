import { dirname, join } from "node:path";
import { commands } from "../commands/index.ts";
import type { ChatAdapter, ChatHandler, PlatformName } from "./chat/adapter.ts";
import { createChatBudget } from "./chat/chat-budget.ts";
import { createDispatcher } from "./chat/dispatcher.ts";
import { createOperatorNotice } from "./chat/operator-notice.ts";
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
import { openPlatforms } from "./platforms.ts";
import { createInProcessQueue } from "./queue/in-process-queue.ts";
import { sleep } from "./sleep.ts";
import { createStore } from "./store/create-store.ts";
import { defaultCatalog } from "./videos/catalog.ts";
import { createVideosClient } from "./videos/videos-client.ts";
import { createWebServer } from "./web/server.ts";

/** The whole bot. */
export interface App {
  /** What people's requests are handed to; platforms given to `createApp` are started with it by `start`. */
  readonly handler: ChatHandler;
  /** Resolves when everything listens. @throws UserError naming the setting that does not work. */
  start(): Promise<{ url: string; platforms: PlatformName[]; backend: string }>;
  /** Takes no more requests and ends within ten seconds; what is unfinished goes on at the next start. */
  stop(): Promise<void>;
}

/** Jobs worked on at once: mostly waiting for uploads. */
const CONCURRENCY = 16;
const STOP_TIMEOUT_MS = 5_000;
const POLL_INTERVAL_MS = 10_000;
/** The simulator is in this process and takes seconds, so asking it often costs nothing and shows its progress. */
const SIMULATOR_POLL_INTERVAL_MS = 1_000;
/** Platforms repeat a request within minutes; a day is plenty. */
const SEEN_TTL_MS = 24 * 3_600_000;

/** The buttons of all commands. */
const buttons: JobButton[] = commands.flatMap(({ name, button }) =>
  button ? [{ action: name, ...button }] : [],
);

/** Builds the bot from its configuration; nothing else constructs. `extra` platforms join the configured ones. */
export async function createApp(options: {
  config: Config;
  logger: Logger;
  extra?: readonly ChatAdapter[];
}): Promise<App> {
  const { config, logger, extra = [] } = options;
  const now = Date.now;
  const catalog = defaultCatalog;
  const store = await createStore({ url: config.STORE_URL });
  const media = await createFileMediaStore({
    directory: config.MEDIA_DIR,
    maxTotalBytes: config.MEDIA_MAX_GB * 1024 ** 3,
    logger,
  });
  const backend = await openBackend(config, logger);
  const simulated = backend.simulator !== undefined;
  const videos = createVideosClient(backend);
  const jobs = createJobStore({ store, now });
  const typical = createTypicalDuration();
  const platforms = await openPlatforms({ config, store, media, catalog, commands, simulated, now, logger });
  const adapters = new Map([...platforms.adapters, ...extra].map((adapter) => [adapter.platform, adapter]));

  async function render(job: Job) {
    const { request, result, destination } = job;
    const parent = request.operation === "remix" ? await jobs.get(request.parentJobId) : undefined;
    return renderJob(job, {
      now: now(),
      typicalMs: typical.of(request),
      parentLink: parent && service.link(parent),
      resultLink: result && result.message !== destination.message ? service.link(job) : undefined,
      simulated,
      buttons,
    });
  }

  const tellOperator = createOperatorNotice({ address: config.OPERATOR_NOTICE, adapters, now, logger });
  const queue = createInProcessQueue({ concurrency: CONCURRENCY, logger });
  // Limits are counted on a clock that nobody sets.
  const budget = createChatBudget({ now: () => performance.now() });
  const board = createCardBoard({ adapters, budget, jobs, render, logger });
  const service = createJobService({ jobs, adapters, board, queue, media, catalog, now, logger });
  const intervalMs = config.POLL_INTERVAL_MS ?? (simulated ? SIMULATOR_POLL_INTERVAL_MS : POLL_INTERVAL_MS);
  const poller = createJobPoller({ jobs, videos, board, queue, intervalMs, logger });
  const sweep = createJobSweep({ jobs, queue, now, logger });
  const work = createJobWorker({
    jobs,
    videos,
    media,
    board,
    adapters,
    render,
    typical,
    tellOperator,
    now,
    logger,
  });
  const handler = createDispatcher({
    commands,
    jobs: service,
    catalog,
    operatorIds: config.OPERATOR_IDS,
    faults: backend.simulator?.faults ?? [],
    seen: store.collection({ name: "seen", version: 1, ttlMs: SEEN_TTL_MS }),
    now,
    logger,
  });
  const web = createWebServer({
    host: config.HOST,
    port: config.PORT,
    ready: readiness,
    playground: platforms.playground,
    slackEvents: platforms.slackEvents,
    logger,
  });

  async function readiness(): Promise<Record<string, boolean>> {
    const storeAnswers = await store.ping().then(
      () => true,
      () => false,
    );
    const connected = [...adapters.values()].map((adapter) => [adapter.platform, adapter.connected()]);
    return { store: storeAnswers, ...Object.fromEntries(connected) };
  }

  return {
    handler,
    async start() {
      const { url } = await web.listen();
      await Promise.all([...adapters.values()].map((adapter) => adapter.start(handler)));
      queue.start(work);
      sweep.start();
      poller.start();
      return { url, platforms: [...adapters.keys()], backend: backend.name };
    },
    async stop() {
      await Promise.all([...adapters.values()].map((adapter) => adapter.stop()));
      const ended = Promise.all([web.close(), poller.stop(), sweep.stop(), queue.stop(STOP_TIMEOUT_MS)]);
      // A backend that does not answer holds nobody up; the next start asks it again.
      await Promise.race([ended, sleep(STOP_TIMEOUT_MS)]);
      await backend.simulator?.close();
      await store.close();
    },
  };
}

/** The backend that is configured, or the embedded one. */
async function openBackend(config: Config, logger: Logger) {
  const { OPENAI_API_KEY: apiKey, OPENAI_BASE_URL: baseUrl, MEDIA_DIR } = config;
  if (apiKey !== undefined || baseUrl !== undefined) {
    // Servers of one's own often ask for no key; the client insists on having one to send.
    return { apiKey: apiKey ?? "none", baseUrl, name: baseUrl ?? "openai", simulator: undefined };
  }
  const { createSimulator } = await import("./videos/simulator/simulator.ts");
  const simulator = await createSimulator({ dataDir: join(dirname(MEDIA_DIR), "simulator"), logger });
  return { apiKey: "simulated", baseUrl: simulator.baseUrl, name: "simulator", simulator };
}
