import type { Logger } from "pino";
import type { Actor, Destination, Ping } from "../chat/adapter.ts";
import type { Collection, Store } from "../store/store.ts";
import type { Catalog } from "../videos/catalog.ts";

/** Who may do something. Moderators always may. */
export type Audience = "everyone" | "requester" | "moderators";

/** What can be set, each with the values it can have; absent: as the next one down has it. */
export interface Settings {
  model?: string;
  seconds?: string;
  size?: string;
  ping?: Ping;
  spoiler?: "on" | "off";
  create?: Audience;
  remix?: Audience;
  delete?: Audience;
  /** The channel's web gallery. */
  gallery?: "on" | "off";
}

/** What holds where nobody set anything. */
const DEFAULTS = {
  ping: "reply",
  spoiler: "off",
  create: "everyone",
  remix: "everyone",
  delete: "requester",
  gallery: "on",
} satisfies Settings;

/** What holds: everything decided but what the catalogue decides. */
export type EffectiveSettings = Settings & Required<Omit<Settings, "model" | "seconds" | "size">>;

/** Whose settings: a person's own, which go first, or a channel's. */
export type SettingsScope = { person: string; destination: Destination } | { channel: Destination };

/** What is set, for people and for channels. */
export interface SettingsStore {
  of(scope: SettingsScope): Promise<Settings>;
  /** What a channel has set, over what the channel has set that its thread is in. */
  here(channel: Destination): Promise<Settings>;
  /** What holds for somebody in a channel; model, length and size are left open where neither set them. */
  effective(person: string, channel: Destination): Promise<EffectiveSettings>;
  /** The catalogue with the defaults that hold for somebody in a channel. */
  catalogFor(person: string, channel: Destination): Promise<Catalog>;
  /** Changes what is named and nothing else; undefined takes a setting back. Logs who changed what. */
  change(
    scope: SettingsScope,
    changes: Partial<Record<keyof Settings, string | undefined>>,
    by: Actor,
  ): Promise<Settings>;
  /** Forgets a person's or a channel's settings. */
  clear(scope: SettingsScope): Promise<void>;
  /** Forgets those of every channel of a server or workspace. */
  clearWorkspace(place: Pick<Destination, "platform" | "workspace">): Promise<void>;
}

/** Settings in a store. */
export function createSettings(options: { store: Store; catalog: Catalog; logger: Logger }): SettingsStore {
  const { store, catalog, logger } = options;
  const documents: Collection<Settings> = store.collection<Settings>({ name: "settings", version: 1 });

  async function of(scope: SettingsScope): Promise<Settings> {
    return (await documents.get(keyOf(scope))) ?? {};
  }

  async function here(channel: Destination): Promise<Settings> {
    const { parent } = channel;
    const around = parent === undefined ? {} : await of({ channel: { ...channel, channel: parent } });
    return { ...around, ...(await of({ channel })) };
  }

  async function effective(person: string, channel: Destination): Promise<EffectiveSettings> {
    const [theirs, channels] = await Promise.all([of({ person, destination: channel }), here(channel)]);
    // What is a matter of the channel alone is not in a person's settings.
    return { ...DEFAULTS, ...channels, ...theirs };
  }

  return {
    of,
    here,
    effective,
    async catalogFor(person, channel) {
      const { model, seconds, size } = await effective(person, channel);
      const known = catalog.models.some(({ id }) => id === model);
      return {
        ...catalog,
        defaults: {
          model: known && model !== undefined ? model : catalog.defaults.model,
          seconds: seconds ?? catalog.defaults.seconds,
          size: size ?? catalog.defaults.size,
        },
      };
    },
    async change(scope, changes, by) {
      const before = await of(scope);
      const after = await documents.update(keyOf(scope), (current) =>
        Object.fromEntries(
          Object.entries({ ...current, ...changes }).filter(([, value]) => value !== undefined),
        ),
      );
      logger.info({ settings: keyOf(scope), by: by.id, byName: by.name, before, after }, "settings changed");
      return after ?? {};
    },
    clear: (scope) => documents.delete(keyOf(scope)),
    async clearWorkspace({ platform, workspace }) {
      const prefix = `channel:${platform}:${workspace}:`;
      for await (const [key] of documents.entries()) if (key.startsWith(prefix)) await documents.delete(key);
    },
  };
}

/** People are the same everywhere on a platform. */
function keyOf(scope: SettingsScope): string {
  if ("person" in scope) return `person:${scope.destination.platform}:${scope.person}`;
  const { platform, workspace, channel } = scope.channel;
  return `channel:${platform}:${workspace}:${channel}`;
}
