import { ServiceError } from "../errors.ts";

/** What has happened and could not be written down yet, as nobody else knows of it: answers to creates. */
export interface Unwritten<T> {
  /** Writes something down for a job; while the store cannot be used it is kept, and rejects with the store's error. */
  write(jobId: string, answer: () => Promise<T>): Promise<T>;
  /** What is kept for a job. */
  of(jobId: string): (() => Promise<T>) | undefined;
}

/** Keeps it in memory: if the process dies as well, the backend's list is what is left to look in. */
export function createUnwritten<T>(): Unwritten<T> {
  const kept = new Map<string, () => Promise<T>>();
  return {
    of: (jobId) => kept.get(jobId),
    async write(jobId, answer) {
      kept.set(jobId, answer);
      try {
        const written = await answer();
        kept.delete(jobId);
        return written;
      } catch (error) {
        const isStoreAway = error instanceof ServiceError && error.service === "store" && error.retryable;
        if (!isStoreAway) kept.delete(jobId);
        throw error;
      }
    },
  };
}
