import { Keyv } from "keyv";
import { ServiceError } from "../errors.ts";
import { sleep } from "../sleep.ts";
import { reaching } from "./reaching.ts";
import type { DocumentStorage } from "./storage.ts";
import type { Collection, CollectionDefinition, Unreadable } from "./store.ts";

const MAX_TRIES = 24;
/** In one process the other writer is done by the next try; only then is it worth waiting. */
const TRIES_AT_ONCE = 4;
const MAX_WAIT_MS = 500;

interface Envelope<T> {
  /** Schema version; none where the text could not be read. */
  v: number | undefined;
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
  /** Hears of each document that was passed over because it cannot be read. */
  onUnreadable: (found: Unreadable) => void;
}): Collection<T> {
  const { storage, onUnreadable } = options;
  const { name, version, migrate, ttlMs } = options.definition;
  const keyv = new Keyv<Envelope<T>>({
    store: storage,
    namespace: name,
    useKeyPrefix: false,
    serialize: JSON.stringify,
    deserialize: parse,
    throwOnErrors: true,
    emitErrors: false,
  });
  const seal = (doc: T) => JSON.stringify({ value: { v: version, doc } });

  function open({ v, doc }: Envelope<T>): T {
    if (v === version) return doc;
    if (v === undefined) throw refusal("unreadable", `A document of "${name}" cannot be read.`);
    if (v < version && migrate) return migrate(doc, v);
    throw refusal(
      "unknown_version",
      `A document of "${name}" has version ${v}, but this release knows ${version}: run the one that wrote it.`,
    );
  }

  /** One among many that cannot be read stops nobody else's. */
  function openIfReadable(key: string, envelope: Envelope<T>): T | undefined {
    try {
      return open(envelope);
    } catch (error) {
      onUnreadable({ collection: name, key, error });
      return undefined;
    }
  }

  const swap = (key: string, expected: string | undefined, next: T | undefined) =>
    reaching(() => storage.compareAndSwap(key, expected, next && seal(next), ttlMs));

  return {
    async get(key) {
      const envelope = await reaching(() => keyv.get(key));
      return envelope && open(envelope);
    },
    async getMany(keys) {
      const envelopes = await reaching(() => keyv.getMany(keys));
      return envelopes.map((envelope, index) => envelope && openIfReadable(keys[index] ?? "", envelope));
    },
    insert: (key, document) => swap(key, undefined, document),
    async update(key, change) {
      for (let tries = 1; tries <= MAX_TRIES; tries++) {
        const raw = await reaching(() => storage.get(key));
        const current = raw === undefined ? undefined : open(parse(raw).value);
        const next = change(current);
        if (next === current || (await swap(key, raw, next))) return next;
        if (tries >= TRIES_AT_ONCE)
          await sleep(Math.random() * Math.min(2 ** (tries - TRIES_AT_ONCE), MAX_WAIT_MS));
      }
      const message = `The document "${key}" of "${name}" was changed by others ${MAX_TRIES} times in a row.`;
      throw new ServiceError("store", "conflict", message, { retryable: true });
    },
    async delete(key) {
      await reaching(() => keyv.delete(key));
    },
    async *entries() {
      const found = keyv.iterator?.(name);
      if (!found) return;
      for (;;) {
        const next = await reaching(async () => found.next());
        if (next.done) return;
        const [key, envelope] = next.value;
        const document = openIfReadable(key, envelope);
        if (document) yield [key, document];
      }
    },
  };
}

/** A document that is no JSON, or of another shape, becomes one without a version, which `open` refuses. */
const BROKEN = '{"value":{}}';

/** Reads what Keyv keeps: the document in its `value`. */
function parse(text: string) {
  try {
    const stored = JSON.parse(text);
    const { v, doc } = stored.value;
    if (typeof v === "number" && typeof doc === "object" && doc !== null) return stored;
  } catch {
    // Broken, as is what was read and does not fit.
  }
  return JSON.parse(BROKEN);
}

function refusal(code: string, message: string): ServiceError {
  return new ServiceError("store", code, message, { retryable: false });
}
