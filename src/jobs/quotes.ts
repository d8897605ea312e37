import type { Page } from "../chat/page.ts";
import { shorten } from "../chat/rich-text.ts";
import type { Collection, Store } from "../store/store.ts";
import { formatUsd } from "../videos/prices.ts";
import type { JobRequest } from "./job.ts";
import { describeClip } from "./job-card.ts";

/** A request that costs more than people are to spend without being asked, as it waits for their answer. */
export interface Quote {
  /** When it was asked (Unix milliseconds). */
  at: number;
  /** The id that its job gets. */
  jobId: string;
  platform: string;
  person: string;
  request: JobRequest;
  usd: number;
}

/** What waits for somebody's yes. */
export interface Quotes {
  keep(quote: Quote): Promise<void>;
  /** Hands a quote to the one who was asked, and to nobody twice; undefined when there is none (any more). */
  take(jobId: string, person: { platform: string; id: string }): Promise<Quote | undefined>;
  /** Drops what somebody was asked; resolves to the ids, whose pictures can go. */
  forget(person: { platform: string; id: string }): Promise<string[]>;
  /** Drops what nobody has answered in time; resolves to the same. */
  expire(): Promise<string[]>;
}

/** How long a question can be answered (ms). */
const QUOTE_LASTS_MS = 24 * 3_600_000;

/** Quotes in a store. */
export function createQuotes({ store, now }: { store: Store; now: () => number }): Quotes {
  const quotes: Collection<Quote> = store.collection<Quote>({ name: "quote", version: 1 });
  const isOver = ({ at }: Quote) => at + QUOTE_LASTS_MS < now();

  async function drop(isMeant: (quote: Quote) => boolean): Promise<string[]> {
    const dropped: string[] = [];
    for await (const [jobId, quote] of quotes.entries()) {
      if (!isMeant(quote)) continue;
      await quotes.delete(jobId);
      dropped.push(jobId);
    }
    return dropped;
  }

  return {
    keep: async (quote) => void (await quotes.insert(quote.jobId, quote)),
    async take(jobId, { platform, id }) {
      let taken: Quote | undefined;
      await quotes.update(jobId, (quote) => {
        const isTheirs = quote?.platform === platform && quote.person === id;
        taken = isTheirs && !isOver(quote) ? quote : undefined;
        return taken ? undefined : quote;
      });
      return taken;
    },
    forget: ({ platform, id }) => drop((quote) => quote.platform === platform && quote.person === id),
    expire: () => drop(isOver),
  };
}

/** The question: what it is, what it costs, yes or no. */
export function quotePage({ jobId, request, usd }: Quote, modelLabel: string): Page {
  const cost = formatUsd(usd);
  return {
    title: `This costs about ${cost}`,
    lines: [
      [`“${shorten(request.prompt, 300)}”`],
      [describeClip(request, modelLabel)],
      ["Nothing was sent yet. The price is an estimate; the video service bills what it bills."],
    ],
    rows: [],
    buttons: [
      { label: `Make it for ${cost}`, style: "primary", action: "confirm", argument: `${jobId}_yes` },
      { label: "Cancel", style: "secondary", action: "confirm", argument: `${jobId}_no` },
    ],
  };
}
