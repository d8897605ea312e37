/** Work on the same key happens one after the other, in the order in which it was asked for; a failure is its own. */
export function createTurns(): <T>(key: string, work: () => Promise<T>) => Promise<T> {
  const last = new Map<string, Promise<void>>();
  return (key, work) => {
    const result = (last.get(key) ?? Promise.resolve()).then(work);
    const over = (): void => {
      if (last.get(key) === done) last.delete(key);
    };
    const done: Promise<void> = result.then(over, over);
    last.set(key, done);
    return result;
  };
}
