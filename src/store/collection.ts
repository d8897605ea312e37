import { Keyv } from "keyv";
import { ServiceError } from "../errors.ts";
import { sleep } from "../sleep.ts";
import type { DocumentStorage } from "./storage.ts";
import type { Collection, CollectionDefinition } from "./store.ts";

const MAX_TRIES = 24;
/** In one process the other writer is done by the next try; only then is it worth waiting. */
const TRIES_AT_ONCE = 4;
const MAX_WAIT_MS = 500;

interface Envelope<T> {
  /** Schema version. */
  v: number;
  doc: T;
}

/**
 * Keyv reads, lists and deletes; writes go past it to the storage's compare-and-swap, in Keyv's own format. Not set:
 * - its key prefix, which it leaves out for keys that begin like one ("job:1" in "job"): the storage keeps namespaces
 *   apart;
 * - its `expires`, by which it deletes what it finds expired, even if another process has just written it anew: the
 *   storage alone says what has expired.
 */
export function createCollection<T extends object>(options: {
  storage: DocumentStorage;
  definition: CollectionDefinition<T>;
}): Collection<T> {
  const { storage } = options;
  const { name, version, migrate, ttlMs } = options.definition;
  const keyv = new Keyv<Envelope<T>>({
    store: storage,
    namespace: name,
    useKeyPrefix: false,
    serialize: JSON.stringify,
    deserialize: JSON.parse,
    throwOnErrors: true,
    emitErrors: false,
  });
  const seal = (doc: T) => JSON.stringify({ value: { v: version, doc } });

  function open({ v, doc }: Envelope<T>): T {
    if (v === version) return doc;
    if (v < version && migrate) return migrate(doc, v);
    const message = `A document of "${name}" has version ${v}, but this release knows ${version}: run the one that wrote it.`;
    throw new ServiceError("store", "unknown_version", message, { retryable: false });
  }

  const swap = (key: string, expected: string | undefined, next: T | undefined) =>
    storage.compareAndSwap(key, expected, next && seal(next), ttlMs);

  return {
    async get(key) {
      const envelope = await keyv.get(key);
      return envelope && open(envelope);
    },
    async getMany(keys) {
      const envelopes = await keyv.getMany(keys);
      return envelopes.map((envelope) => envelope && open(envelope));
    },
    insert: (key, document) => swap(key, undefined, document),
    async update(key, change) {
      for (let tries = 1; tries <= MAX_TRIES; tries++) {
        const raw = await storage.get(key);
        const current = raw === undefined ? undefined : open(JSON.parse(raw).value);
        const next = change(current);
        if (next === current || (await swap(key, raw, next))) return next;
        if (tries >= TRIES_AT_ONCE)
          await sleep(Math.random() * Math.min(2 ** (tries - TRIES_AT_ONCE), MAX_WAIT_MS));
      }
      const message = `The document "${key}" of "${name}" was changed by others ${MAX_TRIES} times in a row.`;
      throw new ServiceError("store", "conflict", message, { retryable: true });
    },
    async delete(key) {
      await keyv.delete(key);
    },
    async *entries() {
      for await (const [key, envelope] of keyv.iterator?.(name) ?? []) yield [key, open(envelope)];
    },
  };
}
