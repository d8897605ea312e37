/** What is kept of one log. */
export interface CachedLog<E> {
  readonly pages: ReadonlyMap<number, CachedPage<E>>;
  /** All its entries in order, as long as they come from these very pages. */
  whole?: { parts: readonly (readonly E[])[]; entries: readonly E[] };
}

/** A page as it was under that stamp. */
export interface CachedPage<E> {
  stamp: string;
  entries: readonly E[];
}

/** Keeps pages of the logs that were used last. */
export interface PageCache<E> {
  open(scope: string): CachedLog<E>;
  put(scope: string, page: number, content: CachedPage<E>): void;
  drop(scope: string): void;
}

/** @param maxEntries how many entries are kept in all; more only where one log alone has more. */
export function createPageCache<E>({ maxEntries }: { maxEntries: number }): PageCache<E> {
  const logs = new Map<string, CachedLog<E> & { pages: Map<number, CachedPage<E>>; weight: number }>();
  let total = 0;

  function touch(scope: string) {
    const log = logs.get(scope) ?? { pages: new Map<number, CachedPage<E>>(), weight: 0 };
    logs.delete(scope);
    logs.set(scope, log);
    return log;
  }

  function drop(scope: string): void {
    total -= logs.get(scope)?.weight ?? 0;
    logs.delete(scope);
  }

  return {
    open: touch,
    put(scope, page, content) {
      const log = touch(scope);
      const weight = 1 + content.entries.length - weigh(log.pages.get(page));
      log.pages.set(page, content);
      log.weight += weight;
      total += weight;
      for (const oldest of logs.keys()) {
        if (total <= maxEntries || oldest === scope) break;
        drop(oldest);
      }
    },
    drop,
  };
}

/** An empty page is something to keep, too. */
function weigh(page: CachedPage<unknown> | undefined): number {
  return page ? 1 + page.entries.length : 0;
}
