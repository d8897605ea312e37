/** Lets tests wait for a server's state instead of sleeping: the server says when something changed. */
export interface ChangeSignal {
  /** Called by the server after every change of its state. */
  changed(): void;
  /**
   * Resolves with the first truthy answer of `find`, asked now and after every change. Rejects after `timeoutMs`
   * (10,000 by default) with a dump of the state.
   */
  waitFor<T>(
    find: () => T | undefined | null | false,
    options?: { description?: string; timeoutMs?: number },
  ): Promise<T>;
}

/** @param dump describes the state in a few lines, for the message of a wait that failed. */
export function createChangeSignal({ dump }: { dump: () => string }): ChangeSignal {
  const listeners = new Set<() => void>();
  return {
    changed: () => {
      for (const listener of [...listeners]) listener();
    },
    waitFor: (find, { description = "the expected state", timeoutMs = 10_000 } = {}) =>
      new Promise((resolve, reject) => {
        const settle = (finish: () => void) => {
          listeners.delete(check);
          clearTimeout(timer);
          finish();
        };
        const check = () => {
          try {
            const found = find();
            if (found) settle(() => resolve(found));
          } catch (error) {
            settle(() => reject(error));
          }
        };
        const timer = setTimeout(() => {
          const message = `${description} did not come within ${timeoutMs} ms. State:\n${dump()}`;
          settle(() => reject(new Error(message)));
        }, timeoutMs);
        listeners.add(check);
        check();
      }),
  };
}
