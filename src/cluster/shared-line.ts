import type { Redis } from "ioredis";
import { createFairOrder, type FairMemory, type Waiter } from "../jobs/fair-order.ts";
import type { Job } from "../jobs/job.ts";
import {
  type LineOptions,
  MOVED_EVERY_MS,
  movedSince,
  needOf,
  type Place,
  type WaitingLine,
  waiterOf,
  wordsOf,
} from "../jobs/waiting-line.ts";
import type { Logger } from "../logger.ts";
import { reaching } from "../store/reaching.ts";
import { LINE_PROGRAMS } from "./line-programs.ts";
import { createScript } from "./redis.ts";
import type { SharedTurns } from "./shared-turns.ts";

/** Members written with one command. */
const AT_ONCE = 1_000;

/** What Redis knows of a line before it is put in order. */
interface Snapshot {
  room: number;
  memory: FairMemory | undefined;
  /** Who has had a place since the order was last worked out, in that order. */
  taken: Waiter[];
  waiting: Waiter[];
}

/**
 * One line for all processes. Who has a place and who waits stands in Redis and changes in single steps; whose turn is
 * next is worked out by one process at a time, by the same rules as in memory, whenever a place has become free.
 */
export function createSharedLine(
  options: LineOptions & { redis: Redis; prefix: string; turns: SharedTurns; logger: Logger },
): WaitingLine {
  const { maxActive, onTurn, onMoved, redis, prefix, turns, logger } = options;
  const at = (name: string) => `${prefix}:{line}:${name}`;
  const KEYS = ["served", "waiting", "taken", "memory", "order", "arrived"].map(at);
  const programs = {
    come: createScript(redis, LINE_PROGRAMS.come),
    take: createScript(redis, LINE_PROGRAMS.take),
    leave: createScript(redis, LINE_PROGRAMS.leave),
    look: createScript(redis, LINE_PROGRAMS.look),
    grant: createScript(redis, LINE_PROGRAMS.grant),
  };
  let willArrange = false;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const trouble = (err: unknown) => logger.warn({ err }, "the line could not be put in order, trying again");

  /** Those who ask meanwhile are served by the next one. */
  function arrangeSoon(): void {
    if (willArrange || stopped) return;
    willArrange = true;
    turns
      .take(at("turn"), () => {
        willArrange = false;
        return arrange();
      })
      .catch((err: unknown) => {
        willArrange = false;
        trouble(err);
      });
  }

  function changed(): void {
    if (stopped) return;
    timer ??= setTimeout(() => {
      timer = undefined;
      turns.take(at("turn"), tell).catch(trouble);
    }, MOVED_EVERY_MS);
  }

  async function look(): Promise<Snapshot> {
    const [served, memory, taken, waiting] = asLists(await programs.look(KEYS, []));
    return {
      room: maxActive - Number(served),
      memory: memory === "" ? undefined : JSON.parse(String(memory)),
      taken: asLists(taken).map((text) => waiterFrom(String(text))),
      waiting: asLists(waiting).map((text) => waiterFrom(String(text))),
    };
  }

  function orderOf({ memory, taken }: Snapshot) {
    const fair = createFairOrder(memory);
    for (const waiter of taken) fair.served(waiter);
    return fair;
  }

  /** Gives what is free to those whose turn it is. */
  async function arrange(): Promise<void> {
    const seen = await look();
    const fair = orderOf(seen);
    const next = seen.room > 0 ? fair.of(seen.waiting).slice(0, seen.room) : [];
    const memory = JSON.stringify(fair.memory());
    const granted = await programs.grant(KEYS, [
      maxActive,
      Date.now(),
      seen.taken.length,
      memory,
      ...next.map(({ id }) => id),
    ]);
    for (const id of asLists(granted)) onTurn(String(id));
    if (next.length > 0) changed();
  }

  /** Tells of those whose words are others than those that were told last, by whichever process. */
  async function tell(): Promise<void> {
    const [seen, before] = await Promise.all([look(), redis.zrange(at("order"), "0", "-1")]);
    const order = orderOf(seen)
      .of(seen.waiting)
      .map(({ id }) => id);
    const moved = movedSince(wordsOf(before), wordsOf(order));
    const writing = redis.multi().del(at("order"));
    for (let from = 0; from < order.length; from += AT_ONCE)
      writing.zadd(
        at("order"),
        ...order.slice(from, from + AT_ONCE).flatMap((id, n) => [String(from + n), id]),
      );
    await writing.exec();
    if (moved.length > 0) onMoved(moved);
  }

  async function leave(jobId: string): Promise<void> {
    const [wasThere, someWait] = asLists(await programs.leave(KEYS, [jobId]));
    if (Number(wasThere) === 0 || Number(someWait) === 0) return;
    arrangeSoon();
    changed();
  }

  async function see(job: Job): Promise<boolean> {
    const need = needOf(job);
    if (need === undefined) {
      await leave(job.id);
      return false;
    }
    const waiter = JSON.stringify(waiterOf(job));
    if (need === "place") {
      await programs.take(KEYS, [job.id, waiter, Date.now()]);
      return true;
    }
    const [has, isRoom, isNew] = asLists(await programs.come(KEYS, [job.id, waiter, maxActive, Date.now()]));
    if (Number(isRoom) === 1) arrangeSoon();
    if (Number(isNew) === 1) changed();
    return Number(has) === 1;
  }

  /** By the order that was told last. */
  async function place(jobId: string): Promise<Place | undefined> {
    const [waits, index, of] = await Promise.all([
      redis.hexists(at("waiting"), jobId),
      redis.zrank(at("order"), jobId),
      redis.zcard(at("order")),
    ]);
    return waits === 0 || index === null ? undefined : { place: index + 1, of };
  }

  async function members() {
    const [served, waiting] = await Promise.all([
      redis.zrange(at("served"), "0", "-1"),
      redis.hkeys(at("waiting")),
    ]);
    // Whoever was to give what is free may have died.
    if (waiting.length > 0 && served.length < maxActive) arrangeSoon();
    return { served: new Set(served), waiting: new Set(waiting) };
  }

  return {
    see: (job) => reaching(() => see(job)),
    leave: (jobId) => reaching(() => leave(jobId)),
    place: (jobId) => reaching(() => place(jobId)),
    members: () => reaching(members),
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}

function asLists(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

/** As the programs keep it: the number of its arrival, a space, and the rest as JSON. */
function waiterFrom(text: string): Waiter {
  const space = text.indexOf(" ");
  return { ...JSON.parse(text.slice(space + 1)), number: Number(text.slice(0, space)) };
}
