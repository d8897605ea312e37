import type { DatabaseSync } from "node:sqlite";

/** Runs a write inside the next transaction; resolves to its result once that is committed. */
export type Commit = <T>(write: () => T) => Promise<T>;

/**
 * Gathers the writes of one turn of the event loop into one transaction: a thousand jobs that move in one tick of the
 * poller cost one fsync, which is what makes `synchronous=FULL` affordable. Either all of them are committed or all
 * reject, for what fails here is the disk. `flush` commits at once what still waits.
 */
export function createGroupCommit(database: DatabaseSync): { commit: Commit; flush: () => void } {
  const begin = database.prepare("BEGIN IMMEDIATE");
  const commit = database.prepare("COMMIT");
  const rollback = database.prepare("ROLLBACK");
  let waiting: { run: () => () => void; reject: (reason: unknown) => void }[] = [];

  function flush(): void {
    const batch = waiting;
    waiting = [];
    if (batch.length === 0) return;
    try {
      begin.run();
      const settle = batch.map(({ run }) => run());
      commit.run();
      for (const resolve of settle) resolve();
    } catch (error) {
      if (database.isOpen && database.isTransaction) rollback.run();
      for (const { reject } of batch) reject(error);
    }
  }

  return {
    flush,
    commit: (write) =>
      new Promise((resolve, reject) => {
        // Asked for in a promise job, a tick comes when all promise jobs are done: what they still write comes along.
        if (waiting.length === 0) process.nextTick(flush);
        const run = () => {
          const result = write();
          return () => resolve(result);
        };
        waiting.push({ run, reject });
      }),
  };
}
