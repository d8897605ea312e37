import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { UserError } from "../errors.ts";

/** https://sqlite.org/rescode.html#busy */
const SQLITE_BUSY = 5;

/**
 * WAL with FULL: a commit is on the disk when it returns, so neither a killed process nor a power cut loses a video that
 * was paid for. NORMAL would survive the kill but not the power cut; group commit pays for the difference.
 * The time-out is for people who look into the file with other tools while the bot runs.
 */
const PRAGMAS = `
  PRAGMA busy_timeout = 2000;
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
`;

/** A database that this process alone writes to. */
export interface SqliteFile {
  database: DatabaseSync;
  close(): void;
}

/**
 * Opens a file, its folder made if missing, or ":memory:".
 * @throws UserError `store_in_use` when another process has it, `store_unusable` when it cannot be opened.
 */
export function openSqliteFile(path: string): SqliteFile {
  if (path === ":memory:") {
    const database = new DatabaseSync(path);
    return { database, close: () => database.close() };
  }
  let lock: DatabaseSync | undefined;
  try {
    mkdirSync(dirname(path), { recursive: true });
    lock = holdLock(`${path}.lock`);
    const database = new DatabaseSync(path);
    database.exec(PRAGMAS);
    return {
      database,
      close() {
        database.close();
        lock?.close();
      },
    };
  } catch (error) {
    lock?.close();
    if (error instanceof UserError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new UserError(
      "store_unusable",
      `The store ${path} cannot be opened (${reason}). Check STORE_URL and who may write there.`,
    );
  }
}

/**
 * An open transaction on a second, empty database: the kernel drops its lock with the process, however that ends, and
 * the store itself stays readable for backups, which an exclusive lock on it would forbid.
 */
function holdLock(path: string): DatabaseSync {
  const lock = new DatabaseSync(path);
  try {
    lock.exec("BEGIN EXCLUSIVE");
    return lock;
  } catch (error) {
    lock.close();
    if (error instanceof Error && "errcode" in error && error.errcode === SQLITE_BUSY) {
      const store = path.replace(/\.lock$/, "");
      throw new UserError(
        "store_in_use",
        `Another process is using the store ${store}. Stop that one first, or give this one a STORE_URL of its own.`,
      );
    }
    throw error;
  }
}
