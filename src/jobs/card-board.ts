import type { Logger } from "pino";
import type { ChatAdapter, Delivery, Destination, PlatformName } from "../chat/adapter.ts";
import type { Card } from "../chat/card.ts";
import type { ChatBudget, Permit, Priority } from "../chat/chat-budget.ts";
import { ServiceError } from "../errors.ts";
import { inLogContext } from "../log-context.ts";
import type { EditOutcome } from "../metrics/metrics.ts";
import type { CardInHand, CardTurns, ShownCard } from "./card-turns.ts";
import { cardOf, isDeleted, type Job, logFieldsOf, posted } from "./job.ts";
import { isOver } from "./job-card.ts";
import type { JobStore } from "./job-store.ts";

/**
 * Keeps every card true to its job. One thing at a time happens to a card, and what is shown is read when its turn has
 * come: nothing stale is ever sent, and nothing queues up behind itself.
 */
export interface CardBoard {
  /** Posts the first card, by `send` where there is a better way than a new message, and writes its address down. */
  post(job: Job, send?: (card: Card) => Promise<Destination>): Promise<Job | undefined>;
  /**
   * Shows the job's newest state when the platform's limits allow; resolves when it is shown or cannot be.
   * Progress that does not get through is left to the next call. @throws ServiceError when a final card may get through later.
   */
  show(job: Job): Promise<void>;
  /** The same without waiting for it; what fails is in the log. */
  showLater(job: Job): void;
  /** Runs the last thing that happens to a card, after what is under way; what waits is dropped. */
  finish(job: Job, work: (adapter: ChatAdapter, turn: Delivery["turn"]) => Promise<void>): Promise<void>;
}

/** Percent points of progress that are worth an edit. */
const PROGRESS_STEP = 5;

/** After these a card is not tried again: its final is told by other ways. */
const LOST: ReadonlySet<string> = new Set(["gone", "uneditable", "no_access"]);

/** An edit whose turn has not come. */
interface Waiting {
  done: Promise<void>;
  priority: Priority;
  /** There once the turn has come and the platform's limits are waited for. */
  permit: Permit | undefined;
  dropped: boolean;
}

interface Slot {
  /** What happens to the card now in this process; the next thing waits for it. */
  turn: Promise<unknown>;
  waiting: Waiting | undefined;
  /** What this process has seen on it last. */
  shown: ShownCard | undefined;
  /** Calls that use the slot; the last one out removes it, unless what is shown is needed again. */
  users: number;
}

interface Dependencies {
  adapters: ReadonlyMap<PlatformName, ChatAdapter>;
  budget: ChatBudget;
  turns: CardTurns;
  jobs: JobStore;
  render: (job: Job) => Promise<Card>;
  /** Hears what became of each edit. */
  onEdit?: (platform: PlatformName, outcome: EditOutcome) => void;
  logger: Logger;
}

