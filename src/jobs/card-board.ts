import type { Logger } from "pino";
import type { ChatAdapter, Destination, PlatformName } from "../chat/adapter.ts";
import type { Card } from "../chat/card.ts";
import type { ChatBudget, Permit, Priority } from "../chat/chat-budget.ts";
import { ServiceError } from "../errors.ts";
import { sleep } from "../sleep.ts";
import type { Job } from "./job.ts";
import type { JobStore } from "./job-store.ts";

/**
 * Keeps every card true to its job. One thing at a time happens to a card; an edit that waits for its turn shows the
 * newest document when the turn comes, so nothing stale is ever sent and nothing queues up behind itself.
 */
export interface CardBoard {
  /** Posts the first card, by the request's own answer where there is one. */
  post(job: Job, answer?: (card: Card) => Promise<Destination>): Promise<Destination>;
  /** Shows the job's newest state when the platform's limits allow; resolves when it is shown or cannot be. */
  show(job: Job): Promise<void>;
  /** Runs the last thing that happens to a card after what is under way; waiting edits are dropped. */
  finish(job: Job, work: (adapter: ChatAdapter) => Promise<void>): Promise<void>;
}

/** Percent points of progress that are worth an edit. */
const PROGRESS_STEP = 5;
const RETRY_MS = 2_000;
const TRIES = 5;

interface Slot {
  /** What happens to the card now; the next thing waits for it. */
  turn: Promise<unknown>;
  waiting: { done: Promise<void>; permit: Permit } | undefined;
  shown: { title: string; percent: number } | undefined;
  /** Calls that use the slot; the last one out of a closed slot removes it. */
  users: number;
  closed: boolean;
}

interface Dependencies {
  adapters: ReadonlyMap<PlatformName, ChatAdapter>;
  budget: ChatBudget;
  jobs: JobStore;
  render: (job: Job) => Promise<Card>;
  logger: Logger;
}

function emptySlot(): Slot {
  return { turn: Promise.resolve(), waiting: undefined, shown: undefined, users: 0, closed: false };
}

/** Builds the board; it holds nothing that a restart could lose. */
export function createCardBoard({ adapters, budget, jobs, render, logger }: Dependencies): CardBoard {
  const slots = new Map<string, Slot>();

  function adapterOf(job: Job): ChatAdapter {
    const adapter = adapters.get(job.destination.platform);
    if (!adapter)
      throw new ServiceError("chat", "not_configured", `${job.destination.platform} is not set up.`, {
        retryable: false,
      });
    return adapter;
  }

  async function withSlot<T>(jobId: string, use: (slot: Slot) => Promise<T>): Promise<T> {
    const slot = slots.get(jobId) ?? emptySlot();
    slots.set(jobId, slot);
    slot.users++;
    try {
      return await use(slot);
    } finally {
      slot.users--;
      if (slot.closed && slot.users === 0) slots.delete(jobId);
    }
  }

  /** Runs after everything that was asked for this card before. */
  function inTurn<T>(slot: Slot, work: () => Promise<T>): Promise<T> {
    const result = slot.turn.then(work);
    slot.turn = result.catch(() => undefined);
    return result;
  }

  async function edit(slot: Slot, jobId: string): Promise<void> {
    const job = await jobs.get(jobId);
    if (!job?.destination.message || job.cardLost !== undefined) return;
    const card = await render(job);
    await retrying(job, () => adapterOf(job).editCard(job.destination, card));
    slot.shown = { title: card.title, percent: card.progress?.percent ?? 0 };
    slot.closed = card.kind === "final";
  }

  /** Repeats an edit that the platform could not take right now; a message that is gone is written down as lost. */
  async function retrying(job: Job, send: () => Promise<void>): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await send();
      } catch (error) {
        if (!(error instanceof ServiceError)) throw error;
        logger.warn({ jobId: job.id, code: error.code, attempt, err: error }, "card could not be edited");
        if (!error.retryable || attempt === TRIES) {
          if (error.code === "gone")
            await jobs.update(job.id, (current) => ({ ...current, cardLost: error.code }));
          else if (error.retryable) throw error;
          return;
        }
        if (error.retryAfterMs)
          budget.pause(adapterOf(job).draws("edit", job.destination), error.retryAfterMs);
        await sleep(error.retryAfterMs ?? RETRY_MS * attempt);
      }
    }
  }

  return {
    async post(job, answer) {
      const adapter = adapterOf(job);
      const card = await render(job);
      await budget.acquire(adapter.draws(answer ? "reply" : "post", job.destination), "first").granted;
      return answer ? answer(card) : adapter.postCard(job.destination, card);
    },

    show: (job) =>
      withSlot(job.id, async (slot) => {
        const card = await render(job);
        const percent = card.progress?.percent ?? 0;
        const moved = slot.shown === undefined || percent - slot.shown.percent >= PROGRESS_STEP;
        if (card.kind === "progress" && !moved && slot.shown?.title === card.title) return;
        const priority: Priority = card.kind === "final" ? "final" : "progress";
        if (slot.waiting) {
          slot.waiting.permit.raise(priority);
          return slot.waiting.done;
        }
        const permit = budget.acquire(adapterOf(job).draws("edit", job.destination), priority);
        const done = inTurn(slot, async () => {
          const go = await permit.granted;
          slot.waiting = undefined;
          if (go) await edit(slot, job.id);
        });
        slot.waiting = { done, permit };
        return done;
      }),

    finish: (job, work) =>
      withSlot(job.id, async (slot) => {
        const adapter = adapterOf(job);
        slot.waiting?.permit.cancel();
        await inTurn(slot, async () => {
          await budget.acquire(adapter.draws("deliver", job.destination), "final").granted;
          await work(adapter);
        });
        slot.closed = true;
      }),
  };
}
