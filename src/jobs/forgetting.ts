import type { Logger } from "pino";
import {
  type ChatAdapter,
  type ChatEvent,
  type Destination,
  DIRECT_MESSAGES,
  type PlatformName,
} from "../chat/adapter.ts";
import type { Drafts } from "../chat/drafts.ts";
import type { PageQueries } from "../chat/page-queries.ts";
import type { Gallery } from "../gallery/gallery.ts";
import type { GalleryLinks } from "../gallery/gallery-links.ts";
import type { Stars } from "../gallery/stars.ts";
import type { MediaStore } from "../media/media-store.ts";
import type { Round } from "../repeat.ts";
import type { SettingsStore } from "../settings/settings.ts";
import type { Spending } from "../spending/spending.ts";
import type { Collection, Store } from "../store/store.ts";
import type { Intake } from "./intake.ts";
import { isEnded, type Job } from "./job.ts";
import type { HistoryScope, JobStore } from "./job-store.ts";
import type { Quotes } from "./quotes.ts";

/** What came of an erasure: what is under way is finished first, and erased within the hour after. */
export interface Erased {
  erased: number;
  pending: number;
}

/** Erases what the bot keeps: what stands in the chat, and what a backend keeps, stays there. */
export interface Forgetting {
  /** How many videos that would be. */
  count(scope: HistoryScope): Promise<number>;
  /** Erases a person's jobs, settings, stars and whatever else names them, on a whole platform. */
  person(person: { platform: PlatformName; id: string }, at: Destination): Promise<Erased>;
  /** A channel with its threads. */
  channel(channel: Destination): Promise<Erased>;
  server(place: { platform: PlatformName; workspace: string }): Promise<Erased>;
  /** The bot was removed somewhere, or came back in time, or says where it is. */
  moved(event: Extract<ChatEvent, { kind: "joined" | "left" | "present" }>): Promise<void>;
  /** Erases what was pending, and what servers left behind whose time of grace is over; now and every hour. */
  sweep: Round;
}

interface Dependencies {
  store: Store;
  jobs: JobStore;
  gallery: Gallery;
  links: GalleryLinks;
  stars: Stars;
  settings: SettingsStore;
  queries: PageQueries;
  drafts: Drafts;
  quotes: Quotes;
  spending: Pick<Spending, "forget" | "forgetPerson">;
  intake: Pick<Intake, "forgetPerson">;
  media: MediaStore;
  adapters: ReadonlyMap<PlatformName, ChatAdapter>;
  now: () => number;
  logger: Logger;
}

/** A server that comes back within a week finds everything as it was. */
const GRACE_MS = 7 * 24 * 3_600_000;
const SWEEP_MS = 3_600_000;

/** A job whose document is missing may be about to get it; after a minute it never will. */
const ORPHAN_AFTER_MS = 60_000;

