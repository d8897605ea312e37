import type { AnyCommand, CommandContext, Services } from "../commands/command.ts";
import type { ChatAdapter, ChatHandler, PlatformName } from "./chat/adapter.ts";
import type { ChatBudget } from "./chat/chat-budget.ts";
import { createDispatcher } from "./chat/dispatcher.ts";
import { createDrafts } from "./chat/drafts.ts";
import type { OperatorNotice } from "./chat/operator-notice.ts";
import type { OpenLink } from "./chat/options.ts";
import { createPageQueries } from "./chat/page-queries.ts";
import { createGallery } from "./gallery/gallery.ts";
import { createGalleryLinks } from "./gallery/gallery-links.ts";
import { createPeople } from "./gallery/people.ts";
import { createStars } from "./gallery/stars.ts";
import { backfill } from "./jobs/backfill.ts";
import { createCardBoard } from "./jobs/card-board.ts";
import { createCardRenderer } from "./jobs/card-renderer.ts";
import { createForgetting } from "./jobs/forgetting.ts";
import { createJobAccess } from "./jobs/job-access.ts";
import { createJobFiles } from "./jobs/job-files.ts";
import { createJobLists } from "./jobs/job-lists.ts";
import { createJobPoller } from "./jobs/job-poller.ts";
import { createJobRemoval } from "./jobs/job-removal.ts";
import { createJobService } from "./jobs/job-service.ts";
import { createJobStore } from "./jobs/job-store.ts";
import { createJobSweep } from "./jobs/job-sweep.ts";
import { createJobWorker } from "./jobs/job-worker.ts";
import { createListing } from "./jobs/listing.ts";
import { createPermissions } from "./jobs/permissions.ts";
import { createTypicalDuration } from "./jobs/typical-duration.ts";
import type { Logger } from "./logger.ts";
import type { MediaStore } from "./media/media-store.ts";
import type { WorkQueue } from "./queue/work-queue.ts";
import { createSettings } from "./settings/settings.ts";
import type { Store } from "./store/store.ts";
import type { Catalog } from "./videos/catalog.ts";
import type { VideosClient } from "./videos/videos-client.ts";

/** What the core of the bot stands on. */
export interface BotOptions {
  store: Store;
  media: MediaStore;
  videos: VideosClient;
  adapters: ReadonlyMap<PlatformName, ChatAdapter>;
  commands: readonly AnyCommand[];
  catalog: Catalog;
  queue: WorkQueue;
  budget: ChatBudget;
  openLink: OpenLink;
  tellOperator: OperatorNotice;
  operatorIds: readonly string[];
  /** Where a platform's people reach web galleries, without a slash at its end; undefined: nowhere. */
  galleryUrl: (platform: PlatformName) => string | undefined;
  galleryLinkMs: number;
  pollIntervalMs: number;
  simulated: boolean;
  faults: CommandContext["faults"];
  now: () => number;
  logger: Logger;
}

/** Platforms repeat a request within minutes; a day is plenty. */
const SEEN_TTL_MS = 24 * 3_600_000;

/** Builds the core: everything between the chat platforms and the backend. Nothing of it runs yet. */
export function createBot(options: BotOptions) {
  const { store, media, videos, adapters, commands, catalog, queue, budget, simulated, now, logger } =
    options;
  const jobs = createJobStore({ store, now });
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
  const render = createCardRenderer({ jobs, access, typical, simulated, buttons, now });
  const board = createCardBoard({ adapters, budget, jobs, render, logger });
  const poller = createJobPoller({ jobs, videos, board, queue, intervalMs: options.pollIntervalMs, logger });
  const sweep = createJobSweep({ jobs, queue, now, logger });
  const queries = createPageQueries({ store });
  const drafts = createDrafts({ store, adapters });
  const forgetting = createForgetting({
    ...{ store, jobs, gallery, links, stars, settings, queries, drafts },
    ...{ media, adapters, now, logger },
  });

  /** The buttons of all commands that the backend has what it takes for. */
  function buttons() {
    return commands.flatMap(({ name, button, needs }) =>
      button && (needs === undefined || videos.supports(needs)) ? [{ action: name, ...button }] : [],
    );
  }

  const work = createJobWorker({
    jobs,
    videos,
    media,
    board,
    adapters,
    render,
    gallery,
    list: listing,
    stars,
    typical,
    tellOperator: options.tellOperator,
    now,
    logger,
  });
  const checks = { jobs, access, permissions };
  const services: Services = {
    jobs: createJobService({
      ...checks,
      settings,
      adapters,
      board,
      queue,
      media,
      videos,
      catalog,
      now,
      logger,
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
    forgetting,
    queries,
    drafts,
    videos,
    now,
  };
  const handler: ChatHandler = createDispatcher({
    commands,
    services,
    catalog,
    faults: options.faults,
    openLink: options.openLink,
    seen: store.collection({ name: "seen", version: 1, ttlMs: SEEN_TTL_MS }),
    logger,
  });

  /** To be awaited before anything is asked of it. */
  const prepare = () => backfill({ store, jobs, list: listing, now, logger });
  return { jobs, services, handler, work, poller, sweep, prepare };
}
