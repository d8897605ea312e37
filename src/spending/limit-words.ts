import { momentOf, roughly } from "../chat/times.ts";
import { formatUsd } from "../videos/prices.ts";
import type { Broken } from "./account.ts";
import type { ScopeKind } from "./ledger.ts";
import type { Limits } from "./limits.ts";

/** Whose limit it is, and whose requests. */
const WHOSE: Record<ScopeKind, { limit: string; requests: string }> = {
  all: { limit: "The whole bot's limit", requests: "Requests to the whole bot" },
  server: { limit: "This server's limit", requests: "Requests in this server" },
  channel: { limit: "This channel's limit", requests: "Requests in this channel" },
  person: { limit: "Your limit", requests: "Your requests" },
  member: { limit: "Your limit in this server", requests: "Your requests in this server" },
};

const count = (value: number) => `${value}`;
const seconds = (value: number) => `${Number(value.toFixed(1))} s`;

/** What a limit counts, as people read it, and how one of its numbers is written. */
export const LIMIT_WORDS: Record<keyof Limits, { name: string; write: (value: number) => string }> = {
  videosPerDay: { name: "videos a day", write: count },
  secondsPerDay: { name: "seconds of video a day", write: seconds },
  usdPerDay: { name: "dollars a day", write: formatUsd },
  usdPerMonth: { name: "dollars a month", write: formatUsd },
  running: { name: "videos being made at the same time", write: count },
  cooldownSeconds: { name: "seconds between two requests", write: seconds },
};

/** Why a request is refused: which limit, how much is used, when it frees, and what does not change by waiting. */
export function explainLimit(kind: ScopeKind, broken: Broken, now: number): string {
  const { limit, max, used, adds, frees } = broken;
  const { name, write } = LIMIT_WORDS[limit];
  const whose = WHOSE[kind];
  if (limit === "cooldownSeconds") {
    const waitS = Math.ceil(((frees ?? now) - now) / 1000);
    return `${whose.requests} have to be ${write(max)} apart. The next one is taken in ${waitS} s.`;
  }
  const is = `${whose.limit} of ${name} is ${write(max)}`;
  const counts = write === count;
  if (adds > max && counts) return `${is}, so none is taken.`;
  if (adds > max) return `${is}, and this video alone takes ${write(adds)}. Ask for one that takes less.`;
  const when =
    frees === undefined
      ? "There is room when one of them is done."
      : `It frees at ${momentOf(frees)}, in ${roughly(frees - now)}.`;
  const are = counts && used !== 1 ? "are" : "is";
  return `${is}, ${write(used)} of it ${are} used, and this video does not fit in. ${when}`;
}
