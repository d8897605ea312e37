import { sleep } from "./sleep.ts";

/** Work that is done again and again. */
export interface Repetition {
  start(): void;
  /** Ends the waiting; work under way is finished. */
  stop(): Promise<void>;
}

/** Does `work`, waits `pauseMs()`, and so on until it is stopped; a failure is told to `onError` and ends nothing. */
export function createRepetition(options: {
  work: () => Promise<void>;
  pauseMs: () => number;
  onError: (error: unknown) => void;
}): Repetition {
  const { work, pauseMs, onError } = options;
  const stopping = new AbortController();
  let running: Promise<void> = Promise.resolve();

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      await work().catch(onError);
      await sleep(pauseMs(), stopping.signal);
    }
  }

  return {
    start: () => {
      running = run();
    },
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
