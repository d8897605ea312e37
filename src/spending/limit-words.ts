import { momentOf, roughly } from "../chat/times.ts";
import { formatUsd } from "../videos/prices.ts";
import type { Standing } from "./account.ts";
import type { ScopeKind } from "./ledger.ts";
import type { Limits } from "./limits.ts";

/** Whose limit it is. */
const WHOSE: Record<ScopeKind, string> = {
  all: "The whole bot's",
  server: "This server's",
  channel: "This channel's",
  person: "Your",
  member: "Your",
};

/** What a limit counts, as people read it, and how one of its numbers is written. */
export const LIMIT_WORDS: Record<keyof Limits, { name: string; write: (value: number) => string }> = {
  videosPerDay: { name: "videos a day", write: (value) => `${value}` },
  secondsPerDay: { name: "seconds of video a day", write: (value) => `${Number(value.toFixed(1))} s` },
  usdPerDay: { name: "dollars a day", write: formatUsd },
  usdPerMonth: { name: "dollars a month", write: formatUsd },
  running: { name: "videos being made at the same time", write: (value) => `${value}` },
  cooldownSeconds: { name: "seconds between two requests", write: (value) => `${value} s` },
};

/** Why a request is refused: which limit, how much is used, when it frees. */
export function explainLimit(kind: ScopeKind, { limit, max, used, frees }: Standing, now: number): string {
  const { name, write } = LIMIT_WORDS[limit];
  if (limit === "cooldownSeconds") {
    const seconds = Math.ceil(((frees ?? now) - now) / 1000);
    const where = kind === "person" || kind === "member" ? "you" : `${WHOSE[kind].toLowerCase()} people`;
    return `There are ${write(max)} between two requests of ${where}. The next one is taken in ${seconds} s.`;
  }
  const when =
    frees === undefined
      ? "There is room when one of them is done."
      : `It frees at ${momentOf(frees)}, in ${roughly(frees - now)}.`;
  return `${WHOSE[kind]} limit of ${name} is ${write(max)}, ${write(used)} of it ${used === 1 ? "is" : "are"} used, and this video does not fit in. ${when}`;
}
