/** Who waits, and where. */
export interface Waiter {
  id: string;
  person: string;
  channel: string;
  /** Their number in the order of arrival. */
  number: number;
}

/** Gives turns to those who wait, in rounds of people and of channels. */
export interface FairOrder {
  /**
   * The order of turns: nobody has two of them, waiting or just now, while somebody who came waits for their first; among
   * equals it is the same for channels, so that a busy one does not hold up another; then by arrival.
   */
  of(waiting: readonly Waiter[]): Waiter[];
  /** Somebody has their turn. */
  served(waiter: Waiter): void;
  /** Nobody waits and nobody is served: all are equal again. */
  reset(): void;
  /** What it knows of who had their turns, for another one to go on with. */
  memory(): FairMemory;
}

/** Plain data. */
export interface FairMemory {
  people: Rounds;
  channels: Rounds;
}

/** The round that is on, and for those who are ahead of it, the one in which they have their next turn. */
interface Rounds {
  current: number;
  next: Record<string, number>;
}

/** Builds it; what was served long ago counts no more (start-time fair queueing). */
export function createFairOrder(memory?: FairMemory): FairOrder {
  const people = createRounds(memory?.people);
  const channels = createRounds(memory?.channels);

  return {
    of(waiting) {
      const nthOfPerson = createCounts();
      const byArrival = waiting.toSorted((a, b) => a.number - b.number);
      const withRound = byArrival.map((waiter) => ({
        waiter,
        round: people.next(waiter.person) + nthOfPerson(waiter.person),
      }));
      const nthInChannel = createCounts();
      return withRound
        .map(({ waiter, round }) => {
          const before = nthInChannel(`${round} ${waiter.channel}`);
          return { waiter, round, turn: channels.next(waiter.channel) + before };
        })
        .sort((a, b) => a.round - b.round || a.turn - b.turn || a.waiter.number - b.waiter.number)
        .map(({ waiter }) => waiter);
    },
    served({ person, channel }) {
      people.take(person);
      channels.take(channel);
    },
    reset() {
      people.reset();
      channels.reset();
    },
    memory: () => ({ people: people.memory(), channels: channels.memory() }),
  };
}

/** In which round each has their next turn: after their last one, and not before the one that is on. */
function createRounds(memory: Rounds = { current: 0, next: {} }) {
  const nextOf = new Map(Object.entries(memory.next));
  let { current } = memory;
  const next = (key: string) => Math.max(current, nextOf.get(key) ?? 0);
  return {
    next,
    take(key: string): void {
      const round = next(key);
      nextOf.set(key, round + 1);
      if (round <= current) return;
      current = round;
      // Whoever has no turn ahead of the others is like one who never came.
      for (const [other, after] of nextOf) if (after <= current) nextOf.delete(other);
    },
    reset(): void {
      nextOf.clear();
      current = 0;
    },
    memory: (): Rounds => ({ current, next: Object.fromEntries(nextOf) }),
  };
}

/** Says for each key how often it was asked for before. */
function createCounts(): (key: string) => number {
  const counts = new Map<string, number>();
  return (key) => {
    const count = counts.get(key) ?? 0;
    counts.set(key, count + 1);
    return count;
  };
}
