import { existsSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import type { Job } from "../../src/jobs/job.ts";

/** What stands in the store. */
export interface StoreLook {
  jobs: Job[];
  /** Ids of the jobs that are reserved. */
  holds: string[];
}

/** Looks into a store that a process may be writing to, and leaves it as it is: also what a crash left. */
export function lookIntoStore(path: string): StoreLook {
  if (!existsSync(path)) return { jobs: [], holds: [] };
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    database.exec("PRAGMA busy_timeout = 2000");
    const rows = (namespace: string) =>
      database.prepare("SELECT key, value FROM documents WHERE namespace = ? ORDER BY key").all(namespace);
    const jobs = rows("job").map(({ value }): Job => JSON.parse(String(value)).value.doc);
    return { jobs, holds: rows("hold").map(({ key }) => String(key)) };
  } catch (error) {
    // Killed before it made the table.
    if (error instanceof Error && /no such table/.test(error.message)) return { jobs: [], holds: [] };
    throw error;
  } finally {
    database.close();
  }
}
