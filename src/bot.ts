import type { CommandContext, Services } from "../commands/command.ts";
import type { ChatAdapter, ChatHandler, PlatformName } from "./chat/adapter.ts";
import { createDispatcher } from "./chat/dispatcher.ts";
import { createDrafts } from "./chat/drafts.ts";
import { measuredAdapters, measuredBudget, measuredHandler } from "./chat/measured-chat.ts";
import type { Offer } from "./chat/offer.ts";
import type { OperatorNotice } from "./chat/operator-notice.ts";
import type { OpenLink } from "./chat/options.ts";
import { createPageQueries } from "./chat/page-queries.ts";
import type { Line } from "./chat/rich-text.ts";
import type { Coordination } from "./cluster/coordination.ts";
import { createGallery } from "./gallery/gallery.ts";
import { createGalleryLinks } from "./gallery/gallery-links.ts";
import { createPeople } from "./gallery/people.ts";
import { createStars } from "./gallery/stars.ts";
import type { Health } from "./health.ts";
import { createBackendPace } from "./jobs/backend-pace.ts";
import { backfill } from "./jobs/backfill.ts";
import { createCardBoard } from "./jobs/card-board.ts";
import { createCardRenderer } from "./jobs/card-renderer.ts";
import { createForgetting } from "./jobs/forgetting.ts";
import { createHandover } from "./jobs/handover.ts";
import { createIntake } from "./jobs/intake.ts";
import { createJobAccess } from "./jobs/job-access.ts";
import { createJobFiles } from "./jobs/job-files.ts";
import { createJobLists } from "./jobs/job-lists.ts";
import { createJobPoller } from "./jobs/job-poller.ts";
import { createJobRemoval } from "./jobs/job-removal.ts";
import { createJobService } from "./jobs/job-service.ts";
import { createJobStore } from "./jobs/job-store.ts";
import { createJobSweep, straighten } from "./jobs/job-sweep.ts";
import { createJobWorker } from "./jobs/job-worker.ts";
import { createListing } from "./jobs/listing.ts";
import { createOperatorView, type ProcessFacts } from "./jobs/operator-view.ts";
import { createPacedClient } from "./jobs/paced-client.ts";
import { createPermissions } from "./jobs/permissions.ts";
import { createQuotes } from "./jobs/quotes.ts";
import { createSettling } from "./jobs/settling.ts";
import { createSharedPace } from "./jobs/shared-pace.ts";
import { createSubmission } from "./jobs/submission.ts";
import { createTypicalDuration } from "./jobs/typical-duration.ts";
import { inLogContext } from "./log-context.ts";
import type { Logger } from "./logger.ts";
import type { MediaStore } from "./media/media-store.ts";
import type { VideoFitter } from "./media/video-fitter.ts";
import { type Metrics, measuredWork } from "./metrics/metrics.ts";
import type { Moderation } from "./moderation/moderation.ts";
import type { Round } from "./repeat.ts";
import { createSettings } from "./settings/settings.ts";
import type { LimitRules } from "./spending/limits.ts";
import { createSpending } from "./spending/spending.ts";
import type { Store } from "./store/store.ts";
import type { Catalog } from "./videos/catalog.ts";
import type { VideosClient } from "./videos/videos-client.ts";

