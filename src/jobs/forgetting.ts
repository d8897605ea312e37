import type { Logger } from "pino";
import type { ChatEvent, Destination, PlatformName } from "../chat/adapter.ts";
import type { Gallery } from "../gallery/gallery.ts";
import type { GalleryLinks } from "../gallery/gallery-links.ts";
import type { Stars } from "../gallery/stars.ts";
import type { MediaStore } from "../media/media-store.ts";
import { createRepetition, type Repetition } from "../repeat.ts";
import type { SettingsStore } from "../settings/settings.ts";
import type { Collection, Store } from "../store/store.ts";
import { isEnded } from "./job.ts";
import type { HistoryScope, JobStore } from "./job-store.ts";

/** Erases what the bot keeps: what stands in the chat, and what a backend keeps, stays there. */
export interface Forgetting {
  /** How many videos that would be. */
  count(scope: HistoryScope): Promise<number>;
  /** Erases a person's jobs, settings and stars. Resolves to the number of jobs; those under way are left out. */
  person(person: { platform: PlatformName; id: string }, at: Destination): Promise<number>;
  channel(channel: Destination): Promise<number>;
  server(place: { platform: PlatformName; workspace: string }): Promise<number>;
  /** The bot was removed somewhere, or came back in time. */
  moved(event: Extract<ChatEvent, { kind: "joined" | "left" }>): Promise<void>;
  /** Erases what servers left behind whose time of grace is over, now and every hour. */
  sweep: Repetition;
}

interface Dependencies {
  store: Store;
  jobs: JobStore;
  gallery: Gallery;
  links: GalleryLinks;
  stars: Stars;
  settings: SettingsStore;
  media: MediaStore;
  now: () => number;
  logger: Logger;
}

/** A server that comes back within a week finds everything as it was. */
const GRACE_MS = 7 * 24 * 3_600_000;
const SWEEP_MS = 3_600_000;

/** Builds what erases; each erasure can be repeated after a crash, as a history goes last. */
export function createForgetting(dependencies: Dependencies): Forgetting {
  const { store, jobs, gallery, links, stars, settings, media, now, logger } = dependencies;
  const departures: Collection<{ platform: PlatformName; workspace: string; at: number }> = store.collection<{
    platform: PlatformName;
    workspace: string;
    at: number;
  }>({ name: "departure", version: 1 });

  /** Erases the jobs of a history, with every trail of each. */
  async function eraseJobs(scope: HistoryScope): Promise<number> {
    let erased = 0;
    for (const { id } of await jobs.history(scope)) {
      const job = await jobs.get(id);
      // What is under way is paid for: it is delivered first. Whoever wants it gone deletes it.
      if (!job || !isEnded(job)) continue;
      await gallery.remove(job.destination, id);
      await stars.remove(id);
      await media.delete(id);
      await jobs.erase(job);
      erased++;
    }
    return erased;
  }

  async function channel(place: Destination): Promise<number> {
    const { platform, workspace, channel: name } = place;
    const erased = await eraseJobs({ platform, workspace, channel: name });
    await gallery.clear(place);
    await links.forget(place);
    await settings.clear({ channel: place });
    return erased;
  }

  async function server(place: { platform: PlatformName; workspace: string }): Promise<number> {
    const channels = new Set((await jobs.history(place)).map((entry) => entry.channel));
    let erased = 0;
    for (const name of channels) erased += await channel({ ...place, channel: name });
    await settings.clearWorkspace(place);
    logger.info({ ...place, erased }, "server forgotten");
    return erased;
  }

  async function sweep(): Promise<void> {
    for await (const [key, { platform, workspace, at }] of departures.entries()) {
      if (at > now() - GRACE_MS) continue;
      await server({ platform, workspace });
      await departures.delete(key);
    }
  }

  return {
    count: async (scope) => (await jobs.history(scope)).length,

    async person({ platform, id }, at) {
      const erased = await eraseJobs({ platform, person: id });
      await settings.clear({ person: id, destination: at });
      await stars.forget({ platform, id }, async (jobId) => (await jobs.get(jobId))?.destination);
      logger.info({ platform, person: id, erased }, "person forgotten");
      return erased;
    },

    channel,
    server,

    async moved({ kind, platform, workspace }) {
      const key = `${platform}:${workspace}`;
      if (kind === "joined") return departures.delete(key);
      await departures.insert(key, { platform, workspace, at: now() });
    },

    sweep: createRepetition({
      work: sweep,
      pauseMs: () => SWEEP_MS,
      onError: (err) => logger.warn({ err }, "forgetting failed, trying again later"),
    }),
  };
}
