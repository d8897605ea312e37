import { UserError } from "../errors.ts";
import type { Logger } from "../logger.ts";
import { createCollection } from "./collection.ts";
import { openSqlite } from "./sqlite-storage.ts";
import type { StorageConnection } from "./storage.ts";
import type { Store, Unreadable } from "./store.ts";

/** The forms of STORE_URL, each with what opens the captured location. */
const SCHEMES: {
  form: RegExp;
  example: string;
  connect: (location: string, logger: Logger | undefined) => StorageConnection | Promise<StorageConnection>;
}[] = [
  { form: /^sqlite:(.+)$/, example: "sqlite:./data/showreel.db", connect: (path) => openSqlite({ path }) },
  { form: /^memory:()$/, example: "memory:", connect: () => openSqlite({ path: ":memory:" }) },
  {
    form: /^(rediss?:\/\/\S+)$/,
    example: "redis://localhost:6379",
    // Its client takes as long to load as all else of the store, and as much memory.
    connect: async (url, logger) => (await import("./redis-storage.ts")).openRedis({ url, logger }),
  },
];

/**
 * Opens the store that a URL names: `sqlite:PATH`, or `memory:` for one that ends with the process, or
 * `redis://[user:password@]host[:port][/db]` (`rediss://` for TLS) for one that many processes use.
 * @throws UserError when the URL names no store, or the store is in use or cannot be opened.
 */
export async function createStore({
  url,
  onUnreadable = () => {},
  logger,
}: {
  url: string;
  /** Hears of documents that were passed over because they cannot be read. */
  onUnreadable?: (found: Unreadable) => void;
  /** Hears of outages of a store that is another process. */
  logger?: Logger;
}): Promise<Store> {
  const scheme = SCHEMES.find(({ form }) => form.test(url));
  if (!scheme) {
    // Naming what was given could show a password.
    const examples = SCHEMES.map(({ example }) => example).join(", ");
    throw new UserError("store_url", `STORE_URL has to look like one of ${examples}.`);
  }
  const connection = await scheme.connect(url.replace(scheme.form, "$1"), logger);
  return {
    collection: (definition) => createCollection({ storage: connection.storage(), definition, onUnreadable }),
    ping: () => connection.ping(),
    close: () => connection.close(),
  };
}