/** Builds the board; it holds nothing that a restart could lose. */
export function createCardBoard(dependencies: Dependencies): CardBoard {
  const { adapters, budget, turns, jobs, render, onEdit = () => {}, logger } = dependencies;
  const slots = new Map<string, Slot>();

  function adapterOf({ destination: { platform } }: Job): ChatAdapter {
    const adapter = adapters.get(platform);
    if (adapter) return adapter;
    throw new ServiceError(platform, "not_configured", `${platform} is not set up.`, { retryable: false });
  }

  function enter(jobId: string): Slot {
    const slot = slots.get(jobId) ?? emptySlot();
    slots.set(jobId, slot);
    slot.users++;
    return slot;
  }

  function leave(slot: Slot, jobId: string): void {
    slot.users--;
    if (slot.users === 0 && slot.shown === undefined) slots.delete(jobId);
  }

  async function withSlot<T>(job: Job, use: (slot: Slot) => Promise<T>): Promise<T> {
    const slot = enter(job.id);
    try {
      return await inLogContext(logFieldsOf(job), () => use(slot));
    } finally {
      leave(slot, job.id);
    }
  }

  /** Runs after everything that was asked for this card before. */
  function inTurn<T>(slot: Slot, work: () => Promise<T>): Promise<T> {
    const result = slot.turn.then(work);
    slot.turn = result.catch(() => undefined);
    return result;
  }

  /** Shows the newest document; `inHand` is the card, which nobody else has. */
  async function edit(slot: Slot, inHand: CardInHand, jobId: string, priority: Priority): Promise<void> {
    const job = await jobs.get(jobId);
    if (!job || !cardOf(job).message || job.cardLost !== undefined || isDeleted(job)) return;
    const card = await render(job);
    slot.shown = inHand.shown;
    // Whoever ended the job shows its final card; progress that comes too late does not show it once more.
    const { platform } = job.destination;
    const isNew = isNews(slot.shown, card) && (card.kind !== "final" || priority !== "progress");
    // Another process may have had it while this one stood still.
    const isOurs = inHand.isHeld() && job.revision >= (slot.shown?.revision ?? 0);
    if (!isNew || !isOurs) return onEdit(platform, "dropped");
    const shown = () => note(slot, inHand, job, card);
    try {
      await adapterOf(job).editCard(cardOf(job), card);
      await shown();
      onEdit(platform, "sent");
    } catch (error) {
      await notShown(job, card, error, shown);
    }
  }

  /** @param giveUp remembers it as shown: trying the same again with every poll would help nobody. */
  async function notShown(job: Job, card: Card, error: unknown, giveUp: () => Promise<void>): Promise<void> {
    if (!(error instanceof ServiceError)) throw error;
    onEdit(job.destination.platform, error.retryAfterMs === undefined ? "failed" : "limited");
    logger.warn({ jobId: job.id, err: error }, "card could not be edited");
    if (error.retryAfterMs) {
      // The narrowest limit is the one that was hit: one busy channel must not silence the whole bot.
      const [narrowest] = adapterOf(job).draws("edit", job.destination);
      if (narrowest) budget.pause(narrowest, error.retryAfterMs);
    }
    if (error.retryable) {
      if (card.kind === "final") throw error;
      return;
    }
    await giveUp();
    if (LOST.has(error.code)) await jobs.update(job.id, (current) => ({ ...current, cardLost: error.code }));
  }

  /**
   * Holds nothing but the card's address: thousands may wait at once, each for minutes. Progress has the card only once it
   * may be sent: what waits for that holds up no other process.
   */
  function wait(job: Job, priority: Priority): Waiting {
    const { id } = job;
    const { platform } = job.destination;
    const draws = adapterOf(job).draws("edit", job.destination);
    const slot = enter(id);
    const waiting: Waiting = { priority, permit: undefined, dropped: false, done: Promise.resolve() };
    slot.waiting = waiting;
    waiting.done = inTurn(slot, async () => {
      if (waiting.dropped) return onEdit(platform, "dropped");
      waiting.permit = budget.acquire(draws, waiting.priority);
      const granted = await waiting.permit.granted.finally(() => {
        if (slot.waiting === waiting) slot.waiting = undefined;
      });
      if (!granted) return onEdit(platform, "dropped");
      const take = waiting.priority === "progress" ? turns.takeIfFree : turns.take;
      await take(id, (card) => edit(slot, card, id, waiting.priority));
    }).finally(() => leave(slot, id));
    return waiting;
  }

  /** Has the newest state shown when its turn comes; undefined where it is no news. */
  const ask = (job: Job): Promise<Waiting | undefined> =>
    withSlot(job, async (slot) => {
      if (!adapters.has(job.destination.platform) || job.cardLost !== undefined) return undefined;
      const card = await render(job);
      if (!isNews(slot.shown, card)) return undefined;
      const priority = card.kind === "final" ? "final" : "progress";
      const { waiting } = slot;
      if (!waiting) return wait(job, priority);
      onEdit(job.destination.platform, "merged");
      if (priority === "final") waiting.priority = priority;
      waiting.permit?.raise(priority);
      return waiting;
    });

  return {
    post: (job, send) =>
      withSlot(job, (slot) =>
        inTurn(slot, () =>
          turns.take(job.id, async (inHand) => {
            const current = await jobs.get(job.id);
            if (current?.phase !== "accepted") return current;
            const adapter = adapterOf(current);
            await budget.acquire(adapter.draws(send ? "reply" : "post", current.destination), "first")
              .granted;
            const card = await render(current);
            const destination = await (send ? send(card) : adapter.postCard(current.destination, card));
            await note(slot, inHand, current, card);
            await jobs.noteMessage(destination, job.id);
            return jobs.update(job.id, (newest) => posted(newest, destination));
          }),
        ),
      ),

    show: async (job) => (await ask(job))?.done,

    showLater(job) {
      // What waits already shows the newest state when its turn comes.
      if (slots.get(job.id)?.waiting && !isOver(job)) return onEdit(job.destination.platform, "merged");
      const fields = logFieldsOf(job);
      const warn = (err: unknown) => inLogContext(fields, () => logger.warn({ err }, "card not updated"));
      ask(job).then((waiting) => waiting?.done.catch(warn), warn);
    },

    finish: (job, work) =>
      withSlot(job, async (slot) => {
        const adapter = adapterOf(job);
        drop(slot);
        await inTurn(slot, () =>
          turns.take(job.id, async (inHand) => {
            await budget.acquire(adapter.draws("deliver", job.destination), "final").granted;
            // Videos of others go before the words that this one is there.
            await work(adapter, async () => {
              await budget.acquire(adapter.draws("post", job.destination), "first").granted;
            });
            await inHand.note(undefined);
          }),
        );
        slot.shown = undefined;
      }),
  };
}

function emptySlot(): Slot {
  return { turn: Promise.resolve(), waiting: undefined, shown: undefined, users: 0 };
}

/** Whether a card says enough more than the one that is shown. */
function isNews(shown: ShownCard | undefined, card: Card): boolean {
  if (card.kind === "final" || shown === undefined || shown.title !== card.title) return true;
  return (card.progress?.percent ?? 0) - shown.percent >= PROGRESS_STEP;
}

/** Remembers what is shown, for as long as something follows. */
async function note(slot: Slot, inHand: CardInHand, { revision }: Job, card: Card): Promise<void> {
  const { kind, title, progress } = card;
  slot.shown = kind === "final" ? undefined : { title, percent: progress?.percent ?? 0, revision };
  await inHand.note(slot.shown);
}

function drop(slot: Slot): void {
  if (!slot.waiting) return;
  slot.waiting.dropped = true;
  slot.waiting.permit?.cancel();
  slot.waiting = undefined;
}