/** What the core of the bot stands on. */
export interface BotOptions {
  store: Store;
  media: MediaStore;
  videos: VideosClient;
  adapters: ReadonlyMap<PlatformName, ChatAdapter>;
  offer: Offer;
  catalog: Catalog;
  coordination: Coordination;
  openLink: OpenLink;
  tellOperator: OperatorNotice;
  health: Pick<Health, "requireWell" | "standing">;
  metrics: Metrics;
  process: ProcessFacts;
  operatorIds: readonly string[];
  /** Where a platform's people reach web galleries, without a slash at its end; undefined: nowhere. */
  galleryUrl: (platform: PlatformName) => string | undefined;
  galleryLinkMs: number;
  pollIntervalMs: number;
  /** How long a backend may take for a video (ms). */
  jobTimeoutMs: number;
  /** Videos at the backend at once; the others wait their turn. */
  maxActive: number;
  /** What may be spent on a video without asking (US dollars). */
  confirmAboveUsd: number;
  limits: LimitRules;
  moderation: Moderation;
  fitter: VideoFitter;
  /** What makes the videos, for people. */
  backendLines: () => Line[];
  /** Whether that answers right now. */
  backendAnswers: () => Promise<boolean>;
  simulated: boolean;
  faults: CommandContext["faults"];
  now: () => number;
  /** How long ago a time was (ms), whatever the machine's clock was set to since. */
  since: (at: number) => number;
  logger: Logger;
}

/** How often a backend that does not answer is asked whether it does again (ms). */
const ASK_BACKEND_EVERY_MS = 5_000;
/** Platforms repeat a request within minutes; a day is plenty. */
const SEEN_TTL_MS = 24 * 3_600_000;

