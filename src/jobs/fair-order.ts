/** Who waits, and where. */
export interface Waiter {
  id: string;
  person: string;
  channel: string;
  /** Since when: their number in the order of arrival. */
  number: number;
}

/**
 * The order in which those who wait have their turns: by how many of the same person's come before or are being served, so
 * that nobody's first stands behind anybody's second; among equals by the same of the channel, so that a busy channel does
 * not hold up another; then by arrival.
 * @param served who has a place now.
 */
export function fairOrder(waiting: readonly Waiter[], served: readonly Waiter[]): Waiter[] {
  const ofPerson = counter(served.map(({ person }) => person));
  const byPerson = waiting
    .toSorted((a, b) => a.number - b.number)
    .map((waiter) => ({ waiter, round: ofPerson(waiter.person) }))
    .sort((a, b) => a.round - b.round);
  const inChannel = counter(served.map(({ channel }) => channel));
  const rounds = new Map<number, (key: string) => number>();
  return byPerson
    .map(({ waiter, round }) => {
      const count = rounds.get(round) ?? counter([]);
      rounds.set(round, count);
      return { waiter, round, turn: count(waiter.channel) + inChannel.of(waiter.channel) };
    })
    .sort((a, b) => a.round - b.round || a.turn - b.turn || a.waiter.number - b.waiter.number)
    .map(({ waiter }) => waiter);
}

/** Says for each key how often it was there before, and counts it. */
function counter(before: readonly string[]) {
  const counts = new Map<string, number>();
  const of = (key: string) => counts.get(key) ?? 0;
  const next = (key: string) => {
    const count = of(key);
    counts.set(key, count + 1);
    return count;
  };
  for (const key of before) next(key);
  return Object.assign(next, { of });
}
