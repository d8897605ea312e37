import { sleep } from "./sleep.ts";

/** Something that is done again and again. */
export interface Round {
  name: string;
  /** How long after one the next follows (ms). */
  everyMs: number;
  /** How long to pause now (ms), where that changes; where several processes share a round, `everyMs` holds. */
  pauseMs?: () => number;
  work: () => Promise<void>;
  /** Hears of a failure, which ends nothing. */
  onError: (error: unknown) => void;
}

/** A round that can be run. */
export interface Repetition {
  start(): void;
  /** Ends the waiting; work under way is finished. */
  stop(): Promise<void>;
}

/** Makes a round run: in this process alone, or in one of several at a time. */
export type Repeat = (round: Round) => Repetition;

/** Does a round's work, pauses, and so on until it is stopped. */
export function createRepetition({
  everyMs,
  work,
  pauseMs = () => everyMs,
  onError,
}: Omit<Round, "name">): Repetition {
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