/** Builds what erases; each erasure can be repeated after a crash, as a job is in its histories until all else is gone. */
export function createForgetting(dependencies: Dependencies): Forgetting {
  const { store, jobs, gallery, links, stars, settings, queries, drafts, quotes, spending } = dependencies;
  const { intake, media, adapters, now, logger } = dependencies;
  const departures: Collection<{ platform: PlatformName; workspace: string; at: number }> = store.collection<{
    platform: PlatformName;
    workspace: string;
    at: number;
  }>({ name: "departure", version: 1 });

  /** Jobs that are erased once they are ended. */
  const pending = store.collection<{ since: number }>({ name: "forgotten", version: 1 });

  async function erase(job: Job): Promise<void> {
    const { id, destination, result, deliveryCheckpoint: checkpoint } = job;
    await gallery.remove(destination, id);
    await stars.remove(id);
    await media.delete(id);
    await adapters
      .get(destination.platform)
      ?.forget?.({ jobId: id, destination, result, checkpoint })
      .catch((err: unknown) => logger.warn({ jobId: id, err }, "the platform's notes were not erased"));
    await jobs.erase(job);
    await pending.delete(id);
  }

  /** What is under way is paid for, so it is delivered first; nobody finds it in a gallery then. */
  async function eraseLater(job: Job): Promise<void> {
    await pending.insert(job.id, { since: now() });
    await jobs.update(job.id, (current) => ({ ...current, unlisted: "forgotten" }));
  }

  async function eraseJobs(scope: HistoryScope): Promise<Erased> {
    const count = { erased: 0, pending: 0 };
    for (const { id, at } of await jobs.history(scope)) {
      const job = await jobs.get(id);
      if (!job) {
        if (at < now() - ORPHAN_AFTER_MS) await jobs.eraseEntry(scope, id);
      } else if (isEnded(job)) {
        await erase(job);
        count.erased++;
      } else {
        await eraseLater(job);
        count.pending++;
      }
    }
    await jobs.eraseHistory(scope);
    return count;
  }

  /** Threads go with the channel they are in. */
  async function channel(place: Destination): Promise<Erased> {
    const { platform, workspace } = place;
    const all = await jobs.history({ platform, workspace });
    const threads = all.flatMap((entry) => (entry.parent === place.channel ? [entry.channel] : []));
    return sum(
      [...new Set([place.channel, ...threads])].map((name) =>
        eraseChannel({ platform, workspace, channel: name }),
      ),
    );
  }

  async function eraseChannel(place: Destination): Promise<Erased> {
    const { platform, workspace, channel: name } = place;
    const count = await eraseJobs({ platform, workspace, channel: name });
    await gallery.clear(place);
    await links.forget(place);
    await settings.clear({ channel: place });
    await spending.forget("channel", place);
    return count;
  }

  async function server(place: { platform: PlatformName; workspace: string }): Promise<Erased> {
    const channels = new Set((await jobs.history(place)).map((entry) => entry.channel));
    const count = await sum([...channels].map((name) => eraseChannel({ ...place, channel: name })));
    // What is left there is entries whose jobs are gone.
    await eraseJobs(place);
    await settings.clearWorkspace(place);
    await spending.forget("server", { ...place, channel: "" });
    await links.forgetWorkspace(place);
    logger.info({ ...place, ...count }, "server forgotten");
    return count;
  }

  async function sweep(): Promise<void> {
    for await (const [id] of pending.entries()) {
      const job = await jobs.get(id);
      if (!job) await pending.delete(id);
      else if (isEnded(job)) await erase(job);
    }
    for await (const [key, { platform, workspace, at }] of departures.entries()) {
      if (at > now() - GRACE_MS) continue;
      const [newest] = await jobs.history({ platform, workspace });
      // Somebody was served there since: the word that it came back was lost.
      const isBack = newest !== undefined && newest.at > at;
      if (!isBack && (await server({ platform, workspace })).pending > 0) continue;
      await departures.delete(key);
    }
  }

  async function left(platform: PlatformName, workspace: string): Promise<void> {
    await departures.insert(`${platform}:${workspace}`, { platform, workspace, at: now() });
  }

  return {
    count: async (scope) => (await jobs.history(scope)).length,

    async person({ platform, id }, at) {
      const count = await eraseJobs({ platform, person: id });
      await settings.clear({ person: id, destination: at });
      await stars.forget({ platform, id }, async (jobId) => (await jobs.get(jobId))?.destination);
      await drafts.forget(platform, id);
      await queries.forget(id);
      await spending.forgetPerson({ platform, id });
      await intake.forgetPerson({ platform, id });
      for (const jobId of await quotes.forget({ platform, id })) await media.delete(jobId);
      logger.info({ platform, person: id, ...count }, "person forgotten");
      return count;
    },

    channel,
    server,

    async moved(event) {
      const { platform } = event;
      if (event.kind !== "present") {
        const { kind, workspace } = event;
        return kind === "left" ? left(platform, workspace) : departures.delete(`${platform}:${workspace}`);
      }
      const { workspaces, covers = () => true } = event;
      for (const workspace of await jobs.workspaces(platform)) {
        if (workspaces.includes(workspace)) await departures.delete(`${platform}:${workspace}`);
        else if (workspace !== DIRECT_MESSAGES && covers(workspace)) await left(platform, workspace);
      }
    },

    sweep: {
      name: "forget",
      everyMs: SWEEP_MS,
      work: sweep,
      onError: (err) => logger.warn({ err }, "forgetting failed, trying again later"),
    },
  };
}

async function sum(counts: Promise<Erased>[]): Promise<Erased> {
  const all = await Promise.all(counts);
  return {
    erased: all.reduce((total, { erased }) => total + erased, 0),
    pending: all.reduce((total, { pending }) => total + pending, 0),
  };
}
