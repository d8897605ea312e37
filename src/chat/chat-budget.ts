import type { Draw } from "./adapter.ts";
import { createWindows, type Share, type Windows } from "./windows.ts";

/** Finals go first, then first cards; progress gets what is left. */
export type Priority = "final" | "first" | "progress";

/** A place in the line for one call to a platform. */
export interface Permit {
  /** true: send now; false: it was cancelled. */
  granted: Promise<boolean>;
  /** Moves it forward in the line, never back. */
  raise(priority: Priority): void;
  cancel(): void;
}

/** What may still be sent to the platforms, whatever is waiting. */
export interface ChatBudget {
  acquire(draws: readonly Draw[], priority: Priority): Permit;
  /** The platform asked for silence: nothing is drawn from this bucket for that long. */
  pause(draw: Draw, ms: number): void;
}

const RANK: Record<Priority, number> = { final: 0, first: 1, progress: 2 };
/** Progress leaves a fifth of each limit to finals and first cards. */
const PROGRESS_SHARE = 0.8;
/** Timers of more than 31 bits fire at once. */
const TIMER_MAX_MS = 3_600_000;
/** So many are asked about at once. */
const AT_ONCE = 100;

interface Waiter {
  draws: readonly Draw[];
  priority: Priority;
  /** Before this time there is no room for it. */
  notBefore: number;
  settle(granted: boolean): void;
}

/**
 * Who is waiting in this process to call a platform, and in which order. How much room there is, `windows` say: those of
 * this process by default, or such as are shared with other processes.
 * @param options.now milliseconds of a steady clock.
 */
export function createChatBudget({
  now = Date.now,
  windows = createWindows({ now }),
}: {
  now?: () => number;
  windows?: Windows;
} = {}): ChatBudget {
  let waiting: Waiter[] = [];
  /** Those who were not asked about yet: the others have no room before `earliest`. Thousands may be waiting. */
  let fresh: Waiter[] = [];
  let earliest = Number.POSITIVE_INFINITY;
  let serving = false;
  let timer: NodeJS.Timeout | undefined;
  let timerFor = Number.POSITIVE_INFINITY;

  /** Asks for all for whom there may be room, the first in the line first; without a wait where `windows` need none. */
  async function serve(): Promise<void> {
    // Whoever comes during a round is asked about in the next one.
    if (serving) return;
    serving = true;
    for (let due = nextDue(windows.spreadMs); due.length > 0; due = nextDue()) {
      const at = now();
      const asked = due.map((waiter) => ({ waiter, priority: waiter.priority }));
      const answer = windows.take(due.map(sharesOf));
      const waits = Array.isArray(answer) ? answer : await answer;
      for (const [place, { waiter, priority }] of asked.entries()) {
        const wait = waits[place] ?? 0;
        if (wait <= 0) {
          leave(waiter);
          waiter.settle(true);
        } else if (waiter.priority === priority) {
          waiter.notBefore = at + Math.max(1, wait);
          earliest = Math.min(earliest, waiter.notBefore);
        }
      }
    }
    serving = false;
    if (waiting.length === 0) earliest = Number.POSITIVE_INFINITY;
    if (earliest !== timerFor) setTimer();
  }

  /** Those for whom there may be room now or `soon` (ms): what is shared tells everybody a slightly different time. */
  function nextDue(soon = 0): Waiter[] {
    const at = now() + soon;
    const inOrder = (a: Waiter, b: Waiter) => RANK[a.priority] - RANK[b.priority];
    if (earliest > at) return fresh.sort(inOrder).splice(0, AT_ONCE);
    waiting.sort(inOrder);
    const due = waiting.filter(({ notBefore }) => notBefore <= at).slice(0, AT_ONCE);
    const asked = new Set(due);
    fresh = fresh.filter((waiter) => !asked.has(waiter));
    const rest = waiting.filter((waiter) => !asked.has(waiter)).map(({ notBefore }) => notBefore);
    earliest = rest.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
    return due;
  }

  function setTimer(): void {
    clearTimeout(timer);
    timerFor = earliest;
    if (earliest === Number.POSITIVE_INFINITY) return;
    const inMs = earliest + Math.random() * windows.spreadMs - now();
    const ring = () => {
      timerFor = Number.POSITIVE_INFINITY;
      void serve();
    };
    timer = setTimeout(ring, Math.min(Math.max(1, inMs), TIMER_MAX_MS));
  }

  /** To be asked about in the next round. */
  function ask(waiter: Waiter): void {
    waiter.notBefore = Number.NEGATIVE_INFINITY;
    if (!fresh.includes(waiter)) fresh.push(waiter);
    void serve();
  }

  function leave(waiter: Waiter): void {
    waiting = waiting.filter((other) => other !== waiter);
    fresh = fresh.filter((other) => other !== waiter);
  }

  return {
    acquire(draws, priority) {
      const { promise, resolve } = Promise.withResolvers<boolean>();
      const waiter: Waiter = { draws, priority, notBefore: 0, settle: resolve };
      waiting.push(waiter);
      ask(waiter);
      return {
        granted: promise,
        raise(to) {
          if (RANK[to] >= RANK[waiter.priority]) return;
          waiter.priority = to;
          ask(waiter);
        },
        cancel() {
          leave(waiter);
          resolve(false);
        },
      };
    },
    pause: windows.pause,
  };
}

function sharesOf({ draws, priority }: Waiter): Share[] {
  return draws.map((draw) => ({
    ...draw,
    room: priority === "progress" ? Math.ceil(draw.calls * PROGRESS_SHARE) : draw.calls,
  }));
}
