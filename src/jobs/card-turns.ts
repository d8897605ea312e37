/** What stands on a card. */
export interface ShownCard {
  title: string;
  percent: number;
  /** Of the job's document that it was made from. */
  revision: number;
}

/** A card while it is in somebody's hands. */
export interface CardInHand {
  /** What stands on it, as far as anybody remembers; nothing of a card that is final. */
  shown: ShownCard | undefined;
  /** Remembers what stands on it now. */
  note(shown: ShownCard | undefined): Promise<void>;
  /** Whether nobody else can have taken it meanwhile. */
  isHeld(): boolean;
}

/** One thing at a time happens to a card, whichever process does it. */
export interface CardTurns {
  /** Does something with a card in its turn. @throws ServiceError, retryable, where turns cannot be had now. */
  take<T>(jobId: string, work: (card: CardInHand) => Promise<T>): Promise<T>;
  /** The same, unless another process has it: what that one shows then is as new. */
  takeIfFree(jobId: string, work: (card: CardInHand) => Promise<void>): Promise<void>;
}

/** Turns in one process, whose board takes one thing after the other by itself. */
export function createCardTurns(): CardTurns {
  const shown = new Map<string, ShownCard>();

  const take: CardTurns["take"] = (jobId, work) =>
    work({
      shown: shown.get(jobId),
      async note(next) {
        if (next) shown.set(jobId, next);
        else shown.delete(jobId);
      },
      isHeld: () => true,
    });

  return { take, takeIfFree: take };
}
