import { createFairOrder, type Waiter } from "./fair-order.ts";
import type { Job } from "./job.ts";

/** Where a job waits, from 1. */
export interface Place {
  place: number;
  of: number;
}

/** Who may ask the backend for a video now, and who waits. */
export interface WaitingLine {
  /**
   * Takes note of how a job stands. True: it has a place at the backend. False: it waits for its turn, or needs no place
   * (any more), which may be the next one's turn then.
   */
  see(job: Job): Promise<boolean>;
  /** Takes one out that is no more. */
  leave(jobId: string): Promise<void>;
  /** Undefined for a job that does not wait. */
  place(jobId: string): Promise<Place | undefined>;
  /** The jobs that have a place, and those that wait. */
  members(): Promise<{ served: ReadonlySet<string>; waiting: ReadonlySet<string> }>;
  stop(): void;
}

/** What a line is for, and who hears of it. */
export interface LineOptions {
  /** Videos at the backend at once. */
  maxActive: number;
  /** Hears of a job that waited and has a place now. */
  onTurn: (jobId: string) => void;
  /** Hears of those whose words have changed since they were last told of. */
  onMoved: (jobIds: string[]) => void;
}

/** Words change at most so often (ms): each change is an edit in the chat. */
export const MOVED_EVERY_MS = 1_000;
/** Up to here a place is told exactly. */
const EXACT_MAX = 20;

/** Gives the places in turn, by person and by channel. In memory: it is told of every job again after a restart. */
export function createWaitingLine({ maxActive, onTurn, onMoved }: LineOptions): WaitingLine {
  const fair = createFairOrder();
  const served = new Set<string>();
  const waiting = new Map<string, Waiter>();
  let arrived = 0;
  let order: Waiter[] | undefined;
  let places = new Map<string, number>();
  let told = new Map<string, string>();
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  /** The order changes with everybody who comes and goes, and is worked out when somebody asks. */
  function inOrder(): Waiter[] {
    if (!order) {
      order = fair.of([...waiting.values()]);
      places = new Map(order.map(({ id }, index) => [id, index + 1]));
    }
    return order;
  }

  function changed(): void {
    order = undefined;
    if (!stopped) timer ??= setTimeout(tell, MOVED_EVERY_MS);
  }

  function tell(): void {
    timer = undefined;
    const words = wordsOf(inOrder().map(({ id }) => id));
    const moved = movedSince(told, words);
    told = words;
    if (moved.length > 0) onMoved(moved);
  }

  function admit(): void {
    while (served.size < maxActive) {
      const next = inOrder()[0];
      if (!next) return;
      serve(next);
      onTurn(next.id);
    }
  }

  function serve(waiter: Waiter): void {
    waiting.delete(waiter.id);
    served.add(waiter.id);
    fair.served(waiter);
    changed();
  }

  function leave(jobId: string): void {
    const gone = [served.delete(jobId), waiting.delete(jobId)];
    if (!gone.includes(true)) return;
    changed();
    admit();
    if (served.size === 0) fair.reset();
  }

  function come(job: Job): boolean {
    if (served.has(job.id)) return true;
    if (waiting.has(job.id)) return false;
    const waiter = { ...waiterOf(job), number: arrived++ };
    // Nobody waits where there is room.
    if (served.size < maxActive) {
      serve(waiter);
      return true;
    }
    waiting.set(job.id, waiter);
    changed();
    return false;
  }

  return {
    async see(job) {
      switch (needOf(job)) {
        case "turn":
          return come(job);
        case "place": {
          // After a restart there can be more of them than places.
          if (served.has(job.id)) return true;
          serve(waiting.get(job.id) ?? { ...waiterOf(job), number: arrived++ });
          return true;
        }
        default:
          leave(job.id);
          return false;
      }
    },
    leave: async (jobId) => leave(jobId),
    members: async () => ({ served: new Set(served), waiting: new Set(waiting.keys()) }),
    async place(jobId) {
      if (!waiting.has(jobId)) return undefined;
      inOrder();
      const place = places.get(jobId);
      return place === undefined ? undefined : { place, of: waiting.size };
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}

/** What a job wants of the line: a turn, a place that it has or had, or nothing (any more). */
export function needOf({ phase }: Pick<Job, "phase">): "turn" | "place" | undefined {
  if (phase === "posted") return "turn";
  return phase === "creating" || phase === "rendering" ? "place" : undefined;
}

/** People are the same everywhere on a platform; a thread is a part of its channel. */
export function waiterOf({ id, requester, destination }: Job): Omit<Waiter, "number"> {
  const { platform, workspace, channel, parent } = destination;
  return {
    id,
    person: `${platform}:${requester.id}`,
    channel: `${platform}:${workspace}:${parent ?? channel}`,
  };
}

/** What is said to each of those who wait, in their order. */
export function wordsOf(order: readonly string[]): Map<string, string> {
  return new Map(order.map((id, index) => [id, describePlace({ place: index + 1, of: order.length })]));
}

/** Those to whom something else is said than before. */
export function movedSince(
  before: ReadonlyMap<string, string>,
  words: ReadonlyMap<string, string>,
): string[] {
  return [...words].filter(([id, said]) => before.get(id) !== said).map(([id]) => id);
}

const ORDINALS = new Intl.PluralRules("en", { type: "ordinal" });
const SUFFIXES: Partial<Record<Intl.LDMLPluralRule, string>> = { one: "st", two: "nd", few: "rd" };

/** "Waiting, 3rd of 7"; far behind, where it matters less and changes often, "Waiting, about 40th of 300". */
export function describePlace({ place, of }: Place): string {
  const exact = place <= EXACT_MAX;
  const round = (count: number) => (count > EXACT_MAX ? 10 * Math.round(count / 10) : count);
  const said = exact ? place : round(place);
  return `Waiting, ${exact ? "" : "about "}${said}${SUFFIXES[ORDINALS.select(said)] ?? "th"} of ${round(of)}`;
}
