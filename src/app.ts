import { commands } from "../commands/index.ts";
import release from "../package.json" with { type: "json" };
import { createBot } from "./bot.ts";
import type { ChatAdapter, ChatHandler, PlatformName } from "./chat/adapter.ts";
import { createOffer, type Offer } from "./chat/offer.ts";
import { createOperatorNotice } from "./chat/operator-notice.ts";
import { createClock } from "./clock.ts";
import { createAlone } from "./cluster/alone.ts";
import type { Coordination } from "./cluster/coordination.ts";
import type { Config } from "./config.ts";
import { isLoopback } from "./config-rules.ts";
import { createHealth } from "./health.ts";
import { createHealthChecks } from "./health-checks.ts";
import { familyOf } from "./jobs/family.ts";
import type { Job } from "./jobs/job.ts";
import { MAX_IMAGE_BYTES } from "./jobs/reference-image.ts";
import type { Logger } from "./logger.ts";
import { createLinkOpener } from "./media/image-link.ts";
import { createMediaRetention } from "./media/media-retention.ts";
import { openMedia } from "./media/open-media.ts";
import { createVideoFitter } from "./media/video-fitter.ts";
import { createPrometheusMetrics } from "./metrics/prometheus.ts";
import { readBlockList } from "./moderation/block-list.ts";
import { createModeration, type Moderation } from "./moderation/moderation.ts";
import { createOpenAIModerations } from "./moderation/openai-moderations.ts";
import { openPlatforms } from "./platforms.ts";
import { createRepetition } from "./repeat.ts";
import { DUTIES, type Role } from "./roles.ts";
import { sleep } from "./sleep.ts";
import { readLimitsFile } from "./spending/limits.ts";
import { createStore } from "./store/create-store.ts";
import { createUnreadableDocuments } from "./store/unreadable.ts";
import { openBackend } from "./videos/backend.ts";
import { createMetricsRoute } from "./web/metrics.ts";
import { createWebServer } from "./web/server.ts";
import { createWebhooks } from "./web/webhooks.ts";

/** The whole bot. */
export interface App {
  /** What people's requests are handed to; platforms given to `createApp` are started with it by `start`. */
  readonly handler: ChatHandler;
  /** What people are offered. */
  readonly offer: Offer;
  /** Resolves when everything listens. @throws UserError naming the setting that does not work. */
  start(): Promise<{ url: string; role: Role; platforms: PlatformName[]; backend: string }>;
  /** Takes no more requests and ends within ten seconds; what is unfinished goes on at the next start. */
  stop(): Promise<void>;
}

/** Jobs worked on at once: mostly waiting for uploads. */
const CONCURRENCY = 32;
const STOP_TIMEOUT_MS = 5_000;
const POLL_INTERVAL_MS = 10_000;
/** The simulator is in this process and takes seconds, so asking it often costs nothing and shows its progress. */
const SIMULATOR_POLL_INTERVAL_MS = 1_000;
/** What making one video fit may take. */
const FITTING = { timeoutMs: 300_000, memoryBytes: 700 * 1024 ** 2 };
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 3_600_000;

