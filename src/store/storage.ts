/**
 * A Keyv storage adapter, with the one thing Keyv lacks: compare-and-swap. Values are serialised strings; when they
 * expire is the storage's alone to say, and what has expired is absent for every call.
 */
export interface DocumentStorage {
  /** Keyv writes its own namespace here, so each Keyv gets a storage of its own. */
  namespace?: string | undefined;
  get(key: string): Promise<string | undefined>;
  /** In the order of `keys`. */
  getMany(keys: string[]): Promise<(string | undefined)[]>;
  set(key: string, value: string, ttlMs?: number): Promise<void>;
  /** Resolves to whether there was something to delete. */
  delete(key: string): Promise<boolean>;
  clear(): Promise<void>;
  /** Each key once at most; what changes meanwhile may be seen or not. */
  iterator(namespace?: string): AsyncGenerator<[key: string, value: string], void>;
  /**
   * Puts `next` in the place of `expected` in one atomic step, undefined standing for absent; resolves to false, having
   * changed nothing, when something else is there.
   */
  compareAndSwap(
    key: string,
    expected: string | undefined,
    next: string | undefined,
    ttlMs?: number,
  ): Promise<boolean>;
}

/** What Keyv looks for on a storage before it iterates over it or listens to it. */
export interface KeyvStorage extends DocumentStorage {
  opts: { dialect: "sqlite" | "redis" };
  on(event: string, listener: (...values: unknown[]) => void): KeyvStorage;
}

/** An open database that holds any number of namespaces. */
export interface StorageConnection {
  storage(): DocumentStorage;
  /** Rejects when the database cannot be written. */
  ping(): Promise<void>;
  /** Finishes what was begun and lets go of the database. */
  close(): Promise<void>;
}
