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
const SOON_MS = 100;

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
  /** In their order: by priority, then as they came. Thousands may be waiting. */
  const waiting: Record<Priority, Set<Waiter>> = { final: new Set(), first: new Set(), progress: new Set() };
  const lines = Object.values(waiting);
  /** Those who were not asked about yet; nobody else has room before `earliest`. */
  const fresh = new Set<Waiter>();
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
      const waits: number[] = Array.isArray(answer) ? answer : await answer;
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
      // Where of so many nobody got through and somebody soon will, it is a limit of all, and the rest wait for it, too.
      const soonest = Math.min(...waits);
      if (due.length === AT_ONCE && soonest > 0 && soonest <= SOON_MS) {
        earliest = at + soonest;
        break;
      }
    }
    serving = false;
    if (lines.every(({ size }) => size === 0)) earliest = Number.POSITIVE_INFINITY;
    if (earliest !== timerFor) setTimer();
  }

  /** Those for whom there may be room now or `soon` (ms): what is shared tells everybody a slightly different time. */
  function nextDue(soon = 0): Waiter[] {
    const at = now() + soon;
    if (earliest > at) {
      const due = [...fresh].sort((a, b) => RANK[a.priority] - RANK[b.priority]).slice(0, AT_ONCE);
      for (const waiter of due) fresh.delete(waiter);
      return due;
    }
    const due: Waiter[] = [];
    earliest = Number.POSITIVE_INFINITY;
    for (const line of lines) {
      for (const waiter of line) {
        if (waiter.notBefore > at || due.length === AT_ONCE) {
          earliest = Math.min(earliest, waiter.notBefore);
        } else {
          due.push(waiter);
          fresh.delete(waiter);
        }
      }
    }
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
  function enter(waiter: Waiter): void {
    waiter.notBefore = Number.NEGATIVE_INFINITY;
    waiting[waiter.priority].add(waiter);
    fresh.add(waiter);
    void serve();
  }

  function leave(waiter: Waiter): void {
    waiting[waiter.priority].delete(waiter);
    fresh.delete(waiter);
  }

  return {
    acquire(draws, priority) {
      const { promise, resolve } = Promise.withResolvers<boolean>();
      const waiter: Waiter = { draws, priority, notBefore: 0, settle: resolve };
      enter(waiter);
      return {
        granted: promise,
        raise(to) {
          if (RANK[to] >= RANK[waiter.priority] || !waiting[waiter.priority].has(waiter)) return;
          leave(waiter);
          waiter.priority = to;
          enter(waiter);
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
