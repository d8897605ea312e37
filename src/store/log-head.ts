/** What a log knows about its pages without reading them. Times are Unix milliseconds. */
export interface LogHead {
  /** The page that new entries belong to. */
  last: number;
  /** Every page that was written to, by its number. */
  pages: Record<number, PageNote>;
}

/** One page, as its head knows it. */
export interface PageNote {
  /** Another one after every write; what was read under it stays true for as long as it stands. */
  stamp: string;
  /** Whose entries are being written, or were when somebody died of it: till then no stamp says what the page holds. */
  writing: string[];
  /** No entry of the page is older. */
  from: number;
  /** No entry of the page is younger. */
  to: number;
}

/** A write that a head is told about: `at` where it may bring an entry of that time. */
export interface Intent {
  page: number;
  id: string;
  at?: number | undefined;
}

const CLEARING = "-";

/** Before the pages are written. */
export function begin(head: LogHead | undefined, intents: readonly Intent[]): LogHead | undefined {
  return note(head, intents, (page, { id }) =>
    page.writing.includes(id) ? page : { ...page, writing: [...page.writing, id] },
  );
}

/** After they were: what others have kept of them is void. */
export function finish(
  head: LogHead | undefined,
  intents: readonly Intent[],
  stamp: string,
): LogHead | undefined {
  return note(head, intents, (page, { id }) => ({
    ...page,
    stamp,
    writing: page.writing.filter((other) => other !== id),
  }));
}

/** Before all pages are deleted. */
export function beginClearing(head: LogHead | undefined): LogHead | undefined {
  return begin(
    head,
    numbers(head).map((page) => ({ page, id: CLEARING })),
  );
}

/** After they were: what others have written or begun to write since `cleared` remains; nothing if they have not. */
export function finishClearing(
  head: LogHead | undefined,
  cleared: LogHead,
  stamp: string,
): LogHead | undefined {
  if (!head) return undefined;
  const pages: LogHead["pages"] = {};
  for (const number of numbers(head)) {
    const [now, then] = [head.pages[number], cleared.pages[number]];
    if (!now || (then && now.stamp === then.stamp && now.writing.length === then.writing.length)) continue;
    pages[number] = { ...now, stamp, writing: now.writing.filter((id) => id !== CLEARING) };
  }
  return numbers({ pages }).length > 0 ? { ...head, pages } : undefined;
}

/** The pages that may hold something, lowest first. */
export function numbers(head: Pick<LogHead, "pages"> | undefined): number[] {
  return head ? Object.keys(head.pages).map(Number) : [];
}

function note(
  head: LogHead | undefined,
  intents: readonly Intent[],
  change: (page: PageNote, intent: Intent) => PageNote,
): LogHead | undefined {
  const pages = { ...head?.pages };
  let last = head?.last ?? 0;
  for (const intent of intents) {
    const { page: number, at } = intent;
    const known = pages[number];
    if (at !== undefined) {
      last = Math.max(last, number);
      const { from, to, ...rest } = known ?? { stamp: "", writing: [], from: at, to: at };
      pages[number] = change({ ...rest, from: Math.min(from, at), to: Math.max(to, at) }, intent);
    } else if (known) {
      pages[number] = change(known, intent);
    }
  }
  return head || numbers({ pages }).length > 0 ? { last, pages } : undefined;
}