/** Builds the core: everything between the chat platforms and the backend. Nothing of it runs yet. */
export function createBot(options: BotOptions) {
  const { store, media, offer, catalog, coordination, simulated, metrics, tellOperator, now, since, logger } =
    options;
  const { queue, alone } = coordination;
  const adapters = measuredAdapters(options.adapters, metrics);
  const budget = measuredBudget(coordination.budget, metrics);
  const ownPace = createBackendPace({
    now,
    onStopped: (until) => logger.warn({ until }, "the backend has no money left; new videos are refused"),
    onResumed: () => logger.info("the backend has money again; new videos are taken"),
    onAway() {
      logger.error("the backend does not answer; videos wait and it is asked until it does");
      showEverything();
    },
    onBack() {
      logger.info("the backend answers again");
      showEverything((jobId) => queue.wake(jobId));
    },
  });
  const pace = createSharedPace(ownPace, coordination.news);
  const videos = createPacedClient(options.videos, pace, metrics);
  const jobs = createJobStore({ store, now, onWrite: metrics.jobWritten });
  const intake = createIntake({ store, tellOperator, now, since, logger });
  const settings = createSettings({ store, catalog, logger });
  const permissions = createPermissions({ settings, operatorIds: options.operatorIds });
  const access = createJobAccess({ jobs, permissions, adapters });
  const gallery = createGallery({ store });
  const stars = createStars({ store, gallery });
  const listing = createListing({ jobs, gallery, stars });
  const typical = createTypicalDuration();
  const links = createGalleryLinks({
    store,
    baseUrlOf: ({ platform }) => options.galleryUrl(platform),
    lifetimeMs: options.galleryLinkMs,
    isOff: async (channel) => (await settings.here(channel)).gallery === "off",
    now,
  });
  const line = coordination.openLine({
    maxActive: options.maxActive,
    onTurn: (jobId) => queue.add(jobId),
    onMoved(jobIds) {
      const said = (err: unknown) => logger.warn({ err }, "places in the line not shown");
      // Whoever has moved the line has nothing to do with these.
      void inLogContext({}, () => showAll(jobIds).catch(said));
    },
  });
  const render = createCardRenderer({
    ...{ jobs, access, typical, simulated, catalog, line, links, pace, buttons, now },
  });
  const board = createCardBoard({
    ...{ adapters, budget, jobs, render, logger },
    turns: coordination.cards,
    onEdit: metrics.edit,
  });
  const poller = createJobPoller({
    ...{ jobs, videos, board, queue, pace, now, since, logger },
    intervalMs: options.pollIntervalMs,
    timeoutMs: options.jobTimeoutMs,
  });
  const spending = createSpending({
    ...{ store, now, logger },
    rules: options.limits,
    operatorIds: options.operatorIds,
  });
  const quotes = createQuotes({ store, now });
  const sweep = createJobSweep({
    ...{ jobs, line, queue, alone, now, logger },
    onActive(active) {
      metrics.activeJobs(active);
      void intake.noteActive(active.length);
    },
  });
  const settling = createSettling({ jobs, quotes, media, spending, logger });
  const queries = createPageQueries({ store });
  const drafts = createDrafts({ store, adapters });
  const forgetting = createForgetting({
    ...{ store, jobs, gallery, links, stars, settings, queries, drafts, quotes, spending },
    ...{ intake, media, adapters, now, logger },
  });

  /** The buttons of all commands that are offered. */
  function buttons() {
    return offer.commands().flatMap(({ name, button }) => (button ? [{ action: name, ...button }] : []));
  }

  const step = createJobWorker({
    jobs,
    videos,
    media,
    board,
    adapters,
    render,
    gallery,
    stars,
    handOver: createHandover({
      ...{ jobs, media, board, render, list: listing, spending, typical, now, logger },
      fitter: options.fitter,
    }),
    spending,
    line,
    pace,
    tellOperator,
    now,
    since,
    logger,
  });
  const work = measuredWork(step, metrics);
  const submission = createSubmission({
    ...{ jobs, settings, board, queue, media, spending, quotes, catalog, now, logger },
    moderation: options.moderation,
    confirmAboveUsd: options.confirmAboveUsd,
  });
  const checks = { jobs, access, permissions };
  const services: Services = {
    jobs: createJobService({
      ...checks,
      ...{ settings, adapters, media, videos, catalog, submission, quotes, pace, intake },
      health: options.health,
    }),
    store: jobs,
    access,
    lists: createJobLists(checks),
    removal: createJobRemoval({ ...checks, videos, gallery, list: listing, queue, now, logger }),
    files: createJobFiles({ jobs, videos, media }),
    poller,
    gallery,
    links,
    stars,
    people: createPeople({ gallery }),
    settings,
    permissions,
    spending,
    forgetting,
    queries,
    drafts,
    videos,
    intake,
    operatorView: createOperatorView({ ...options, jobs, queue, pace }),
    backend: { lines: options.backendLines },
    now,
  };
  const dispatcher: ChatHandler = createDispatcher({
    offer,
    services,
    catalog,
    faults: options.faults,
    openLink: options.openLink,
    seen: store.collection({ name: "seen", version: 1, ttlMs: SEEN_TTL_MS }),
    logger,
  });
  const handler = measuredHandler(dispatcher, metrics);

  /** Has every card say what has changed for all of them, and those that wait take up what they waited with. */
  function showEverything(then: (jobId: string) => void = () => {}): void {
    jobs
      .active()
      .then((active) => {
        for (const { id, phase } of active) if (phase !== "rendering") then(id);
        return showAll(active.map(({ id }) => id));
      })
      .catch((err: unknown) => logger.warn({ err }, "cards not updated"));
  }

  async function showAll(jobIds: readonly string[]): Promise<void> {
    for (const job of await jobs.getMany([...jobIds])) board.showLater(job);
  }

  const asking: Round = {
    name: "ask",
    everyMs: ASK_BACKEND_EVERY_MS,
    async work() {
      if (pace.awaySince() !== undefined && (await options.backendAnswers())) pace.note("probe");
    },
    onError: (err) => logger.warn({ err }, "the backend could not be asked, trying again"),
  };

  /** To be awaited before anything is asked of it: who has a place at the backend is known before anybody waits. */
  async function prepare(): Promise<void> {
    await backfill({ store, jobs, list: listing, now, logger });
    await straighten(line, await jobs.active(), jobs);
  }

  return {
    ...{ jobs, services, handler, work, poller, pace, settling, prepare },
    /** What one process does for all; each has to ask by itself whether the backend is back. */
    rounds: [sweep, poller.round, forgetting.sweep, settling],
    asking,
    stop() {
      poller.stop();
      line.stop();
    },
  };
}
