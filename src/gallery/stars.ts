import type { Collection, Store } from "../store/store.ts";
import type { Channel, Gallery } from "./gallery.ts";

/** Who put a star to which video; a reaction and the button are the same star. */
export interface Stars {
  count(jobId: string): Promise<number>;
  /** Has the gallery show how many there are; resolves to that. */
  show(channel: Channel, id: string): Promise<number>;
  has(jobId: string, person: string): Promise<boolean>;
  /** Puts somebody's star to a video or takes it away; resolves to how many there are. */
  set(video: { channel: Channel; id: string }, person: string, starred: boolean): Promise<number>;
  /** Takes all of a person's stars away. */
  forget(
    person: { platform: string; id: string },
    channelOf: (jobId: string) => Promise<Channel | undefined>,
  ): Promise<void>;
  /** Takes everybody's stars from a video. */
  clear(video: { channel: Channel; id: string }): Promise<void>;
  /** Forgets a video's stars. */
  remove(jobId: string): Promise<void>;
}

/** Stars in a store: people by video, and videos by person so that a person can be forgotten. */
export function createStars({ store, gallery }: { store: Store; gallery: Gallery }): Stars {
  const people: Collection<{ ids: string[] }> = store.collection<{ ids: string[] }>({
    name: "stars",
    version: 1,
  });
  const given: Collection<{ ids: string[] }> = store.collection<{ ids: string[] }>({
    name: "starred",
    version: 1,
  });

  const count = async (jobId: string) => (await people.get(jobId))?.ids.length ?? 0;

  /** Writes the count into the gallery until it is the one that holds: others may star at the same time. */
  async function show(channel: Channel, id: string): Promise<number> {
    for (let stars = await count(id); ; ) {
      const shown = stars;
      await gallery.change(channel, id, (entry) =>
        entry.stars === shown ? entry : { ...entry, stars: shown },
      );
      stars = await count(id);
      if (stars === shown) return stars;
    }
  }

  async function set({ channel, id }: { channel: Channel; id: string }, person: string, starred: boolean) {
    // The person's list comes first and goes last: it may name too many videos, never too few.
    if (starred) await given.update(`${channel.platform}:${person}`, (known) => include(known, id, true));
    await people.update(id, (known) => include(known, person, starred));
    if (!starred) await given.update(`${channel.platform}:${person}`, (known) => include(known, id, false));
    return show(channel, id);
  }

  return {
    count,
    show,
    has: async (jobId, person) => (await people.get(jobId))?.ids.includes(person) ?? false,
    set,
    async forget({ platform, id }, channelOf) {
      for (const jobId of (await given.get(`${platform}:${id}`))?.ids ?? []) {
        const channel = await channelOf(jobId);
        if (channel) await set({ channel, id: jobId }, id, false);
        else await people.update(jobId, (known) => include(known, id, false));
      }
      await given.delete(`${platform}:${id}`);
    },
    async clear({ channel, id }) {
      for (const person of (await people.get(id))?.ids ?? []) await set({ channel, id }, person, false);
    },
    remove: (jobId) => people.delete(jobId),
  };
}

function include(known: { ids: string[] } | undefined, id: string, wanted: boolean) {
  const ids = known?.ids ?? [];
  if (ids.includes(id) === wanted) return known;
  return { ids: wanted ? [...ids, id] : ids.filter((other) => other !== id) };
}
