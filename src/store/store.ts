/** Typed JSON documents with an optional lifetime, changed by compare-and-swap. Nothing spans two documents. */
export interface Store {
  collection<T extends object>(definition: CollectionDefinition<T>): Collection<T>;
  /** Rejects when the store cannot be written. */
  ping(): Promise<void>;
  /** Finishes what was begun and lets go of the database. */
  close(): Promise<void>;
}

/** A document that is there and cannot be read: broken, or another release's. */
export interface Unreadable {
  collection: string;
  key: string;
  error: unknown;
}

/** A kind of document. */
export interface CollectionDefinition<T extends object> {
  /** Unique in the store; collections never see each other's keys. */
  name: string;
  /** Of the documents' shape, stored with each: 1 at first, one more with each change that older code cannot read. */
  version: number;
  /** Brings a document of an older version up to this one; it is written back with its next update. */
  migrate?: (document: unknown, version: number) => T;
  /** A document vanishes this long after it was last written; default: never. */
  ttlMs?: number;
}

/**
 * The documents of one kind, by key: any string. Documents are plain JSON and belong to whoever read them.
 * Every call rejects with a retryable ServiceError, code `unavailable`, while the database cannot be used. Reading one
 * document that is broken, or of a version that this code does not know, rejects with code `unreadable` or
 * `unknown_version`; among many it is passed over.
 */
export interface Collection<T extends object> {
  get(key: string): Promise<T | undefined>;
  /** In the order of `keys`, undefined for those that are not there. */
  getMany(keys: string[]): Promise<(T | undefined)[]>;
  /** Writes a document unless there is one; resolves to whether it did, once for all who try at the same time. */
  insert(key: string, document: T): Promise<boolean>;
  /**
   * Puts what `change` makes of the document in its place and resolves to it; undefined stands for absent both ways.
   * `change` runs again when another writer came first, so it is pure and leaves its argument as it is; returning
   * that very object writes nothing.
   * @throws ServiceError `conflict` when others always came first.
   */
  update(key: string, change: (current: T | undefined) => T | undefined): Promise<T | undefined>;
  /** Absent already is fine. */
  delete(key: string): Promise<void>;
  /** All of them, in no particular order; what changes meanwhile may be seen or not. */
  entries(): AsyncIterable<[key: string, document: T]>;
}
