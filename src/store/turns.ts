/**
 * Work on the same key happens one after the other; a failure is its own. Work that takes long looks at `held` before
 * it does what nobody else may do at the same time: false once somebody else may have been let in.
 */
export type Turns = <T>(key: string, work: (held: () => boolean) => Promise<T>) => Promise<T>;

/** Turns within this process, in the order in which they were asked for; nobody is ever let in between. */
export function createTurns(): Turns {
  const last = new Map<string, Promise<void>>();
  return (key, work) => {
    const result = (last.get(key) ?? Promise.resolve()).then(() => work(() => true));
    const over = (): void => {
      if (last.get(key) === done) last.delete(key);
    };
    const done: Promise<void> = result.then(over, over);
    last.set(key, done);
    return result;
  };
}
