/** Does the next piece of work on a job; rejecting asks for another try later. */
export type Work = (jobId: string) => Promise<void>;

/**
 * Says who works on a job: one worker at a time per job, over all jobs a bounded number at once.
 * Entries are hints, the job documents are the truth: losing an entry costs time, never a job.
 */
export interface WorkQueue {
  /**
   * Begins to work; `work` is called for each job that was added, in a log context of its own (`inLogContext`).
   * @param onBegin hears how long work that was due has waited (ms).
   */
  start(work: Work, onBegin?: (waitedMs: number) => void): void;
  /** Asks for work on a job. A job that waits already is not added twice; one being worked on is taken up again after. */
  add(jobId: string): void;
  /** The same at once, also where the job waits before it is tried again. */
  wake(jobId: string): void;
  /** How many jobs are due and not being worked on. */
  waiting(): Promise<number>;
  /** Takes no new work up and waits for what is under way, for `timeoutMs` at most. */
  stop(timeoutMs: number): Promise<void>;
}
