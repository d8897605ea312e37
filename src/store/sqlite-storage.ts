import type { DatabaseSync } from "node:sqlite";
import { setImmediate } from "node:timers/promises";
import { type Commit, createGroupCommit } from "./group-commit.ts";
import { openSqliteFile } from "./sqlite-file.ts";
import type { KeyvStorage, StorageConnection } from "./storage.ts";

const ITERATOR_PAGE = 1000;
/** Written to find out whether that can be done; it is never there. */
const NOTHING = { namespace: "", key: "ping", value: "", expires: 0 };
/** Expired rows are invisible at once; every so many writes they are removed as well. */
const WRITES_PER_SWEEP = 1000;

/**
 * Opens a database file for any number of Keyv storages; ":memory:" gives the same without a file.
 * On Node's own SQLite because the published Keyv adapter brings a native package that has to be compiled.
 * @throws UserError when the file is in use or cannot be opened.
 */
export function openSqlite(options: { path: string }): StorageConnection {
  const { database, close } = openSqliteFile(options.path);
  const statements = prepare(database);
  const { commit, flush } = createGroupCommit(database);
  let writes = 0;
  const write: Commit = (run) =>
    commit(() => {
      if (writes++ % WRITES_PER_SWEEP === 0) statements.sweep.run({ now: Date.now() });
      return run();
    });

  return {
    storage: () => createSqliteStorage({ statements, write }),
    ping: () => commit(() => void statements.set.run(NOTHING)),
    close: async () => {
      flush();
      close();
    },
  };
}

function createSqliteStorage({ statements, write }: { statements: Statements; write: Commit }): KeyvStorage {
  const row = (key: string) => ({ namespace: storage.namespace ?? "", key });
  const live = (key: string) => ({ ...row(key), now: Date.now() });
  const filled = (key: string, value: string, ttlMs: number | undefined) => ({
    ...row(key),
    value,
    expires: ttlMs === undefined ? null : Date.now() + ttlMs,
  });
  const text = (found: ReturnType<Statements["get"]["get"]>) => (found ? String(found.value) : undefined);

  const storage: KeyvStorage = {
    opts: { dialect: "sqlite" },
    namespace: undefined,
    on: () => storage,
    get: async (key) => text(statements.get.get(live(key))),
    async getMany(keys) {
      const rows = statements.getMany.all({ ...live(""), key: JSON.stringify(keys) });
      const found = new Map(rows.map((entry) => [entry.key, text(entry)]));
      return keys.map((key) => found.get(key));
    },
    set: (key, value, ttlMs) => write(() => void statements.set.run(filled(key, value, ttlMs))),
    delete: (key) => write(() => statements.delete.run(row(key)).changes > 0),
    clear: () => write(() => void statements.clear.run({ namespace: storage.namespace ?? "" })),
    async *iterator(namespace = storage.namespace ?? "") {
      let from = "";
      for (;;) {
        const rows = statements.page.all({ namespace, from, now: Date.now(), limit: ITERATOR_PAGE });
        for (const entry of rows) yield [String(entry.key), String(entry.value)];
        const last = rows.at(-1);
        if (!last || rows.length < ITERATOR_PAGE) return;
        from = `${last.key}\0`;
        await setImmediate();
      }
    },
    compareAndSwap: (key, expected, next, ttlMs) =>
      write(() => {
        const now = Date.now();
        if (next === undefined) {
          return expected === undefined
            ? statements.get.get(live(key)) === undefined
            : statements.deleteIf.run({ ...live(key), expected }).changes > 0;
        }
        const entry = { ...filled(key, next, ttlMs), now };
        return expected === undefined
          ? statements.insert.run(entry).changes > 0
          : statements.replaceIf.run({ ...entry, expected }).changes > 0;
      }),
  };
  return storage;
}

type Statements = ReturnType<typeof prepare>;

/** Each write is one statement, so each is atomic on its own. */
function prepare(database: DatabaseSync) {
  database.exec(`
    CREATE TABLE IF NOT EXISTS documents (
      namespace TEXT NOT NULL,
      key TEXT NOT NULL,
      value TEXT NOT NULL,
      expires INTEGER,
      PRIMARY KEY (namespace, key)
    ) STRICT;
    CREATE INDEX IF NOT EXISTS documents_expires ON documents (expires) WHERE expires IS NOT NULL;
  `);
  const LIVE = "(expires IS NULL OR expires > :now)";
  const AT = "namespace = :namespace AND key = :key";
  const INSERT =
    "INSERT INTO documents (namespace, key, value, expires) VALUES (:namespace, :key, :value, :expires)";
  const OVERWRITE = "ON CONFLICT DO UPDATE SET value = excluded.value, expires = excluded.expires";
  return {
    get: database.prepare(`SELECT value FROM documents WHERE ${AT} AND ${LIVE}`),
    getMany: database.prepare(
      `SELECT key, value FROM documents
       WHERE namespace = :namespace AND key IN (SELECT value FROM json_each(:key)) AND ${LIVE}`,
    ),
    page: database.prepare(
      `SELECT key, value FROM documents
       WHERE namespace = :namespace AND key >= :from AND ${LIVE} ORDER BY key LIMIT :limit`,
    ),
    set: database.prepare(`${INSERT} ${OVERWRITE}`),
    insert: database.prepare(`${INSERT} ${OVERWRITE} WHERE documents.expires <= :now`),
    replaceIf: database.prepare(
      `UPDATE documents SET value = :value, expires = :expires WHERE ${AT} AND value = :expected AND ${LIVE}`,
    ),
    delete: database.prepare(`DELETE FROM documents WHERE ${AT}`),
    deleteIf: database.prepare(`DELETE FROM documents WHERE ${AT} AND value = :expected AND ${LIVE}`),
    clear: database.prepare("DELETE FROM documents WHERE namespace = :namespace"),
    sweep: database.prepare("DELETE FROM documents WHERE expires <= :now"),
  };
}
