import type { Destination } from "../chat/adapter.ts";
import { createPagedLog } from "../store/paged-log.ts";
import type { Store } from "../store/store.ts";
import { cutPage, type GallerySort, inOrder } from "./gallery-order.ts";

/** A channel as galleries know it: no Slack thread, no message. */
export type Channel = Pick<Destination, "platform" | "workspace" | "channel" | "parent">;

/** One finished video in its channel's gallery: what it is found and shown by. Times are Unix milliseconds. */
export interface GalleryEntry {
  /** The job's id. */
  id: string;
  /** When it was delivered. */
  at: number;
  person: { id: string; name: string };
  prompt: string;
  model: string;
  seconds: string;
  size: string;
  /** How many people put a star to it. */
  stars: number;
}

/** What to look for, and in which order; newest first where nothing is said. */
export interface GalleryQuery {
  /** A person's id. */
  by?: string;
  /** Words that all stand in the prompt, whatever their case. */
  search?: string;
  model?: string;
  sort?: "newest" | "oldest" | "stars";
}

/** A piece of a gallery. Cursors name places in the order, so they hold while videos come and go. */
export interface GalleryPage {
  entries: GalleryEntry[];
  /** How many fit the query in all. */
  total: number;
  /** For the entries behind these; undefined at the end. */
  next: string | undefined;
  /** For the entries before these; undefined at the beginning. */
  previous: string | undefined;
}

/** The galleries of all channels; a channel sees its own videos and no others. */
export interface Gallery {
  /** @param at a page's `next` or `previous`, letters, digits, dots and dashes; one that is none counts as absent. */
  page(channel: Channel, query: GalleryQuery, place: { limit: number; at?: string }): Promise<GalleryPage>;
  /** One entry; undefined where that channel's gallery does not show it. */
  get(channel: Channel, id: string): Promise<GalleryEntry | undefined>;
  /** Who made the videos, by name, and the models that were used: what the filters offer. */
  facets(channel: Channel): Promise<{ people: { id: string; name: string }[]; models: string[] }>;
  /** Shows a video; showing it again changes nothing. */
  add(channel: Channel, page: number, entry: GalleryEntry): Promise<void>;
  /** The page that a new entry belongs to: to be written down before `add`, so that adding can be repeated. */
  openPage(channel: Channel): Promise<number>;
  /** Changes an entry in place; nothing where it is not shown. */
  change(channel: Channel, id: string, change: (entry: GalleryEntry) => GalleryEntry): Promise<void>;
  /** Takes a video out of the gallery; absent already is fine. */
  remove(channel: Channel, id: string): Promise<void>;
  /** Forgets a channel's whole gallery. */
  clear(channel: Channel): Promise<void>;
}

/** Galleries in a store. */
export function createGallery({ store }: { store: Store }): Gallery {
  const log = createPagedLog<GalleryEntry>({ store, name: "gallery" });
  /** Both last as long as what they were made from is kept by the log. */
  const orders = new WeakMap<readonly GalleryEntry[], Map<GallerySort, readonly GalleryEntry[]>>();
  const prompts = new WeakMap<GalleryEntry, string>();

  async function ordered(channel: Channel, sort: GallerySort): Promise<readonly GalleryEntry[]> {
    const all = await log.all(scopeOf(channel));
    const known = orders.get(all) ?? new Map<GallerySort, readonly GalleryEntry[]>();
    orders.set(all, known);
    const order = known.get(sort) ?? inOrder(all, sort);
    known.set(sort, order);
    return order;
  }

  function foldedPrompt(entry: GalleryEntry): string {
    const known = prompts.get(entry) ?? fold(entry.prompt);
    prompts.set(entry, known);
    return known;
  }

  return {
    async page(channel, { by, search = "", model, sort = "newest" }, place) {
      const all = await ordered(channel, sort);
      const words = fold(search).split(/\s+/).filter(Boolean);
      const fits = (entry: GalleryEntry) =>
        (by === undefined || entry.person.id === by) &&
        (model === undefined || entry.model === model) &&
        words.every((word) => foldedPrompt(entry).includes(word));
      const everything = by === undefined && model === undefined && words.length === 0;
      const page = cutPage(everything ? all : all.filter(fits), sort, place);
      return { ...page, entries: page.entries.map(copy) };
    },
    async get(channel, id) {
      const entry = (await log.all(scopeOf(channel))).find((other) => other.id === id);
      return entry && copy(entry);
    },
    async facets(channel) {
      const people = new Map<string, string>();
      const models = new Set<string>();
      for (const { person, model } of await log.all(scopeOf(channel))) {
        // The newest video has the name that people know somebody by now.
        if (!people.has(person.id)) people.set(person.id, person.name);
        models.add(model);
      }
      return {
        people: [...people]
          .map(([id, name]) => ({ id, name }))
          .sort((a, b) => byName.compare(a.name, b.name)),
        models: [...models].sort(byName.compare),
      };
    },
    openPage: (channel) => log.openPage(scopeOf(channel)),
    add: (channel, page, entry) => log.append(scopeOf(channel), page, entry),
    change: (channel, id, change) => log.change(scopeOf(channel), id, change),
    remove: (channel, id) => log.remove(scopeOf(channel), id),
    clear: (channel) => log.clear(scopeOf(channel)),
  };
}

const byName = new Intl.Collator("en", { numeric: true });

function scopeOf({ platform, workspace, channel }: Channel): string {
  return [platform, workspace, channel].join(":");
}

/** The same for texts that people take for the same; capitals, because small letters differ by their place ("ς"). */
function fold(text: string): string {
  return text.normalize("NFKC").toUpperCase();
}

/** What is handed out is the caller's; the log's own is shared. */
function copy(entry: GalleryEntry): GalleryEntry {
  return { ...entry, person: { ...entry.person } };
}
