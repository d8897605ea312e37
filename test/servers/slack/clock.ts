/** Slack's own time, which a test can move ahead, so that it need not wait for it. */
export interface ServerClock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Runs `task` once, `ms` later on this clock; the result cancels it. */
  after(ms: number, task: () => void): () => void;
  /** Moves the time ahead and runs what became due, in order. */
  advance(ms: number): void;
  /** Forgets every waiting task and takes no more. */
  stop(): void;
}

interface Waiting {
  dueAt: number;
  task: () => void;
  timer: NodeJS.Timeout | undefined;
}

/** Starts at the real time and runs with it, or stands still until it is moved where `isFrozen`. */
export function createServerClock({ isFrozen = false } = {}): ServerClock {
  const waiting = new Set<Waiting>();
  const startedAt = Date.now();
  let ahead = 0;
  let isStopped = false;
  const now = () => (isFrozen ? startedAt : Date.now()) + ahead;

  function run(entry: Waiting) {
    cancel(entry);
    entry.task();
  }
  function cancel(entry: Waiting) {
    clearTimeout(entry.timer);
    waiting.delete(entry);
  }
  function arm(entry: Waiting) {
    clearTimeout(entry.timer);
    if (!isFrozen) entry.timer = setTimeout(() => run(entry), Math.max(0, entry.dueAt - now()));
  }

  return {
    now,
    after: (ms, task) => {
      const entry: Waiting = { dueAt: now() + ms, task, timer: undefined };
      if (!isStopped) {
        waiting.add(entry);
        arm(entry);
      }
      return () => cancel(entry);
    },
    advance: (ms) => {
      ahead += ms;
      const due = [...waiting].filter((entry) => entry.dueAt <= now()).sort((a, b) => a.dueAt - b.dueAt);
      for (const entry of due) if (waiting.has(entry)) run(entry);
      for (const entry of waiting) arm(entry);
    },
    stop: () => {
      isStopped = true;
      for (const entry of [...waiting]) cancel(entry);
    },
  };
}