/** Builds the bot from its configuration; nothing else constructs. `extra` platforms join the configured ones. */
export async function createApp(options: {
  config: Config;
  logger: Logger;
  extra?: readonly ChatAdapter[];
}): Promise<App> {
  const { config, logger, extra = [] } = options;
  const steady = () => performance.now();
  const { now, since } = createClock({
    wall: Date.now,
    steady,
    onJump: (byMs) => logger.warn({ byMs }, "the machine's clock was set; deadlines go on as if it was not"),
  });
  const duties = DUTIES[config.ROLE];
  const limits = config.LIMITS === undefined ? {} : await readLimitsFile(config.LIMITS);
  const backend = await openBackend({
    config,
    onChange() {
      for (const adapter of listening) void adapter.offerChanged?.();
    },
    logger,
  });
  const { catalog, videos } = backend;
  const offer = createOffer({ commands, catalog, supports: videos.supports });
  const unreadable = createUnreadableDocuments({ now: steady, logger });
  const store = await createStore({ url: config.STORE_URL, onUnreadable: unreadable.note, logger });
  const media = await openMedia({ config, logger });
  const simulated = backend.simulator !== undefined;
  const coordination = await openCoordination(config, { now: steady, logger });
  const platforms = await openPlatforms({
    ...{ config, store, media, catalog, offer, simulated, duties, coordination, now, logger },
  });
  const adapters = new Map([...platforms.adapters, ...extra].map((adapter) => [adapter.platform, adapter]));
  const listening = [...platforms.listening, ...extra];
  const metrics = createPrometheusMetrics({
    dialect: backend.dialect,
    models: () => catalog.models,
    workWaiting: () => coordination.queue.waiting(),
    now,
  });
  const tellOperator = createOperatorNotice({
    ...{ store, adapters, now, logger },
    address: config.OPERATOR_NOTICE,
  });
  const health = createHealth({
    checks: createHealthChecks({
      ...{ store, media, coordination, unreadable, listening },
      awaySince: () => bot.pace.awaySince(),
    }),
    ...{ tellOperator, now, logger },
  });
  const bot = createBot({
    store,
    media,
    videos,
    adapters,
    offer,
    catalog,
    coordination,
    openLink: createLinkOpener({ maxBytes: MAX_IMAGE_BYTES }),
    tellOperator,
    health,
    metrics,
    process: { version: release.version, role: config.ROLE, startedAt: now() },
    operatorIds: config.OPERATOR_IDS,
    galleryUrl: (platform) => config.PUBLIC_URL ?? (platform === "web" ? "" : undefined),
    galleryLinkMs: config.GALLERY_LINK_DAYS * DAY_MS,
    pollIntervalMs: config.POLL_INTERVAL_MS ?? (simulated ? SIMULATOR_POLL_INTERVAL_MS : POLL_INTERVAL_MS),
    jobTimeoutMs: config.JOB_TIMEOUT_MINUTES * MINUTE_MS,
    maxActive: config.MAX_ACTIVE_JOBS,
    confirmAboveUsd: config.CONFIRM_ABOVE_USD ?? Number.POSITIVE_INFINITY,
    limits,
    moderation: await openModeration(config, logger),
    fitter: createVideoFitter({ ffmpeg: config.FFMPEG_PATH, ...FITTING, logger }),
    backendLines: backend.lines,
    backendAnswers: backend.answers,
    simulated,
    faults: backend.simulator?.faults ?? [],
    now,
    since,
    logger,
  });
  const retention = createMediaRetention({
    media,
    keepMs: config.MEDIA_RETENTION_DAYS * DAY_MS,
    now,
    logger,
  });
  const { jobs, services, handler } = bot;
  const { queue, repeat } = coordination;
  const rounds = duties.work ? [...bot.rounds, retention].map(repeat) : [];
  const repetitions = [...rounds, createRepetition(bot.asking), backend.watch];
  const web = createWebServer({
    host: config.HOST,
    port: config.PORT,
    ready: health.report,
    gallery: await openGallery(),
    webhooks:
      config.OPENAI_WEBHOOK_SECRET === undefined || !duties.pages
        ? undefined
        : createWebhooks({
            read: backend.readWebhook(config.OPENAI_WEBHOOK_SECRET),
            look: bot.poller.lookAt,
            ...{ store, now, logger },
          }),
    metrics: createMetricsRoute({
      read: metrics.read,
      token: config.METRICS_TOKEN,
      isLocal: isLoopback(config.HOST) && config.PUBLIC_URL === undefined,
    }),
    playground: platforms.playground,
    slackEvents: duties.pages ? platforms.slackEvents : undefined,
    slackInstall: duties.pages ? platforms.slackInstall : undefined,
    logger,
  });

  async function openGallery() {
    if (!duties.pages || (config.PUBLIC_URL === undefined && !config.playground)) return undefined;
    const [{ createWebGallery }, { createAssets }] = await Promise.all([
      import("./web/gallery/web-gallery.ts"),
      import("./web/assets.ts"),
    ]);
    const { access, gallery, links } = services;
    return createWebGallery({
      links,
      gallery,
      jobs,
      media,
      async family({ platform, workspace, channel }, jobId) {
        const job = await jobs.get(jobId);
        // Whoever has the link sees this channel and no other.
        const maySee = async ({ destination: at }: Job) =>
          at.platform === platform && at.workspace === workspace && at.channel === channel;
        return job && familyOf(job, { jobs, maySee, link: access.link });
      },
      link: access.link,
      async nameOf(channel) {
        const name = await adapters.get(channel.platform)?.nameOf?.(channel);
        return name && `#${name}`;
      },
      assets: createAssets(),
      host: config.HOST,
      publicUrl: config.PUBLIC_URL,
      now,
      logger,
    });
  }

  return {
    handler,
    offer,
    async start() {
      if (duties.work) await bot.prepare();
      const { url } = await web.listen();
      for (const adapter of adapters.values()) if (!listening.includes(adapter)) adapter.attach?.(handler);
      await Promise.all(listening.map((adapter) => adapter.start(handler)));
      if (duties.work) queue.start(bot.work, metrics.workBegun);
      for (const repetition of [...repetitions, health.watch]) repetition.start();
      return { url, role: config.ROLE, platforms: [...adapters.keys()], backend: backend.name };
    },
    async stop() {
      await health.watch.stop();
      await Promise.all(listening.map((adapter) => adapter.stop()));
      bot.stop();
      const ended = Promise.all([
        web.close(),
        queue.stop(STOP_TIMEOUT_MS),
        ...repetitions.map((repetition) => repetition.stop()),
      ]);
      // A backend that does not answer holds nobody up; the next start asks it again.
      await Promise.race([ended, sleep(STOP_TIMEOUT_MS)]);
      await coordination.close();
      await backend.simulator?.close();
      await store.close();
    },
  };
}

/** One process keeps all of it in memory, and does not even load what several need. */
async function openCoordination(
  { queueUrl }: Config,
  { now, logger }: { now: () => number; logger: Logger },
): Promise<Coordination> {
  if (queueUrl === undefined) return createAlone({ concurrency: CONCURRENCY, now, logger });
  const { createTogether } = await import("./cluster/together.ts");
  return createTogether({ url: queueUrl, concurrency: CONCURRENCY, now, logger });
}

/** Moderation as it is set up. @throws UserError for a block list that does not hold. */
async function openModeration(config: Config, logger: Logger): Promise<Moderation> {
  const { BLOCK_LIST: list, MODERATION, MODERATION_BASE_URL: baseUrl, moderationKey: apiKey } = config;
  const asks = MODERATION === "openai" && apiKey !== undefined;
  return createModeration({
    blockList: list === undefined ? undefined : await readBlockList(list),
    service: asks ? createOpenAIModerations({ apiKey, baseUrl }) : undefined,
    logger,
  });
}
